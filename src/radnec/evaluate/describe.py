"""Table 1: who is in the study. Table 2: on which scanners."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.tables import read_tsv
from radnec.evaluate.balance import Comparison, compare_counts, compare_means
from radnec.evaluate.output import NOT_DEFINED, p_text, write_for_people, write_results
from radnec.evaluate.predictions import HOLDOUT
from radnec.evaluate.scanners import read_scanners, scanner_rows

_GRADES = ("glioma_grade_2", "glioma_grade_3", "glioma_grade_4")
# Rows of the paper's table in its order. A level is shown when the paper has it or a case does.
LEVELS = {
    "sex": ("male", "female"),
    "primary_diagnosis": (*_GRADES, "unknown"),
    "recurrent_diagnosis": (*_GRADES, "necrosis", "unknown"),
}
_NOT_IN_PAPER = {("recurrent_diagnosis", "unknown")}
_COLUMNS = (
    *("characteristic", "level", "train", "test", "total", "p_value", "p_test"),
    *("further_p", "further_test", "smd", "train_sd", "test_sd", "total_sd", "notes"),
)
_NUMBERS = ("p_value", "further_p", "smd", "train_sd", "test_sd", "total_sd")


def describe_cohort(
    *, cases_table: Path, cohort: Path, split: Path, notice: str, output: Path
) -> None:
    """Write table 1: the included cases, training against test set.

    Parameters
    ----------
    cases_table
        The study's table of cases, with the optional columns age, sex, primary_diagnosis and
        recurrent_diagnosis.
    cohort
        cohort/cases.tsv: case, label, status.
    split
        split/split.tsv. In a cross-validation every case is tested, so there is no training
        and test set to compare: only the totals are given.
    output
        table1.tsv; .md and .tex go beside it.
    """
    table = included_cases(cases_table, cohort)
    parts = read_tsv(split, dtype=str)
    groups = {"total": pd.Series(True, index=table.index)}
    one_split = bool((parts["fold"] == HOLDOUT).all())
    if one_split:
        tested = table["case"].isin(parts.loc[parts["set"] == "test", "case"])
        groups |= {"train": ~tested, "test": tested}
    rows = [_line("n", "", {name: int(members.sum()) for name, members in groups.items()})]
    rows += _age(table, groups)
    for name in LEVELS:
        rows += _categories(table, name, groups)
    written = pd.DataFrame(rows, columns=list(_COLUMNS))
    write_results(written, output, notice)
    remarks = (
        "p as in the published study (Student's t, Pearson's chi-square without correction). "
        "SMD: standardised difference, a size of imbalance that does not depend on n."
    )
    if not one_split:
        remarks += " Cross-validation: every case is tested once, so there are no two sets."
    title = "Table 1. Demographic and clinical data"
    readable = _readable(written, one_split)
    write_for_people(readable, output, title=title, notice=notice, remarks=remarks)


def describe_scanners(*, cohort: Path, nifti: Path, notice: str, output: Path) -> None:
    """Write table 2: the scanners of the included cases, from the sidecars of their images.

    Parameters
    ----------
    cohort
        cohort/cases.tsv.
    nifti
        Folder with ``<case>/<sequence>.json``.
    output
        table2.tsv; .md and .tex go beside it.

    Notes
    -----
    One row a manufacturer, as the scanner writes its name; the commonest value of all its
    series, and in the columns ``_min`` and ``_max`` the range. The paper's field of view (80
    to 100, "mm") cannot be the size of a head; here it is the phase field of view in per cent.
    """
    found = read_tsv(cohort, dtype=str)
    table = scanner_rows(read_scanners(found.loc[found["status"] == "included", "case"], nifti))
    write_results(table, output, notice)
    head = {
        "manufacturer": "Image system",
        "slice_thickness_mm": "Slice thickness (mm)",
        "slice_spacing_mm": "Slice spacing (mm)",
        "matrix": "Matrix size",
        "field_of_view_percent": "Phase field of view (%)",
        "n_cases": "n (cases)",
    }
    readable = table[list(head)].rename(columns=head)
    title = "Table 2. Scanners, with the commonest setting of each"
    write_for_people(readable, output, title=title, notice=notice)


def included_cases(cases_table: Path, cohort: Path) -> pd.DataFrame:
    """Return the included cases: case, checked label, and the study's own columns as text."""
    found = read_tsv(cohort, dtype=str)
    included = found.loc[found["status"] == "included", ["case", "label"]]
    own = read_tsv(cases_table, dtype=str).drop(columns="label")
    return included.merge(own, on="case", how="left", validate="one_to_one").fillna("")


def _line(
    characteristic: str,
    level: str,
    cells: dict[str, Any],
    compared: Comparison | None = None,
    note: str = "",
) -> dict[str, Any]:
    line = {**dict.fromkeys(_COLUMNS, ""), **dict.fromkeys(_NUMBERS, math.nan)}
    line |= {"characteristic": characteristic, "level": level, "notes": note, **cells}
    if compared is not None:
        line |= {
            "p_value": compared.p,
            "p_test": compared.test,
            "further_p": compared.further_p,
            "further_test": compared.further_test,
            "smd": compared.smd,
            "notes": "; ".join(filter(None, (note, compared.note))),
        }
    return line


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


def _readable(written: pd.DataFrame, one_split: bool) -> pd.DataFrame:
    """Return table 1 with the words of the paper's printed table."""
    rows = []
    for row in written.to_dict("records"):
        name = str(row["characteristic"]).replace("_years_mean", " (years)").replace("_", " ")
        label = f"{name}: {str(row['level']).replace('_', ' ')}" if row["level"] else name
        cells = {"Characteristic": "n" if label == "n" else label[0].upper() + label[1:]}
        for group in ("train", "test", "total") if one_split else ("total",):
            spread = row[f"{group}_sd"]
            shown = row[group] if math.isnan(spread) else f"{row[group]} (SD {spread:.2f})"
            cells[{"train": "Training set", "test": "Test set", "total": "Total"}[group]] = shown
        if one_split:
            tested = bool(row["p_test"])
            cells["P value"] = p_text(row["p_value"]) if tested else ""
            further = row["further_test"]
            cells["Further test"] = f"{p_text(row['further_p'])} ({further})" if further else ""
            smd = NOT_DEFINED if math.isnan(row["smd"]) else f"{row['smd']:.2f}"
            cells["SMD"] = smd if tested else ""
        cells["Remarks"] = row["notes"]
        rows.append(cells)
    return pd.DataFrame(rows)
