"""Noise and zero-filling against their formulas."""

import numpy as np
import pytest

from radnec.phantom.acquisition import receive_field, record


def test_air_is_rayleigh_and_tissue_rician() -> None:
    rng = np.random.default_rng(5)
    air = record(rng, np.zeros((20, 64, 64), dtype=np.float32), 64, 3.0)
    assert air.mean() == pytest.approx(3 * np.sqrt(np.pi / 2), rel=0.01)
    assert air.std() == pytest.approx(3 * np.sqrt(2 - np.pi / 2), rel=0.02)
    # Second moment of a Rician: A^2 + 2 sigma^2.
    tissue = record(rng, np.full((20, 64, 64), 10.0, dtype=np.float32), 64, 3.0)
    assert (tissue**2).mean() == pytest.approx(10**2 + 2 * 3**2, rel=0.01)


@pytest.mark.parametrize(("acquired", "columns"), [(179, 272), (256, 320), (192, 230), (240, 240)])
def test_zero_filling_keeps_place_and_height(acquired: int, columns: int) -> None:
    def bump(count: int) -> np.ndarray:
        x = (np.arange(count) - count // 2) / count
        return np.exp(-((x - 0.03) ** 2) / (2 * 0.05**2)).astype(np.float32)

    image = np.broadcast_to(bump(acquired), (2, 3, acquired)).copy()
    filled = record(np.random.default_rng(0), image, columns, 0.0)
    assert filled.shape == (2, 3, columns)
    assert np.allclose(filled[1, 2], bump(columns), atol=1e-5)


def test_receive_field_stays_within_its_bounds() -> None:
    coarse = np.random.default_rng(2).uniform(-1, 1, size=(4, 4, 4))
    field = receive_field(coarse, (6, 50, 60), 0.2)
    assert field.shape == (6, 50, 60)
    assert 0.7 < field.min() < 1 < field.max() < 1.4
    assert np.abs(np.diff(field, axis=1)).max() < 0.05
