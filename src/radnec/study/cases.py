"""The cases of a study: which are looked at, and what the jobs of each depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd

from radnec.cases.sources import source_of
from radnec.cases.table import CasesTable, load_cases
from radnec.cohort.eligibility import ineligible
from radnec.config.model import StudyConfig
from radnec.core.sequences import SEQUENCES
from radnec.core.settings import canonical_json
from radnec.core.tables import read_tsv

# Columns of the table that hold the path of a case's images.
_IMAGE_COLUMNS = ("dicom", *SEQUENCES)


class StudyCases:
    """The rows of a checked table of cases, by id.

    Attributes
    ----------
    rows
        Case to its cells, all text. Plain dictionaries: every job of every case looks its row up.
    eligible
        The cases that no criterion of inclusion excludes, in the order of the table.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, str]], *, bids_root: str | None) -> None:
        self.rows = rows
        self.eligible = [case for case, row in rows.items() if not ineligible(row)]
        self._bids_root = bids_root

    @classmethod
    def from_table(cls, table: pd.DataFrame, *, bids_root: str | None) -> Self:
        """Take over a table of `radnec.cases.table.load_cases`.

        Parameters
        ----------
        bids_root
            Folder of the BIDS dataset whose subjects the table names; None without one.
        """
        rows = {
            str(case): {str(column): str(cell) for column, cell in row.items()}
            for case, row in table.to_dict("index").items()
        }
        return cls(rows, bids_root=bids_root)

    def source(self, case: str) -> str:
        """Return where the images of a case come from, as canonical JSON of `CaseSource`."""
        return source_of(dict(self.rows[case]), self._bids_root).to_json()

    def images_present(self, case: str) -> bool:
        """Tell whether every folder and file that the table names for a case exists now."""
        row = self.rows[case]
        named = [row[column] for column in _IMAGE_COLUMNS if row.get(column)]
        return all(Path(path).exists() for path in named)

    def dicom_of_patients(self) -> str:
        """Return patient and DICOM folder of each eligible case that has one, as JSON."""
        found = {
            case: [self.rows[case]["patient"], self.rows[case]["dicom"]]
            for case in self.eligible
            if self.rows[case].get("dicom")
        }
        return canonical_json(found)

    def mask(self, case: str) -> str:
        """Return the path of the brain mask that the table names; "" where it names none."""
        return self.rows[case].get("mask", "")

    def lesion(self, case: str) -> str:
        """Return the path of the drawn lesion that the table names; "" where it names none."""
        return self.rows[case].get("lesion", "")

    def column_of_split(self, split: Mapping[str, Any]) -> str:
        """Return the column that a split is read from, as canonical JSON; else an empty object.

        Parameters
        ----------
        split
            The section ``split`` of the configuration.
        """
        column = {"given": "set", "leave_one_site_out": "site"}.get(split["design"])
        cells = {case: row[column] for case, row in self.rows.items() if column and column in row}
        return canonical_json(cells)

    def selection_digest(self) -> str:
        """Return 16 hexadecimal digits that change with what the selection reads of the table.

        That is which cases there are, in which order, and the label, patient and eligibility
        of each; an edit of any other column selects nothing anew.
        """
        facts = [
            [case, row["label"], row["patient"], ineligible(row)] for case, row in self.rows.items()
        ]
        return hashlib.sha256(canonical_json(facts).encode()).hexdigest()[:16]


def load_table(config: StudyConfig, folder: Path = Path()) -> CasesTable:
    """Read the table of cases of a study; without a network to train it needs no label.

    Parameters
    ----------
    folder
        The study's folder, which the path of the table starts from.

    Raises
    ------
    InputError
        If the table is not as `radnec.cases.table.load_cases` expects it.
    """
    return load_cases(
        folder / config.cases,
        config.label_map,
        may_be_empty=True,
        labelled=bool(config.models.backbones),
    )


@cache
def read_included_cases(selected: str, written_ns: int) -> list[str]:
    """Return the included cases of the table that the selection wrote, in its order.

    Every job behind the selection asks for them, so a table is read once.

    Parameters
    ----------
    selected
        Path of ``cohort/selected.tsv``.
    written_ns
        When it was written, in nanoseconds: a table written anew is read anew.
    """
    table = read_tsv(Path(selected), dtype=str)
    return [str(case) for case in table.loc[table["status"] == "included", "case"]]
