"""Settings of the statistics: the configuration's section `evaluation`."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Lt

from radnec.core.settings import Number, Settings, Values, Whole


class EvaluationSettings(Settings):
    """Settings of the statistics."""

    confidence: Annotated[Number, Ge(0.5), Lt(1)] = 0.95
    """level of every interval

    Change: rarely
    """
    bootstrap_repeats: Annotated[Whole, Ge(100)] = 2000
    """resamples of every bootstrap

    Change: rarely
    """
    permutation_repeats: Annotated[Whole, Ge(100)] = 2000
    """permutations of the labels behind a p-value

    Change: rarely
    """
    prevalence: Values[Annotated[Number, Gt(0), Lt(1)]] = (0.05, 0.179, 0.4)
    """shares of necrosis at which predictive values are stated

    Change: to your clinic's share
    """
    calibration_bins: Annotated[Whole, Ge(2)] = 5
    """of equal counts, for the expected calibration error

    Change: rarely
    """
