"""The same images under two case ids: a leak from training to test, so the study stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.tables import read_tsv, write_tsv
from radnec.ingest.identification.types import CHOSEN

COLUMNS = ("case", "what", "name")


def refuse_shared_images(
    *, series: Mapping[str, Path], records: Mapping[str, Path], ledger: Path
) -> None:
    """Check that no study, series or image is used by two cases.

    Parameters
    ----------
    series
        For each case, what the stage `index` wrote: cohort/series/<case>.tsv.
    records
        For each case, the record of the stage `convert`.
    ledger
        Written: what each case uses, columns ``case what name``. A name is a hash of a UID or
        of voxel values, nothing that a header holds.

    Raises
    ------
    InputError
        Naming both cases of every pair, and what they share. Only what a case uses counts:
        a folder may hold a visit that belongs to another case.
    """
    owners: dict[tuple[str, str], str] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for case in sorted(series):
        for what, name in _used(series[case], Record.read(records[case])):
            other = owners.setdefault((what, name), case)
            if other != case and what not in shared.setdefault((other, case), []):
                shared[other, case].append(what)
    faults = [
        f"cases {one!r} and {other!r} use the same {' and '.join(whats)}"
        for (one, other), whats in shared.items()
    ]
    if faults:
        raise InputError(
            "the same images under two case ids would leak from training to test:\n"
            + "\n".join(faults)
            + "\nexpected each study in one row of the cases table: remove or correct one row"
        )
    rows = sorted((case, what, name) for (what, name), case in owners.items())
    write_tsv(pd.DataFrame(rows, columns=list(COLUMNS)), ledger)


def _used(table: Path, record: Record) -> Iterator[tuple[str, str]]:
    if not record.ok:
        return
    rows = read_tsv(table, dtype=str).fillna("")
    chosen = rows[rows["status"] == CHOSEN]
    for what, column in (("study", "study"), ("series", "series")):
        for name in chosen[column]:
            if name:
                yield what, name
    for key, value in record.measures.items():
        if key.startswith("pixels_"):
            yield "pixel data", str(value)
