"""Settings of the statistics: what is refused is named."""

from __future__ import annotations

import pytest

from radnec.core.errors import InputError
from radnec.evaluate.settings import EvaluationSettings

GOOD = {
    "confidence": 0.95,
    "bootstrap_repeats": 2000,
    "permutation_repeats": 2000,
    "prevalence": [0.18],
    "calibration_bins": 5,
}


def test_good_settings_travel_as_json():
    settings = EvaluationSettings.from_mapping(GOOD)
    assert EvaluationSettings.from_json(settings.to_json()) == settings
    assert settings.prevalence == (0.18,)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("confidence", 95.0),
        ("confidence", 0.05),
        ("bootstrap_repeats", 10),
        ("permutation_repeats", 0),
        ("prevalence", []),
        ("prevalence", [18.0]),
        ("calibration_bins", 1),
    ],
)
def test_values_out_of_range_are_named(key, value):
    with pytest.raises(InputError, match=rf"{key}(\.0)?: found .*, expected "):
        EvaluationSettings.from_mapping({**GOOD, key: value})
