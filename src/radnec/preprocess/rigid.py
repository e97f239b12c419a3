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
from typing import Any

import numpy as np

from radnec.preprocess.itk import to_ants
from radnec.preprocess.pyramid import Level, clip_extremes, make_levels, plain_level
from radnec.preprocess.similarity import compare_at, coverage, distinctness
from radnec.preprocess.transforms import (
    centre_of_field,
    centre_of_mass,
    displacement,
    read_movement,
    rigid_movement,
    rotation_angle,
    write_movement,
)
from radnec.preprocess.volumes import Affine, Volume

COARSE_MM = 4.0
FINE_MM = 1.8
# The search goes further than this: nearer starts lead to the same place.
_SAME_START_MM = 20.0
# Degrees about x, y, z (right, front, up) for the second try.
_RETRY_ROTATIONS = [sign * 20.0 * np.eye(3)[axis] for axis in range(3) for sign in (-1, 1)]


Image = tuple[Volume, Affine]


@dataclass(frozen=True)
class Prepared:
    """An image as the search and the refinement see it, and where it lies (mm).

    The search uses the whole field, since the edge between head and air leads it from afar.
    The refinement uses the head with its shading evened, where the metric is sharper.
    """

    coarse: Level
    fine: Level
    centre_of_head: np.ndarray
    centre_of_field: np.ndarray


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
        Fraction of the reference's head that the moving image covers, the neck left out.
    distinctness
        See `radnec.preprocess.similarity.distinctness`.
    """

    movement: Affine
    similarity_before: float
    similarity_after: float
    overlap: float
    distinctness: float


def prepare(data: Volume, affine: Affine) -> Prepared:
    """Make what the search needs of an image; a reference is prepared once for its case.

    Parameters
    ----------
    data, affine
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+).
    """
    fine, coarse = make_levels(data, affine, FINE_MM, COARSE_MM)
    return _prepared(fine, coarse, data.shape, affine)


def _prepared(fine: Level, coarse: Level, shape: tuple[int, ...], affine: Affine) -> Prepared:
    return Prepared(
        coarse,
        fine,
        centre_of_mass(coarse.head.astype(np.float32), coarse.affine),
        centre_of_field(shape, affine),
    )


def search_movement(ants: ModuleType, reference: Image, moving: Image) -> Affine:
    """Find a rigid movement to about a millimetre, for what another registration goes on with.

    Parameters
    ----------
    reference, moving
        Array (x, y, z) and 4 x 4 matrix from voxel to mm (RAS+) of each.
    """
    levels = [plain_level(clip_extremes(data), own, COARSE_MM) for data, own in (reference, moving)]
    fixed, other = (
        _prepared(level, level, data.shape, own)
        for level, (data, own) in zip(levels, (reference, moving), strict=True)
    )
    return _best_search(ants, fixed, other, wide=False)


def find_movement(
    ants: ModuleType, reference: Prepared, moving: Prepared, *, wide: bool = False
) -> RigidResult:
    """Register `moving` to `reference` rigidly by Mattes mutual information.

    Parameters
    ----------
    wide
        Start the coarse search from rotated positions as well (the second try).
    """
    best = _best_search(ants, reference, moving, wide=wide)
    result = judge_movement(reference, moving, _refine(ants, reference.fine, moving.fine, best))
    if result.similarity_after < result.similarity_before:
        # The scanner's frame is a better place: what lies there or beside it is taken.
        beside = _refine(ants, reference.fine, moving.fine, np.eye(4))
        others = (judge_movement(reference, moving, movement) for movement in (beside, np.eye(4)))
        result = max(
            (result, *others), key=lambda found: _score(found.similarity_after, found.overlap)
        )
    return result


def judge_movement(reference: Prepared, moving: Prepared, movement: Affine) -> RigidResult:
    """Measure what speaks for a movement.

    Parameters
    ----------
    movement
        4 x 4 matrix from a point of the reference to the moving image, mm, RAS+.
    """
    before, _ = compare_at(reference.fine, moving.fine, np.eye(4))
    after, _ = compare_at(reference.fine, moving.fine, movement)
    overlap = coverage(reference.fine, moving.fine, movement)
    distinct = distinctness(reference.fine, moving.fine, movement, reference.centre_of_head)
    return RigidResult(movement, before, after, overlap, distinct)


def _best_search(ants: ModuleType, reference: Prepared, moving: Prepared, *, wide: bool) -> Affine:
    """Search from every start and return the best end, measured on the finest images."""
    found: list[tuple[float, Affine]] = []
    for start in _starts(reference, moving, wide=wide):
        movement = _search(ants, reference.coarse, moving.coarse, start)
        similarity, overlap = compare_at(reference.fine, moving.fine, movement)
        found.append((_score(similarity, overlap), movement))
    return max(found, key=lambda pair: pair[0])[1]


def _score(similarity: float, overlap: float) -> float:
    """Return the information shared (1 is none), less where half the head is not covered."""
    return (similarity - 1) * min(1.0, overlap / 0.5)


def _starts(reference: Prepared, moving: Prepared, *, wide: bool) -> list[Affine]:
    """Return movements to start from: scanner frame, centres of the heads and of the fields."""
    rotations = [np.zeros(3), *(_RETRY_ROTATIONS if wide else ())]
    shifts = (
        np.zeros(3),
        moving.centre_of_head - reference.centre_of_head,
        moving.centre_of_field - reference.centre_of_field,
    )
    starts: list[Affine] = []
    for rotation in rotations:
        for shift in shifts:
            start = rigid_movement(rotation, shift, reference.centre_of_head)
            # Within one session they are often the same.
            if all(_apart(start, other, reference.centre_of_head) for other in starts):
                starts.append(start)
    return starts


def _apart(start: Affine, other: Affine, centre: np.ndarray) -> bool:
    """Say whether two starts are worth a search each: far from each other, or turned."""
    between = np.linalg.inv(other) @ start
    return displacement(between, centre) > _SAME_START_MM or rotation_angle(between) > 1.0


def _search(ants: ModuleType, reference: Level, moving: Level, start: Affine) -> Affine:
    """Look for the movement from afar, at twice the voxels' size."""
    return _optimise(
        ants,
        reference,
        moving,
        start,
        aff_iterations=(100,),
        aff_shrink_factors=(2,),
        aff_smoothing_sigmas=(1,),
    )


def _refine(ants: ModuleType, reference: Level, moving: Level, start: Affine) -> Affine:
    """Find the last millimetre, inside the reference's head."""
    return _optimise(
        ants,
        reference,
        moving,
        start,
        aff_iterations=(20, 6),
        aff_shrink_factors=(2, 1),
        aff_smoothing_sigmas=(1, 0),
        # A tenth of the voxels finds the movement as well as ANTs' fifth does.
        aff_random_sampling_rate=0.1,
        mask=to_ants(ants, reference.head.astype(np.float32), reference.affine),
    )


def _optimise(
    ants: ModuleType, reference: Level, moving: Level, start: Affine, **schedule: Any
) -> Affine:
    """Run ANTs once from `start` with Mattes mutual information; return where it ends."""
    with tempfile.TemporaryDirectory() as folder:
        begin = Path(folder) / "start.mat"
        write_movement(begin, start)
        result = ants.registration(
            to_ants(ants, reference.data, reference.affine),
            to_ants(ants, moving.data, moving.affine),
            type_of_transform="Rigid",
            initial_transform=[str(begin)],
            outprefix=str(Path(folder) / "found"),
            aff_metric="mattes",
            **schedule,
        )
        return read_movement(Path(result["fwdtransforms"][0]))
