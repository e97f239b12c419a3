"""All cases in one table of quality control, the most unusual first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from radnec.core.errors import InputError
from radnec.core.records import Measure, Record
from radnec.core.sequences import SEQUENCES
from radnec.core.tables import read_tsv, write_tsv
from radnec.preprocess.quality.measures import remarks_of

# Fewer cases do not tell what is usual.
_LEAST_CASES = 5
# What is bad: a small value, a large one, or both.
DIRECTIONS = {
    "similarity": (-1,),
    "distinctness": (-1,),
    "overlap": (-1,),
    "snr": (-1,),
    "rotation": (1,),
    "translation": (1,),
    "brain ml": (-1, 1),
    "mask dice": (-1,),
}


def tabulate_quality(
    *,
    cohort: Path,
    records: Iterable[Path],
    measures: Iterable[Path],
    kind: str,
    output: Path,
) -> None:
    """Write the table of quality control: cases that left first, then flagged, then unusual ones.

    Parameters
    ----------
    cohort
        cohort/cases.tsv: status, stage and reason of each case, by hand too.
    records
        Records of the stages of the selected cases, from the index to the skull stripping.
    measures
        What `radnec.preprocess.quality.measures.measure_case` found of each, with
        `radnec.preprocess.quality.second_opinion.second_opinion` as ``mask``.
    kind
        Value of the last column, see `radnec.core.notices.cohort_kind`.
    output
        TSV to write: case, outcome, remarks, what is ``unusual`` (the measure furthest on the
        bad side of the cohort's median, in robust standard deviations), then the least
        similarity gained, the largest movement, the volume of the brain, the Dice of its mask
        with that of another method, and the least SNR.

    Raises
    ------
    InputError
        If a case of the records is not in the table of the cohort.
    """
    cases = read_tsv(cohort, dtype=str).fillna("").set_index("case")
    found: dict[str, dict[str, float]] = {}
    remarks: dict[str, list[str]] = {}
    for path in records:
        record = Record.read(path)
        if record.case not in cases.index:
            raise InputError(f"{path}: case {record.case!r}, expected one of {cohort}")
        found.setdefault(record.case, {}).update(comparable_figures(record.measures))
        remarks.setdefault(record.case, []).extend(record.warnings)
    for path in measures:
        content = json.loads(path.read_text(encoding="utf-8"))
        ratios = {f"{name} snr": value for name, value in content["snr"].items()}
        found[content["case"]].update({k: v for k, v in ratios.items() if v is not None})
        remarks[content["case"]].extend(remarks_of(content))
        if "dice" in (content.get("mask") or {}):
            found[content["case"]]["mask dice"] = content["mask"]["dice"]
    unusual = _unusual(pd.DataFrame.from_dict(found, orient="index"))
    rows = [_row(case, cases.loc[case], remarks[case], found[case]) for case in found]
    table = pd.DataFrame(rows, columns=list(_row("", pd.Series({"status": ""}), [], {})))
    table.insert(3, "unusual", [_say(unusual.get(case)) for case in table["case"]])
    table["cohort"] = kind
    order = sorted(
        range(len(table)),
        key=lambda i: (
            table["outcome"][i] == "included",
            -len(remarks[table["case"][i]]),
            -unusual.get(table["case"][i], ("", 0.0, 0.0))[1],
            table["case"][i],
        ),
    )
    write_tsv(table.iloc[order], output)


def comparable_figures(measures: dict[str, Measure]) -> dict[str, float]:
    """Return the figures of a record that are compared between cases, as "<sequence> <what>"."""
    figures: dict[str, float] = {}
    for name in SEQUENCES:
        known = {key: measures.get(f"{name}_{key}") for key in ("rotation", "translation")}
        known |= {key: measures.get(f"{name}_{key}") for key in ("overlap", "distinctness")}
        known["similarity"] = measures.get(f"{name}_similarity_after")
        before = measures.get(f"{name}_similarity_before")
        if isinstance(known["similarity"], float) and isinstance(before, float):
            known["gain"] = known["similarity"] - before
        for key, value in known.items():
            if isinstance(value, int | float):
                figures[f"{name} {key}"] = float(value)
    if isinstance(volume := measures.get("mask_volume_ml"), int | float):
        figures["brain ml"] = float(volume)
    return figures


def _unusual(table: pd.DataFrame) -> dict[str, tuple[str, float, float]]:
    """Return for each case its most unusual measure: name, robust deviations, value."""
    most: dict[str, tuple[str, float, float]] = {}
    for name in table.columns:
        values = table[name].dropna()
        what = name if name in DIRECTIONS else name.split(" ", 1)[1]
        if len(values) < _LEAST_CASES or what not in DIRECTIONS:
            continue
        middle = float(values.median())
        # 1.4826 times the median deviation is the standard deviation of a normal sample; the
        # floor keeps a hundredth's difference between equal cases from being a finding.
        spread = max(1.4826 * float((values - middle).abs().median()), 0.02 * abs(middle), 1e-6)
        for case, value in values.items():
            worst = max(sign * (value - middle) / spread for sign in DIRECTIONS[what])
            if worst > most.get(str(case), ("", 0.0, 0.0))[1]:
                most[str(case)] = (name, float(worst), float(value))
    return most


def _say(unusual: tuple[str, float, float] | None) -> str:
    if unusual is None:
        return ""
    name, deviations, value = unusual
    return f"{name} {value:.4g} ({deviations:.1f} SD from the median)"


def _row(
    case: str, known: pd.Series, remarks: list[str], figures: dict[str, float]
) -> dict[str, str]:
    """Return one case as it is to be read: the worst of its sequences for each measure."""
    left = f"left at {known.get('stage')}: {known.get('reason')}"
    return {
        "case": case,
        "outcome": "included" if known["status"] == "included" else left,
        "remarks": "; ".join(remarks),
        "similarity gain": _extreme(figures, "gain", np.min, ".3f"),
        "rotation (degrees)": _extreme(figures, "rotation", np.max, ".1f"),
        "movement (mm)": _extreme(figures, "translation", np.max, ".1f"),
        "distinctness": _extreme(figures, "distinctness", np.min, ".1f"),
        "brain (ml)": _extreme(figures, "ml", np.max, ".0f"),
        "mask (Dice)": _extreme(figures, "dice", np.min, ".3f"),
        "SNR": _extreme(figures, "snr", np.min, ".1f"),
    }


def _extreme(figures: dict[str, float], what: str, choose: object, form: str) -> str:
    """Return the least or largest figure of a kind with its sequence, or nothing."""
    of_kind = {key: value for key, value in figures.items() if key.split(" ")[1] == what}
    if not of_kind:
        return ""
    pick = min if choose is np.min else max
    name = pick(of_kind, key=lambda key: of_kind[key])
    value = format(of_kind[name], form)
    return value if name in ("brain ml", "mask dice") else f"{value} ({name.split(' ')[0]})"
