"""Rows of small pictures with captions on one sheet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from radnec.figures.quality.sections import Picture

_COLUMNS = 6
_GAP = 4
_LETTERS, _SMALL = 15, 11
_REMARK, _CAPTION = (160, 48, 0), (64, 64, 64)
_GREYS = 128


@dataclass(frozen=True)
class Panel:
    """A picture (row, column, red-green-blue) and what stands below it; "" continues the last."""

    picture: Picture
    caption: str


def draw_sheet(
    *,
    title: str,
    remarks: Sequence[str],
    rows: Sequence[tuple[str, list[Panel]]],
    notice: str,
    colours: Sequence[tuple[int, int, int]],
) -> Image.Image:
    """Return a sheet: title, remarks, one row of pictures under each heading, the notice.

    Parameters
    ----------
    remarks
        What speaks against the case; "no remark" is written in grey where there is nothing.
    rows
        Heading and up to six panels of each row.
    colours
        Those of the outlines in the panels.
    """
    side = max((panel.picture.shape[0] for _, row in rows for panel in row), default=190)
    width = _COLUMNS * (side + _GAP) + _GAP
    lines = [part for line in remarks or ["no remark"] for part in textwrap.wrap(line, width // 7)]
    below = textwrap.wrap(notice, width // 6)
    head = 2 * _GAP + (_LETTERS + 6) + len(lines) * (_SMALL + 5)
    height = head + len(rows) * (side + 2 * (_SMALL + 6) + _GAP) + (len(below) + 1) * (_SMALL + 4)
    sheet = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    small = ImageFont.load_default(_SMALL)
    pen.text((_GAP, _GAP), title, fill="black", font=ImageFont.load_default(_LETTERS))
    y = 2 * _GAP + _LETTERS + 6
    for line in lines:
        pen.text((_GAP, y), line, fill=_REMARK if remarks else _CAPTION, font=small)
        y += _SMALL + 5
    for heading, panels in rows:
        pen.text((_GAP, y), heading, fill="black", font=small)
        y += _SMALL + 6
        for number, panel in enumerate(panels[:_COLUMNS]):
            x = _GAP + number * (side + _GAP)
            sheet.paste(Image.fromarray(panel.picture), (x, y))
            pen.text((x, y + side + 1), panel.caption, fill=_CAPTION, font=small)
        y += side + _SMALL + 6 + _GAP
    for line in below:
        pen.text((_GAP, y), line, fill=_CAPTION, font=small)
        y += _SMALL + 4
    return _few_colours(sheet, colours)


def _few_colours(sheet: Image.Image, colours: Sequence[tuple[int, int, int]]) -> Image.Image:
    """Keep greys and the colours named: a third of the file's size, nothing lost to the eye."""
    greys = [(level,) * 3 for level in (255 * n // (_GREYS - 1) for n in range(_GREYS))]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in [*greys, *colours, _REMARK] for value in colour])
    return sheet.quantize(palette=palette, dither=Image.Dither.NONE)
