"""The lesions of a study in one table: which were drawn, and which were found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radnec.core.records import Record
from radnec.core.tables import write_tsv

COLUMNS = ("case", "region", "volume_ml", "drawn_on", "share_in_brain", "remarks", "cohort")


def tabulate_lesions(*, records: Sequence[Path], cohort: str, output: Path) -> None:
    """Write quality/lesions.tsv, cases with remarks first.

    Parameters
    ----------
    records
        Records of `radnec.preprocess.lesion.locate.locate_lesion`; cases that left are left out.
    cohort
        ``physics phantom`` or ``patients``, the last column.
    """
    rows = []
    for path in records:
        record = Record.read(path)
        if not record.ok:
            continue
        row = {name: record.measures.get(name) for name in COLUMNS[1:5]}
        remarks = "; ".join(record.warnings)
        rows.append({"case": record.case, **row, "remarks": remarks, "cohort": cohort})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = table.assign(fine=table["remarks"] == "").sort_values(["fine", "case"]).index
    write_tsv(table.loc[order], output)
