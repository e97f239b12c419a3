import numpy as np
import pytest

from radnec.phantom.fields import expand, smooth_noise, spline_weights


def test_a_cubic_polynomial_is_reproduced_exactly() -> None:
    nodes = np.linspace(-30, 30, 7)
    fine = np.linspace(-30, 30, 41)

    def value(x, y, z):
        return 1e-3 * x**3 - 0.02 * x * y + 0.5 * z - y**2 / 50

    coarse = value(*np.meshgrid(nodes, nodes, nodes, indexing="ij"))
    weights = spline_weights(nodes, fine)
    expected = value(*np.meshgrid(fine, fine, fine, indexing="ij"))
    assert np.allclose(expand(coarse, weights, weights, weights), expected, atol=1e-3)


def test_noise_has_unit_spread_and_the_scale_asked_for() -> None:
    draws = np.stack(
        [smooth_noise(np.random.default_rng(seed), (40, 40, 40), 8.0) for seed in range(20)]
    )
    assert draws.mean() == pytest.approx(0, abs=0.05)
    assert draws.std() == pytest.approx(1, abs=0.05)
    near = np.corrcoef(draws[:, 1:].ravel(), draws[:, :-1].ravel())[0, 1]
    far = np.corrcoef(draws[:, 16:].ravel(), draws[:, :-16].ravel())[0, 1]
    assert near > 0.95
    assert abs(far) < 0.2
