"""All cases of one sequence in one array that many runs map into memory at once."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from tqdm import tqdm

from radnec.cohort.collect import included_cases
from radnec.core.errors import InputError
from radnec.core.files import atomic_path, write_checksum
from radnec.core.labels import class_index
from radnec.core.records import Record
from radnec.core.tables import read_tsv, write_tsv


def list_packed(*, cohort: Path, cases: Path) -> None:
    """Write packed/cases.tsv: the order of the cases along axis 0 of every packed array.

    Columns ``row`` (from 0), ``case``, ``label``, ``target`` (0 recurrence, 1 necrosis).
    """
    included = included_cases(cohort)
    table = pd.DataFrame(
        {
            "row": range(len(included)),
            "case": included["case"],
            "label": included["label"],
            "target": included["label"].map(class_index),
        }
    )
    write_tsv(table, cases)


def pack_sequence(
    *,
    sequence: str,
    cases: Path,
    volumes: Mapping[str, Path],
    records: Mapping[str, Path],
    dtype: str,
    packed: Path,
) -> None:
    """Stack the normalised volumes of one sequence.

    Parameters
    ----------
    cases
        packed/cases.tsv, which gives the order.
    volumes
        Case to its folder of normalised volumes.
    records
        Case to its record of normalisation, against which each volume is checked.
    dtype
        ``float16`` or ``float32``.
    packed
        Written: NumPy array (case, x, y, z), C order, to be read with ``mmap_mode="r"``; and
        its checksum beside it, <sequence>.sha256.

    Raises
    ------
    InputError
        If a volume is not the one that was made, or the sizes differ.
    """
    order = [str(case) for case in read_tsv(cases, dtype=str)["case"]]
    with atomic_path(packed) as temporary:
        array: np.memmap | None = None
        for row, case in enumerate(tqdm(order, desc=f"pack {sequence}", unit="case")):
            name = f"{sequence}.nii.gz"
            record = Record.read(records[case])
            if name not in record.files:
                raise InputError(f"case {case}: {records[case]} has no {name}")
            record.verify(volumes[case])
            data = nib.Nifti1Image.from_filename(volumes[case] / name).get_fdata(dtype=np.float32)
            if array is None:
                # Written case by case: memory does not grow with the cohort.
                array = np.lib.format.open_memmap(
                    temporary, mode="w+", dtype=dtype, shape=(len(order), *data.shape)
                )
            if data.shape != array.shape[1:]:
                raise InputError(
                    f"case {case}: {name} has size {data.shape}, expected {array.shape[1:]}"
                )
            array[row] = data
            # What was written is the kernel's: kept mapped, it would count as this job's memory.
            array._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[union-attr]
        if array is None:
            raise InputError(f"pack {sequence}: no case, expected at least one")
        array.flush()
        del array
    write_checksum(packed)
