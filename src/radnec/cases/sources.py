"""Where the images of a case come from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Literal, Self

from radnec.core.sequences import SEQUENCES
from radnec.core.settings import canonical_json


@dataclasses.dataclass(frozen=True)
class CaseSource:
    """Where the images of one case come from.

    Attributes
    ----------
    kind
        A folder of DICOM, NIfTI files named one by one, or a BIDS subject.
    path
        The DICOM folder, or the root of the BIDS dataset; empty for NIfTI files.
    files
        For ``nifti``: sequence to path. For ``bids``: ``subject`` and, if any, ``session``.
    """

    kind: Literal["dicom", "nifti", "bids"]
    path: str
    files: dict[str, str]

    def to_json(self) -> str:
        """Return the canonical JSON."""
        return canonical_json(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build the source from its canonical JSON."""
        return cls(**json.loads(text))


def source_of(row: Mapping[str, str], bids_root: str | None) -> CaseSource:
    """Return the source of a checked row of the table.

    Parameters
    ----------
    row
        Column to cell; an empty cell is as good as an absent one.
    bids_root
        The key ``bids`` of the configuration.
    """
    if row.get("dicom"):
        return CaseSource("dicom", row["dicom"], {})
    if row.get("bids_subject"):
        files = {"subject": row["bids_subject"]}
        if row.get("bids_session"):
            files["session"] = row["bids_session"]
        return CaseSource("bids", bids_root or "", files)
    return CaseSource("nifti", "", {s: row[s] for s in SEQUENCES if row.get(s)})


def fault_of_source(row: Mapping[str, str]) -> str:
    """Return what is wrong where a row names no source of images, or more than one."""
    named = [name for name in ("dicom", "bids_subject") if row.get(name)]
    if any(row.get(sequence) for sequence in SEQUENCES):
        named.append("NIfTI columns")
    if len(named) == 1:
        return ""
    return (
        f"found {' and '.join(named) or 'no images'}, expected exactly one of: "
        f"dicom, bids_subject, or NIfTI paths in {', '.join(SEQUENCES)}"
    )
