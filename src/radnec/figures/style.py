"""The look that all figures of a study share, and the one way they are written.

Sizes follow what journals of the field ask for: a figure is one column (85 mm) or one page
(180 mm) wide at its printed size, its letters are never smaller than 6 points, and colours can be
distinguished with any kind of colour vision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from radnec.core.files import atomic_path
from radnec.figures.text import wrap_text

COLUMN_MM = 85.0
"""Width of a figure in one column of a journal, in millimetres."""

PAGE_MM = 180.0
"""Width of a figure over the whole page of a journal, in millimetres."""

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0

PALETTE: tuple[str, ...] = (
    "#0072B2",  # blue
    "#D55E00",  # vermilion
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#E69F00",  # orange
    "#56B4E9",  # sky blue
    "#F0E442",  # yellow: fills only, too pale for lines on white
    "#000000",  # black
)
"""Colours of Okabe and Ito (2008), safe for all kinds of colour vision, best ones first."""

LINE_COLOURS = tuple(colour for colour in PALETTE if colour != "#F0E442")
"""Those that can be seen as lines on white; black comes last, for a seventh line."""

NEGATIVE_COLOUR = PALETTE[0]
"""Recurrence, wherever the two classes have colours of their own."""

POSITIVE_COLOUR = PALETTE[1]
"""Necrosis, wherever the two classes have colours of their own."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
    "font.size": 7.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.0,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "figure.titlesize": 8.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": cycler(color=LINE_COLOURS),
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.linewidth": 0.4,
    "grid.color": "#D0D0D0",
    "image.interpolation": "nearest",
}

# Same figure, same bytes: identifiers inside an SVG come from the salt, not from chance. Letters
# are drawn as outlines, so that the figure looks alike where the font is not installed.
_WRITING: dict[Any, Any] = {"svg.hashsalt": "radnec", "svg.fonttype": "path"}

_NOTICE_POINTS = 6.0
_NOTICE_MARGIN_MM = 1.5


def inches(millimetres: float) -> float:
    """Return a length in inches, matplotlib's unit of figure sizes."""
    return millimetres / MM_PER_INCH


@contextmanager
def journal_style() -> Iterator[None]:
    """Draw in the style of this study: fonts, line widths and colours of all its figures."""
    with mpl.rc_context(_STYLE | _WRITING):
        yield


@contextmanager
def journal_figure(
    width: float,
    height: float,
    *,
    output: Path,
    notice: str,
    dpi: int,
    layout: Literal["constrained"] | None = None,
) -> Iterator[Figure]:
    """Give an empty figure to draw on in the study's style; it is written at the end.

    Where the drawing fails, nothing is written.

    Parameters
    ----------
    width, height
        Printed size in millimetres.
    output, notice, dpi
        See :func:`save_figure`.
    layout
        ``"constrained"`` for panels that make room for each other's labels; None where every
        place is given.
    """
    with journal_style():
        figure = Figure(figsize=(inches(width), inches(height)), layout=layout)
        yield figure
        save_figure(figure, output, notice, dpi=dpi)


def save_figure(fig: Figure, stem: Path, notice: str, *, dpi: int = 300) -> tuple[Path, Path]:
    """Write a figure as vectors (.svg) and as pixels (.png), with a notice below it.

    The notice is added under the figure, outside of its layout: nothing drawn can touch it and
    the width of the figure stays what it is.

    Parameters
    ----------
    fig
        The figure at its printed size; it is not changed.
    stem
        Path without ending: ``figures/figure3`` gives figure3.svg and figure3.png.
    notice
        What every reader must know about the data, see :mod:`radnec.core.notices`; may be empty.
    dpi
        Pixels per inch of the PNG, and of pixel images inside the SVG.

    Returns
    -------
    tuple of Path
        The SVG and the PNG. The same figure gives the same bytes.
    """
    stem = Path(stem)
    width, height = (float(side) for side in fig.get_size_inches())
    margin = inches(_NOTICE_MARGIN_MM)
    lines = wrap_text(notice, width=width - 2 * margin, points=_NOTICE_POINTS)
    line_height = 1.3 * _NOTICE_POINTS / POINTS_PER_INCH
    footer = len(lines) * line_height + margin if lines else 0.0
    text = fig.text(
        margin / width,
        -0.3 * margin / height,
        "\n".join(lines),
        fontsize=_NOTICE_POINTS,
        fontfamily="DejaVu Sans",
        color="#404040",
        linespacing=1.1,
        ha="left",
        va="top",
        in_layout=False,
    )
    paths = (stem.with_name(stem.name + ".svg"), stem.with_name(stem.name + ".png"))
    try:
        for path in paths:
            kind = path.suffix[1:]
            metadata: dict[str, str | None]
            if kind == "svg":
                metadata = {"Date": None, "Creator": None, "Description": notice or None}
            else:
                metadata = {"Software": None, "Description": notice}
            with mpl.rc_context(_WRITING), atomic_path(path) as temporary:
                fig.savefig(
                    temporary,
                    format=kind,
                    dpi=dpi,
                    bbox_inches=Bbox([[0.0, -footer], [width, height]]),
                    metadata=metadata,
                )
    finally:
        text.remove()
    return paths
