"""Smaller copies keep their place and lose the coil's shading."""

from __future__ import annotations

import numpy as np
import pytest
from heads import scan

from radnec.preprocess.pyramid import even_shading, head_of, resample_isotropic, shrink
from radnec.preprocess.transforms import centre_of_field, centre_of_mass
from radnec.preprocess.volumes import spacing_of


def _blob(zooms):
    affine = np.diag([*zooms, 1.0])
    affine[:3, 3] = [-30.0, 12.0, 5.0]
    x, y, z = np.ogrid[:120, :110, :24]
    place = (x - 70) ** 2 * zooms[0] ** 2 + (y - 40) ** 2 * zooms[1] ** 2
    return np.exp(-(place + (z - 11) ** 2 * zooms[2] ** 2) / 200).astype(np.float32), affine


@pytest.mark.parametrize("method", [shrink, resample_isotropic])
def test_keeps_its_place(method):
    data, affine = _blob((0.7, 0.8, 6.0))
    small, small_affine = method(data, affine, 3.0)
    np.testing.assert_allclose(
        centre_of_mass(small, small_affine), centre_of_mass(data, affine), atol=0.05
    )
    np.testing.assert_allclose(
        centre_of_field(small.shape, small_affine), centre_of_field(data.shape, affine)
    )


def test_thick_slices_stay_or_become_cubic():
    data, affine = _blob((0.7, 0.8, 6.0))
    np.testing.assert_allclose(spacing_of(shrink(data, affine, 3.0)[1]), [3, 3, 6])
    np.testing.assert_allclose(spacing_of(resample_isotropic(data, affine, 3.0)[1]), 3.0)


def test_a_coil_s_shading_goes_and_contrast_stays():
    data, affine = scan("t1", noise=0.0)
    head = head_of(data)
    x = np.linspace(-1, 1, data.shape[0])[:, None, None]
    shaded = (data * np.exp(0.4 * x)).astype(np.float32)
    plain, even = even_shading(data, affine, head), even_shading(shaded, affine, head)
    before = np.corrcoef(shaded[head], data[head])[0, 1]
    after = np.corrcoef(even[head], plain[head])[0, 1]
    assert after > 0.99 > before


def test_head_is_the_head_and_not_the_air():
    data, _ = scan("t2")
    head = head_of(data)
    assert head[45, 52, 13]
    assert not head[:4].any()
    assert 0.2 < head.mean() < 0.6
