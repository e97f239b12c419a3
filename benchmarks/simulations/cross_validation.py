"""k folds, repeated or not: learners from steady to very unsteady, trained in every fold.

The truth is the mean AUC, on the population, of the networks that the folds train; an interval
holds it if it says what to expect of a network trained anew on as many cases. Many data sets are
trained at once: the division into folds is the same for all of them, which changes nothing, since
their cases are exchangeable.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
from scipy import stats
from simulations.rows import LEVEL, Row, labels, row_of, shift_of, simulated, tested

from radnec.evaluate.comparisons.compare import compare_aucs
from radnec.evaluate.comparisons.resampled import corrected_mean
from radnec.evaluate.comparisons.selection import select_best
from radnec.evaluate.measures.auc import delong_interval, placements
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.clustered import permutation_by_patient
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import proportion
from radnec.evaluate.models.retraining import retraining_inflation

MODELS_OF_A_STUDY = 24


@dataclasses.dataclass(frozen=True)
class Learner:
    """How a model is fitted.

    Attributes
    ----------
    features, gain
        Number of features, and how far the class means of the first four are apart.
    kept
        Features with the largest difference of class means that it uses; 0 for all, weighted.
    noise
        Standard deviation of what chance adds to its weights, as a seed does.
    neighbours
        For a vote of so many nearest training cases; 0 for a linear learner.
    """

    features: int
    gain: float
    kept: int = 0
    noise: float = 0.0
    neighbours: int = 0


LEARNERS = {
    "linear, 4 features": Learner(4, 0.6),
    "linear, 30 features": Learner(30, 0.6),
    "linear with noise": Learner(4, 0.7, noise=0.5),
    "best 3 of 20 features": Learner(20, 0.8, kept=3),
    "best of 20 features": Learner(20, 0.9, kept=1),
    "11 nearest neighbours": Learner(4, 0.7, neighbours=11),
}

# Necroses, recurrences, folds, repeats: with all learners, and with some.
DESIGNS = ((9, 49, 5, 1), (9, 49, 5, 2), (5, 15, 5, 1), (42, 192, 5, 1), (42, 192, 5, 2))
FURTHER_DESIGNS = ((9, 49, 5, 5), (9, 49, 3, 2), (9, 49, 9, 2), (5, 15, 5, 3), (42, 192, 10, 2))
SOME_LEARNERS = ("linear, 4 features", "linear, 30 features", "best 3 of 20 features")


@dataclasses.dataclass(frozen=True)
class Trained:
    """Out-of-fold scores, shape (data sets, repeats, cases), and the AUCs of the folds."""

    scores: np.ndarray
    folds: np.ndarray
    truth: float
    called_rightly: tuple[float, float]


def kfold(
    rng: np.random.Generator, repeats: int, design: tuple[int, int, int, int], learner: str
) -> Iterator[Row]:
    """Yield coverage and type I error of one design and learner."""
    m, n, folds, times = design
    positive, patients = labels(m, n), np.arange(m + n)
    first, second = _train(rng, repeats, design, LEARNERS[learner], models=2)
    name = f"{m} + {n}, {folds} folds, {times} repeats, {learner}"
    found: dict[str, list[Estimate]] = {}
    p_values: dict[str, list[float]] = {}
    factors = []
    for one, two, values, others in zip(
        first.scores, second.scores, first.folds, second.folds, strict=True
    ):
        mean, other = one.mean(axis=0), two.mean(axis=0)
        inflation, theirs = (retraining_inflation(s, positive, folds) for s in (one, two))
        factors.append(inflation)
        over_folds = corrected_mean(values, 1 / (folds - 1), LEVEL)
        right = int((mean[positive] > 0).sum()), int((mean[~positive] <= 0).sum())
        for key, estimate in (
            ("AUC plain", delong_interval(positive, mean, LEVEL)),
            ("AUC", recommended_interval(positive, mean, patients, LEVEL, inflation)),
            (
                "AUC over folds",
                Estimate(over_folds.mean, over_folds.low, over_folds.high, "corrected resampled t"),
            ),
            ("sensitivity plain", proportion(right[0], m, "wilson", LEVEL)),
            ("sensitivity", proportion(right[0], m, "wilson", LEVEL, inflation)),
            ("specificity", proportion(right[1], n, "wilson", LEVEL, inflation)),
        ):
            found.setdefault(key, []).append(estimate)
        larger = max(inflation, theirs)
        for key, p in (
            ("DeLong (not used)", compare_aucs(positive, mean, other, LEVEL).p),
            (
                "DeLong, variance for retraining",
                compare_aucs(positive, mean, other, LEVEL, patients, larger).p,
            ),
            (
                "corrected resampled t",
                corrected_mean(values - others, 1 / (folds - 1), LEVEL).p,
            ),
        ):
            p_values.setdefault(key, []).append(p)
    truths = {"AUC": first.truth, "sensitivity": first.called_rightly[0]}
    truths["specificity"] = first.called_rightly[1]
    for key, estimates in found.items():
        quantity = key.split()[0]
        row = simulated(f"{quantity}, {name}", truths[quantity], estimates)
        if key in ("AUC", "sensitivity", "specificity"):
            row["method"] = f"{row['method'].split(',')[0]}, for retraining (median factor "
            row["method"] += f"{np.median(factors):.2f})"
        yield row
    for key, p in p_values.items():
        yield tested(f"equal models, {name}", key, p)


def blind(
    rng: np.random.Generator, repeats: int, design: tuple[int, int, int, int]
) -> Iterator[Row]:
    """Yield the type I error of "AUC above one half" where features say nothing."""
    m, n, folds, times = design
    positive, patients = labels(m, n), np.arange(m + n)
    (trained,) = _train(rng, repeats, design, Learner(10, 0.0), models=1)
    plain, ours = [], []
    for seed, scores in enumerate(trained.scores):
        factor = retraining_inflation(scores, positive, folds)
        for kept, inflation in ((plain, 1.0), (ours, factor)):
            p = permutation_by_patient(
                positive,
                scores.mean(axis=0),
                patients,
                repeats=199,
                seed=seed,
                inflation=inflation,
            )
            kept.append(p[0])
    name = f"AUC above 0.5, blind model, {m} + {n}, {folds} folds, {times} repeats"
    yield tested(name, "permutation (not used)", plain)
    yield tested(name, "permutation, variance for retraining", ours)


def best_of_many(
    rng: np.random.Generator, repeats: int, design: tuple[int, int, int, int]
) -> Iterator[Row]:
    """Yield coverage of the best of 24 equal models, cross-validated."""
    m, n, folds, times = design
    positive, patients = labels(m, n), np.arange(m + n)
    models = _train(rng, repeats, design, LEARNERS["linear, 4 features"], MODELS_OF_A_STUDY)
    truth = float(np.mean([model.truth for model in models]))
    naive, corrected, together = [], [], []
    for repeat in range(repeats):
        all_scores = np.stack([model.scores[repeat] for model in models])
        mean = all_scores.mean(axis=1)
        factors = np.array([retraining_inflation(s, positive, folds) for s in all_scores])
        found = select_best(
            positive, mean, patients, confidence=LEVEL, seed=repeat, inflation=factors
        )
        naive.append(delong_interval(positive, mean[found.best], LEVEL))
        corrected.append(found.corrected)
        limits = [
            recommended_interval(positive, score, patients, found.level, factor)
            for score, factor in zip(mean, factors, strict=True)
        ]
        together.append(all(one.low <= truth <= one.high for one in limits))
    name = f"{MODELS_OF_A_STUDY} equal models, {m} + {n}, {folds} folds, {times} repeats"
    for estimates in (naive, corrected):
        average = np.mean([e.value for e in estimates])
        yield simulated(f"AUC of the best of {name} (mean {average:.3f})", truth, estimates)
    yield row_of("interval", f"AUCs of {name}, all together", "max-T", LEVEL, together)


def _train(
    rng: np.random.Generator,
    repeats: int,
    design: tuple[int, int, int, int],
    learner: Learner,
    models: int,
) -> list[Trained]:
    """Train equal models, which share 0.3 of the variance of their features, in every fold."""
    m, n, folds, times = design
    positive = labels(m, n)
    gain = np.zeros(learner.features)
    gain[:4] = learner.gain
    shared = rng.normal(size=(repeats, m + n, learner.features))
    divisions = [_divide(rng, positive, folds) for _ in range(times)]
    found = []
    for _ in range(models):
        own = rng.normal(size=shared.shape)
        # Centred between the classes, so that 0 is the threshold.
        x = math.sqrt(0.3) * shared + math.sqrt(0.7) * own + gain * (positive[:, None] - 0.5)
        scores = np.empty((repeats, times, m + n))
        areas, truths, rates = [], [], []
        for repeat, parts in enumerate(divisions):
            for part in range(folds):
                train, test = parts != part, parts == part
                if learner.neighbours:
                    out, truth, rate = _vote(rng, x, train, test, positive, learner, gain)
                else:
                    out, truth, rate = _line(rng, x, train, test, positive, learner, gain)
                scores[:, repeat, test] = out
                areas.append(_areas(positive[test], out))
                truths.append(truth)
                rates.append(rate)
        both = np.mean(rates, axis=0)
        found.append(Trained(scores, np.array(areas).T, float(np.mean(truths)), (both[0], both[1])))
    return found


def _divide(rng: np.random.Generator, positive: np.ndarray, folds: int) -> np.ndarray:
    parts = np.empty(len(positive), int)
    for members in (np.flatnonzero(positive), np.flatnonzero(~positive)):
        parts[rng.permutation(members)] = np.arange(len(members)) % folds
    return parts


def _line(
    rng: np.random.Generator,
    x: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    positive: np.ndarray,
    learner: Learner,
    gain: np.ndarray,
) -> tuple[np.ndarray, float, tuple[float, float]]:
    """Return scores of the test cases, and AUC, sensitivity and specificity on the population."""
    up, down = x[:, train & positive].mean(axis=1), x[:, train & ~positive].mean(axis=1)
    weights = up - down
    if learner.noise:
        weights = weights + learner.noise * rng.normal(size=weights.shape)
    if learner.kept:
        kept = np.argsort(-np.abs(weights), axis=1)[:, : learner.kept]
        signs = np.zeros_like(weights)
        np.put_along_axis(signs, kept, np.sign(np.take_along_axis(weights, kept, 1)), 1)
        weights = signs
    weights = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    middle = ((up + down) / 2 * weights).sum(axis=1)
    out = np.einsum("ijk,ik->ij", x[:, test], weights) - middle[:, None]
    along = weights @ gain
    rates = stats.norm.cdf(along / 2 - middle).mean(), stats.norm.cdf(along / 2 + middle).mean()
    return out, float(stats.norm.cdf(along / math.sqrt(2)).mean()), rates


def _vote(
    rng: np.random.Generator,
    x: np.ndarray,
    train: np.ndarray,
    test: np.ndarray,
    positive: np.ndarray,
    learner: Learner,
    gain: np.ndarray,
) -> tuple[np.ndarray, float, tuple[float, float]]:
    """Return the same of a vote weighted by distance, from 100 new cases for each data set."""
    truth = np.arange(100) < 50
    new = rng.normal(size=(len(x), 100, learner.features)) + gain * (truth[:, None] - 0.5)
    share = positive[train].mean()
    votes = []
    for asked in (x[:, test], new):
        distance = ((asked[:, :, None] - x[:, None, train]) ** 2).sum(axis=-1)
        nearest = np.argpartition(distance, learner.neighbours, axis=2)[:, :, : learner.neighbours]
        weight = 1 / (0.5 + np.take_along_axis(distance, nearest, 2))
        votes.append((weight * positive[train][nearest]).sum(2) / weight.sum(2) - share)
    called = votes[1] > 0
    rates = float(called[:, truth].mean()), float(1 - called[:, ~truth].mean())
    return votes[0], float(_areas(truth, votes[1]).mean()), rates


def _areas(positive: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return np.asarray(placements(positive, scores)[0].mean(axis=1))


def seeds(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Yield coverage for one split with three seeds, probabilities averaged: fixed networks."""
    positive, patients = labels(*sizes), np.arange(sum(sizes))
    for truth in (0.80, 0.90):
        found = []
        for _ in range(repeats):
            # Of a seed's variance 0.3 is its own; the mean of three has 0.7 + 0.3 / 3 of it.
            own = math.sqrt(0.3) * rng.normal(size=(3, sum(sizes)))
            score = (math.sqrt(0.7) * rng.normal(size=sum(sizes)) + own).mean(axis=0)
            score += math.sqrt(0.8) * shift_of(truth) * positive
            found.append(recommended_interval(positive, score, patients, LEVEL))
        name = f"AUC, {sizes[0]} + {sizes[1]}, one split, mean of three seeds"
        yield simulated(name, truth, found)
