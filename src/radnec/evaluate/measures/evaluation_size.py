"""How many cases an external evaluation needs, by the criteria of Riley and colleagues."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import integrate, optimize, special, stats

from radnec.evaluate.measures.intervals import z_value

WIDTHS = {"oe": 0.2, "slope": 0.2, "auc": 0.1, "benefit": 0.2}
"""Interval widths aimed at, the defaults of ``pmvalsampsize``."""


@dataclasses.dataclass(frozen=True)
class Needed:
    """Cases needed for an interval of the stated width; the largest decides."""

    oe: int
    slope: int
    auc: int
    benefit: int


def needed_for_oe(prevalence: float, width: float, confidence: float = 0.95) -> int:
    """Return the cases needed for observed over expected necroses, if that is 1.

    Riley et al. 2021, Stat Med 40:4230: SE(ln O/E) is sqrt((1 - prevalence) / (n prevalence)).
    """
    # exp(z SE) - exp(-z SE) = width
    error = math.asinh(width / 2) / z_value(confidence)
    return math.ceil((1 - prevalence) / (prevalence * error**2))


def needed_for_slope(mean: float, sd: float, width: float, confidence: float = 0.95) -> int:
    """Return the cases needed for a calibration slope of 1.

    Parameters
    ----------
    mean, sd
        Of the logit of the predicted probabilities, taken as normal.

    Notes
    -----
    Riley et al. 2021: from Fisher's information of the logistic recalibration, with the
    expectations of p (1 - p), of it times the logit, and of it times the squared logit.
    """

    def expected(power: int) -> float:
        def inside(z: float) -> float:
            x = mean + sd * z
            p = float(special.expit(x))
            return x**power * p * (1 - p) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        return float(integrate.quad(inside, -10, 10, limit=200)[0])

    one, both, slope = (expected(power) for power in (0, 1, 2))
    error = width / (2 * z_value(confidence))
    return math.ceil(one / (error**2 * (one * slope - both**2)))


def needed_for_auc(auc: float, prevalence: float, width: float, confidence: float = 0.95) -> int:
    """Return the cases needed for an AUC, by Newcombe's variance (2006, Stat Med 25:559)."""
    error = width / (2 * z_value(confidence))

    def variance(n: float) -> float:
        spread = (n / 2 - 1) * ((1 - auc) / (2 - auc) + auc / (1 + auc))
        return auc * (1 - auc) * (1 + spread) / (n**2 * prevalence * (1 - prevalence))

    return math.ceil(float(optimize.brentq(lambda n: variance(n) - error**2, 4, 1e9)))


def needed_for_benefit(
    sens: float,
    spec: float,
    prevalence: float,
    act_from: float,
    width: float,
    confidence: float = 0.95,
) -> int:
    """Return the cases needed for the net benefit divided by the prevalence.

    Riley et al. 2021, after Marsh et al. 2020, Biometrics 76:843: the share of necroses found
    minus false alarms by the weight t / (1 - t) and the odds against necrosis; sensitivity,
    specificity and prevalence are estimated each from its own cases.
    """
    weight, error = act_from / (1 - act_from), width / (2 * z_value(confidence))
    against = (1 - prevalence) / prevalence
    total = (
        sens * (1 - sens) / prevalence
        + weight**2 * spec * (1 - spec) * against / prevalence
        + weight**2 * (1 - spec) ** 2 * against / prevalence**2
    )
    return math.ceil(total / error**2)


def logit_of_binormal(auc: float, prevalence: float) -> tuple[float, float]:
    """Return mean and standard deviation of the logit that has this AUC and prevalence.

    A normal logit of right probabilities, found numerically: the mean of p is the prevalence,
    and the AUC of cases drawn from p is `auc`.
    """
    z, weight = np.polynomial.hermite_e.hermegauss(101)
    weight = weight / weight.sum()

    def miss(values: np.ndarray) -> list[float]:
        mean, sd = float(values[0]), math.exp(float(values[1]))
        p = special.expit(mean + sd * z)
        share = float((weight * p).sum())
        # Necroses have density weight * p, recurrences weight * (1 - p), along rising z.
        below = np.cumsum(weight * (1 - p)) - weight * (1 - p) / 2
        concordance = float((weight * p * below).sum()) / (share * (1 - share))
        return [share - prevalence, concordance - auc]

    start = [float(special.logit(prevalence)), math.log(max(0.2, 2 * float(stats.norm.ppf(auc))))]
    found = optimize.root(miss, start)
    if not found.success:
        raise ValueError(f"no normal logit has AUC {auc} at prevalence {prevalence}")
    return float(found.x[0]), math.exp(float(found.x[1]))


def needed(
    prevalence: float, *, auc: float, sens: float, spec: float, act_from: float, confidence: float
) -> Needed:
    """Return the cases needed by each of the four criteria at :data:`WIDTHS`."""
    mean, sd = logit_of_binormal(auc, prevalence)
    return Needed(
        needed_for_oe(prevalence, WIDTHS["oe"], confidence),
        needed_for_slope(mean, sd, WIDTHS["slope"], confidence),
        needed_for_auc(auc, prevalence, WIDTHS["auc"], confidence),
        needed_for_benefit(sens, spec, prevalence, act_from, WIDTHS["benefit"], confidence),
    )


def evaluation_size_table(
    prevalences: Sequence[float],
    *,
    auc: float,
    sens: float,
    spec: float,
    act_from: float,
    confidence: float,
) -> pd.DataFrame:
    """Return one row a prevalence: cases needed by each criterion, and by all."""
    rows = []
    for prevalence in prevalences:
        found = dataclasses.asdict(
            needed(
                prevalence, auc=auc, sens=sens, spec=spec, act_from=act_from, confidence=confidence
            )
        )
        largest = max(found.values())
        rows.append(
            {
                "prevalence": prevalence,
                **{f"n_{name}": value for name, value in found.items()},
                "n": largest,
                "n_necrosis": math.ceil(largest * prevalence),
            }
        )
    return pd.DataFrame(rows)
