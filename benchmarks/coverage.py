"""How often each interval holds the truth, and how often each test is wrong, with 9 positives.

Writes a table of nominal against actual: coverage of every interval of the evaluation at 9
necrosis and 49 recurrence cases (the published test set), and the type I error of every test
under its null hypothesis. Proportions are enumerated over all outcomes; everything else is
simulated with binormal scores, whose AUC is known.

    python benchmarks/coverage.py --repeats 1000 --output docs/coverage.tsv
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from radnec.core.tables import write_tsv
from radnec.evaluate.cohort.confounding import predict_label
from radnec.evaluate.cohort.subgroups import heterogeneity
from radnec.evaluate.comparisons.balance import compare_counts
from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.comparisons.resampled import corrected_mean
from radnec.evaluate.comparisons.selection import select_best
from radnec.evaluate.comparisons.ttests import against_chance
from radnec.evaluate.measures.auc import area, delong_covariance, delong_interval, newcombe_interval
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.bootstrap import auc_of_samples, bca_interval, mean_interval
from radnec.evaluate.measures.calibration import brier, expected_calibration_error, recalibration
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import mean_of_two, proportion, wald, z_value
from radnec.evaluate.measures.operating_point import matthews
from radnec.evaluate.measures.permutation import auc_p_value
from radnec.evaluate.measures.precision_recall import average_precision
from radnec.evaluate.measures.predictive_values import likelihood_ratios, predictive_values

M, N, LEVEL = 9, 49, 0.95
POSITIVE = np.r_[np.ones(M, bool), np.zeros(N, bool)]
BOOTSTRAP = 500
Row = dict[str, Any]


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
            yield _exact(name, truth, found, chance)


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
        yield _exact(name, truth, found[name], np.array(chance))


def aucs(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Coverage of the intervals of an AUC."""

    def plain_delong(score: np.ndarray) -> Estimate:
        areas, covariance = delong_covariance(POSITIVE, score[None])
        half = z_value(LEVEL) * math.sqrt(covariance[0, 0])
        return Estimate(areas[0], max(0, areas[0] - half), min(1, areas[0] + half), "DeLong, plain")

    def recommended(score: np.ndarray) -> Estimate:
        return recommended_interval(POSITIVE, score, np.arange(M + N), LEVEL)

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
            yield _simulated("AUC", truth, [method(score) for score in samples])
        yield _simulated("AUC", truth, [_bca(auc_of_samples, s) for s in samples[: repeats // 2]])


def designs(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Cover other designs with the AUC interval: counts, unequal spread, two visits."""
    for m, n in ((9, 49), (5, 15), (42, 192)):
        for ratio in (0.5, 1.0, 2.0):
            for truth in (0.70, 0.80, 0.90, 0.97):
                positive = np.r_[np.ones(m, bool), np.zeros(n, bool)]
                spread = np.where(positive, ratio, 1.0)
                shift = math.hypot(1, ratio) * stats.norm.ppf(truth)
                samples = [
                    rng.normal(size=m + n) * spread + shift * positive for _ in range(repeats)
                ]
                name = f"AUC, {m} + {n}, spread of positives {ratio:g} times"
                for found in (
                    [delong_interval(positive, s, LEVEL) for s in samples],
                    [recommended_interval(positive, s, np.arange(m + n), LEVEL) for s in samples],
                ):
                    yield _simulated(name, truth, found)
    for m, n in ((9, 49), (42, 192)):
        patients = np.repeat(np.arange(m + n), 2)
        positive = patients < m
        for truth in (0.80, 0.90):
            shift = math.sqrt(2) * stats.norm.ppf(truth)
            samples = [
                math.sqrt(0.8) * rng.normal(size=m + n)[patients]
                + math.sqrt(0.2) * rng.normal(size=len(patients))
                + shift * positive
                for _ in range(repeats)
            ]
            name = f"AUC, {m} + {n} patients, two visits each (correlation 0.8)"
            for found in (
                [delong_interval(positive, s, LEVEL) for s in samples],
                [recommended_interval(positive, s, patients, LEVEL) for s in samples],
            ):
                yield _simulated(name, truth, found)


def best_of_many(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Cover the best of 24 equal models, alone and without the advantage of the choice."""
    patients, shift = np.arange(M + N), math.sqrt(2) * stats.norm.ppf(0.75)
    naive, corrected, together = [], [], []
    for repeat in range(repeats):
        common, own = rng.normal(size=M + N), rng.normal(size=(24, M + N))
        scores = math.sqrt(0.5) * (common + own) + shift * POSITIVE
        found = select_best(POSITIVE, scores, patients, confidence=LEVEL, seed=repeat)
        naive.append(delong_interval(POSITIVE, scores[found.best], LEVEL))
        corrected.append(found.corrected)
        limits = [recommended_interval(POSITIVE, s, patients, found.level) for s in scores]
        together.append(all(one.low <= 0.75 <= one.high for one in limits))
    name = "AUC of the best of 24 equal models"
    for estimates in (naive, corrected):
        mean = np.mean([e.value for e in estimates])
        yield _simulated(f"{name} (mean estimate {mean:.3f})", 0.75, estimates)
    yield _row("interval", "AUCs of 24 models, all together", "max-T", LEVEL, together)


def cross_validation(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Five folds, twice: a linear learner on 58 and 234 cases, the expected AUC as the truth."""
    for m, n, features in ((9, 49, 4), (42, 192, 4), (42, 192, 30)):
        positive = np.r_[np.ones(m, bool), np.zeros(n, bool)]
        gain = np.zeros(features)
        gain[:4] = 0.6
        pooled, folds, true, differences = [], [], [], []
        for _ in range(repeats):
            x = rng.normal(size=(2, m + n, features)) + gain * positive[:, None]
            scores = np.zeros((2, 2, m + n))
            values = np.empty((2, 10))
            for repeat in range(2):
                parts = np.empty(m + n, int)
                for members in (np.flatnonzero(positive), np.flatnonzero(~positive)):
                    parts[rng.permutation(members)] = np.arange(len(members)) % 5
                for part in range(5):
                    train, test = parts != part, parts == part
                    for model in range(2):
                        own = x[model, train]
                        weights = own[positive[train]].mean(0) - own[~positive[train]].mean(0)
                        score = x[model, test] @ weights
                        scores[model, repeat, test] = score
                        values[model, 5 * repeat + part] = area(positive[test], score)
                        true.append(
                            stats.norm.cdf(weights @ gain / np.linalg.norm(weights) / math.sqrt(2))
                        )
            mean = scores.mean(axis=1)
            pooled.append([delong_interval(positive, mean[0], LEVEL)])
            pooled[-1].append(recommended_interval(positive, mean[0], np.arange(m + n), LEVEL))
            found = corrected_mean(values[0], 0.25, LEVEL)
            folds.append(Estimate(found.mean, found.low, found.high, "corrected resampled t"))
            joined = compare_aucs(positive, mean[0], mean[1], LEVEL).p
            differences.append((joined, corrected_mean(values[0] - values[1], 0.25, LEVEL).p))
        truth = float(np.mean(true))
        name = f"AUC, 5 folds twice, {m} + {n}, {features} features"
        yield _simulated(name + ", joined", truth, [found[0] for found in pooled])
        yield _simulated(name + ", joined", truth, [found[1] for found in pooled])
        yield _simulated(name + ", mean of folds", truth, folds)
        first, second = zip(*differences, strict=True)
        name = f"equal models, 5 folds twice, {m} + {n}, {features} features"
        yield _test(name, "DeLong on joined folds (not used)", list(first))
        yield _test(name, "corrected resampled t", list(second))


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
    yield _simulated(
        "average precision",
        truths["average precision"],
        [_bca(average_precision, s) for s in samples],
    )
    # Class counts vary, as they would in another sample.
    drawn = [rng.random(M + N) < M / (M + N) for _ in range(repeats)]
    scores = [probabilities(positive) for positive in drawn]
    yield _simulated(
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
        matthews(POSITIVE, s > 0.5, confidence=LEVEL, repeats=BOOTSTRAP, seed=1) for s in samples
    ]
    yield _simulated("MCC", truths["MCC"], found)


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
        yield _simulated(name.replace("_", " "), truths.get(name, 0.0), estimates)
    inside = [e.low <= e.value <= e.high for e in errors]
    yield _row("interval", "calibration error", errors[0].method, LEVEL, inside)


def errors_of_tests(rng: np.random.Generator, repeats: int) -> Iterator[Row]:
    """Type I error of each test under its null hypothesis, at 5 %."""
    delong, family, mcnemar, midp, permutation, student, scanner = ([] for _ in range(7))
    for repeat in range(repeats):
        common = rng.normal(size=M + N)
        shift = math.sqrt(2) * stats.norm.ppf(0.8)
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
        decision = compare_decisions(both[0], both[1], LEVEL)
        mcnemar.append(decision.exact_p)
        midp.append(decision.mid_p)
        blind = rng.beta(2, 6, M + N)
        permutation.append(auc_p_value(POSITIVE, blind, repeats=200, seed=repeat)[0])
        student.append(against_chance(np.where(POSITIVE, blind, 1 - blind), LEVEL).p)
        if repeat < repeats // 8:
            features = rng.normal(size=(M + N, 4))
            found = predict_label(features, POSITIVE, confidence=LEVEL, repeats=200, seed=repeat)
            scanner.append(found[1])
    yield _test("paired DeLong, both AUC 0.80", "normal", delong)
    yield _test("15 pairs of 6 equal models, any false one", "DeLong, Holm", family)
    yield _test("McNemar", "exact", mcnemar)
    yield _test("McNemar", "mid-p", midp)
    yield _test("AUC above 0.5, blind model", "permutation", permutation)
    yield _test("table 5 of a blind model (its AUC is 0.5)", "one-sample t", student)
    yield _test("confounding, fields without meaning", "permutation of ridge", scanner)
    yield _test("subgroups alike, 2 x (9 + 49)", "Cochran Q", list(_subgroups(rng, repeats)))
    yield _test("table 1, alike, 176 and 58", "Pearson", list(_categories(rng, repeats, False)))
    yield _test("table 1, alike, 20 and 10", "Fisher exact", list(_categories(rng, repeats, True)))
    plain, corrected = _folds(rng, repeats // 4)
    yield _test("equal models over 3 x 4 folds", "plain t (not used)", plain)
    yield _test("equal models over 3 x 4 folds", "corrected resampled t", corrected)


def _subgroups(rng: np.random.Generator, repeats: int) -> Iterator[float]:
    for _ in range(repeats):
        found = [delong_covariance(POSITIVE, _binormal(rng, 0.8)[None]) for _ in range(2)]
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


def _binormal(rng: np.random.Generator, truth: float) -> np.ndarray:
    return rng.normal(size=M + N) + math.sqrt(2) * stats.norm.ppf(truth) * POSITIVE


def _bca(statistic: Callable[..., np.ndarray], score: np.ndarray) -> Estimate:
    first, second = score[POSITIVE], score[~POSITIVE]
    return bca_interval(statistic, first, second, confidence=LEVEL, repeats=BOOTSTRAP, seed=1)


def _precision_of_many(positive: np.ndarray, score: np.ndarray) -> float:
    order = np.argsort(-score)
    right = positive[order].cumsum()
    return float((right / np.arange(1, len(score) + 1))[positive[order]].mean())


def _exact(name: str, truth: float, found: list[Estimate], chance: np.ndarray) -> Row:
    defined = np.array([estimate.defined for estimate in found])
    inside = np.array([e.low <= truth <= e.high for e in found])
    widths = np.array([e.high - e.low for e in found])
    weight = chance * defined / (chance * defined).sum()
    finite = np.isfinite(widths[defined]).all()
    return {
        "kind": "interval",
        "quantity": name,
        "method": found[len(found) // 2].method,
        "truth": round(truth, 4),
        "nominal": LEVEL,
        "actual": round(float(weight @ inside), 4),
        "standard_error": 0.0,
        "mean_width": round(float(weight[defined] @ widths[defined]), 3) if finite else math.nan,
        "defined": round(float(chance @ defined), 4),
        "basis": "all outcomes",
    }


def _simulated(name: str, truth: float, found: list[Estimate]) -> Row:
    defined = [e for e in found if e.defined]
    row = _row(
        "interval", name, defined[0].method, LEVEL, [e.low <= truth <= e.high for e in defined]
    )
    row["truth"] = round(truth, 4)
    row["mean_width"] = round(float(np.mean([e.high - e.low for e in defined])), 3)
    row["defined"] = round(len(defined) / len(found), 4)
    return row


def _test(name: str, method: str, p_values: list[float]) -> Row:
    defined = [p for p in p_values if not math.isnan(p)]
    row = _row("test", name, method, 1 - LEVEL, [p <= 1 - LEVEL for p in defined])
    row["defined"] = round(len(defined) / len(p_values), 4)
    return row


def _row(kind: str, name: str, method: str, nominal: float, hits: list[bool]) -> Row:
    share = float(np.mean(hits))
    return {
        "kind": kind,
        "quantity": name,
        "method": method,
        "truth": math.nan,
        "nominal": round(nominal, 4),
        "actual": round(share, 4),
        "standard_error": round(math.sqrt(share * (1 - share) / len(hits)), 4),
        "mean_width": math.nan,
        "defined": 1.0,
        "basis": f"{len(hits)} data sets",
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=1000, help="simulated data sets")
    parser.add_argument("--seed", type=int, default=1573700)
    parser.add_argument("--output", type=Path, help="where the table goes (TSV)")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    rows: list[Row] = []
    for name, part in (
        ("proportions", proportions()),
        ("pairs of proportions", pairs_of_proportions()),
        ("AUC", aucs(rng, options.repeats)),
        ("designs", designs(rng, options.repeats)),
        ("best of many", best_of_many(rng, max(2, options.repeats // 5))),
        ("cross-validation", cross_validation(rng, max(2, options.repeats // 2))),
        ("bootstrap", bootstrapped(rng, options.repeats // 2)),
        ("calibration", calibrations(rng, options.repeats // 2)),
        ("tests", errors_of_tests(rng, options.repeats)),
    ):
        started = time.perf_counter()
        rows += list(part)
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    if options.output:
        write_tsv(table, options.output)


if __name__ == "__main__":
    main()
