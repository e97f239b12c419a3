"""Table 1: who is in the study. Table 2: on which scanners."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from radnec.cases.table import read_cases
from radnec.core.tables import read_tsv
from radnec.evaluate.cohort.scanners import read_scanners, scanner_rows
from radnec.evaluate.cohort.table1_rows import COLUMNS, table1_rows
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.models.predictions import HOLDOUT
from radnec.evaluate.tables.output import NOT_DEFINED, p_text, write_for_people, write_results


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
    written = pd.DataFrame(table1_rows(table, groups), columns=list(COLUMNS))
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
    """Return the included cases: case, checked label and patient, and the study's own columns."""
    found = read_tsv(cohort, dtype=str)
    included = found.loc[found["status"] == "included", ["case", "label", "patient"]]
    own = read_cases(cases_table).drop(columns=["label", "patient"]).reset_index(drop=True)
    return included.merge(own, on="case", how="left", validate="one_to_one").fillna("")


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
            smd = Estimate(row["smd"], row["smd_lo"], row["smd_hi"], "")
            cells["SMD (95% CI)"] = _difference(smd) if tested else ""
        cells["Remarks"] = row["notes"]
        rows.append(cells)
    return pd.DataFrame(rows)


def _difference(smd: Estimate) -> str:
    """Return a standardised difference for reading; one of many levels has no interval."""
    if math.isnan(smd.value):
        return NOT_DEFINED
    limits = f" ({smd.low:.2f} to {smd.high:.2f})" if smd.defined else ""
    return f"{smd.value:.2f}{limits}"
