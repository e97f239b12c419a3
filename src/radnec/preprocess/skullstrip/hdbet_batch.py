"""Brain masks of many cases by one process and one loaded network, each computed once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from radnec.core.errors import CaseExcluded, InputError
from radnec.core.files import atomic_path, sha256, write_json
from radnec.core.records import Record
from radnec.preprocess.skullstrip.deepbet import DeepBet
from radnec.preprocess.skullstrip.hdbet import HdBet, Mask
from radnec.preprocess.skullstrip.hdbet1 import HdBet1
from radnec.preprocess.volumes import Affine, read_mask, read_volume, same_grid, write_volume

log = logging.getLogger(__name__)


class Predictor(Protocol):
    """A network loaded for any number of cases."""

    def predict(self, image: Path, shape: tuple[int, ...], affine: Affine) -> Mask:
        """Return the brain mask of the head in a NIfTI file, on the grid that is given."""
        ...


def predict_masks(
    *,
    registered: Mapping[str, Path],
    records: Mapping[str, Path],
    network: Path,
    mirroring: bool,
    networks: int,
    code: str,
    device: str,
    threads: int,
    output: Path,
) -> None:
    """Predict the brain masks of several cases with a network that is loaded once.

    Masks are kept beside `output` under a name that holds everything they depend on
    (reference, network, mirroring, number of networks, code). A case whose mask is there is
    not predicted again, so a batch that was stopped goes on, and one changed case costs one
    prediction.

    Parameters
    ----------
    registered, records
        Folder of registered images and record of registration of each case; cases that left
        the study before are passed over.
    network
        The JSON that `fetch_hdbet` wrote.
    code
        Text that changes when the code does: masks of other code are predicted again.
    mirroring, networks, device, threads
        See `radnec.preprocess.skullstrip.hdbet1.HdBet1`.
    output
        JSON to write: for each case the ``mask``'s file beside it and its ``sha256``, or the
        ``reason`` why there is none.
    """
    description = json.loads(network.read_text(encoding="utf-8"))
    index: dict[str, dict[str, str]] = {}
    waiting: dict[str, tuple[Path, Path]] = {}
    for case, path in records.items():
        record = Record.read(path)
        if not record.ok:
            continue
        name = f"{record.measures['reference']}.nii.gz"
        depends = [record.files[name], description["files"], mirroring, networks, code]
        key = hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:24]
        target = output.parent / f"{case}-{key}.nii.gz"
        if target.is_file():
            index[case] = _entry(target)
        else:
            waiting[case] = (registered[case] / name, target)
    if waiting:
        predictor = _load(description, mirroring, networks, device, threads)
        for case, (image, target) in waiting.items():
            index[case] = _predict(predictor, case, image, target)
    write_json(output, index)


def predicted_mask(masks: Path, case: str, shape: tuple[int, ...], affine: Affine) -> Mask:
    """Return the mask that `predict_masks` made for a case.

    Parameters
    ----------
    masks
        Its `output`.

    Raises
    ------
    CaseExcluded
        If the network failed on this case.
    InputError
        If the mask is not there or not the one that was predicted.
    """
    entry = json.loads(masks.read_text(encoding="utf-8")).get(case)
    if entry is None:
        raise InputError(f"{masks} has no case {case!r}: expected it among the batch's cases")
    if "reason" in entry:
        raise CaseExcluded(entry["reason"])
    path = masks.parent / entry["mask"]
    if not path.is_file() or sha256(path) != entry["sha256"]:
        raise InputError(f"{path} is missing or changed: delete {masks} to predict it again")
    mask, own = read_mask(path)
    if not same_grid(mask.shape, own, shape, affine):
        raise InputError(f"{path} is not on the grid of its reference: delete {masks}")
    return mask


def _load(
    description: Mapping[str, Any], mirroring: bool, networks: int, device: str, threads: int
) -> Predictor:
    """Load the networks that `fetch_hdbet` described."""
    folder = Path(description["folder"])
    if description["backend"] == "hd-bet-1":
        return HdBet1(
            folder, networks=networks, mirroring=mirroring, device=device, threads=threads
        )
    if description["backend"] == "deepbet":
        return DeepBet(folder, device=device, threads=threads)
    return HdBet(folder, mirroring=mirroring, device=device, threads=threads)


def _predict(predictor: Predictor, case: str, image: Path, target: Path) -> dict[str, str]:
    """Predict one case; what its own image makes fail does not stop the others."""
    try:
        data, affine = read_volume(image)
        mask = predictor.predict(image, data.shape, affine)
    except CaseExcluded as excluded:
        return {"reason": excluded.reason}
    except (ValueError, IndexError, ArithmeticError) as error:
        log.exception("case %s: the network failed", case)
        return {"reason": f"the network failed with {type(error).__name__}, see its log"}
    with atomic_path(target) as temporary:
        write_volume(temporary, mask.astype(np.uint8), affine)
    return _entry(target)


def _entry(target: Path) -> dict[str, str]:
    return {"mask": target.name, "sha256": sha256(target)}
