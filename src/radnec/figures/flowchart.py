"""Figure 1: who is in the study, who left it where, and why."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.core.tables import read_tsv
from radnec.figures.boxes import BULLET, Box, draw_arrow, millimetre_axes
from radnec.figures.style import journal_figure

# The order in which a case meets the stages, in three phases; each phase has a box of those who
# left, and one of those who went on. Titles are what a reader of the figure sees.
PHASES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "Not eligible",
        "Eligible",
        {"eligibility": "Criteria of the study"},
    ),
    (
        "Imaging incomplete",
        "All sequences available",
        {
            "index": "Identification of sequences",
            "convert": "Conversion to volumes",
            "select": "Selection of cases",
        },
    ),
    (
        "Preprocessing or quality failed",
        "Included in the analysis",
        {
            "register": "Registration",
            "strip": "Skull stripping",
            "normalise": "Normalisation",
            "qc": "Visual quality control",
        },
    ),
)

MAX_REASONS = 6
"""Different reasons named per stage; the table of excluded cases in the report has them all."""

_MAIN_FILL = "#EAF2F8"
_LEFT_FILL = "#FBEFE6"
_SPLIT_FILL = "#E8F5F0"
_GAP = 4.0
_WIDTH = 120.0


def draw_flowchart(*, cohort: Path, split: Path, notice: str, output: Path, dpi: int = 300) -> None:
    """Draw the flow of cases through the study, in the manner of STARD and CONSORT.

    Parameters
    ----------
    cohort
        Every case of the study with columns case, label, status (``included`` or
        ``excluded``), stage and reason.
    split
        Long table with columns case, label, fold and set (``train`` or ``test``).
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.

    Raises
    ------
    InputError
        If a stage or status is unknown, or the split holds other cases than the included ones.
    """
    cases = read_tsv(cohort, dtype=str)
    _check(cases, cohort)
    sets = read_tsv(split, dtype=str)
    included = set(cases.loc[cases["status"] == "included", "case"])
    if set(sets["case"]) != included:
        odd = sorted(set(sets["case"]) ^ included)
        raise InputError(
            f"{split}: cases differ from the included ones of {cohort}, for example {odd[0]!r}"
        )
    main, side = _boxes(cases)
    ends = _split_boxes(sets, top=main[-1].bottom + 2 * _GAP)
    height = max(box.bottom for box in [*main, *side, *ends]) + 2
    with journal_figure(_WIDTH, height, output=output, notice=notice, dpi=dpi) as figure:
        axes = millimetre_axes(figure)
        for box in [*main, *side, *ends]:
            box.draw(axes)
        _connect(axes, main, side, ends)


def _check(cases: pd.DataFrame, path: Path) -> None:
    stages = [stage for _, _, titles in PHASES for stage in titles]
    for row in cases.itertuples():
        if row.status not in ("included", "excluded"):
            raise InputError(
                f"{path}: case {row.case}: status {row.status!r}, expected included or excluded"
            )
        if row.status == "excluded" and row.stage not in stages:
            raise InputError(
                f"{path}: case {row.case}: stage {row.stage!r}, expected one of {', '.join(stages)}"
            )


def _boxes(cases: pd.DataFrame) -> tuple[list[Box], list[Box]]:
    """Return the boxes of those who go on (left) and of those who leave (right)."""
    left_width, right_x = 52.0, 60.0
    main = [Box(2, 2, left_width, "Cases in the study table", [_classes(cases)], _MAIN_FILL)]
    side = []
    remaining = cases
    for leaving, going_on, stages in PHASES:
        gone = remaining[(remaining["status"] == "excluded") & remaining["stage"].isin(stages)]
        remaining = remaining.drop(gone.index)
        box = Box(
            right_x,
            main[-1].bottom + _GAP,
            _WIDTH - right_x - 2,
            f"{leaving} (n = {len(gone)})",
            _reasons(gone, stages),
            _LEFT_FILL,
            centred=False,
            points=6.5,
        )
        side.append(box)
        main.append(
            Box(2, box.bottom + _GAP, left_width, going_on, [_classes(remaining)], _MAIN_FILL)
        )
    return main, side


def _classes(cases: pd.DataFrame) -> str:
    counts = cases["label"].value_counts()
    parts = ", ".join(f"{label} {counts.get(label, 0)}" for label in CLASSES)
    return f"n = {len(cases)}\n{parts}"


def _reasons(gone: pd.DataFrame, stages: dict[str, str]) -> list[str]:
    lines = []
    for stage, title in stages.items():
        here = gone.loc[gone["stage"] == stage, "reason"]
        if here.empty:
            continue
        if len(stages) > 1:
            lines.append(f"{title} (n = {len(here)}):")
        # What follows the first sentence is about one case, and stands in the report's table.
        counted = summarise_reasons([reason.partition(". ")[0] for reason in here])
        lines += [f"{BULLET} {reason} (n = {count})" for reason, count in counted[:MAX_REASONS]]
        rest = counted[MAX_REASONS:]
        if rest:
            lines.append(f"{BULLET} {len(rest)} other reasons (n = {sum(n for _, n in rest)})")
    return lines


def summarise_reasons(reasons: list[str]) -> list[tuple[str, int]]:
    """Count reasons, those that differ by a number only as one with the range of that number.

    Returns
    -------
    list of tuple of str and int
        Reasons with their counts, the most frequent first.

    Examples
    --------
    >>> summarise_reasons(["t2 has 20 slices", "t2 has 24 slices", "no t1"])
    [('t2 has 20 to 24 slices', 2), ('no t1', 1)]
    """
    number = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])")
    groups: dict[str, list[list[str]]] = {}
    for reason in reasons:
        pattern = number.sub("\0", reason)
        groups.setdefault(pattern, []).append(number.findall(reason))
    counted = []
    for pattern, found in groups.items():
        text = pattern
        for values in zip(*found, strict=True):
            low, high = min(values, key=float), max(values, key=float)
            text = text.replace("\0", low if float(low) == float(high) else f"{low} to {high}", 1)
        counted.append((text, len(found)))
    return sorted(counted, key=lambda item: (-item[1], item[0]))


def _split_boxes(sets: pd.DataFrame, top: float) -> list[Box]:
    folds = sets["fold"].unique()
    if len(folds) > 1:
        tests = sets[sets["set"] == "test"].groupby("fold").size()
        between = f"{tests.min()} to {tests.max()}" if tests.min() < tests.max() else tests.min()
        lines = [f"{len(folds)} splits into training and test cases", f"{between} test cases each"]
        return [Box(2, top, 52, "Cross-validation", lines, _SPLIT_FILL)]
    return [
        Box(x, top, 52, title, [_classes(sets[sets["set"] == name])], _SPLIT_FILL)
        for x, title, name in ((2, "Training set", "train"), (66, "Test set", "test"))
    ]


def _connect(axes: Axes, main: list[Box], side: list[Box], ends: list[Box]) -> None:
    for above, below, gone in zip(main[:-1], main[1:], side, strict=True):
        draw_arrow(axes, [(above.centre, above.bottom), (below.centre, below.y)])
        draw_arrow(axes, [(above.centre, gone.middle), (gone.x, gone.middle)])
    last = main[-1]
    fork = last.bottom + _GAP
    for end in ends:
        corner, tip = (end.centre, fork), (end.centre, end.y)
        draw_arrow(axes, [(last.centre, last.bottom), (last.centre, fork), corner, tip])
