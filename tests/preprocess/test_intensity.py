"""The paper's formula by hand, its variants by numpy and scipy, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from radnec.core.errors import CaseExcluded
from radnec.preprocess.intensity import scale

DATA = np.array([[[2.0, 4.0], [10.0, 6.0]]], dtype=np.float32)
ALL = np.ones(DATA.shape, dtype=bool)


def _scale(data, region=None, method="min-max", percentiles=(0.5, 99.5)):
    region = np.ones(data.shape, dtype=bool) if region is None else region
    return scale(data, region, method=method, percentiles=percentiles, name="t2")


def test_min_max_as_printed():
    # (x - 2) / (10 - 2)
    np.testing.assert_array_equal(_scale(DATA), [[[0.0, 0.25], [1.0, 0.5]]])


def test_inside_a_region_alone():
    region = np.array([[[False, True], [True, True]]])
    # min 4, max 10; outside 0
    np.testing.assert_allclose(_scale(DATA, region), [[[0, 0], [1, 1 / 3]]], rtol=1e-6)


def test_percentile_clips_as_numpy_does():
    data = np.random.default_rng(0).gamma(2.0, size=(10, 11, 12)).astype(np.float32)
    low, high = np.percentile(data.astype(float), [2.0, 97.0])
    expected = (np.clip(data, low, high) - low) / (high - low)
    found = _scale(data, method="percentile", percentiles=(2.0, 97.0))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (found.min(), found.max()) == (0, 1)


def test_z_score_as_scipy_does():
    data = np.random.default_rng(0).normal(5, 3, size=(10, 11, 12)).astype(np.float32)
    np.testing.assert_allclose(
        _scale(data, method="z-score"), stats.zscore(data, axis=None), atol=1e-5
    )


@pytest.mark.parametrize("method", ["min-max", "percentile", "z-score"])
def test_result_is_float32_and_finite(method):
    found = _scale(DATA * 1e30, method=method)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("data", "region", "method", "reason"),
    [
        (np.full((2, 2, 2), 3.0, np.float32), None, "min-max", "t2: all intensities"),
        (DATA, np.zeros(DATA.shape, bool), "z-score", "t2: all intensities"),
        (
            np.r_[np.zeros(999), 1.0].astype(np.float32).reshape(10, 10, 10),
            None,
            "percentile",
            "t2: the percentiles 0.5 and 99.5",
        ),
    ],
)
def test_what_has_no_scale_is_refused(data, region, method, reason):
    with pytest.raises(CaseExcluded, match=reason):
        _scale(data, region, method)
