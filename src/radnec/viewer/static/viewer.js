// Interactive viewers of a page: each reads its layers from the JSON beside it and starts when it
// is asked to, since a browser keeps only a few drawing contexts at a time.
(() => {
  "use strict";
  const SLICES = { axial: 0, coronal: 1, sagittal: 2, all: 3 };

  async function open(viewer) {
    const layers = JSON.parse(viewer.querySelector("script[type='application/json']").textContent);
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", viewer.dataset.label);
    const frame = viewer.querySelector(".viewer-canvas");
    frame.replaceChildren(canvas);
    const place = viewer.querySelector(".viewer-place");
    const nv = new niivue.Niivue({
      backColor: [0, 0, 0, 1],
      crosshairColor: [0.34, 0.71, 0.91, 0.8],
      crosshairWidth: 0.5,
      crosshairWidthUnit: "mm",
      isRadiologicalConvention: true,
      dragAndDropEnabled: false,
      loadingText: "",
      logLevel: "error",
      onLocationChange: (location) => { place.textContent = told(location, layers); },
    });
    for (const layer of layers) {
      if (layer.colours) nv.addColormap(layer.colormap, layer.colours);
    }
    await nv.attachToCanvas(canvas);
    for (const layer of layers) {
      nv.addVolume(await niivue.NVImage.loadFromBase64({
        base64: layer.data, name: `${layer.name}.nii.gz`, colormap: layer.colormap,
        opacity: layer.shown ? layer.opacity : 0, trustCalMinMax: true,
      }));
    }
    nv.setInterpolation(false);
    nv.setSliceType(SLICES.axial);
    connect(viewer, nv, layers);
    viewer.dataset.state = "open";
  }

  // What lies under the crosshair: millimetres from the scanner's centre, and each layer's value.
  function told(location, layers) {
    const [x, y, z] = location.mm;
    const where = `${Math.abs(x).toFixed(0)} mm ${x < 0 ? "left" : "right"}, ` +
      `${Math.abs(y).toFixed(0)} mm ${y < 0 ? "posterior" : "anterior"}, ` +
      `${Math.abs(z).toFixed(0)} mm ${z < 0 ? "inferior" : "superior"}`;
    const values = location.values.map((one, i) => `${layers[i].name} ${one.value.toPrecision(3)}`);
    return `${where}: ${values.join(", ")}`;
  }

  function connect(viewer, nv, layers) {
    const scans = viewer.querySelector("[name=scan]");
    scans?.addEventListener("change", () => {
      layers.forEach((layer, i) => {
        if (layer.kind === "scan") nv.setOpacity(i, layer.name === scans.value ? 1 : 0);
      });
    });
    const strength = viewer.querySelector("[name=opacity]");
    for (const box of viewer.querySelectorAll("[name=overlay]")) {
      const i = layers.findIndex((layer) => layer.name === box.value);
      const apply = () => {
        const full = layers[i].kind === "map" && strength ? strength.value / 100 : layers[i].opacity;
        nv.setOpacity(i, box.checked ? full : 0);
      };
      box.addEventListener("change", apply);
      if (layers[i].kind === "map") strength?.addEventListener("input", apply);
    }
    const view = viewer.querySelector("[name=view]");
    view.addEventListener("change", () => nv.setSliceType(SLICES[view.value]));
  }

  for (const viewer of document.querySelectorAll(".viewer")) {
    const start = viewer.querySelector(".viewer-start");
    const begin = () => open(viewer).catch((error) => {
      viewer.dataset.state = "failed";
      viewer.querySelector(".viewer-place").textContent =
        `The viewer could not start (${error.message}); it needs a browser with WebGL 2.`;
    });
    start.addEventListener("click", begin);
    if (viewer.dataset.start === "now") begin();
  }
})();
