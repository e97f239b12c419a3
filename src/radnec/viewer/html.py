"""The viewer as pieces of a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from radnec.core.files import write_text
from radnec.figures.slices import HEAT
from radnec.viewer.layers import OPACITY, Layer, colours_of, embedded

_COLORMAPS = {"scan": "gray", "mask": "blue", "map": "radnec"}


def viewer(
    layers: Sequence[Layer], *, label: str, at_once: bool = False, finest_mm: float = 0.0
) -> Markup:
    """Return one viewer with its images inside.

    Parameters
    ----------
    layers
        At least one scan first; masks and maps are laid over it.
    label
        What is seen, for the button and for screen readers.
    at_once
        Start with the page; else a reader starts it, and nothing is decoded before.
    finest_mm
        Smallest size of the voxels that travel with the page, see `embedded`.

    Raises
    ------
    ValueError
        If the first layer is no scan, or two have one name.
    """
    names = [layer.name for layer in layers]
    if not layers or layers[0].kind != "scan" or len(set(names)) < len(names):
        raise ValueError(f"layers {names}: expected a scan first, and each name once")
    shown = next(layer.name for layer in layers if layer.kind == "scan" and layer.shown)
    described = [_described(layer, shown, finest_mm) for layer in layers]
    environment = Environment(
        loader=PackageLoader("radnec.viewer", "static"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Markup(
        environment.get_template("viewer.html.j2").render(
            label=label,
            at_once=at_once,
            scans=[one for one in described if one["kind"] == "scan"],
            overlays=[one for one in described if one["kind"] != "scan"],
            map_opacity=round(100 * OPACITY["map"]),
            data=_as_script(described),
        )
    )


def assets() -> Markup:
    """Return style and scripts of all viewers of a page; they go below the last of them."""
    text = _texts()
    return Markup(
        "<style>{}</style>\n<!--\n{}-->\n<script>{}</script>\n<script>{}</script>"
    ).format(*(Markup(text[name]) for name in _ASSETS))


def write_shared_script(path: Path) -> None:
    """Write the script of the viewers into a file, for many pages that load it from there."""
    text = _texts()
    licence, library, own = (text[name] for name in _ASSETS[1:])
    write_text(path, f"/*\n{licence}*/\n{library}\n{own}")


def style() -> Markup:
    """Return the style of the viewers, for such a page."""
    return Markup(_texts()["viewer.css"])


def _texts() -> dict[str, str]:
    folder = files("radnec.viewer") / "static"
    return {name: (folder / name).read_text(encoding="utf-8") for name in _ASSETS}


_ASSETS = ("viewer.css", "niivue.LICENSE", "niivue.umd.js", "viewer.js")


def _described(layer: Layer, shown: str, finest_mm: float) -> dict[str, Any]:
    """Return what the script reads about a layer; of several scans one is seen at the start."""
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shown": layer.name == shown if layer.kind == "scan" else layer.shown,
        "opacity": OPACITY[layer.kind],
        "colormap": _COLORMAPS[layer.kind],
        "colours": colours_of(HEAT) if layer.kind == "map" else None,
        "data": embedded(layer, finest_mm),
    }


def _as_script(value: Any) -> Markup:
    """Return JSON that no text inside can end early: HTML reads scripts up to ``</``."""
    return Markup(json.dumps(value).replace("<", "\\u003c"))
