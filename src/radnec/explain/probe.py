"""The tests of single maps, as rows of the tables that the metrics are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
import torch
from torch import nn

from radnec.core.labels import class_index
from radnec.core.seeding import derive_seed
from radnec.explain.cam import class_activation_map, scaled_map
from radnec.explain.curves import Direction, perturbation_curve
from radnec.explain.lesion import score_map
from radnec.explain.randomise import cascade, similarity
from radnec.explain.settings import ExplainSettings
from radnec.explain.spaces import mask_on_grid

Parts = Mapping[str, tuple[int, ...] | None]
"""Parts of a lesion: a name, and the values of its mask; None for all above zero."""

SIMULATED: Parts = {"lesion with oedema": None, "enhancing part and core": (1, 2)}
"""Parts of a lesion of the phantom: 1 enhancing, 2 core, 3 oedema."""

DRAWN: Parts = {"drawn lesion": None}

DIRECTIONS: tuple[Direction, ...] = ("insertion", "deletion")

LESION_COLUMNS = [
    *(
        "case",
        "label",
        "part",
        "hit",
        "near",
        "energy",
        "outside",
        "chance",
        "chance_near",
        "distance_mm",
    ),
    *("foreign_hit", "foreign_near", "foreign_energy"),
]
CURVE_COLUMNS = ["case", "label", "direction", "map", "fraction", "probability", "area"]
RANDOMISATION_COLUMNS = ["case", "label", "share", "similarity", "zero"]


@dataclass
class Probe:
    """A network, its maps, and what the tests need to know of the cases.

    Attributes
    ----------
    summary
        summary.tsv of the maps, indexed by case.
    """

    network: nn.Module
    maps: Path
    brains: Path
    summary: pd.DataFrame
    settings: ExplainSettings
    seed: int

    def map_file(self, case: str) -> Path:
        """Return the file of a case's map on the normalised grid."""
        return self.maps / f"{case}.nii.gz"

    def map(self, case: str) -> np.ndarray:
        """Return a case's map (x, y, z)."""
        return np.asarray(nib.Nifti1Image.from_filename(self.map_file(case)).dataobj)

    def brain(self, case: str) -> np.ndarray:
        """Return a case's brain (x, y, z) on the normalised grid."""
        return mask_on_grid(self.brains / case / "mask.nii.gz", self.map_file(case))

    def curves(self, case: str, other: str, volume: torch.Tensor) -> list[dict[str, Any]]:
        """Follow the probability in the order of the case's own map and of another case's.

        The other map is what chance looks like here: as smooth and as central as the own one,
        but made for another head. A random order of voxels would be no fair peer, since it
        destroys the texture of the whole brain at once.
        """
        brain = self.brain(case)
        rows = []
        for direction in DIRECTIONS:
            for name, order in (("own", self.map(case)), ("foreign", self.map(other))):
                curve = perturbation_curve(
                    self.network,
                    volume,
                    order,
                    brain,
                    target=class_index(self.summary.loc[case, "target"]),
                    direction=direction,
                    steps=self.settings.curve_steps,
                    seed=derive_seed(self.seed, "curve", case),
                )
                rows += [
                    {
                        "case": case,
                        "label": self.summary.loc[case, "label"],
                        "direction": direction,
                        "map": name,
                        "fraction": fraction,
                        "probability": probability,
                        "area": curve.area,
                    }
                    for fraction, probability in zip(curve.fraction, curve.probability, strict=True)
                ]
        return rows

    def randomised(self, case: str, volume: torch.Tensor) -> list[dict[str, Any]]:
        """Compare the case's map with those of networks that lost what they learned."""
        row = self.summary.loc[case]
        trained, brain = self.map(case), self.brain(case)
        rows = []
        for share, network in cascade(self.network, derive_seed(self.seed, "destroy", case)):
            found = class_activation_map(
                network,
                volume,
                layer=row["layer"],
                method=row["method"],
                target=class_index(row["target"]),
            )
            shown, maximum = scaled_map(found.evidence, trained.shape)
            rows.append(
                {
                    "case": case,
                    "label": row["label"],
                    "share": share,
                    "similarity": similarity(trained, shown, brain),
                    "zero": "no" if maximum > 0 else "yes",
                }
            )
        return rows


def score_lesions(probe: Probe, lesions: Mapping[str, Path], parts: Parts) -> list[dict[str, Any]]:
    """Compare each map with its lesion, and the maps of all other cases with that lesion.

    The maps of other cases tell whether a map points at this lesion or at where lesions
    usually are. They are laid over by voxel: all cases have one size, filled by the brain.
    """
    cases = [case for case in probe.summary.index if case in lesions]
    maps = {case: probe.map(case) for case in cases}
    rows = []
    for case in cases:
        spacing = nib.Nifti1Image.from_filename(probe.map_file(case)).header.get_zooms()[:3]
        brain = probe.brain(case)
        for part, labels in parts.items():
            lesion = mask_on_grid(lesions[case], probe.map_file(case), labels)
            own, *foreign = (
                score_map(maps[one], lesion, brain, spacing, probe.settings.tolerance_mm)
                for one in [case, *(one for one in cases if one != case)]
            )
            rows.append(
                {"case": case, "label": probe.summary.loc[case, "label"], "part": part}
                | asdict(own)
                | {
                    f"foreign_{name}": np.nanmean([getattr(one, name) for one in foreign])
                    if foreign
                    else float("nan")
                    for name in ("hit", "near", "energy")
                }
            )
    return rows
