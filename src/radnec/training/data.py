"""Which cases a run learns from, and their volumes as batches."""

from __future__ import annotations

import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from radnec.core.errors import InputError
from radnec.core.files import verify_checksum
from radnec.core.labels import CLASSES, class_index
from radnec.core.tables import read_tsv

# Pages of the arrays that were read stay mapped until they are given back; a process would
# seem to grow with the cohort. The kernel keeps them in its cache for the next epoch.
_RELEASE_BYTES = 64 * 2**20


def fold_cases(split: Path, packed_cases: Path, fold: str, sets: Sequence[str]) -> pd.DataFrame:
    """Return the cases of a fold that belong to `sets`, with their rows in the arrays.

    Returns
    -------
    cases
        Columns case, patient, label, set, row, target (0 recurrence, 1 necrosis), in the
        order of `row`.

    Raises
    ------
    InputError
        If the fold has no such case, or a case has no volume.
    """
    table = read_tsv(split, dtype={"case": str, "patient": str, "fold": str})
    chosen = table[(table["fold"] == fold) & table["set"].isin(sets)]
    if chosen.empty:
        raise InputError(
            f"{split}: fold {fold!r} has no case of set {' or '.join(sets)}; "
            f"its folds are {', '.join(sorted(set(table['fold'])))}"
        )
    rows = read_tsv(packed_cases, dtype={"case": str}).set_index("case")["row"]
    absent = sorted(set(chosen["case"]) - set(rows.index))
    if absent:
        raise InputError(
            f"{packed_cases}: no volume of case {', '.join(absent)}, which {split} has"
        )
    chosen = chosen.assign(
        row=rows.loc[list(chosen["case"])].to_numpy(),
        target=[class_index(label) for label in chosen["label"]],
    )
    columns = ["case", "patient", "label", "set", "row", "target"]
    return chosen[columns].sort_values("row").reset_index(drop=True)


def require_both_classes(cases: pd.DataFrame, where: str) -> None:
    """Refuse a training set that lacks a class.

    Raises
    ------
    InputError
        If a class has no case; the message says what to change.
    """
    for label in CLASSES:
        if not (cases["label"] == label).any():
            raise InputError(
                f"{where}: no case of class {label!r} among {len(cases)} cases to train on, "
                f"expected at least one; use fewer folds, a smaller validation part or more cases"
            )


class Volumes:
    """The volumes of some sequences, mapped from disk, as network input.

    Parameters
    ----------
    packed
        Path of the packed array (N, X, Y, Z) of each sequence, its checksum beside it.
    sequences
        The channels, in order.

    Notes
    -----
    Runs side by side share the kernel's one copy of the files. What a process itself holds
    is a batch, whatever the number of cases.
    """

    def __init__(self, packed: Mapping[str, Path], sequences: Sequence[str]) -> None:
        absent = [name for name in sequences if name not in packed]
        if absent:
            raise InputError(
                f"packed arrays: none of sequence {', '.join(absent)}, got {sorted(packed)}"
            )
        for name in sequences:
            verify_checksum(packed[name])
        # Copy on write: the files are as safe as with "r", and torch takes the views as they
        # are, which it does not with read-only memory.
        self._arrays = [np.load(packed[name], mmap_mode="c") for name in sequences]
        shapes = {name: a.shape for name, a in zip(sequences, self._arrays, strict=True)}
        if len(set(shapes.values())) != 1 or any(len(shape) != 4 for shape in shapes.values()):
            raise InputError(f"packed arrays: expected one shape (N, X, Y, Z), found {shapes}")
        self._unreleased = 0

    @property
    def channels(self) -> int:
        """Number of sequences."""
        return len(self._arrays)

    @property
    def size(self) -> tuple[int, int, int]:
        """Voxels along x, y and z."""
        x, y, z = self._arrays[0].shape[1:]
        return int(x), int(y), int(z)

    @property
    def dtype(self) -> torch.dtype:
        """Type of the stored numbers: float16 or float32; float32 if the sequences differ."""
        kinds = {array.dtype for array in self._arrays}
        return torch.float16 if kinds == {np.dtype(np.float16)} else torch.float32

    def raw(self, channel: int, row: int) -> np.ndarray:
        """Return one stored volume (x, y, z)."""
        array = self._arrays[channel]
        self._unreleased += array[row].nbytes
        if self._unreleased > _RELEASE_BYTES:
            for mapped in self._arrays:
                mapped._mmap.madvise(mmap.MADV_DONTNEED)
            self._unreleased = 0
        volume: np.ndarray = array[row]
        return volume

    def batch(self, rows: Sequence[int], out: torch.Tensor | None = None) -> torch.Tensor:
        """Return float32 volumes (batch, channel, x, y, z) of the given rows.

        `out`, if given, has room for as many or more volumes and is written over; its type is
        that of the result.
        """
        if out is None:
            out = torch.empty(len(rows), self.channels, *self.size)
        for position, row in enumerate(rows):
            for channel in range(self.channels):
                out[position, channel].copy_(torch.from_numpy(self.raw(channel, row)))
        return out[: len(rows)]
