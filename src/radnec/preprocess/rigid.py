"""Find the rigid movement between two sequences: several starts, then one refinement.

Thick slices carry no more information than their thickness, so searching on images thinned
in plane finds the same movement in a fraction of the time. The coarse search runs from
several starts, since sequences of one session usually share the scanner's frame, sequences
of two sessions do not, and a centre of mass misleads where the coverage differs.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from radnec.preprocess.itk import to_ants
from radnec.preprocess.pyramid import clip_extremes, shrink
from radnec.preprocess.similarity import compare_at, head_of
from radnec.preprocess.transforms import (
    centre_of_field,
    centre_of_mass,
    read_movement,
    rigid_movement,
    write_movement,
)
from radnec.preprocess.volumes import Affine, Volume

COARSE_MM = 4.0
FINE_MM = 1.8
# Degrees about x, y, z (right, front, up) for the second try.
_RETRY_ROTATIONS = [sign * 20.0 * np.eye(3)[axis] for axis in range(3) for sign in (-1, 1)]

Image = tuple[Volume, Affine]


@dataclass(frozen=True)
class RigidResult:
    """A movement found, and what speaks for it.

    Attributes
    ----------
    movement
        4 x 4 matrix from a point of the reference to the moving image, mm, RAS+.
    similarity_before, similarity_after
        Normalised mutual information in the scanner's frame and at the movement.
    overlap
        Fraction of the reference's head inside the moving image's field of view.
    """

    movement: Affine
    similarity_before: float
    similarity_after: float
    overlap: float


def find_movement(
    ants: ModuleType, reference: Image, moving: Image, *, wide: bool = False
) -> RigidResult:
    """Register `moving` to `reference` rigidly by Mattes mutual information.

    Parameters
    ----------
    reference, moving
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+) of each.
    wide
        Start the coarse search from rotated positions as well (the second try).
    """
    coarse = [
        shrink(clip_extremes(data), affine, COARSE_MM) for data, affine in (reference, moving)
    ]
    fine = [shrink(clip_extremes(data), affine, FINE_MM) for data, affine in (reference, moving)]
    head = head_of(coarse[0][0])
    found: list[tuple[float, Affine]] = []
    for start in _starts(coarse[0], coarse[1], wide=wide):
        movement = _optimise(
            ants,
            coarse[0],
            coarse[1],
            start,
            iterations=(100, 50),
            shrink_factors=(2, 1),
            smoothing=(1, 0),
        )
        similarity, overlap = compare_at(coarse[0], coarse[1], movement, head)
        found.append((similarity * min(1.0, overlap / 0.5), movement))
    best = max(found, key=lambda pair: pair[0])[1]
    movement = _optimise(
        ants,
        fine[0],
        fine[1],
        best,
        iterations=(20, 6),
        shrink_factors=(2, 1),
        smoothing=(1, 0),
    )
    before, _ = compare_at(coarse[0], coarse[1], np.eye(4), head)
    after, overlap = compare_at(coarse[0], coarse[1], movement, head)
    return RigidResult(movement, before, after, overlap)


def _starts(reference: Image, moving: Image, *, wide: bool) -> list[Affine]:
    """Return movements to start from: scanner frame, centres of mass, centres of the fields."""
    masses = centre_of_mass(*moving) - centre_of_mass(*reference)
    fields = centre_of_field(moving[0].shape, moving[1]) - centre_of_field(
        reference[0].shape, reference[1]
    )
    rotations = [np.zeros(3), *(_RETRY_ROTATIONS if wide else ())]
    centre = centre_of_mass(*reference)
    return [
        rigid_movement(rotation, shift, centre)
        for rotation in rotations
        for shift in (np.zeros(3), masses, fields)
    ]


def _optimise(
    ants: ModuleType,
    reference: Image,
    moving: Image,
    start: Affine,
    *,
    iterations: tuple[int, ...],
    shrink_factors: tuple[int, ...],
    smoothing: tuple[int, ...],
) -> Affine:
    """Run ANTs once from `start` and return the movement it ends at."""
    with tempfile.TemporaryDirectory() as folder:
        begin = Path(folder) / "start.mat"
        write_movement(begin, start)
        result = ants.registration(
            to_ants(ants, *reference),
            to_ants(ants, *moving),
            type_of_transform="Rigid",
            initial_transform=[str(begin)],
            outprefix=str(Path(folder) / "found"),
            aff_metric="mattes",
            aff_iterations=iterations,
            aff_shrink_factors=shrink_factors,
            aff_smoothing_sigmas=smoothing,
        )
        return read_movement(Path(result["fwdtransforms"][0]))
