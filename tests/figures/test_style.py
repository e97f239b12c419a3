"""The shared style: size, bytes, notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from radnec.figures.boxes import millimetre_axes
from radnec.figures.sheet import Sheet
from radnec.figures.style import (
    COLUMN_MM,
    PALETTE,
    inches,
    journal_figure,
    journal_style,
    save_figure,
)
from radnec.figures.text import text_width, wrap_text

NOTICE = "Research use only. " * 12


def small_figure() -> Figure:
    with journal_style():
        figure = Figure(figsize=(inches(COLUMN_MM), inches(50)), layout="constrained")
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1])
        axes.set_xlabel("time (ms)")
    return figure


def test_same_figure_same_bytes(tmp_path: Path) -> None:
    first = save_figure(small_figure(), tmp_path / "a", NOTICE)
    second = save_figure(small_figure(), tmp_path / "b", NOTICE)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_figure_keeps_its_width_and_grows_by_the_notice(tmp_path: Path) -> None:
    _, without = save_figure(small_figure(), tmp_path / "without", "")
    _, with_notice = save_figure(small_figure(), tmp_path / "with", NOTICE)
    with Image.open(without) as small, Image.open(with_notice) as tall:
        assert small.width == tall.width == pytest.approx(COLUMN_MM / 25.4 * 300, abs=1)
        grown = tall.height - small.height
        assert grown > 3 * 6 / 72 * 300  # at least three lines of 6 points
        above = np.asarray(tall.convert("L"), float)[: small.height]
        # Up to a shift of a fraction of a pixel, what is drawn above stays as it was.
        assert np.abs(above - np.asarray(small.convert("L"), float)).mean() < 2
        footer = np.asarray(tall.convert("L"))[small.height :]
        assert footer.min() < 120
        assert footer[:, :5].min() == footer[:, -5:].min() == footer[-2:].min() == 255


def test_svg_has_no_date_and_says_the_notice(tmp_path: Path) -> None:
    svg, _ = save_figure(small_figure(), tmp_path / "a", "For research use only.")
    text = svg.read_text()
    assert "For research use only." in text
    assert "dc:date" not in text


def test_saving_leaves_the_figure_as_it_was(tmp_path: Path) -> None:
    figure = small_figure()
    save_figure(figure, tmp_path / "a", NOTICE)
    assert figure.texts == []


def test_wrapped_lines_fit_and_lose_no_word() -> None:
    lines = wrap_text(NOTICE, width=2.0, points=6)
    assert " ".join(lines).split() == NOTICE.split()
    assert all(text_width(line, points=6) <= 2.0 for line in lines)
    assert len(lines) > 3


def test_word_wider_than_a_line_is_broken() -> None:
    word = "x" * 30 + "W" * 30
    lines = wrap_text(f"a {word} b", width=0.8, points=7)
    assert all(text_width(line, points=7) <= 0.8 for line in lines)
    assert "".join("".join(lines).split()) == f"a{word}b"


def test_palette_colours_stay_apart_for_colour_blind_readers() -> None:
    """Luminance or blue-yellow contrast must differ: what a red-green blind reader sees."""
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in PALETTE])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    # Vienot, Brettel and Mollon (1999): deuteranopes see these two of the three channels.
    red_green = linear @ [0.29275, 0.70725, 0.0]
    blue = linear @ [-0.02234, 0.02234, 1.0]
    seen = np.stack([np.cbrt(red_green), np.cbrt(np.clip(blue, 0, None))], axis=1)
    for i in range(len(seen)):
        for j in range(i):
            assert np.linalg.norm(seen[i] - seen[j]) > 0.08, (PALETTE[i], PALETTE[j])


def test_a_drawing_is_written_at_its_size_in_the_studys_style(tmp_path: Path) -> None:
    with journal_figure(
        COLUMN_MM, 50, output=tmp_path / "a", notice="", dpi=100, layout="constrained"
    ) as figure:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1])
        axes.set_xlabel("time (ms)")
    with journal_style():
        by_hand = save_figure(small_figure(), tmp_path / "b", "", dpi=100)
    for path in by_hand:
        assert path.read_bytes() == (tmp_path / "a").with_suffix(path.suffix).read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == pytest.approx((COLUMN_MM / 25.4 * 100, 50 / 25.4 * 100), abs=1)


def test_nothing_is_written_of_a_drawing_that_fails(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        journal_figure(COLUMN_MM, 50, output=tmp_path / "a", notice="", dpi=100) as figure,
    ):
        figure.add_subplot()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_places_on_a_sheet_and_on_axes_are_millimetres_from_the_upper_left() -> None:
    figure = Figure(figsize=(100 / 25.4, 40 / 25.4))
    placed = Sheet(figure).place(10, 5, 20, 10).get_position()
    assert (placed.x0, placed.x1) == pytest.approx((0.1, 0.3))
    assert (placed.y0, placed.y1) == pytest.approx((1 - 15 / 40, 1 - 5 / 40))
    axes = millimetre_axes(figure)
    to_pixels, height = axes.transData.transform, 40 / 25.4 * figure.dpi
    assert to_pixels((25.4, 0)) == pytest.approx((figure.dpi, height))
    assert to_pixels((0, 25.4)) == pytest.approx((0, height - figure.dpi))
