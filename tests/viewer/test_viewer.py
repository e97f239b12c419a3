"""The viewer in a real browser, and the images that travel in its page."""

from __future__ import annotations

import base64
import gzip
import io
import re
import time
from itertools import pairwise
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from browser import asked_for, browser, needs_browser, wait_for
from matplotlib import colormaps
from PIL import Image

from radnec.viewer.html import assets, viewer
from radnec.viewer.layers import Layer, colours_of, embedded

AFFINE = np.array([[-1.5, 0, 0, 40], [0, 1.5, 0, -45], [0, 0, 5, -30], [0, 0, 0, 1.0]])
SIZE = (48, 60, 12)


def save(path: Path, values: np.ndarray) -> Path:
    nib.save(nib.Nifti1Image(values.astype(np.float32), AFFINE), path)
    return path


@pytest.fixture(scope="module")
def layers(tmp_path_factory) -> list[Layer]:
    folder = tmp_path_factory.mktemp("images")
    x, y, z = np.indices(SIZE)
    head = ((x - 24) / 20) ** 2 + ((y - 30) / 26) ** 2 + ((z - 6) / 5.5) ** 2 < 1
    rng = np.random.default_rng(0)
    scan = head * (400 + 100 * rng.random(SIZE))
    heat = np.exp(-((x - 14) ** 2 + (y - 30) ** 2 + (2 * (z - 6)) ** 2) / 60)
    return [
        Layer("T1ce", "scan", save(folder / "t1ce.nii.gz", scan)),
        Layer("T2", "scan", save(folder / "t2.nii.gz", head * 50.0), shown=False),
        Layer("brain mask", "mask", save(folder / "mask.nii.gz", head), shown=False),
        Layer("map", "map", save(folder / "map.nii.gz", heat)),
    ]


def decoded(text: str) -> nib.Nifti1Image:
    return nib.Nifti1Image.from_bytes(gzip.decompress(base64.b64decode(text)))


def test_embedded_scan_keeps_place_and_values(layers) -> None:
    image = decoded(embedded(layers[0]))
    original = nib.Nifti1Image.from_filename(layers[0].path)
    assert image.affine == pytest.approx(original.affine)
    values = original.get_fdata()
    top = np.percentile(values[values > 0], 99.5)
    # 256 levels from 0 to the top: wrong by half a level at most.
    assert np.abs(image.get_fdata() - values.clip(0, top)).max() <= top / 255 / 2 + 1e-3


def test_embedded_mask_and_map(layers) -> None:
    assert np.unique(decoded(embedded(layers[2])).get_fdata()) == pytest.approx([0, 1])
    heat = nib.Nifti1Image.from_filename(layers[3].path).get_fdata()
    assert np.abs(decoded(embedded(layers[3])).get_fdata() - heat).max() <= 0.5 / 255 + 1e-6


def test_low_values_of_a_map_are_clearer_than_high_ones() -> None:
    alpha = colours_of(colormaps["viridis"])["A"]
    assert alpha[0] == 0
    assert alpha[-1] == 255
    assert all(low < high for low, high in pairwise(alpha))


def test_wrong_layers_are_refused(layers) -> None:
    with pytest.raises(ValueError, match="a scan first"):
        viewer(layers[2:], label="x")
    with pytest.raises(ValueError, match="each name once"):
        viewer([layers[0], layers[0]], label="x")


def test_no_text_inside_can_end_the_script(layers, tmp_path) -> None:
    odd = Layer("</script><b>", "scan", layers[0].path)
    html = str(viewer([odd], label="x"))
    assert html.count("</script>") == 1


def picture(driver) -> np.ndarray:
    canvas = driver.find_element("css selector", ".viewer canvas")
    return np.asarray(Image.open(io.BytesIO(canvas.screenshot_as_png)).convert("RGB")).astype(int)


def coloured(pixels: np.ndarray) -> int:
    """How many pixels are warm, as only the map is: red above blue by far."""
    return int((pixels[..., 0] - pixels[..., 2] > 60).sum())


@needs_browser
def test_canvas_draws_overlays_toggle_and_nothing_leaves_the_page(layers, tmp_path) -> None:
    page = tmp_path / "page.html"
    html = viewer(layers, label="case P1", at_once=True)
    page.write_text(f"<!doctype html><html lang=en><title>t</title>{html}{assets()}</html>")
    with browser(tmp_path / "profile") as driver:
        driver.get(page.as_uri())
        box = driver.find_element("css selector", ".viewer")
        wait_for(lambda: box.get_attribute("data-state") in ("open", "failed"))
        assert box.get_attribute("data-state") == "open", box.text
        time.sleep(0.5)
        with_map = picture(driver)
        # The head is on it, in more grey levels than a blank canvas has.
        assert len(np.unique(with_map.sum(axis=2))) > 50
        assert coloured(with_map) > 300
        # The map lies at x = 14 of 48 voxels whose x falls to the patient's left: on the right of
        # the patient, so on the left of a picture in radiological convention.
        columns = np.nonzero(with_map[..., 0] - with_map[..., 2] > 60)[1]
        assert columns.mean() < with_map.shape[1] / 2
        driver.find_element("css selector", "[name=overlay][value=map]").click()
        wait_for(lambda: coloured(picture(driver)) == 0)
        driver.find_element("css selector", "[name=overlay][value=map]").click()
        wait_for(lambda: coloured(picture(driver)) > 300)
        slider = driver.find_element("css selector", "[name=opacity]")
        driver.execute_script(
            "arguments[0].value = 5; arguments[0].dispatchEvent(new Event('input'))", slider
        )
        wait_for(lambda: coloured(picture(driver)) < coloured(with_map) / 2)
        assert asked_for(driver) == [page.as_uri()]
        errors = [line for line in driver.get_log("browser") if line["level"] == "SEVERE"]
        assert not errors


@needs_browser
def test_viewer_waits_until_it_is_asked_for(layers, tmp_path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><title>t</title>{viewer(layers, label='P1')}{assets()}")
    with browser(tmp_path / "profile") as driver:
        driver.get(page.as_uri())
        assert not driver.find_elements("css selector", "canvas")
        button = driver.find_element("css selector", ".viewer-start")
        assert re.search("P1", button.text)
        button.click()
        wait_for(lambda: driver.find_elements("css selector", ".viewer[data-state=open]"))
