"""Figure 1: right counts, and nothing overlaps whatever the texts are."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from radnec.core.errors import InputError
from radnec.figures.boxes import Box
from radnec.figures.flowchart import draw_flowchart, summarise_reasons

COLUMNS = ["case", "label", "patient", "status", "stage", "reason"]
LONG = (
    "t2 to t1ce: the mutual information after registration is 0.12, below the lowest value 0.25 "
    "that a case may have, and the rotation of 38 degrees is beyond what a head can turn between "
    "two sequences, " + "x" * 90
)


def study(tmp_path: Path, excluded: list[tuple[str, str, str]], folds: int = 1) -> dict[str, Path]:
    rows = [
        (f"c{i}", "necrosis" if i < 4 else "recurrence", f"p{i}", "included", "", "")
        for i in range(20)
    ]
    rows += [
        (f"x{i}", label, f"q{i}", "excluded", s, r) for i, (label, s, r) in enumerate(excluded)
    ]
    cases = pd.DataFrame(rows, columns=COLUMNS)
    cases.to_csv(tmp_path / "cases.tsv", sep="\t", index=False)
    split = pd.concat(
        cases[:20][["case", "patient", "label"]].assign(
            fold=f"r0f{fold}" if folds > 1 else "holdout",
            set=["test" if i % 4 == 0 else "train" for i in range(20)],
        )
        for fold in range(folds)
    )
    split.to_csv(tmp_path / "split.tsv", sep="\t", index=False)
    return {"cohort": tmp_path / "cases.tsv", "split": tmp_path / "split.tsv"}


def text_of(svg: Path) -> str:
    """Return the texts of a figure; matplotlib keeps them as comments beside the outlines."""
    lines = [line.strip() for line in svg.read_text().splitlines()]
    return " ".join(line[5:-4] for line in lines if line.startswith("<!-- "))


def test_counts_of_every_box(tmp_path: Path) -> None:
    excluded = [
        ("recurrence", "eligibility", "no radiotherapy"),
        ("necrosis", "select", "t2 has 20 slices, fewer than 32"),
        ("recurrence", "select", "t2 has 24 slices, fewer than 32"),
        ("necrosis", "register", "no overlap"),
    ]
    draw_flowchart(**study(tmp_path, excluded), notice="Phantom.", output=tmp_path / "figure1")
    text = text_of(tmp_path / "figure1.svg")
    assert "n = 24 recurrence 18, necrosis 6" in text
    assert "n = 23 recurrence 17, necrosis 6" in text
    assert "n = 21 recurrence 16, necrosis 5" in text
    assert "n = 20 recurrence 16, necrosis 4" in text
    assert "Training set n = 15 recurrence 12, necrosis 3" in text
    assert "Test set n = 5 recurrence 4, necrosis 1" in text
    assert "20 to 24 slices, fewer than 32 (n = 2)" in " ".join(text.split())
    assert "Phantom." in text
    assert (tmp_path / "figure1.png").exists()


def test_reasons_that_differ_by_numbers_are_counted_together() -> None:
    reasons = ["t2 has 9 slices", "t2 has 24 slices", "t1 has 9 slices", "no t1ce", "no t1ce"]
    assert summarise_reasons(reasons) == [
        ("no t1ce", 2),
        ("t2 has 9 to 24 slices", 2),
        ("t1 has 9 slices", 1),
    ]


@pytest.mark.parametrize("count", [0, 1, 9])
def test_boxes_never_overlap_and_hold_their_text(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch, saved: list[Figure]
) -> None:
    stages = ["eligibility", "index", "convert", "select", "register", "strip", "normalise"]
    excluded = [("necrosis", stages[i % 7], LONG + " or" * (i % 9)) for i in range(count)]
    drawn: list[Box] = []
    draw = Box.draw
    monkeypatch.setattr(Box, "draw", lambda box, axes: (drawn.append(box), draw(box, axes))[1])
    draw_flowchart(**study(tmp_path, excluded), notice="", output=tmp_path / "figure1", dpi=60)
    for one, other in itertools.combinations(drawn, 2):
        apart = (
            one.x + one.width < other.x
            or other.x + other.width < one.x
            or one.bottom < other.y
            or other.bottom < one.y
        )
        assert apart, (one.title, other.title)
    figure = saved[0]
    renderer = FigureCanvasAgg(figure).get_renderer()
    axes = figure.axes[0]
    for text in axes.texts:
        if not text.get_text():
            continue
        extent = text.get_window_extent(renderer).transformed(axes.transData.inverted())
        home = [
            box
            for box in drawn
            if box.x <= extent.xmin
            and extent.xmax <= box.x + box.width
            and box.y <= min(extent.y0, extent.y1)
            and max(extent.y0, extent.y1) <= box.bottom
        ]
        assert len(home) == 1, text.get_text()


def test_folds_are_counted(tmp_path: Path) -> None:
    draw_flowchart(**study(tmp_path, [], folds=5), notice="", output=tmp_path / "f", dpi=60)
    assert "5 splits into training and test cases 5 test cases each" in text_of(tmp_path / "f.svg")


def test_unknown_stage_and_foreign_case_are_refused(tmp_path: Path) -> None:
    paths = study(tmp_path, [("necrosis", "lunch", "hungry")])
    with pytest.raises(InputError, match=r"cases\.tsv: case x0: stage 'lunch', expected one of"):
        draw_flowchart(**paths, notice="", output=tmp_path / "f")
    paths = study(tmp_path, [])
    split = pd.read_csv(paths["split"], sep="\t")
    split.loc[0, "case"] = "stranger"
    split.to_csv(paths["split"], sep="\t", index=False)
    with pytest.raises(InputError, match=r"split\.tsv: cases differ"):
        draw_flowchart(**paths, notice="", output=tmp_path / "f")


def test_long_text_makes_box_taller_not_wider() -> None:
    short, long = Box(0, 0, 40, "title", ["a"]), Box(0, 0, 40, "title", ["several words " * 9])
    assert long.height > short.height
    assert long.width == short.width
