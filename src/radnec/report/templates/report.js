// What a page of the report does beside showing text: tables are sorted, filtered and taken along,
// figures open large, the contents follow the reader. Without this script everything can be read.
(() => {
  "use strict";

  const FILTERED = 8; // a table with fewer rows is seen at once
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function element(name, attributes = {}, text = "") {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  }

  const words = (cell) => cell.textContent.replace(/\s+/g, " ").trim();

  // A cell sorts by its number where it begins with one: "0.78 (0.40 to 0.96)", "< 0.001", "1,234".
  function valueOf(cell) {
    const text = cell.dataset.value ?? words(cell);
    const found = /^[<>]?\s*(-?\d[\d,]*\.?\d*(?:e[+-]?\d+)?)/i.exec(text);
    return { text, number: found ? Number(found[1].replaceAll(",", "")) : NaN };
  }

  // Empty cells stay last, whichever way; numbers come before words.
  function compare(a, b, sign) {
    if (!a.text || !b.text) return (a.text ? 0 : 1) - (b.text ? 0 : 1);
    const [first, second] = [Number.isNaN(a.number), Number.isNaN(b.number)];
    if (first !== second) return first ? 1 : -1;
    return sign * (first ? collator.compare(a.text, b.text) : a.number - b.number);
  }

  function makeSortable(table, body) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!words(head)) return;
      const button = element("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const keyed = [...body.rows].map((row) => [valueOf(row.cells[column]), row]);
        keyed.sort(([a], [b]) => compare(a, b, sign));
        body.append(...keyed.map(([, row]) => row));
      });
    });
  }

  // The rows that are seen, in the order they are seen in.
  function asTsv(table) {
    const rows = [table.tHead.rows[0], ...[...table.tBodies[0].rows].filter((row) => !row.hidden)];
    return rows.map((row) => [...row.cells].map((cell) => cell.dataset.text ?? words(cell)).join("\t"))
      .join("\n") + "\n";
  }

  async function copied(text) {
    if (window.isSecureContext && navigator.clipboard) return navigator.clipboard.writeText(text);
    // Pages opened as files have no clipboard of their own in some browsers.
    const area = element("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("the browser does not allow it");
  }

  function download(address, name) {
    const link = element("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  }

  const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "").slice(0, 60);

  function titleOf(place) {
    const heads = [...document.querySelectorAll("h1, h2, h3, details.fold > summary")];
    const before = heads.filter((one) => one.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING);
    return before.length ? words(before.at(-1)) : document.title;
  }

  function equip(table) {
    const body = table.tBodies[0];
    const title = titleOf(table);
    const frame = table.closest(".wide") ?? table;
    // Whoever has no mouse scrolls a wide table by the keys.
    if (frame !== table) {
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", `Table: ${title}`);
    }
    if (!table.tHead || !body || body.rows.length < 2) return;
    const bar = element("div", { class: "tools" });
    const told = element("output");
    const all = body.rows.length;
    if (all >= FILTERED) {
      const filter = element("input", {
        type: "search", placeholder: "Filter rows", "aria-label": `Filter the rows of: ${title}`,
      });
      filter.addEventListener("input", () => {
        const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
        let shown = 0;
        for (const row of body.rows) {
          const text = words(row).toLowerCase();
          row.hidden = !wanted.every((word) => text.includes(word));
          shown += row.hidden ? 0 : 1;
        }
        told.textContent = wanted.length ? `${shown} of ${all} rows` : "";
      });
      bar.append(filter);
    }
    const copy = element("button", { type: "button", "aria-label": `Copy TSV: ${title}` }, "Copy TSV");
    copy.addEventListener("click", () => copied(asTsv(table)).then(
      () => { told.textContent = "copied"; },
      (error) => { told.textContent = `not copied: ${error.message}`; },
    ));
    const save = element("button", { type: "button", "aria-label": `Download TSV: ${title}` }, "Download TSV");
    save.addEventListener("click", () => {
      const address = URL.createObjectURL(new Blob([asTsv(table)], { type: "text/tab-separated-values" }));
      download(address, `${slug(title) || "table"}.tsv`);
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    });
    bar.append(copy, save, told);
    makeSortable(table, body);
    frame.before(bar);
  }

  function enlarge(figure, dialog) {
    const image = figure.querySelector("img");
    if (!image) return;
    const vector = image.src.startsWith("data:image/svg");
    const name = `${figure.id || slug(titleOf(figure))}.${vector ? "svg" : "png"}`;
    const button = element("button", { type: "button", class: "enlarge" });
    image.before(button);
    button.append(image);
    const taking = `Download ${vector ? "SVG" : "PNG"}`;
    const save = () => download(image.src, name);
    const open = () => {
      const large = image.cloneNode();
      const bar = element("div", { class: "tools" });
      const close = element("button", { type: "button" }, "Close");
      const kept = element("button", { type: "button" }, taking);
      close.addEventListener("click", () => dialog.close());
      kept.addEventListener("click", save);
      bar.append(close, kept);
      dialog.setAttribute("aria-label", image.alt);
      dialog.replaceChildren(bar, large);
      dialog.showModal();
    };
    button.addEventListener("click", open);
    const bar = element("div", { class: "tools" });
    const larger = element("button", { type: "button", "aria-label": `Open large: ${image.alt}` }, "Open large");
    const saved = element("button", { type: "button", "aria-label": `${taking}: ${image.alt}` }, taking);
    larger.addEventListener("click", open);
    saved.addEventListener("click", save);
    bar.append(larger, saved);
    button.after(bar);
  }

  // The contents stand open beside the text and closed above it; the section read is marked.
  function follow(contents) {
    const wide = window.matchMedia("(min-width: 75rem)");
    const fold = contents.querySelector("details");
    const fit = () => { fold.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
    fold.addEventListener("click", (event) => {
      if (event.target.closest("a") && !wide.matches) fold.open = false;
    });
    const links = new Map([...contents.querySelectorAll("ol a")].map((a) => [a.hash.slice(1), a]));
    const watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        links.forEach((link) => link.removeAttribute("aria-current"));
        links.get(entry.target.id)?.setAttribute("aria-current", "location");
      }
    }, { rootMargin: "0px 0px -75% 0px" });
    for (const id of links.keys()) {
      const head = document.getElementById(id);
      if (head) watcher.observe(head);
    }
  }

  // A link into what is folded opens it.
  function unfold() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    if (target) target.scrollIntoView();
  }

  for (const table of document.querySelectorAll("main table")) equip(table);
  const figures = document.querySelectorAll("main figure");
  if (figures.length) {
    const dialog = document.body.appendChild(element("dialog"));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    for (const figure of figures) enlarge(figure, dialog);
  }
  const contents = document.querySelector("nav.contents");
  if (contents) follow(contents);
  window.addEventListener("hashchange", unfold);
  unfold();
})();
