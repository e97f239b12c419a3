"""Settings of the statistics: the configuration's section `evaluation`."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt

from radnec.core.settings import Number, OptionalPath, Settings, Values, Whole

Recalibrating = Literal["shift", "temperature", "logistic"]


class EvaluationSettings(Settings):
    """Settings of the statistics."""

    confidence: Annotated[Number, Ge(0.5), Lt(1)] = 0.95
    """level of every interval

    Change: rarely
    """
    set_confidence: Annotated[Number, Ge(0.5), Lt(1)] = 0.9
    """share of new cases of a class whose prediction set is to hold it

    A class can be left out of a set from 1 / (1 - this) - 1 cases on: 9 at 0.9, 19 at 0.95.

    Change: higher where wrong calls weigh more than undecided cases
    """
    recalibration: Recalibrating = "logistic"
    """shift, temperature or logistic: how the next patient's probability is recalibrated

    Fitted on out-of-fold predictions; no figure of the study's performance uses it. `shift`
    corrects the share of necrosis, as after weights of the classes or balanced sampling;
    `temperature` the spread; `logistic` both.

    Change: to shift where few necroses were tested
    """
    readers: OptionalPath = None
    """TSV of what readers said of the cases: each is set beside the networks

    Its columns are `case`, `reader`, and `call` (necrosis or recurrence), `score`, or both.

    Change: where radiologists or surgeons read the test cases
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
