"""Whether the models work alike for both sexes, on each scanner, at each age, grade and site."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from radnec.evaluate.cohort.covariates import case_covariates
from radnec.evaluate.cohort.sites import across_sites
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.clustered import clustered_covariance, why_not_clustered
from radnec.evaluate.measures.operating_point import (
    HIGHER_PROBABILITY,
    count,
    design_effects,
    measures,
)
from radnec.evaluate.models.predictions import Pooled, pool, read_patients, read_predictions
from radnec.evaluate.tables.output import write_results

GROUPINGS = ("sex", "age_group", "primary_diagnosis", "manufacturer")
SITE = "site"
"""One more grouping, where the table of cases names a site."""


def evaluate_subgroups(
    *,
    predictions: Mapping[str, Path],
    cases_table: Path,
    cohort: Path,
    nifti: Path,
    confidence: float,
    notice: str,
    output: Path,
    across: Path,
) -> None:
    """Write every model within each group of test cases, and across the sites.

    Parameters
    ----------
    predictions
        ``"<backbone>/<inputs>"`` to its test predictions.
    cases_table, cohort, nifti
        The study's table of cases, cohort/cases.tsv, and the folder of the sidecars.
    confidence
        Level of every interval.
    output
        evaluation/subgroups.tsv.
    across
        evaluation/sites.tsv, see :func:`radnec.evaluate.cohort.sites.across_sites`; without a row
        where no site is named.
    """
    covariates = case_covariates(cases_table, cohort, nifti).set_index("case")
    groupings = GROUPINGS + ((SITE,) if (covariates[SITE] != "").any() else ())
    rows: list[dict[str, Any]] = []
    summaries: list[dict[str, Any]] = []
    for key, path in predictions.items():
        backbone, _, input_set = key.partition("/")
        frame = read_predictions(path)
        pooled = pool(frame, read_patients(cohort, frame["case"]))
        own = covariates.reindex(pooled.cases["case"])
        model = {"backbone": backbone, "input_set": input_set}
        for grouping in groupings:
            found = _grouping(pooled, own[grouping], confidence)
            rows += [{**model, "grouping": grouping, **row} for row in found]
        if SITE in groupings:
            found = across_sites(pooled, own[SITE], confidence)
            summaries += [{**model, **row} for row in found]
    table = pd.DataFrame(rows)
    heads = table["heterogeneity_p"].notna()
    # One family: every grouping of every model.
    table.loc[heads, "holm_p"] = holm(table.loc[heads, "heterogeneity_p"].to_numpy())
    write_results(table, output, notice)
    empty = ["backbone", "input_set", "measure"]
    write_results(pd.DataFrame(summaries, columns=None if summaries else empty), across, notice)


def heterogeneity(areas: np.ndarray, variances: np.ndarray) -> tuple[float, int]:
    """Return the p-value that independent AUCs are equal, and the degrees of freedom.

    Cochran's Q: sum of (A - mean)^2 / variance, the mean weighted by 1 / variance, against
    chi-square. Groups without a variance have to be left out before.
    """
    weights = 1 / variances
    mean = (weights * areas).sum() / weights.sum()
    df = len(areas) - 1
    return float(stats.chi2.sf((weights * (areas - mean) ** 2).sum(), df)), df


def _grouping(pooled: Pooled, groups: pd.Series, confidence: float) -> list[dict[str, Any]]:
    values = groups.fillna("not stated").replace("", "not stated").to_numpy(dtype=str)
    positive, score, patients = pooled.positive, pooled.score, pooled.patients
    rows: list[dict[str, Any]] = []
    areas, variances = [], []
    for level in sorted(set(values)):
        members = values == level
        inside, probability = positive[members], score[members]
        called = probability > HIGHER_PROBABILITY
        effects = design_effects(inside, called, patients[members], pooled.inflation)
        found = measures(count(inside, called), confidence, effects)
        auc = recommended_interval(
            inside, probability, patients[members], confidence, pooled.inflation
        )
        if not why_not_clustered(inside, patients[members]):
            # With one case a patient this is DeLong's variance.
            area, variance = clustered_covariance(inside, probability[None, :], patients[members])
            if variance[0, 0] > 0:
                areas.append(area[0])
                variances.append(variance[0, 0] * pooled.inflation)
        notes = []
        row: dict[str, Any] = {"level": level, "n_necrosis": int(inside.sum())}
        row["n_recurrence"] = int((~inside).sum())
        estimates = {"auc": auc, **{m: found[m][2] for m in ("sens", "spec", "acc")}}
        for name, estimate in estimates.items():
            row |= {name: estimate.value, f"{name}_lo": estimate.low, f"{name}_hi": estimate.high}
            if estimate.note:
                notes.append(f"{name}: {estimate.note}")
        rows.append({**row, "auc_method": auc.method, "notes": "; ".join(notes)})
    p = math.nan
    if len(areas) > 1:
        p, _ = heterogeneity(np.array(areas), np.array(variances))
    else:
        why = "heterogeneity not defined: fewer than two groups whose AUC has a variance"
        rows[0]["notes"] = "; ".join(filter(None, [rows[0]["notes"], why]))
    for at, row in enumerate(rows):
        row |= {"heterogeneity_p": p if at == 0 else math.nan, "holm_p": math.nan}
    return rows
