"""The same images under two case ids: a leak from training to test, so the study stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.tables import read_tsv
from radnec.ingest.choose import CHOSEN


def refuse_shared_images(*, series: Mapping[str, Path], records: Mapping[str, Path]) -> None:
    """Check that no study, series or image is used by two cases.

    Parameters
    ----------
    series
        For each case, what the stage `index` wrote: cohort/series/<case>.tsv.
    records
        For each case, the record of the stage `convert`.

    Raises
    ------
    InputError
        Naming both cases of every pair, and what they share. Only what a case uses counts:
        a folder may hold a visit that belongs to another case.
    """
    owners: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    for case in sorted(series):
        for what, name in dict.fromkeys(_used(series[case], Record.read(records[case]))):
            other = owners.setdefault((what, name), case)
            if other != case:
                faults.append(f"cases {other!r} and {case!r} use the same {what} ({name})")
    if faults:
        raise InputError(
            "the same images under two case ids would leak from training to test:\n"
            + "\n".join(faults)
            + "\nexpected each study in one row of the cases table: remove or correct one row"
        )


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
