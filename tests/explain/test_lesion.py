"""Pointing game and energy, by hand and against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from radnec.explain.lesion import peak_in, pointing_p_value, score_map

SPACING = (1.0, 2.0, 5.0)


def scene() -> tuple[np.ndarray, np.ndarray]:
    brain = np.ones((10, 10, 10), dtype=bool)
    brain[:, :, 0] = False
    lesion = np.zeros_like(brain)
    lesion[2:4, 2:4, 2:4] = True
    return lesion, brain


def point(voxel: tuple[int, int, int]) -> np.ndarray:
    volume = np.zeros((10, 10, 10))
    volume[voxel] = 1.0
    return volume


def test_peak_inside_near_and_far() -> None:
    lesion, brain = scene()
    inside = score_map(point((3, 3, 3)), lesion, brain, SPACING, 4.0)
    assert inside.hit and inside.near and inside.distance_mm == 0
    beside = score_map(point((8, 3, 3)), lesion, brain, SPACING, 5.0)
    assert not beside.hit and beside.near
    assert beside.distance_mm == pytest.approx(5.0)  # five voxels of 1 mm along x
    above = score_map(point((3, 3, 8)), lesion, brain, SPACING, 5.0)
    assert not above.near
    assert above.distance_mm == pytest.approx(25.0)  # as many voxels of 5 mm along z


def test_only_the_brain_is_looked_at() -> None:
    lesion, brain = scene()
    volume = point((3, 3, 3))
    volume[5, 5, 0] = 3.0  # outside of the brain, and higher
    found = score_map(volume, lesion, brain, SPACING, 0.0)
    assert found.hit
    assert found.energy == 1.0
    assert found.outside == pytest.approx(0.75)


def test_middle_of_a_plateau_is_the_peak() -> None:
    volume = np.zeros((10, 10, 10))
    volume[2:7, 2:7, 2:5] = 1.0
    assert peak_in(volume, np.ones_like(volume, dtype=bool)) == (4, 4, 3)
    half = np.zeros_like(volume, dtype=bool)
    half[:4] = True
    assert peak_in(volume, half) in ((2, 4, 3), (3, 4, 3))


def test_energy_and_chance() -> None:
    lesion, brain = scene()
    volume = np.zeros(brain.shape)
    volume[lesion] = 1.0
    volume[9, 9, 9] = 8.0
    found = score_map(volume, lesion, brain, SPACING, 0.0)
    assert found.energy == pytest.approx(0.5)
    assert found.chance == pytest.approx(8 / 900)
    assert found.chance_near == found.chance
    assert found.outside == pytest.approx(0.0)


def test_map_without_preference_has_the_energy_of_chance() -> None:
    lesion, brain = scene()
    found = score_map(np.ones(brain.shape), lesion, brain, SPACING, 0.0)
    assert found.energy == pytest.approx(found.chance)
    assert found.outside == pytest.approx(0.1)


def test_map_of_zeros_misses_and_has_no_energy() -> None:
    lesion, brain = scene()
    found = score_map(np.zeros(brain.shape), lesion, brain, SPACING, 100.0)
    assert not found.hit and not found.near
    assert math.isnan(found.energy) and math.isnan(found.distance_mm) and math.isnan(found.outside)


def test_random_points_hit_as_often_as_chance_says() -> None:
    lesion, brain = scene()
    rng = np.random.default_rng(0)
    voxels = np.argwhere(brain)[rng.integers(brain.sum(), size=1500)]
    scores = [score_map(point(tuple(v)), lesion, brain, (1.0, 1.0, 1.0), 2.0) for v in voxels]
    for measure, chance in (("hit", "chance"), ("near", "chance_near")):
        rate = np.mean([getattr(score, measure) for score in scores])
        expected = getattr(scores[0], chance)
        assert rate == pytest.approx(expected, abs=4 * math.sqrt(expected / 1500))


def test_p_value_against_all_outcomes() -> None:
    chances = np.array([0.1, 0.3, 0.5])
    exact = 0.0
    for a in (0, 1):
        for b in (0, 1):
            for c in (0, 1):
                if a + b + c >= 2:
                    exact += math.prod(
                        p if one else 1 - p for p, one in zip(chances, (a, b, c), strict=True)
                    )
    assert pointing_p_value(2, chances) == pytest.approx(exact)
    assert pointing_p_value(0, chances) == pytest.approx(1.0)
