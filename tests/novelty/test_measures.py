"""What is measured of an image: what a gain, a blur and a change of contrast do to it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from radnec.novelty.fields import QUANTILES
from radnec.novelty.measures import intensity_profile, sharpness


def test_profile_by_hand_and_without_the_gain():
    # Quantile q of 0 to 100 is q: quartiles 25 and 75, median 50.
    values = np.arange(101, dtype=np.float32) + 100
    expected = [(q - 50) / 50 for q in QUANTILES if q != 50] + [np.log(50 / 150)]
    np.testing.assert_allclose(intensity_profile(values), expected, atol=1e-4)
    np.testing.assert_allclose(intensity_profile(values * 7), expected, atol=1e-4)


def test_profile_has_one_length_whatever_the_values():
    assert len(intensity_profile(np.repeat([1.0, 5.0], 50).astype(np.float32))) == len(QUANTILES)
    assert len(intensity_profile(np.full(50, 3.0, np.float32))) == len(QUANTILES)
    # Images that came scaled around 0 have no contrast to compare.
    assert intensity_profile(np.linspace(-3, 1, 50).astype(np.float32))[-1] == 0.0


def test_blur_takes_sharpness_and_gain_does_not():
    rng = np.random.default_rng(4)
    places = np.indices((48, 48, 6)) - np.array([23.5, 23.5, 2.5]).reshape(3, 1, 1, 1)
    head = (places[0] ** 2 + places[1] ** 2 < 20**2).astype(float)
    image = (head * (200 + 30 * rng.normal(size=head.shape)) + 5).astype(np.float32)
    spacing = np.array([1.0, 1.0, 5.0])
    sharp = sharpness(image, spacing)
    blurred = ndimage.gaussian_filter(image, (1.5, 1.5, 0)).astype(np.float32)
    assert sharpness(blurred, spacing) < 0.6 * sharp
    assert abs(sharpness(image * 3, spacing) - sharp) < 1e-4 * sharp
