"""A small picture of a case: one slice of its reference scan, and the same with the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from radnec.core.files import atomic_path
from radnec.figures.evidence import choose_slice, within_brain
from radnec.figures.slices import HEAT, HIGHEST_OPACITY, OPACITY_POWER, Volume, brain_box

HEIGHT = 260
"""Of the picture in pixels; its width follows the brain's."""

_MARGIN_MM = 4.0
_GAP = 6


def draw_case_map(
    *, scan: Path, mask: Path | None, heat: Path | None, lesion: Path | None, picture: Path
) -> None:
    """Draw a case in two panels, or in one where it has no map.

    Parameters
    ----------
    scan
        Reference scan without skull.
    mask
        Brain mask on its grid; None takes all above zero.
    heat
        Map on its grid; None for a case whose map was not made.
    lesion
        True or drawn lesion where it is known, on its grid: it decides the slice, by the evidence
        in it, or by its area where there is no map. Without map and lesion it is the middle
        slice of the brain.
    picture
        PNG to write, seen from the feet: the patient's right is on the left.
    """
    volume = Volume(scan)
    brain = Volume(mask).data > 0 if mask is not None else volume.data > 0
    middle = int(np.median(np.flatnonzero(brain.any(axis=(0, 1))))) if brain.any() else 0
    truth = Volume(lesion).data > 0 if lesion is not None else None
    shown = middle if truth is None else int(truth.sum(axis=(0, 1)).argmax())
    overlay = None
    if heat is not None:
        overlay = Volume(heat)
        within_brain(overlay, brain)
        shown = choose_slice(overlay, brain, truth)[0]
    low, high = volume.window()
    box = brain_box(volume, _MARGIN_MM)
    for one in (volume, overlay):
        if one is not None:
            one.crop(*box)
    grey = np.clip((volume.axial(shown) - low) / max(high - low, 1e-6), 0, 1)
    plain = np.repeat(grey[..., None], 3, axis=2)
    panels = [_sized(plain, volume.aspect)]
    if overlay is not None:
        values = np.clip(overlay.axial(shown), 0, 1)
        opacity = (HIGHEST_OPACITY * values**OPACITY_POWER)[..., None]
        laid = (1 - opacity) * plain + opacity * HEAT(values)[..., :3]
        panels.append(_sized(laid, volume.aspect))
    width = sum(panel.width for panel in panels) + _GAP * (len(panels) - 1)
    sheet = Image.new("RGB", (width, HEIGHT))
    left = 0
    for panel in panels:
        sheet.paste(panel, (left, 0))
        left += panel.width + _GAP
    with atomic_path(picture) as temporary:
        sheet.quantize(128, dither=Image.Dither.NONE).save(temporary, format="PNG")


def _sized(pixels: np.ndarray, aspect: float) -> Image.Image:
    """Return an array (row, column, red-green-blue; 0 to 1) as a picture of the height wanted."""
    rows, columns = pixels.shape[:2]
    image = Image.fromarray((pixels * 255).round().astype(np.uint8))
    width = max(1, round(HEIGHT * columns / (rows * aspect)))
    return image.resize((width, HEIGHT), Image.Resampling.BILINEAR)
