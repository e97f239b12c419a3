"""A figure on which pictures are placed in millimetres from the upper left corner."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from radnec.figures.style import MM_PER_INCH


class Sheet:
    """A figure with places in millimetres, x to the right and y downwards.

    Attributes
    ----------
    figure
        The figure, at its printed size.
    width, height
        That size in millimetres.
    """

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.width, self.height = (float(s) * MM_PER_INCH for s in figure.get_size_inches())

    def place(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return axes without frame whose left and upper edges are at (x, y)."""
        axes = self.figure.add_axes(
            (
                x / self.width,
                1 - (y + height) / self.height,
                width / self.width,
                height / self.height,
            )
        )
        axes.set_axis_off()
        return axes

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write text whose upper left corner is at (x, y)."""
        self.figure.text(
            x / self.width,
            1 - y / self.height,
            text,
            va="top",
            ha="left",
            parse_math=False,
            **style,
        )

    def colourbar(
        self, x: float, y: float, height: float, *, colours: Colormap, label: str
    ) -> None:
        """Draw the scale of a map from 0 to 1, 2.5 mm wide, with its upper edge at y."""
        axes = self.place(x, y, 2.5, height)
        axes.set_axis_on()
        bar = self.figure.colorbar(ScalarMappable(Normalize(0, 1), colours), cax=axes)
        bar.set_ticks([0, 0.5, 1], labels=["0", "0.5", "1"])
        bar.set_label(label, fontsize=6.5)
        bar.ax.tick_params(labelsize=6, length=2)
        bar.outline.set_linewidth(0.5)


def label_corner(axes: Axes, text: str, *, points: float = 6.0, weight: str = "normal") -> None:
    """Write into the upper left corner of a dark picture."""
    axes.text(
        0.03,
        0.97,
        text,
        color="white",
        fontsize=points,
        fontweight=weight,
        va="top",
        ha="left",
        transform=axes.transAxes,
    )


def label_sides(axes: Axes) -> None:
    """Mark the patient's right and left in a slice seen from below."""
    for x, text, side in ((0.03, "R", "left"), (0.97, "L", "right")):
        axes.text(
            x, 0.03, text, color="white", fontsize=6, ha=side, va="bottom", transform=axes.transAxes
        )
