"""Scanner use, readers, prediction sets and net benefit: one split, one visit a patient."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats
from simulations.rows import LEVEL, Row, labels, row_of, shift_of, simulated, tested

from radnec.evaluate.comparisons.readers import mean_of_readers
from radnec.evaluate.measures.auc import delong_covariance
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.net_benefit import benefit_at, benefit_difference
from radnec.evaluate.measures.partial_permutation import partial_test, permutations_within
from radnec.evaluate.next_patient.conformal import fit_sets


def scanner_use(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Yield how often a network that ignores a scanner, which tells the label, is called biased."""
    positive = labels(*sizes)
    patients, found = np.arange(sum(sizes)), []
    for seed in range(repeats):
        scanner = rng.random(len(positive)) < np.where(positive, 0.8, 0.2)
        score = rng.normal(np.where(positive, 1.0, 0.0))
        orders = permutations_within(positive, patients, 199, seed)
        found.append(partial_test(positive, score, scanner[:, None].astype(float), orders).p)
    name = f"predictions without the scanner, {sizes[0]} + {sizes[1]}"
    yield tested(name, "exchange within the labels", found)


def readers(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Yield the mean reader against an equally good network, readers and cases drawn anew."""
    positive, number = labels(*sizes), 4
    skills = rng.normal(shift_of(0.8), 0.3, 200_000)
    reader_auc = float(stats.norm.cdf(skills / math.sqrt(2)).mean())
    contrast = np.hstack([np.ones((number, 1)), -np.eye(number)])
    p_values, estimates = [], []
    for _ in range(repeats):
        case = rng.normal(size=sum(sizes))
        shifts = np.r_[shift_of(reader_auc), rng.normal(shift_of(0.8), 0.3, number)]
        own = rng.normal(size=(number + 1, sum(sizes)))
        scores = math.sqrt(0.5) * (case + own) + shifts[:, None] * positive
        areas, covariance = delong_covariance(positive, scores)
        found = mean_of_readers(contrast @ areas, contrast @ covariance @ contrast.T, LEVEL)
        p_values.append(found.p)
        estimates.append(Estimate(found.value, found.low, found.high, "Obuchowski-Rockette"))
    name = f"network against {number} readers, {sizes[0]} + {sizes[1]}"
    yield simulated(f"difference, {name}", 0.0, estimates)
    yield tested(name, "Obuchowski-Rockette", p_values)


def prediction_sets(
    rng: np.random.Generator, repeats: int, sizes: tuple[int, int]
) -> Iterator[Row]:
    """Yield how often the set of a new case holds its class, at 0.9."""
    positive, level = labels(*sizes), 0.9
    held: dict[str, list[bool]] = {"necrosis": [], "recurrence": []}
    for _ in range(repeats):
        score = stats.norm.cdf(rng.normal(size=sum(sizes)) + shift_of(0.8) * (positive - 0.5))
        known = fit_sets(positive, score, level)
        for label, sign in (("necrosis", 0.5), ("recurrence", -0.5)):
            new = stats.norm.cdf(rng.normal(size=1) + sign * shift_of(0.8))
            held[label].append(label in known.predict(new)[0])
    for label, hits in held.items():
        name = f"prediction set of a new {label}, {sizes[0]} + {sizes[1]}"
        yield row_of("interval", name, "class-conditional conformal, at least", level, hits)


def net_benefit(rng: np.random.Generator, repeats: int, sizes: tuple[int, int]) -> Iterator[Row]:
    """Yield coverage of net benefit and its difference at a prevalence of 0.18, threshold 0.25."""
    positive, share, act = labels(*sizes), 0.18, 0.25
    sens, spec = 0.8, 0.9
    truth = sens * share - (1 - spec) * (1 - share) * act / (1 - act)
    alone, differences = [], []
    for _ in range(repeats):
        common = rng.normal(size=sum(sizes))
        called = [
            stats.norm.cdf(math.sqrt(0.6) * common + math.sqrt(0.4) * rng.normal(size=sum(sizes)))
            < np.where(positive, sens, 1 - spec)
            for _ in range(2)
        ]
        alone.append(benefit_at(positive, called[0], share, act, LEVEL))
        differences.append(benefit_difference(positive, *called, share, act, LEVEL))
    name = f"{sizes[0]} + {sizes[1]}, prevalence 0.18, acting from 0.25"
    yield simulated(f"net benefit, {name}", truth, alone)
    yield simulated(f"difference in net benefit, {name}", 0.0, differences)
