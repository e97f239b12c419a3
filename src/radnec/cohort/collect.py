"""The cohort as the networks will see it: every case of the table, in or out, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.tables import read_tsv, write_tsv

COLUMNS = ["case", "label", "patient", "status", "stage", "reason", "sequences", "warnings"]


def collect_cohort(
    *,
    selected: Path,
    records: Iterable[Path],
    excluded_by_hand: Mapping[str, str],
    cohort: Path,
) -> None:
    """Write cohort/cases.tsv from the selection and from the records of preprocessing.

    Parameters
    ----------
    records
        The records of the selected cases, stage after stage in the order of the stages.
    excluded_by_hand
        Case to reason: what a person decided after a look at the quality control.

    Raises
    ------
    InputError
        If a case excluded by hand is not in the table.
    """
    table = read_tsv(selected, dtype=str).fillna("")
    unknown = sorted(set(excluded_by_hand) - set(table["case"]))
    if unknown:
        raise InputError(f"config: qc.exclude: found {unknown}, expected case ids of the table")
    table["warnings"] = ""
    table = table.set_index("case", drop=False)
    for path in records:
        record = Record.read(path)
        if table.loc[record.case, "status"] == "excluded":
            continue
        warnings = [table.loc[record.case, "warnings"], *record.warnings]
        table.loc[record.case, "warnings"] = "; ".join(filter(None, warnings))
        if not record.ok:
            columns = ["status", "stage", "reason"]
            table.loc[record.case, columns] = ["excluded", record.stage, record.reason]
    for case, reason in excluded_by_hand.items():
        if table.loc[case, "status"] == "included":
            table.loc[case, ["status", "stage", "reason"]] = ["excluded", "qc", reason]
    write_tsv(table.reset_index(drop=True)[COLUMNS].sort_values("case"), cohort)


def collect_series(*, tables: Iterable[Path], series: Path) -> None:
    """Join the tables of series found, one of each case, into cohort/series.tsv."""
    parts = [read_tsv(path, dtype=str) for path in tables]
    write_tsv(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), series)


def included_cases(cohort: Path) -> pd.DataFrame:
    """Return the included rows of cohort/cases.tsv, sorted by case id.

    Raises
    ------
    InputError
        If no case is left.
    """
    table = read_tsv(cohort, dtype=str).fillna("")
    included = table[table["status"] == "included"]
    if included.empty:
        reasons = table["reason"].value_counts().head(3).to_dict()
        raise InputError(f"no case is left; the most frequent reasons: {reasons} ({cohort})")
    return included.sort_values("case").reset_index(drop=True)
