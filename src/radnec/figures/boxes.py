"""Boxes of text with arrows between them, laid out in millimetres.

A box is as high as its wrapped text needs, measured with the letters as drawn, so that no text
ever leaves its box whatever the counts and names are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from radnec.figures.style import MM_PER_INCH, POINTS_PER_INCH, inches
from radnec.figures.text import text_width, wrap_text

PADDING_MM = 1.6
LINE_SPACING = 1.3
LINE_COLOUR = "#404040"
BULLET = "\N{BULLET}"
HANGING = "\N{NO-BREAK SPACE}" * 3


@dataclass
class Box:
    """A box of text; y grows downwards, as one reads.

    Attributes
    ----------
    x, y
        Left and upper edge in millimetres.
    width
        Width in millimetres.
    title
        First lines, in bold; may be empty.
    lines
        Paragraphs below the title, each wrapped to the width.
    fill
        Colour of the box.
    points
        Size of the letters.
    centred
        Whether the text is centred; otherwise it begins at the left.
    """

    x: float
    y: float
    width: float
    title: str
    lines: list[str] = field(default_factory=list)
    fill: str = "white"
    points: float = 7.0
    centred: bool = True

    def __post_init__(self) -> None:
        room = inches(self.width - 2 * PADDING_MM)
        self._title = wrap_text(self.title, width=room, points=self.points, weight="bold")
        self._body = []
        for paragraph in self.lines:
            # The further lines of a list item stand below its first word, not its bullet.
            indent = HANGING if paragraph.startswith(BULLET) else ""
            hanging = text_width(indent, points=self.points) if indent else 0.0
            first, *more = wrap_text(paragraph, width=room - hanging, points=self.points) or [""]
            self._body += [first, *(indent + line for line in more)]

    @property
    def line_height(self) -> float:
        """Height of one line of text in millimetres."""
        return LINE_SPACING * self.points / POINTS_PER_INCH * MM_PER_INCH

    @property
    def height(self) -> float:
        """Height of the box in millimetres, as its text needs."""
        return 2 * PADDING_MM + self.line_height * (len(self._title) + len(self._body))

    @property
    def bottom(self) -> float:
        """Lower edge in millimetres."""
        return self.y + self.height

    @property
    def centre(self) -> float:
        """Middle between the left and the right edge in millimetres."""
        return self.x + self.width / 2

    @property
    def middle(self) -> float:
        """Middle between the upper and the lower edge in millimetres."""
        return self.y + self.height / 2

    def draw(self, axes: Axes) -> None:
        """Draw the box and its text on axes in millimetres (see :func:`millimetre_axes`)."""
        axes.add_patch(
            FancyBboxPatch(
                (self.x, self.y),
                self.width,
                self.height,
                boxstyle="round,pad=0,rounding_size=0.8",
                facecolor=self.fill,
                edgecolor=LINE_COLOUR,
                linewidth=0.7,
                zorder=2,
            )
        )
        x = self.centre if self.centred else self.x + PADDING_MM
        lines = [(text, "bold") for text in self._title] + [(text, "normal") for text in self._body]
        for row, (text, weight) in enumerate(lines):
            axes.text(
                x,
                self.y + PADDING_MM + (row + 0.5) * self.line_height,
                text,
                fontsize=self.points,
                fontweight=weight,
                ha="center" if self.centred else "left",
                va="center_baseline",
                parse_math=False,
                zorder=3,
            )


def millimetre_axes(figure: Figure) -> Axes:
    """Return axes over all of a figure, in millimetres, y downwards."""
    width, height = (float(side) * MM_PER_INCH for side in figure.get_size_inches())
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    return axes


def draw_arrow(axes: Axes, points: list[tuple[float, float]], *, colour: str = LINE_COLOUR) -> None:
    """Draw a line along points (millimetres) that ends in an arrow head."""
    if len(points) > 2:
        xs, ys = zip(*points[:-1], strict=True)
        axes.plot(xs, ys, color=colour, linewidth=0.8, zorder=1, solid_joinstyle="miter")
    axes.annotate(
        "",
        xy=points[-1],
        xytext=points[-2],
        arrowprops={
            "arrowstyle": "-|>,head_width=0.18,head_length=0.36",
            "color": colour,
            "linewidth": 0.8,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 9,
        },
        zorder=1,
    )
