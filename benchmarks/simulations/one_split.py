"""One split: intervals of every measure, exact or simulated with binormal scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats
from simulations.rows import BOOTSTRAP, LEVEL, Row, exact, labels, row_of, shift_of, simulated

from radnec.evaluate.comparisons.selection import select_best
from radnec.evaluate.measures.auc import area, delong_covariance, delong_interval, newcombe_interval
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.bootstrap import Weighted, bca_interval, mean_interval, weighted_auc
from radnec.evaluate.measures.calibration import brier, expected_calibration_error, recalibration
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import mean_of_two, proportion, wald, z_value
from radnec.evaluate.measures.operating_point import matthews
from radnec.evaluate.measures.precision_recall import average_precision
from radnec.evaluate.measures.predictive_values import likelihood_ratios, predictive_values

M, N = 9, 49
POSITIVE, PATIENTS = labels(M, N), np.arange(M + N)


def proportions() -> Iterator[Row]:
    """Exact coverage of the intervals of a proportion."""
    for name, n, truth in (
        ("sensitivity", M, 0.55),
        ("sensitivity", M, 0.80),
        ("specificity", N, 0.95),
        ("accuracy", M + N, 0.90),
    ):
        outcomes = range(n + 1)
        chance = stats.binom.pmf(outcomes, n, truth)
        for method in ("wald", "wilsoncc", "wilson", "exact"):
            found = [proportion(k, n, method, LEVEL) for k in outcomes]  # type: ignore[arg-type]
            yield exact(name, truth, found, chance)


def pairs_of_proportions() -> Iterator[Row]:
    """Exact coverage of what is made of sensitivity and specificity."""
    sens, spec, share = 0.80, 0.95, 0.18
    truths = {
        "balanced accuracy": (sens + spec) / 2,
        "likelihood ratio +": sens / (1 - spec),
        "likelihood ratio -": (1 - sens) / spec,
        "PPV at 18 %": sens * share / (sens * share + (1 - spec) * (1 - share)),
        "NPV at 18 %": spec * (1 - share) / (spec * (1 - share) + (1 - sens) * share),
    }
    found: dict[str, list[Estimate]] = {name: [] for name in truths}
    chance = []
    for tp in range(M + 1):
        for tn in range(N + 1):
            p = stats.binom.pmf(tp, M, sens) * stats.binom.pmf(tn, N, spec)
            if p < 1e-10:
                continue
            chance.append(p)
            both = [proportion(tp, M, "wilson", LEVEL), proportion(tn, N, "wilson", LEVEL)]
            ratios = likelihood_ratios((tp, M), (tn, N), LEVEL)
            values = predictive_values((tp, M), (tn, N), share, LEVEL)
            estimates = [mean_of_two(*both), ratios.positive, ratios.negative, *values]
            for name, estimate in zip(truths, estimates, strict=True):
                found[name].append(estimate)
    for name, truth in truths.items():
        yield exact(name, truth, found[name], np.array(chance))


def aucs(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Coverage of the intervals of an AUC."""

    def plain_delong(score: np.ndarray) -> Estimate:
        areas, covariance = delong_covariance(POSITIVE, score[None])
        half = z_value(LEVEL) * math.sqrt(covariance[0, 0])
        return Estimate(areas[0], max(0, areas[0] - half), min(1, areas[0] + half), "DeLong, plain")

    def recommended(score: np.ndarray) -> Estimate:
        return recommended_interval(POSITIVE, score, PATIENTS, LEVEL)

    def newcombe(score: np.ndarray) -> Estimate:
        return newcombe_interval(area(POSITIVE, score), M, N, LEVEL)

    methods: list[Callable[[np.ndarray], Estimate]] = [
        lambda score: wald(area(POSITIVE, score), M + N, LEVEL),
        plain_delong,
        lambda score: delong_interval(POSITIVE, score, LEVEL),
        newcombe,
        recommended,
    ]
    for truth in (0.70, 0.80, 0.90, 0.97):
        samples = [_binormal(rng, truth) for _ in range(repeats)]
        for method in methods:
            yield simulated("AUC", truth, [method(score) for score in samples])
        yield simulated("AUC", truth, [_bca(weighted_auc, s) for s in samples[: repeats // 2]])


def unequal_spread(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Cover the AUC where positives spread half, equally and twice as wide as negatives."""
    m, n = sizes
    positive = labels(m, n)
    for ratio in (0.5, 1.0, 2.0):
        for truth in (0.70, 0.80, 0.90, 0.97):
            spread = np.where(positive, ratio, 1.0)
            shift = math.hypot(1, ratio) * stats.norm.ppf(truth)
            samples = [rng.normal(size=m + n) * spread + shift * positive for _ in range(repeats)]
            name = f"AUC, {m} + {n}, spread of positives {ratio:g} times"
            for found in (
                [delong_interval(positive, s, LEVEL) for s in samples],
                [recommended_interval(positive, s, np.arange(m + n), LEVEL) for s in samples],
            ):
                yield simulated(name, truth, found)


def best_of_many(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Cover the best of 24 equal models, alone and without the advantage of the choice."""
    positive, patients = labels(*sizes), np.arange(sum(sizes))
    naive, corrected, together = [], [], []
    for repeat in range(repeats):
        common, own = rng.normal(size=len(positive)), rng.normal(size=(24, len(positive)))
        scores = math.sqrt(0.5) * (common + own) + shift_of(0.75) * positive
        found = select_best(positive, scores, patients, confidence=LEVEL, seed=repeat)
        naive.append(delong_interval(positive, scores[found.best], LEVEL))
        corrected.append(found.corrected)
        limits = [recommended_interval(positive, s, patients, found.level) for s in scores]
        together.append(all(one.low <= 0.75 <= one.high for one in limits))
    name = f"24 equal models, {sizes[0]} + {sizes[1]}"
    for estimates in (naive, corrected):
        mean = np.mean([e.value for e in estimates])
        yield simulated(f"AUC of the best of {name} (mean {mean:.3f})", 0.75, estimates)
    yield row_of("interval", f"AUCs of {name}, all together", "max-T", LEVEL, together)


def bootstrapped(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Coverage of BCa intervals of average precision, Brier score and MCC."""
    large = np.r_[np.ones(9000, bool), np.zeros(49000, bool)]

    def probabilities(positive: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(rng.normal(size=len(positive)) * 1.2 + 1.8 * positive - 2)))

    many = probabilities(large)
    called = many > 0.5
    truths = {
        "average precision": float(_precision_of_many(large, many)),
        "Brier score": float(brier(many[large], many[~large])),
        "MCC": float(np.corrcoef(large, called)[0, 1]),
    }
    samples = [probabilities(POSITIVE) for _ in range(repeats)]
    yield simulated(
        "average precision",
        truths["average precision"],
        [_bca(average_precision, s) for s in samples],
    )
    # Class counts vary, as they would in another sample.
    drawn = [rng.random(M + N) < M / (M + N) for _ in range(repeats)]
    scores = [probabilities(positive) for positive in drawn]
    yield simulated(
        "Brier score",
        truths["Brier score"],
        [
            mean_interval(
                (s - positive) ** 2,
                positive,
                np.arange(len(s)),
                confidence=LEVEL,
                repeats=BOOTSTRAP,
                seed=1,
            )
            for s, positive in zip(scores, drawn, strict=True)
        ],
    )
    found = [
        matthews(POSITIVE, s > 0.5, PATIENTS, confidence=LEVEL, repeats=BOOTSTRAP, seed=1)
        for s in samples
    ]
    yield simulated("MCC", truths["MCC"], found)


def calibrations(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Coverage of the recalibration limits when the probabilities are right, 58 cases."""
    found: dict[str, list[Estimate]] = {}
    errors = []
    for repeat in range(repeats):
        score = rng.beta(0.8, 4.2, M + N)
        positive = rng.random(M + N) < score
        for name, estimate in recalibration(positive, score, LEVEL).items():
            found.setdefault(name, []).append(estimate)
        errors.append(
            expected_calibration_error(
                positive, score, bins=5, confidence=LEVEL, repeats=200, seed=repeat
            )
        )
    truths = {"calibration_slope": 1.0}
    for name, estimates in found.items():
        yield simulated(name.replace("_", " "), truths.get(name, 0.0), estimates)
    inside = [e.low <= e.value <= e.high for e in errors]
    yield row_of("interval", "calibration error", errors[0].method, LEVEL, inside)


def _binormal(rng: np.random.Generator, truth: float) -> np.ndarray:
    return rng.normal(size=M + N) + shift_of(truth) * POSITIVE


def _bca(statistic: Weighted, score: np.ndarray) -> Estimate:
    return bca_interval(
        statistic, POSITIVE, score, PATIENTS, confidence=LEVEL, repeats=BOOTSTRAP, seed=1
    )


def _precision_of_many(positive: np.ndarray, score: np.ndarray) -> float:
    order = np.argsort(-score)
    right = positive[order].cumsum()
    return float((right / np.arange(1, len(score) + 1))[positive[order]].mean())
