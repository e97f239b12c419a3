"""The rows of table 1: counts, means, and how alike training and test set are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from radnec.evaluate.comparisons.balance import Comparison, compare_counts, compare_means

_GRADES = ("glioma_grade_2", "glioma_grade_3", "glioma_grade_4")
# Rows of the paper's table in its order. A level is shown when the paper has it or a case does.
LEVELS = {
    "sex": ("male", "female"),
    "primary_diagnosis": (*_GRADES, "unknown"),
    "recurrent_diagnosis": (*_GRADES, "necrosis", "unknown"),
}
_NOT_IN_PAPER = {("recurrent_diagnosis", "unknown")}
COLUMNS = (
    *("characteristic", "level", "train", "test", "total", "p_value", "p_test"),
    *(
        "further_p",
        "further_test",
        "smd",
        "smd_lo",
        "smd_hi",
        "train_sd",
        "test_sd",
        "total_sd",
        "notes",
    ),
)
_NUMBERS = ("p_value", "further_p", "smd", "smd_lo", "smd_hi", "train_sd", "test_sd", "total_sd")


def table1_rows(table: pd.DataFrame, groups: dict[str, pd.Series]) -> list[dict[str, Any]]:
    """Return the rows of table 1.

    Parameters
    ----------
    table
        One row a case: patient, and as text age, sex, primary_diagnosis, recurrent_diagnosis
        where the study has them.
    groups
        ``total``, and ``train`` and ``test`` where there is one split, to a boolean series over
        the cases.

    Returns
    -------
    list of dict
        With the keys of :data:`COLUMNS`.
    """
    rows = [_line("n", "", {name: int(members.sum()) for name, members in groups.items()})]
    rows += _patients(table, groups)
    rows += _age(table, groups)
    for name in LEVELS:
        rows += _categories(table, name, groups)
    return rows


def _line(
    characteristic: str,
    level: str,
    cells: dict[str, Any],
    compared: Comparison | None = None,
    note: str = "",
) -> dict[str, Any]:
    line = {**dict.fromkeys(COLUMNS, ""), **dict.fromkeys(_NUMBERS, math.nan)}
    line |= {"characteristic": characteristic, "level": level, "notes": note, **cells}
    if compared is not None:
        line |= {
            "p_value": compared.p,
            "p_test": compared.test,
            "further_p": compared.further_p,
            "further_test": compared.further_test,
            "smd": compared.smd,
            "smd_lo": compared.smd_low,
            "smd_hi": compared.smd_high,
            "notes": "; ".join(filter(None, (note, compared.note))),
        }
    return line


def _patients(table: pd.DataFrame, groups: dict[str, pd.Series]) -> list[dict[str, Any]]:
    """Return the row of patients where some patients have several cases."""
    if table["patient"].nunique() == len(table):
        return []
    note = "cases of one patient are not independent: intervals that count cases are too narrow"
    cells = {name: table["patient"][members].nunique() for name, members in groups.items()}
    return [_line("patients", "", cells, note=note)]


def _age(table: pd.DataFrame, groups: dict[str, pd.Series]) -> list[dict[str, Any]]:
    name = "age_years_mean"
    if "age" not in table or (table["age"] == "").all():
        return [_line(name, "", {}, note="not defined: the table of cases has no age")]
    age = pd.to_numeric(table["age"])
    values = {group: age[members].dropna().to_numpy() for group, members in groups.items()}
    cells: dict[str, Any] = {}
    for group, ages in values.items():
        cells[group] = f"{ages.mean():.2f}" if len(ages) else ""
        cells[f"{group}_sd"] = float(np.std(ages, ddof=1)) if len(ages) > 1 else math.nan
    missing = int(age.isna().sum())
    note = f"{missing} cases without age" if missing else ""
    compared = compare_means(values["train"], values["test"]) if "train" in values else None
    return [_line(name, "", cells, compared, note)]


def _categories(
    table: pd.DataFrame, name: str, groups: dict[str, pd.Series]
) -> list[dict[str, Any]]:
    if name not in table or (table[name] == "").all():
        return [_line(name, "", {}, note=f"not defined: the table of cases has no {name}")]
    values = table[name]
    levels = [
        level
        for level in LEVELS[name]
        if (name, level) not in _NOT_IN_PAPER or (values == level).any()
    ]
    counts = {
        level: {group: int((values[members] == level).sum()) for group, members in groups.items()}
        for level in levels
    }
    compared = None
    if "train" in groups:
        compared = compare_counts(np.array([[c["train"], c["test"]] for c in counts.values()]))
    missing = int((values == "").sum())
    note = f"{missing} cases without this value, not tested" if missing else ""
    return [
        _line(name, level, cells, compared if at == 0 else None, note if at == 0 else "")
        for at, (level, cells) in enumerate(counts.items())
    ]
