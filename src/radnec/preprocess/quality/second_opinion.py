"""A brain mask checked against that of another method, which makes other mistakes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from radnec.core.errors import CaseExcluded
from radnec.preprocess.quality.images import PreprocessedCase
from radnec.preprocess.skullstrip.agreement import Agreement, compare_masks
from radnec.preprocess.skullstrip.atlas import atlas_mask
from radnec.preprocess.skullstrip.deepbet import DeepBet
from radnec.preprocess.skullstrip.packaged import require_package
from radnec.preprocess.skullstrip.template import find_template
from radnec.preprocess.volumes import read_mask, read_volume


@dataclass(frozen=True)
class Limits:
    """How far a mask may differ from the second one.

    Attributes
    ----------
    dice
        The least.
    volume
        The least and the largest ratio of its volume to that of the second.
    piece_ml
        The largest piece that only one of them holds.
    """

    dice: float
    volume: tuple[float, float]
    piece_ml: float


# See docs/preprocessing.md for how often good masks are outside, and spoiled ones inside.
LIMITS = {
    "deepbet": Limits(dice=0.94, volume=(0.9, 1.08), piece_ml=5.0),
    "atlas": Limits(dice=0.92, volume=(0.87, 1.15), piece_ml=12.0),
}


def second_opinion(
    case: PreprocessedCase, *, registered: Path, brain: Path, backend: str, seed: int
) -> dict[str, object] | None:
    """Compare the mask of a case with the mask of another method.

    The atlas, HD-BET and drawn masks are checked by deepbet, deepbet's by the atlas.

    Parameters
    ----------
    registered, brain
        The case's folders of registered and of stripped images.
    backend
        `skull_strip.backend`.
    seed
        Seeds ANTs' sampling (atlas).

    Returns
    -------
    ``method``, the figures of `radnec.preprocess.skullstrip.agreement.Agreement`, and
    ``remarks`` about them; None where images come stripped, and for a case without a mask.
    """
    if backend == "none" or case.registered is None or case.registered.mask is None:
        return None
    method = "atlas" if backend == "deepbet" else "deepbet"
    mask, affine = read_mask(brain / "mask.nii.gz")
    try:
        other = _find(registered / f"{case.registered.reference}.nii.gz", method, seed)
    except CaseExcluded as excluded:
        return {"method": method, "remarks": [f"brain mask: {excluded.reason}"]}
    agreement = compare_masks(mask > 0, other, affine)
    figures = {name: round(v, 4) for name, v in dataclasses.asdict(agreement).items()}
    return {"method": method, **figures, "remarks": disagreements(agreement, method)}


def disagreements(found: Agreement, method: str) -> list[str]:
    """Say what speaks against a mask, with figures; empty where nothing does."""
    limits = LIMITS[method]
    remarks = []
    if found.added_ml > limits.piece_ml:
        remarks.append(f"a piece of {found.added_ml:.0f} ml is not brain for {method}")
    if found.missing_ml > limits.piece_ml:
        remarks.append(f"a piece of {found.missing_ml:.0f} ml is missing for {method}")
    least, most = limits.volume
    if not least <= found.volume_ratio <= most:
        remarks.append(f"{found.volume_ratio:.2f} times the volume of {method}'s mask")
    if found.dice < limits.dice:
        remarks.append(f"Dice {found.dice:.2f} with {method}'s mask")
    return [f"brain mask: {remark}, look at it" for remark in remarks]


def _find(image: Path, method: str, seed: int) -> npt.NDArray[np.bool_]:
    """Return the mask of a method."""
    data, affine = read_volume(image)
    if method == "atlas":
        return atlas_mask(data, affine, find_template("", ""), seed)
    _, weights = require_package("deepbet")
    return DeepBet(weights, device="cpu", threads=1).predict(image, data.shape, affine)
