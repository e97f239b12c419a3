"""Probabilities brought into line with how often they came true: shift, temperature, logistic."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Mapping
from typing import Any, Self, get_args

import numpy as np
from scipy import optimize, special

from radnec.core.errors import InputError
from radnec.evaluate.measures.auc import why_undefined
from radnec.evaluate.measures.calibration import logit
from radnec.evaluate.settings import Recalibrating as Method

METHODS: tuple[Method, ...] = get_args(Method)


@dataclasses.dataclass(frozen=True)
class Recalibration:
    """A line on the logit scale: logit(new) = intercept + slope * logit(p).

    Attributes
    ----------
    method
        What was free: ``shift`` the intercept (the slope is 1), ``temperature`` the slope (the
        intercept is 0; the temperature is 1 / slope), ``logistic`` both.
    share
        Share of necrosis among the cases it was fitted on.
    """

    method: Method
    intercept: float
    slope: float
    share: float

    def apply(self, score: np.ndarray, prevalence: float | None = None) -> np.ndarray:
        """Return recalibrated probabilities of necrosis, shape of `score`.

        Parameters
        ----------
        score
            Probabilities of necrosis as the networks give them.
        prevalence
            Share of necrosis where the next patient comes from, in (0, 1); None where it is
            that of the study. The odds are multiplied by the ratio of the odds of the two
            shares (Elkan 2001, IJCAI, theorem 2): right where only the share differs, not what
            the lesions of a class look like.
        """
        moved = self.intercept
        if prevalence is not None:
            moved += float(special.logit(prevalence) - special.logit(self.share))
        return np.asarray(special.expit(moved + self.slope * logit(np.asarray(score, dtype=float))))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as they stand in a file."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any], where: str) -> Self:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        InputError
            Naming `where`, the key, the value found and what was expected.
        """
        method = values.get("method")
        if method not in METHODS:
            raise InputError(f"{where}: method: found {method!r}, expected one of {METHODS}")
        numbers = {}
        for key in ("intercept", "slope", "share"):
            found = values.get(key)
            if not isinstance(found, (int, float)) or not math.isfinite(found):
                raise InputError(f"{where}: {key}: found {found!r}, expected a number")
            numbers[key] = float(found)
        if numbers["slope"] <= 0:
            raise InputError(f"{where}: slope: found {numbers['slope']}, expected above 0")
        if not 0 < numbers["share"] < 1:
            raise InputError(f"{where}: share: found {numbers['share']}, expected between 0 and 1")
        return cls(method, **numbers)


def fit_recalibration(
    positive: np.ndarray, score: np.ndarray, method: Method
) -> tuple[Recalibration | None, str]:
    """Fit a recalibration on cases that the networks have not learned from.

    Parameters
    ----------
    positive
        Boolean, shape (cases,): is the true class necrosis.
    score
        Probabilities of necrosis, shape (cases,).
    method
        ``shift``: the expected number of necroses becomes the observed one. This is the prior
        correction: weights of the classes and balanced sampling move all logits by one
        constant (King and Zeng 2001, Polit Anal 9:137), here found from the outcomes.
        ``temperature``: Guo et al. 2017, arXiv:1706.04599. ``logistic``: Cox 1958, Biometrika
        45:562, that is Platt's scaling of the logit.

    Returns
    -------
    tuple
        The recalibration, and why there is none if so. None also where a higher probability
        goes with fewer necroses (a slope of 0 or below): it would turn the order round.

    Notes
    -----
    Maximum likelihood. With a free slope the outcomes are Platt's (1999): (m + 1) / (m + 2) for
    the m necroses and 1 / (n + 2) for the n recurrences, so that the slope stays finite where
    the classes are perfectly separated.
    """
    # Here: who applies a recalibration need not wait a second for it.
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    if why := why_undefined(positive, least=2):
        return None, f"not defined: {why}"
    x, m, n = logit(score), int(positive.sum()), int((~positive).sum())
    share = m / (m + n)
    if method == "shift":
        reach = float(np.abs(x).max()) + math.log(m + n) + 1
        shift = optimize.brentq(lambda b: float(special.expit(x + b).sum()) - m, -reach, reach)
        return Recalibration(method, float(shift), 1.0, share), ""
    if np.ptp(x) == 0:
        return None, "not defined: all cases have the same probability"
    outcome = np.where(positive, (m + 1) / (m + 2), 1 / (n + 2))
    design = sm.add_constant(x) if method == "logistic" else x[:, None]
    with warnings.catch_warnings():
        # Separated classes: finite all the same, by Platt's outcomes.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        found = sm.GLM(outcome, design, family=sm.families.Binomial()).fit().params
    intercept, slope = (float(found[0]), float(found[1])) if len(found) == 2 else (0.0, found[0])
    if slope <= 0:
        return None, f"not defined: slope {slope:.2f}, the order of the cases would turn round"
    return Recalibration(method, intercept, float(slope), share), ""


def cross_fitted(
    positive: np.ndarray, score: np.ndarray, parts: np.ndarray, method: Method
) -> np.ndarray:
    """Return each case's probability, recalibrated by the cases of the other parts.

    Parameters
    ----------
    positive, score, parts
        Shape (cases,); see :func:`radnec.evaluate.next_patient.groups.parts_of`.

    Returns
    -------
    ndarray
        Shape (cases,); as predicted where the others allow no fit.
    """
    found = score.astype(float).copy()
    for part in np.unique(parts):
        held = parts == part
        fitted, _ = fit_recalibration(positive[~held], score[~held], method)
        if fitted is not None:
            found[held] = fitted.apply(score[held])
    return found
