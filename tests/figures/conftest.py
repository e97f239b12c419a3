"""Whatever figure a test of this package saves, none of its letters may be cut off."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

from radnec.figures import style


def letters_outside(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that leave a figure as they are drawn, but for the notice below it."""
    canvas = FigureCanvasAgg(figure)
    width, height = canvas.get_width_height()
    outside = []
    draw_text = RendererAgg.draw_text

    def looked_at(renderer: RendererAgg, gc: Any, *place: Any, **options: Any) -> None:
        x, y, text, prop, angle = place
        wide, tall, _ = renderer.get_text_width_height_descent(text, prop, options["ismath"])
        if angle == 90:
            left, right, top = x - tall, x, y - wide
        else:
            left, right, top = x, x + wide, y - tall
        below = top + tall / 2 > height  # the notice
        if not below and (left < -1 or top < -1 or right > width + 1 or y > height + 1):
            outside.append(text)
        draw_text(renderer, gc, *place, **options)

    with monkeypatch.context() as patch:
        patch.setattr(RendererAgg, "draw_text", looked_at)
        canvas.draw()
    return outside


@pytest.fixture(autouse=True)
def nothing_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    save = Figure.savefig

    def checked(figure: Figure, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("format") == "png":
            assert letters_outside(figure, monkeypatch) == []
        save(figure, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", checked)


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that a test saves, in order, to be looked at as matplotlib has them."""
    figures: list[Figure] = []
    save = style.save_figure

    def kept(figure: Figure, *args: Any, **kwargs: Any) -> object:
        figures.append(figure)
        return save(figure, *args, **kwargs)

    monkeypatch.setattr(style, "save_figure", kept)
    return figures
