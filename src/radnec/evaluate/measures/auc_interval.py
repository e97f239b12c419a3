"""The recommended interval of an AUC, for independent cases and for several of a patient."""

from __future__ import annotations

import numpy as np

from radnec.evaluate.measures.auc import (
    area,
    delong_covariance,
    delong_interval,
    logit_interval,
    newcombe_interval,
    why_undefined,
)
from radnec.evaluate.measures.clustered import (
    clustered_covariance,
    repeated,
    why_not_clustered,
)
from radnec.evaluate.measures.estimate import Estimate, undefined

UNION = "DeLong (logit) and Newcombe, the wider limits"
CLUSTERED = "Obuchowski (clustered, logit) and Newcombe, the wider limits"


def recommended_interval(
    positive: np.ndarray,
    score: np.ndarray,
    patients: np.ndarray,
    confidence: float,
    inflation: float = 1.0,
) -> Estimate:
    """Return the AUC with the lower of two lower limits and the higher of two upper ones.

    DeLong's interval on the logit scale fails when the classes spread unequally and positives
    are few, Newcombe's does not use the scores at all; one or the other held the truth
    nearly as often as it should in every setting of docs/coverage.tsv, at about 1.1 times the
    width. Where a patient has several cases, Obuchowski's variance stands in for DeLong's and
    Newcombe's counts are divided by the ratio of the two variances (the design effect). In a
    cross-validation `inflation` multiplies the one and divides the others.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Shape (cases,).
    patients
        Shape (cases,).
    inflation
        Variance with the networks trained anew over that with these networks.
    """
    m, n = int(positive.sum()), int((~positive).sum())
    value = area(positive, score)
    if not repeated(patients) and inflation == 1:
        delong = delong_interval(positive, score, confidence)
        return _wider(delong, newcombe_interval(value, m, n, confidence), UNION)
    method = CLUSTERED if repeated(patients) else UNION
    if inflation > 1:
        method += f", variance times {inflation:.2f} for networks trained anew"
    if why := why_undefined(positive, least=2) or why_not_clustered(positive, patients):
        return undefined(method, why, value)
    # With one case a patient this is DeLong's variance.
    variance = float(clustered_covariance(positive, score[None], patients)[1][0, 0])
    simple = float(delong_covariance(positive, score[None])[1][0, 0])
    effect = max(1.0, variance / simple) if simple > 0 else _cases_a_patient(patients)
    logit = logit_interval(value, variance * inflation, confidence, method)
    # Not rounded: of few cases that would lose a third. Not below two of a class.
    some, rest = (max(2.0, count / (effect * inflation)) for count in (m, n))
    return _wider(logit, newcombe_interval(value, some, rest, confidence), method)


def _cases_a_patient(patients: np.ndarray) -> float:
    return len(patients) / len(np.unique(patients))


def _wider(first: Estimate, second: Estimate, method: str) -> Estimate:
    if not first.defined:
        # Perfect separation, or constant scores: the counts alone still say something.
        return second if second.defined else first
    low, high = min(first.low, second.low), max(first.high, second.high)
    return Estimate(first.value, low, high, method)
