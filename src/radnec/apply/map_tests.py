"""How far the study's own tests let a patient's map be believed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radnec.core.tables import read_tsv

METRICS = "explain/{model}/tests/metrics.tsv"
"""Below results/<study>, and at the same place in an export."""

# Measures that begin so, in the order in which they are told; the others are in the report.
_TOLD = (
    ("pointing game", "peak in the "),
    ("pointing game", "peak of other cases' maps in the "),
    ("energy", "share of the map in the brain that lies in the "),
    ("energy", "share of the map outside of the brain"),
    ("insertion", "gain over another case's map"),
    ("deletion", "gain over another case's map"),
    ("randomisation", "rank correlation with the map after loss of output layer"),
    ("randomisation", "rank correlation with the map after loss of 100% of the layers"),
)


def map_tests_of(study: Path, model: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the study measured of its maps, over all cases whose maps it tested.

    Parameters
    ----------
    study
        results/<study>, or an export of it.
    model
        ``<backbone>/<inputs>``.
    config
        The configuration of the study, whose section ``explain`` names the model that was tested.

    Returns
    -------
    dict
        ``rows``, each with test, measure, n, value, low, high, chance (what a map without
        information would reach) and p; numbers that a test has not are None. ``cohort``; and
        ``note``: why there is no row, or empty.
    """
    shown = config["explain"]
    tested = f"{shown['backbone']}/{shown['inputs']}"
    found: dict[str, Any] = {"rows": [], "cohort": "", "note": ""}
    path = study / METRICS.format(model=model)
    if not path.is_file():
        found["note"] = (
            f"the study did not test the maps of {model}; it tested those of {tested}"
            if model != tested
            else f"the tests of the maps are not known here ({path})"
        )
        return found
    table = read_tsv(path)
    table = table[table["group"] == "all"]
    for test, measure in _TOLD:
        rows = table[(table["test"] == test) & table["measure"].str.startswith(measure)]
        found["rows"] += [_row(row) for row in rows.to_dict("records")]
    found["cohort"] = str(table["cohort"].iloc[0]) if "cohort" in table and len(table) else ""
    return found


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    numbers = {"value": "value", "low": "lower", "high": "upper", "chance": "chance", "p": "p"}
    return {
        "test": str(row["test"]),
        "measure": str(row["measure"]),
        "n": int(row["n"]),
        **{
            name: None if math.isnan(float(row[column])) else float(row[column])
            for name, column in numbers.items()
        },
    }


def map_lines(tests: Mapping[str, Any]) -> list[str]:
    """Return what the tests say, a sentence each.

    Parameters
    ----------
    tests
        From `map_tests_of`.
    """
    if tests["note"]:
        return [f"Tests of the map: {tests['note']}."]
    lines = []
    for row in tests["rows"]:
        text = f"{row['test'].capitalize()}: {row['measure']} {estimate(row)}"
        if row["chance"] is not None:
            text += f", by chance {row['chance']:.2f}"
        if row["p"] is not None:
            text += f", p {p_value(row['p'])}"
        lines.append(f"{text}; {row['n']} cases, {tests['cohort']}.")
    return lines


def estimate(row: Mapping[str, Any]) -> str:
    """Return a value with its 95 % confidence interval, where it has one."""
    if row["value"] is None:
        return "not defined"
    if row["low"] is None or row["high"] is None:
        return f"{row['value']:.2f}"
    return f"{row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"


def p_value(p: float) -> str:
    """Return a p value with two digits, or as ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"{p:.2g}"
