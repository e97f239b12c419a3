"""How long the statistics of a full study take, and how much memory.

Makes predictions of 24 models (six backbones, four input sets) on 234 cases, either one split
(176 : 58, as published) or a cross-validation that tests all of them, then runs everything that
follows from predictions: tables 1 to 6, the evaluation beside them, subgroups, confounding, the
audit of the published study and all statistical figures. Own code is set against its peer in
the same run.

    python benchmarks/evaluate.py --design kfold
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from statsmodels.nonparametric.smoothers_lowess import lowess

from radnec.core.notices import notice
from radnec.evaluate.audit.published import audit_published
from radnec.evaluate.cohort.confounding import check_confounding
from radnec.evaluate.cohort.describe import describe_cohort, describe_scanners
from radnec.evaluate.cohort.scanner_use import check_scanner_use
from radnec.evaluate.cohort.subgroups import evaluate_subgroups
from radnec.evaluate.measures.auc import delong_interval
from radnec.evaluate.measures.bootstrap import bca_interval, times_drawn_in_class, weighted_auc
from radnec.evaluate.measures.calibration import calibration_curve
from radnec.evaluate.performance import evaluate_models
from radnec.evaluate.settings import EvaluationSettings
from radnec.figures.curves import draw_calibration, draw_decision, draw_precision_recall
from radnec.figures.forest import draw_forest, draw_forest_table
from radnec.figures.patients import draw_distribution, draw_instability
from radnec.figures.roc import draw_roc, draw_roc_bands

BACKBONES = ("resnet10", "densenet121", "resnet50", "vgg11", "mresnet", "vgg16")
SINGLE = {"t1": ["t1"], "t1ce": ["t1ce"], "t2": ["t2"]}
FUSED = {"fused": ["t1", "t1ce", "t2"]}
NOTICE = notice(True)
PUBLISHED = Path(__file__).parents[1] / "config/published"


def make_study(folder: Path, design: str, rng: np.random.Generator) -> dict[str, Path]:
    """Write a study's tables: cases, cohort, split, sidecars, predictions of every run."""
    cases = pd.DataFrame({"case": [f"P{k:03d}" for k in range(234)]})
    cases["label"] = ["necrosis"] * 42 + ["recurrence"] * 192
    tested = np.r_[np.arange(9), 42 + np.arange(49)]
    cases["age"] = rng.integers(25, 75, 234)
    cases["sex"] = rng.choice(["male", "female"], 234)
    cases["primary_diagnosis"] = rng.choice(["glioma_grade_2", "glioma_grade_4"], 234)
    cases["recurrent_diagnosis"] = ["necrosis"] * 42 + ["glioma_grade_4"] * 192
    cases.to_csv(folder / "cases.tsv", sep="\t", index=False)
    cohort = cases[["case", "label"]].assign(patient=cases["case"], status="included")
    cohort.to_csv(folder / "cohort.tsv", sep="\t", index=False)
    split = cases[["case", "label"]].assign(patient=cases["case"], fold="holdout", set="train")
    split.loc[tested, "set"] = "test"
    split.to_csv(folder / "split.tsv", sep="\t", index=False)
    for case in cases["case"]:
        scanner = {"Manufacturer": str(rng.choice(["SIEMENS", "Philips"])), "SliceThickness": 5.0}
        (folder / "nifti" / case).mkdir(parents=True)
        for sequence in ("t1", "t1ce", "t2"):
            (folder / f"nifti/{case}/{sequence}.json").write_text(json.dumps(scanner))
    predictions = {}
    positive = (cases["label"] == "necrosis").to_numpy()
    for backbone in BACKBONES:
        for name in (*SINGLE, *FUSED):
            p = 1 / (1 + np.exp(-(rng.normal(size=234) * 1.3 + 2 * positive - 2)))
            table = cases[["case", "label"]].assign(fold="holdout", seed=1, set="train")
            if design == "holdout":
                table.loc[tested, "set"] = "test"
            else:
                table = table.assign(fold=[f"r0f{k % 4}" for k in range(234)], set="test")
            table = table.assign(p_necrosis=p, p_recurrence=1 - p)
            path = folder / f"predictions/{backbone}/{name}.tsv"
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, sep="\t", index=False)
            predictions[f"{backbone}/{name}"] = path
    return predictions


def stages(
    folder: Path, predictions: dict[str, Path], settings: EvaluationSettings
) -> dict[str, Callable[[], None]]:
    """Return every stage of the statistics, in order."""
    tables, evaluation, figures = (folder / name for name in ("tables", "evaluation", "figures"))
    study = {"cases_table": folder / "cases.tsv", "cohort": folder / "cohort.tsv"}
    nifti, audit = folder / "nifti", folder / "audit"
    drawn = {"tables": tables, "evaluation": evaluation, "notice": NOTICE}
    forest = {"audit": audit, "tables": tables, "notice": NOTICE}

    def tables_1_and_2() -> None:
        table1 = {"split": folder / "split.tsv", "output": tables / "table1.tsv"}
        describe_cohort(**study, notice=NOTICE, **table1)
        describe_scanners(
            cohort=study["cohort"], nifti=nifti, notice=NOTICE, output=tables / "table2.tsv"
        )

    def tables_3_to_6_and_evaluation() -> None:
        evaluate_models(
            predictions=predictions,
            runs={key: [path] for key, path in predictions.items()},
            split=folder / "split.tsv",
            single_inputs=SINGLE,
            fused_inputs=FUSED,
            settings=settings,
            seed=1,
            notice=NOTICE,
            tables=tables,
            evaluation=evaluation,
            ledger=folder / "evaluations.tsv",
        )

    def subgroups_and_confounding() -> None:
        options = {**study, "nifti": nifti, "notice": NOTICE, "confidence": settings.confidence}
        output = evaluation / "subgroups.tsv"
        evaluate_subgroups(
            predictions=predictions, **options, output=output, across=folder / "sites.tsv"
        )
        check_confounding(
            **options,
            repeats=settings.permutation_repeats,
            seed=1,
            output=evaluation / "confounding.tsv",
        )
        check_scanner_use(
            predictions=predictions,
            **study,
            nifti=nifti,
            notice=NOTICE,
            repeats=settings.permutation_repeats,
            seed=1,
            output=evaluation / "scanner_use.tsv",
        )

    def audit_of_published() -> None:
        audit_published(published=PUBLISHED, outdir=audit)

    def all_figures() -> None:
        draw_roc(**drawn, output=figures / "figure3")
        draw_roc_bands(**drawn, output=figures / "roc_bands")
        draw_calibration(**drawn, output=figures / "calibration")
        draw_precision_recall(**drawn, output=figures / "precision_recall")
        draw_decision(**drawn, output=figures / "decision_curve")
        draw_distribution(**drawn, output=figures / "distribution")
        draw_instability(**drawn, output=figures / "instability")
        draw_forest(**forest, output=figures / "forest")
        draw_forest_table(**forest, output=figures / "forest_auc")

    found = (
        tables_1_and_2,
        tables_3_to_6_and_evaluation,
        subgroups_and_confounding,
        audit_of_published,
        all_figures,
    )
    return {stage.__name__.replace("_", " "): stage for stage in found}


def peers(rng: np.random.Generator, n: int) -> list[tuple[str, float, str, float]]:
    """Return own code against its peer on 42 + 192 cases, `n` repeats: name and seconds of both."""
    positive = np.arange(234) < 42
    score = 1 / (1 + np.exp(-(rng.normal(size=234) + 2 * positive - 2)))
    patients = np.arange(len(score))
    drawn = times_drawn_in_class(positive, patients, n, seed=1)

    def sklearn_bootstrap() -> None:
        [roc_auc_score(positive, score, sample_weight=times) for times in drawn]

    def own_bootstrap() -> None:
        options = {"confidence": 0.95, "repeats": n, "seed": 1}
        bca_interval(weighted_auc, positive, score, patients, **options)

    def statsmodels_band() -> None:
        grid = np.linspace(score.min(), score.max(), 41)
        for times in drawn.astype(int):
            members = np.repeat(patients, times)
            lowess(positive[members].astype(float), score[members], frac=0.75, it=0, xvals=grid)

    def own_band() -> None:
        calibration_curve(positive, score, patients, confidence=0.95, repeats=n, seed=1)

    def delong() -> None:
        delong_interval(positive, score, 0.95)

    pairs = (
        (
            f"BCa of the AUC, {n} repeats",
            own_bootstrap,
            f"scikit-learn, {n} calls",
            sklearn_bootstrap,
        ),
        ("DeLong interval", delong, f"scikit-learn bootstrap, {n}", sklearn_bootstrap),
        (f"calibration band, {n} repeats", own_band, f"statsmodels lowess, {n}", statsmodels_band),
    )
    return [(own, _best(mine), peer, _best(theirs)) for own, mine, peer, theirs in pairs]


def _best(work: Callable[[], None], times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", choices=["holdout", "kfold"], default="holdout")
    parser.add_argument("--repeats", type=int, default=2000, help="bootstrap and permutations")
    parser.add_argument("--keep", type=Path, help="folder for the results (else thrown away)")
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    settings = EvaluationSettings(
        bootstrap_repeats=options.repeats,
        permutation_repeats=options.repeats,
        prevalence=(0.05, 0.18, 0.4),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        predictions = make_study(folder, options.design, rng)
        total = total_cpu = 0.0
        print(f"{'stage':<36}{'wall s':>8}{'CPU s':>8}")
        for stage, work in stages(folder, predictions, settings).items():
            started, cpu = time.perf_counter(), time.process_time()
            work()
            wall, used = time.perf_counter() - started, time.process_time() - cpu
            total, total_cpu = total + wall, total_cpu + used
            print(f"{stage:<36}{wall:>8.1f}{used:>8.1f}", flush=True)
        print(f"{'all (one process)':<36}{total:>8.1f}{total_cpu:>8.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB\n")
    print(f"{'own':<32}{'peer':<30}{'peer / own':>10}")
    for own, mine, peer, theirs in peers(rng, options.repeats // 10):
        print(f"{own:<32}{peer:<30}{theirs / mine:>10.1f}")


if __name__ == "__main__":
    main()
