"""Selection of the cases: enough slices, no sequence missing. The workflow's one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from radnec.cohort.eligibility import ineligible
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES, SequenceName
from radnec.core.settings import Count, Settings, UniqueList
from radnec.core.tables import write_tsv

COLUMNS = ["case", "label", "patient", "status", "stage", "reason", "sequences"]


class SelectionSettings(Settings):
    """The section ``selection`` of the configuration."""

    min_slices: Count = 32
    """a case with a scan of fewer slices is excluded

    Change: for 3D or thicker scans
    """
    required_sequences: UniqueList[SequenceName] = ("t1", "t1ce", "t2")
    """a case without them is excluded

    What a network reads is always required; empty: any scan will do.

    Change: to keep one cohort for several input sets
    """


def required_sequences(settings: SelectionSettings, used: Iterable[str]) -> list[str]:
    """Return what a case has to have: the sequences that are asked for, and those that are read.

    Parameters
    ----------
    used
        The sequences that some network of the study reads.
    """
    return [s for s in SEQUENCES if s in {*settings.required_sequences, *used}]


def select_cases(
    *,
    table: pd.DataFrame,
    records: Mapping[str, Path],
    required: Sequence[str],
    min_slices: int,
    selected: Path,
) -> None:
    """Decide for every case of the table whether it goes on, and say why not.

    Parameters
    ----------
    table
        The checked table of cases, see `radnec.cases.table.load_cases`.
    records
        Record of the conversion of each eligible case.
    required
        The sequences without which a case is excluded, see `required_sequences`.
    min_slices
        See `SelectionSettings`.
    selected
        Written: one row a case, columns ``case label patient status stage reason sequences``.

    Notes
    -----
    The slice filter looks at every sequence that the study uses or requires (Ying et al.
    2025, "Data preprocessing", step 1: a case with a scan of fewer than 32 slices is
    excluded); a sequence that nothing needs excludes nobody.
    """
    rows = []
    for cells in table.to_dict("records"):
        row = {str(name): str(value) for name, value in cells.items()}
        case = row["case"]
        stage, reason = "eligibility", ineligible(row)
        sequences: list[str] = []
        if not reason:
            record = Record.read(records[case])
            if record.ok:
                stage, reason = "select", judge(record, required, min_slices)
                sequences = [s for s in SEQUENCES if f"{s}.nii.gz" in record.files]
            else:
                stage, reason = _origin(record)
        status = "excluded" if reason else "included"
        rows.append(
            {
                "case": case,
                "label": row["label"],
                "patient": row["patient"],
                "status": status,
                "stage": stage if reason else "",
                "reason": reason,
                "sequences": ",".join(sequences),
            }
        )
    write_tsv(pd.DataFrame(rows, columns=COLUMNS), selected)


def judge(record: Record, required: Sequence[str], min_slices: int) -> str:
    """Return why a converted case cannot be used, or an empty text.

    Parameters
    ----------
    record
        Record of the conversion, with ``slices_<sequence>`` among its measures.
    required
        The sequences that have to be there, with enough slices.

    Notes
    -----
    The first sentence says what is missing, the next ones why in this case.
    """
    missing = [s for s in required if f"{s}.nii.gz" not in record.files]
    if missing:
        return ". ".join([f"missing sequence: {', '.join(missing)}", *_why(record, missing)])
    if not any(f"{s}.nii.gz" in record.files for s in SEQUENCES):
        return ". ".join(["no usable sequence", *_why(record, list(SEQUENCES))])
    slices = {s: int(str(record.measures[f"slices_{s}"])) for s in required}
    few = [f"{s} has {n}" for s, n in slices.items() if n < min_slices]
    return f"fewer than {min_slices} slices: {', '.join(few)}" if few else ""


def _why(record: Record, missing: list[str]) -> list[str]:
    """Return why sequences are missing, one sentence for those that share a reason."""
    reasons: dict[str, list[str]] = {}
    for sequence in missing:
        reason = record.measures.get(f"why_no_{sequence}")
        if reason:
            reasons.setdefault(str(reason), []).append(sequence)
    return [f"{', '.join(sequences)}: {reason}" for reason, sequences in reasons.items()]


def _origin(record: Record) -> tuple[str, str]:
    """Return the stage that first excluded the case, and its reason."""
    if record.reason.startswith("left at "):
        stage, _, reason = record.reason.removeprefix("left at ").partition(": ")
        return stage, reason
    return record.stage, record.reason
