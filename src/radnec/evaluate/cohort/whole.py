"""Table 1 of the whole cohort: excluded against included cases, missing values, each site."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.cases.table import read_cases
from radnec.core.labels import CLASSES
from radnec.core.tables import read_tsv
from radnec.evaluate.cohort.table1_rows import LEVELS
from radnec.evaluate.comparisons.balance import Comparison, compare_counts, compare_means
from radnec.evaluate.tables.output import p_text, write_for_people, write_results

MISSING = "missing"
_FIELDS = {"label": CLASSES, **LEVELS}


def describe_whole(*, cases_table: Path, cohort: Path, notice: str, output: Path) -> None:
    """Write who came in, who stayed and who left, and what is known of them.

    Parameters
    ----------
    cases_table
        The study's table of cases, with the optional columns age, sex, primary_diagnosis,
        recurrent_diagnosis and site.
    cohort
        cohort/cases.tsv: case, label, status.
    output
        table1_whole.tsv; .md and .tex go beside it. Columns characteristic, level, then included,
        excluded and, for the included, ``site <name>`` where there are several; sd of the ages in
        ``<group>_sd``; p_value with p_test and smd compare excluded with included cases.

    Notes
    -----
    Welch's t for age; for the others Pearson's chi-square, or Fisher's exact test where counts are
    small, as few cases are excluded; missing values are left out of all. A
    field has a row `missing` where a case lacks it, so that each column adds up to its n.
    """
    table, sites = _whole(cases_table, cohort)
    groups = {
        "included": table["status"] == "included",
        "excluded": table["status"] == "excluded",
    }
    for site in sites:
        groups[f"site {site}"] = groups["included"] & (table["site"] == site)
    rows = [_row("n", "", {name: int(members.sum()) for name, members in groups.items()})]
    rows += _age(table, groups)
    for field, levels in _FIELDS.items():
        rows += _levels(table[field], levels, field, groups)
    written = pd.DataFrame(rows)
    write_results(written, output, notice)
    remarks = "p: excluded against included cases, missing values left out."
    if not sites:
        remarks += " Sites: the table of cases names none (a column site)."
    write_for_people(
        _readable(written, list(groups)),
        output,
        title="Table 1, whole. All cases that came in: included, excluded, by site",
        notice=notice,
        remarks=remarks,
    )


def _whole(cases_table: Path, cohort: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return all cases with their fields as text, and the names of the sites, if several."""
    found = read_tsv(cohort, dtype=str)[["case", "label", "status"]]
    own = read_cases(cases_table).drop(columns=["label", "patient"]).reset_index(drop=True)
    table = found.merge(own, on="case", how="left", validate="one_to_one").fillna("")
    for name in ("age", "site", *_FIELDS):
        if name not in table:
            table[name] = ""
    sites = sorted(set(table.loc[table["status"] == "included", "site"]) - {""})
    return table, sites if len(sites) > 1 else []


def _row(
    characteristic: str,
    level: str,
    cells: dict[str, Any],
    compared: Comparison | None = None,
) -> dict[str, Any]:
    p, test = math.nan, ""
    if compared is not None:
        p, test = compared.p, compared.test
        if compared.further_test:
            p, test = compared.further_p, compared.further_test
    return {
        "characteristic": characteristic,
        "level": level,
        **cells,
        "p_value": p,
        "p_test": test,
        "smd": compared.smd if compared else math.nan,
        "notes": compared.note if compared else "",
    }


def _age(table: pd.DataFrame, groups: dict[str, pd.Series]) -> Iterator[dict[str, Any]]:
    age = pd.to_numeric(table["age"], errors="coerce")
    values = {name: age[members].dropna().to_numpy(dtype=float) for name, members in groups.items()}
    cells: dict[str, Any] = {}
    for name, ages in values.items():
        cells[name] = f"{ages.mean():.2f}" if len(ages) else ""
        cells[f"{name}_sd"] = float(np.std(ages, ddof=1)) if len(ages) > 1 else math.nan
    if age.notna().any():
        yield _row("age_years_mean", "", cells, compare_means(*_two(values)))
    yield from _missing(age.isna(), "age_years_mean", groups)


def _two(values: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return values["included"], values["excluded"]


def _levels(
    values: pd.Series, known: tuple[str, ...], field: str, groups: dict[str, pd.Series]
) -> Iterator[dict[str, Any]]:
    levels = [level for level in known if (values == level).any()]
    counts = {
        level: {name: int((values[members] == level).sum()) for name, members in groups.items()}
        for level in levels
    }
    compared = None
    if len(levels) > 1 and groups["excluded"].any():
        compared = compare_counts(
            np.array([[c["included"], c["excluded"]] for c in counts.values()])
        )
    for at, (level, cells) in enumerate(counts.items()):
        yield _row(field, level, cells, compared if at == 0 else None)
    yield from _missing(values == "", field, groups)


def _missing(
    absent: pd.Series, field: str, groups: dict[str, pd.Series]
) -> Iterator[dict[str, Any]]:
    if absent.any():
        yield _row(
            field, MISSING, {name: int(absent[members].sum()) for name, members in groups.items()}
        )


def _readable(written: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    rows = []
    for row in written.to_dict("records"):
        name = str(row["characteristic"]).replace("_years_mean", " (years)").replace("_", " ")
        label = f"{name}: {str(row['level']).replace('_', ' ')}" if row["level"] else name
        cells = {"Characteristic": "n" if label == "n" else label[0].upper() + label[1:]}
        for group in groups:
            spread = row.get(f"{group}_sd", math.nan)
            shown = row[group] if pd.isna(spread) else f"{row[group]} (SD {spread:.2f})"
            cells[group[0].upper() + group[1:]] = shown
        cells["P value"] = p_text(row["p_value"]) if row["p_test"] else ""
        cells["SMD"] = f"{row['smd']:.2f}" if row["p_test"] and not pd.isna(row["smd"]) else ""
        rows.append(cells)
    return pd.DataFrame(rows)
