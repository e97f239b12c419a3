"""Decisions at a threshold: counts, the measures made of them, and where a threshold comes from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from radnec.evaluate.measures.bootstrap import bca_interval
from radnec.evaluate.measures.clustered import design_effect
from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import mean_of_two, proportion
from radnec.evaluate.measures.predictive_values import likelihood_ratios, predictive_values

# "The final prediction was determined based on the higher probability" (Ying et al. 2025,
# "Evaluation metric"); at exactly one half the first output, recurrence, wins.
HIGHER_PROBABILITY = 0.5


@dataclasses.dataclass(frozen=True)
class Counts:
    """How many cases of each class were called what; positive = necrosis."""

    tp: int
    fn: int
    tn: int
    fp: int

    @property
    def n(self) -> int:
        """Number of cases."""
        return self.tp + self.fn + self.tn + self.fp


def count(positive: np.ndarray, called: np.ndarray) -> Counts:
    """Count decisions; both arguments boolean, shape (cases,)."""
    return Counts(
        tp=int((positive & called).sum()),
        fn=int((positive & ~called).sum()),
        tn=int((~positive & ~called).sum()),
        fp=int((~positive & called).sum()),
    )


def choose_threshold(positive: np.ndarray, score: np.ndarray) -> float:
    """Return the threshold with the largest sum of sensitivity and specificity (Youden 1950).

    To be used on cases that are not tested. A threshold lies halfway between neighbouring
    scores; of several equally good ones the one nearest 0.5 is taken. NaN if a class is empty
    or all scores are equal.

    Parameters
    ----------
    positive
        Boolean, shape (cases,).
    score
        Probability of necrosis, shape (cases,); a case is called necrosis above the threshold.
    """
    if positive.all() or not positive.any() or np.ptp(score) == 0:
        return math.nan
    levels = np.unique(score)
    candidates = (levels[1:] + levels[:-1]) / 2
    called = score[None, :] > candidates[:, None]
    # Whole counts times class sizes: equal sums stay equal, no rounding decides.
    n1, n0 = int(positive.sum()), int((~positive).sum())
    gain = called[:, positive].sum(1) * n0 - called[:, ~positive].sum(1) * n1
    best = candidates[gain == gain.max()]
    return float(best[np.argmin(np.abs(best - HIGHER_PROBABILITY))])


def design_effects(
    positive: np.ndarray, called: np.ndarray, patients: np.ndarray, inflation: float = 1.0
) -> dict[str, float]:
    """Return how many cases stand for one independent case: of ``acc``, ``sens`` and ``spec``.

    See :func:`design_effect`; in a cross-validation times `inflation`, the factor of the AUC.
    """
    right = positive == called
    members = {"acc": np.ones(len(right), bool), "sens": positive, "spec": ~positive}
    return {
        name: inflation * (design_effect(right[of], patients[of]) if of.any() else 1.0)
        for name, of in members.items()
    }


def measures(
    counts: Counts, confidence: float, effects: Mapping[str, float] | None = None
) -> dict[str, list[Estimate]]:
    """Return accuracy, sensitivity and specificity, each with every interval, and what follows.

    Parameters
    ----------
    effects
        See :func:`design_effects`; None for independent cases. Wilson's intervals, and what is
        made of them, use it.

    Returns
    -------
    dict
        ``acc``, ``sens``, ``spec``: Wald, Wilson with continuity correction, Wilson,
        Clopper-Pearson, in this order; ``ppv_observed``, ``npv_observed`` (Wilson, at the
        prevalence of the tested cases), ``balanced_accuracy``, and the two likelihood ratios.
    """
    pairs = {
        "acc": (counts.tp + counts.tn, counts.n),
        "sens": (counts.tp, counts.tp + counts.fn),
        "spec": (counts.tn, counts.tn + counts.fp),
    }
    effects = effects or dict.fromkeys(pairs, 1.0)
    found = {
        name: [
            proportion(k, n, method, confidence, effects[name])
            for method in ("wald", "wilsoncc", "wilson", "exact")
        ]
        for name, (k, n) in pairs.items()
    }
    for name, k, n in (
        ("ppv_observed", counts.tp, counts.tp + counts.fp),
        ("npv_observed", counts.tn, counts.tn + counts.fn),
    ):
        found[name] = [proportion(k, n, "wilson", confidence, effects["acc"])]
    found["balanced_accuracy"] = [mean_of_two(found["sens"][2], found["spec"][2])]
    ratios = likelihood_ratios(*_effective(pairs, effects), confidence)
    found["likelihood_ratio_positive"] = [ratios.positive]
    found["likelihood_ratio_negative"] = [ratios.negative]
    return found


def predictive(
    counts: Counts,
    prevalences: tuple[float, ...],
    confidence: float,
    effects: Mapping[str, float] | None = None,
) -> dict[float, tuple[Estimate, Estimate]]:
    """Return PPV and NPV at each stated prevalence of necrosis."""
    pairs = {"sens": (counts.tp, counts.tp + counts.fn), "spec": (counts.tn, counts.tn + counts.fp)}
    both = _effective(pairs, effects or dict.fromkeys(pairs, 1.0))
    return {p: predictive_values(*both, p, confidence) for p in prevalences}


def _effective(
    pairs: Mapping[str, tuple[int, int]], effects: Mapping[str, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the counts of sensitivity and specificity, as of independent cases."""
    (tp, m), (tn, n) = pairs["sens"], pairs["spec"]
    return (tp / effects["sens"], m / effects["sens"]), (tn / effects["spec"], n / effects["spec"])


def matthews(
    positive: np.ndarray,
    called: np.ndarray,
    patients: np.ndarray,
    *,
    confidence: float,
    repeats: int,
    seed: int,
) -> Estimate:
    """Return Matthews' correlation coefficient with its BCa interval."""
    if called.all() or not called.any():
        which = "necrosis" if called.any() else "recurrence"
        return undefined("BCa bootstrap", f"every case is called {which}")
    return bca_interval(
        _matthews,
        positive,
        called.astype(float),
        patients,
        confidence=confidence,
        repeats=repeats,
        seed=seed,
    )


def _matthews(times: np.ndarray, positive: np.ndarray, called: np.ndarray) -> np.ndarray:
    """MCC from decisions (0 or 1) of both classes; 0 where all decisions are the same."""
    m, n = times[:, positive].sum(axis=1), times[:, ~positive].sum(axis=1)
    tp, fp = times[:, positive] @ called[positive], times[:, ~positive] @ called[~positive]
    fn, tn = m - tp, n - fp
    below = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return np.where(below > 0, (tp * tn - fp * fn) / np.where(below > 0, below, 1), 0.0)
