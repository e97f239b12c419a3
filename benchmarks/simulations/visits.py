"""Two visits a patient, correlation 0.8 within the patient: intervals and tests over patients."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats
from simulations.rows import BOOTSTRAP, LEVEL, Row, row_of, shift_of, simulated, tested

from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions
from radnec.evaluate.comparisons.selection import select_best
from radnec.evaluate.measures.auc import delong_interval
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.bootstrap import bca_interval, mean_interval, weighted_auc
from radnec.evaluate.measures.clustered import design_effect, permutation_by_patient
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import proportion
from radnec.evaluate.measures.precision_recall import average_precision

MODELS_OF_A_STUDY = 24


def two_visits(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Yield coverage and type I error for one number of patients."""
    m, n = sizes
    patients = np.repeat(np.arange(m + n), 2)
    positive = patients < m
    name = f"{m} + {n} patients, two visits each"
    for truth in (0.80, 0.90):
        found: dict[str, list[Estimate]] = {}
        for seed in range(repeats):
            score = _scores(rng, m + n) + shift_of(truth) * positive
            right = score > shift_of(truth) - stats.norm.ppf(0.8)
            effect = design_effect(right[positive], patients[positive])
            several = [
                ("cases", delong_interval(positive, score, LEVEL)),
                ("patients", recommended_interval(positive, score, patients, LEVEL)),
                (
                    "sensitivity",
                    proportion(int(right[positive].sum()), 2 * m, "wilson", LEVEL, effect),
                ),
            ]
            if min(sizes) > 5 and seed < repeats // 2:
                several.append(
                    (
                        "BCa",
                        bca_interval(
                            weighted_auc,
                            positive,
                            score,
                            patients,
                            confidence=LEVEL,
                            repeats=BOOTSTRAP,
                            seed=seed,
                        ),
                    )
                )
            for key, estimate in several:
                found.setdefault(key, []).append(estimate)
        sensitivity = simulated(f"sensitivity, {name}", 0.8, found.pop("sensitivity"))
        sensitivity["method"] = "Wilson score, counts divided by the design effect"
        for estimates in found.values():
            yield simulated(f"AUC, {name}", truth, estimates)
        if truth == 0.80:
            yield sensitivity
    if min(sizes) > 5:
        yield from _bootstraps(rng, repeats // 2, positive, patients, name)
    yield from _tests(rng, repeats, positive, patients, name)
    yield from _best(rng, max(2, repeats // 4), positive, patients, name)


def _scores(rng: np.random.Generator, units: int) -> np.ndarray:
    shared = np.repeat(rng.normal(size=units), 2)
    return np.asarray(math.sqrt(0.8) * shared + math.sqrt(0.2) * rng.normal(size=2 * units))


def _bootstraps(
    rng: np.random.Generator, repeats: int, positive: np.ndarray, patients: np.ndarray, name: str
) -> Iterator[Row]:
    units = len(positive) // 2
    # The truth from many patients of the same classes: average precision hangs on their shares.
    times = max(1, 40_000 // units)
    many = np.tile(positive[::2], times)
    score = _scores(rng, len(many))[::2] + shift_of(0.85) * many
    order = np.argsort(-score)
    truths = {
        "average precision": float(
            (many[order].cumsum() / np.arange(1, len(many) + 1))[many[order]].mean()
        ),
        "mean squared error": 0.0,
    }
    found: dict[str, list[Estimate]] = {key: [] for key in truths}
    for seed in range(repeats):
        score = _scores(rng, units) + shift_of(0.85) * positive
        options = {"confidence": LEVEL, "repeats": BOOTSTRAP, "seed": seed}
        found["average precision"].append(
            bca_interval(average_precision, positive, score, patients, **options)
        )
        # Errors of a patient's visits are alike, as in a Brier score.
        found["mean squared error"].append(
            mean_interval(_scores(rng, units), positive, patients, **options)
        )
    for key, estimates in found.items():
        yield simulated(f"{key}, {name}", truths[key], estimates)


def _tests(
    rng: np.random.Generator, repeats: int, positive: np.ndarray, patients: np.ndarray, name: str
) -> Iterator[Row]:
    units = len(positive) // 2
    p_values: dict[tuple[str, str], list[float]] = {}
    for seed in range(repeats):
        common = _scores(rng, units)
        one, two = (math.sqrt(0.5) * (common + _scores(rng, units)) for _ in range(2))
        one, two = (score + shift_of(0.8) * positive for score in (one, two))
        right = [(score > shift_of(0.8) / 2) == positive for score in (one, two)]
        cases = np.arange(len(positive))
        for key, p in (
            (("equal AUCs", "DeLong by case (not used)"), _difference(positive, one, two, cases)),
            (("equal AUCs", "Obuchowski"), _difference(positive, one, two, patients)),
            (
                ("equal accuracy", "McNemar by case (not used)"),
                compare_decisions(*right, cases, LEVEL).exact_p,
            ),
            (
                ("equal accuracy", "McNemar by patient, exact"),
                compare_decisions(*right, patients, LEVEL).exact_p,
            ),
            (
                ("equal accuracy", "McNemar by patient, mid-p"),
                compare_decisions(*right, patients, LEVEL).mid_p,
            ),
            (
                ("AUC above 0.5, blind model", "permutation of patients"),
                permutation_by_patient(
                    positive, _scores(rng, units), patients, repeats=199, seed=seed
                )[0],
            ),
        ):
            p_values.setdefault(key, []).append(p)
    for (question, method), p in p_values.items():
        yield tested(f"{question}, {name}", method, p)


def _difference(
    positive: np.ndarray, one: np.ndarray, two: np.ndarray, patients: np.ndarray
) -> float:
    return compare_aucs(positive, one, two, LEVEL, patients).p


def _best(
    rng: np.random.Generator, repeats: int, positive: np.ndarray, patients: np.ndarray, name: str
) -> Iterator[Row]:
    units, truth = len(positive) // 2, 0.75
    corrected, together = [], []
    for seed in range(repeats):
        common = _scores(rng, units)
        own = [_scores(rng, units) for _ in range(MODELS_OF_A_STUDY)]
        scores = math.sqrt(0.5) * (common + np.stack(own)) + shift_of(truth) * positive
        found = select_best(positive, scores, patients, confidence=LEVEL, seed=seed)
        corrected.append(found.corrected)
        limits = [recommended_interval(positive, s, patients, found.level) for s in scores]
        together.append(all(one.low <= truth <= one.high for one in limits))
    yield simulated(f"AUC of the best of {MODELS_OF_A_STUDY} models, {name}", truth, corrected)
    title = f"AUCs of {MODELS_OF_A_STUDY} models, all together, {name}"
    yield row_of("interval", title, "max-T", LEVEL, together)
