"""Text measured and broken into lines with the letters as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

_FONT = "DejaVu Sans"
_DPI = 300.0


def wrap_text(text: str, *, width: float, points: float, weight: str = "normal") -> list[str]:
    """Break a text into lines that fit a width, measured with the letters as drawn.

    Parameters
    ----------
    text
        Words apart by white space; a line break in it stays one.
    width
        Width of a line in inches; a single word wider than that is broken.
    points
        Size of the letters.
    weight
        Weight of the letters, ``"normal"`` or ``"bold"``.

    Returns
    -------
    list of str
        The lines; empty for an empty text.
    """
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in _pieces(paragraph.split(), width, points, weight):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, points=points, weight=weight) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _pieces(words: list[str], width: float, points: float, weight: str) -> Iterator[str]:
    """Yield the words, those wider than a line in pieces that fit."""
    for word in words:
        while len(word) > 1 and (whole := text_width(word, points=points, weight=weight)) > width:
            # Letters differ in width: begin near the mean and shorten until the piece fits.
            end = max(1, int(len(word) * width / whole))
            while end > 1 and text_width(word[:end], points=points, weight=weight) > width:
                end -= 1
            yield word[:end]
            word = word[end:]
        yield word


def text_width(text: str, *, points: float, weight: str = "normal") -> float:
    """Return the width in inches of one line of text, in the font of the figures."""
    font = FontProperties(family=_FONT, size=points, weight=weight)
    width, _, _ = _measuring_renderer().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / _DPI


@cache
def _measuring_renderer() -> RendererAgg:
    return RendererAgg(1, 1, _DPI)
