"""One split: type I error of each test under its null hypothesis."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats
from simulations.rows import LEVEL, Row, labels, shift_of, tested

from radnec.evaluate.cohort.confounding import predict_label
from radnec.evaluate.cohort.subgroups import heterogeneity
from radnec.evaluate.comparisons.balance import compare_counts
from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.resampled import corrected_mean
from radnec.evaluate.comparisons.ttests import against_chance
from radnec.evaluate.measures.auc import area, delong_covariance
from radnec.evaluate.measures.permutation import auc_p_value

M, N = 9, 49
POSITIVE = labels(M, N)


def errors_of_tests(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Type I error of each test under its null hypothesis, at 5 %."""
    delong, family, mcnemar, midp, permutation, student, scanner = ([] for _ in range(7))
    for repeat in range(repeats):
        common = rng.normal(size=M + N)
        shift = shift_of(0.8)
        scores = [
            math.sqrt(0.5) * (common + rng.normal(size=M + N)) + shift * POSITIVE for _ in range(6)
        ]
        delong.append(compare_aucs(POSITIVE, scores[0], scores[1], LEVEL).p)
        if repeat < repeats // 4:
            pairs = [
                compare_aucs(POSITIVE, scores[i], scores[j], LEVEL).p
                for i in range(6)
                for j in range(i)
            ]
            family.append(np.nanmin(holm(pairs)))
        both = [common + rng.normal(size=M + N) > -1.5 for _ in range(2)]
        decision = compare_decisions(both[0], both[1], np.arange(M + N), LEVEL)
        mcnemar.append(decision.exact_p)
        midp.append(decision.mid_p)
        blind = rng.beta(2, 6, M + N)
        permutation.append(auc_p_value(POSITIVE, blind, repeats=200, seed=repeat)[0])
        student.append(against_chance(np.where(POSITIVE, blind, 1 - blind), LEVEL).p)
        if repeat < repeats // 8:
            features = rng.normal(size=(M + N, 4))
            found = predict_label(features, POSITIVE, confidence=LEVEL, repeats=200, seed=repeat)
            scanner.append(found[1])
    yield tested("paired DeLong, both AUC 0.80", "normal", delong)
    yield tested("15 pairs of 6 equal models, any false one", "DeLong, Holm", family)
    yield tested("McNemar", "exact", mcnemar)
    yield tested("McNemar", "mid-p", midp)
    yield tested("AUC above 0.5, blind model", "permutation", permutation)
    yield tested("table 5 of a blind model (its AUC is 0.5)", "one-sample t", student)
    yield tested("confounding, fields without meaning", "permutation of ridge", scanner)
    yield tested("subgroups alike, 2 x (9 + 49)", "Cochran Q", list(_subgroups(rng, repeats)))
    yield tested("table 1, alike, 176 and 58", "Pearson", list(_categories(rng, repeats, False)))
    yield tested("table 1, alike, 20 and 10", "Fisher exact", list(_categories(rng, repeats, True)))
    plain, corrected = _folds(rng, repeats // 4)
    yield tested("equal models over 3 x 4 folds", "plain t (not used)", plain)
    yield tested("equal models over 3 x 4 folds", "corrected resampled t", corrected)


def _subgroups(rng: np.random.Generator, repeats: int) -> Iterator[float]:
    for _ in range(repeats):
        found = [
            delong_covariance(POSITIVE, (rng.normal(size=M + N) + shift_of(0.8) * POSITIVE)[None])
            for _ in range(2)
        ]
        variances = np.array([covariance[0, 0] for _, covariance in found])
        if (variances > 0).all():
            yield heterogeneity(np.array([a[0] for a, _ in found]), variances)[0]


def _categories(rng: np.random.Generator, repeats: int, small: bool) -> Iterator[float]:
    sizes, share = ((20, 10), 0.2) if small else ((176, 58), 0.55)
    for _ in range(repeats):
        first, second = (rng.binomial(n, share) for n in sizes)
        table = np.array([[first, second], [sizes[0] - first, sizes[1] - second]])
        found = compare_counts(table)
        exact = small and not math.isnan(found.further_p)
        yield found.further_p if exact else found.p


def _folds(rng: np.random.Generator, repeats: int) -> tuple[list[float], list[float]]:
    """Two equally good linear models, each on its own two features, retrained in every fold."""
    plain, corrected = [], []
    for _ in range(repeats):
        positive = np.arange(120) < 30
        x = rng.normal(size=(120, 4)) + 0.7 * positive[:, None]
        differences = []
        for _repeat in range(3):
            parts = np.empty(120, int)
            for members in (np.flatnonzero(positive), np.flatnonzero(~positive)):
                parts[rng.permutation(members)] = np.arange(len(members)) % 4
            for part in range(4):
                train, test = parts != part, parts == part
                values = []
                for columns in (slice(0, 2), slice(2, 4)):
                    weights = x[train & positive, columns].mean(0) - x[
                        train & ~positive, columns
                    ].mean(0)
                    values.append(area(positive[test], x[test, columns] @ weights))
                differences.append(values[0] - values[1])
        plain.append(float(stats.ttest_1samp(differences, 0).pvalue))
        corrected.append(corrected_mean(np.array(differences), 1 / 3, LEVEL).p)
    return plain, corrected
