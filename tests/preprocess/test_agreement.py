"""How far two masks agree: figures against geometry, remarks against figures."""

from __future__ import annotations

import numpy as np
import pytest

from radnec.preprocess.quality.second_opinion import disagreements
from radnec.preprocess.skullstrip.agreement import Agreement, compare_masks

THIN, THICK = (1.5, 1.5, 1.5), (1.0, 1.0, 6.0)


def ball(spacing, centre, radius):
    """Return a ball (mm) in a field of 160 mm."""
    axes = [np.arange(round(160 / step)) * step for step in spacing]
    away = np.meshgrid(*axes, indexing="ij", sparse=True)
    distance = sum((x - c) ** 2 for x, c in zip(away, centre, strict=True))
    return distance < radius**2


def affine(spacing):
    return np.diag([*spacing, 1.0])


@pytest.mark.parametrize("spacing", [THIN, THICK])
def test_an_eye_added_is_found_with_its_volume(spacing):
    brain = ball(spacing, (80, 60, 80), 50)
    eye = ball(spacing, (80, 128, 80), 14)  # apart from the brain
    found = compare_masks(brain | eye, brain, affine(spacing))
    assert found.added_ml == pytest.approx(4 / 3 * np.pi * 1.4**3, rel=0.15)
    assert found.missing_ml == 0


@pytest.mark.parametrize("spacing", [THIN, THICK])
def test_a_pole_cut_off_is_found_with_its_volume(spacing):
    brain = ball(spacing, (80, 80, 80), 50)
    cut = brain.copy()
    cut[round(115 / spacing[0]) :] = False  # a cap of 15 mm
    found = compare_masks(cut, brain, affine(spacing))
    # Opening rounds the rim of the cap off.
    assert found.missing_ml == pytest.approx(np.pi * 15**2 * (50 - 5) / 1000, rel=0.15)
    assert found.added_ml == 0


@pytest.mark.parametrize("spacing", [THIN, THICK])
def test_a_rim_is_no_piece(spacing):
    inner, outer = ball(spacing, (80, 80, 80), 48), ball(spacing, (80, 80, 80), 52)
    found = compare_masks(inner, outer, affine(spacing))
    assert (found.added_ml, found.missing_ml) == (0, 0)
    assert found.volume_ratio == pytest.approx((48 / 52) ** 3, rel=0.01)
    # Dice of concentric balls: 2 V / (V + W).
    assert found.dice == pytest.approx(2 * 48**3 / (48**3 + 52**3), rel=0.01)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"added_ml": 9.0}, "brain mask: a piece of 9 ml is not brain for deepbet, look at it"),
        ({"missing_ml": 9.0}, "brain mask: a piece of 9 ml is missing for deepbet, look at it"),
        ({"volume_ratio": 0.8}, "brain mask: 0.80 times the volume of deepbet's mask, look at it"),
        ({"dice": 0.85}, "brain mask: Dice 0.85 with deepbet's mask, look at it"),
    ],
)
def test_remarks(changed, said):
    good = {"dice": 0.98, "volume_ratio": 1.01, "added_ml": 0.0, "missing_ml": 0.2}
    assert disagreements(Agreement(**good | changed), "deepbet") == ([said] if said else [])
