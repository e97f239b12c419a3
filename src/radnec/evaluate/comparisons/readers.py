"""Readers beside the networks: each alone, in pairs, and all readers together."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from radnec.core.labels import POSITIVE
from radnec.evaluate.comparisons.compare import compare_aucs, compare_decisions
from radnec.evaluate.measures.auc import delong_covariance, why_undefined
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.clustered import clustered_covariance, repeated, why_not_clustered
from radnec.evaluate.measures.intervals import paired_difference
from radnec.evaluate.measures.operating_point import (
    HIGHER_PROBABILITY,
    count,
    design_effects,
    measures,
)
from radnec.evaluate.models.model import Model

AREA, BALANCED = "AUC", "balanced accuracy"
_RETRAINED = (
    "cross-validation: DeLong's variance times {inflation:.2f} for networks trained anew; "
    "decisions are not tested, that would take the networks as fixed"
)


@dataclasses.dataclass(frozen=True)
class MeanOfReaders:
    """Mean over readers, as over readers drawn from all who could have read, and other cases."""

    value: float
    low: float
    high: float
    error: float
    df: float
    p: float


def mean_of_readers(values: np.ndarray, covariance: np.ndarray, confidence: float) -> MeanOfReaders:
    """Return the mean of a measure over readers of the same cases, by Obuchowski and Rockette.

    Parameters
    ----------
    values
        Measure of each reader, or its difference to a network, shape (readers,), two or more.
    covariance
        Of the values over cases, shape (readers, readers).

    Notes
    -----
    Obuchowski and Rockette 1995, Commun Stat Simul 24:285, for one modality, with the degrees of
    freedom of Hillis 2007, Stat Med 26:596: the variance of the mean is (MS + r max(Cov2, 0)) / r,
    MS the variance between readers and Cov2 the mean covariance of two of them. p is two-sided,
    for a mean of zero.
    """
    r = len(values)
    spread = float(np.var(values, ddof=1))
    shared = float((covariance.sum() - np.trace(covariance)) / (r * (r - 1)))
    total = spread + r * max(shared, 0.0)
    mean, error = float(values.mean()), math.sqrt(total / r)
    if error == 0:
        return MeanOfReaders(mean, math.nan, math.nan, 0.0, math.nan, math.nan)
    # Readers who agree entirely: only cases vary.
    df = total**2 * (r - 1) / spread**2 if spread > 0 else math.inf
    half = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
    p = 2 * float(stats.t.sf(abs(mean / error), df))
    return MeanOfReaders(mean, mean - half, mean + half, error, df, p)


def readers_table(
    models: Sequence[Model], readers: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    """Return readers alone, each model against each reader, and against all readers together.

    In a cross-validation the variance of a difference of AUCs is inflated as between two models
    (``Pooled.inflation``), and differences of decisions have no limits and no test.

    Parameters
    ----------
    readers
        See :func:`radnec.evaluate.models.readers.read_readers`.

    Returns
    -------
    DataFrame
        Column ``kind``: ``reader`` (sensitivity, specificity and AUC with limits), ``pair``
        (network minus reader: sens, spec, auc with limits, p of DeLong's and of McNemar's exact
        test), ``together`` (network minus mean reader: `measure`, `value` with limits, p).
    """
    truth = models[0].pooled.cases.set_index("case")
    names = sorted(readers["reader"].unique())
    rows = [_alone(name, _of(readers, name), truth, confidence) for name in names]
    for model in models:
        own = model.pooled.cases.set_index("case")
        rows += [_pair(model, name, _of(readers, name), own, confidence) for name in names]
        if len(names) > 1:
            rows.append(_together(model, readers, names, own, confidence))
    counts = dict.fromkeys(("n_necrosis", "n_recurrence"), "Int64")
    return pd.DataFrame(rows).astype(counts)


def _of(readers: pd.DataFrame, name: str) -> pd.DataFrame:
    return readers[readers["reader"] == name].set_index("case")


def _alone(name: str, own: pd.DataFrame, truth: pd.DataFrame, confidence: float) -> dict[str, Any]:
    positive = (truth.loc[own.index, "label"] == POSITIVE).to_numpy()
    row: dict[str, Any] = {
        "kind": "reader",
        "reader": name,
        "n_necrosis": int(positive.sum()),
        "n_recurrence": int((~positive).sum()),
    }
    called = (own["call"] != "").to_numpy()
    person = (own["call"] == POSITIVE).to_numpy()[called]
    patients = truth.loc[own.index, "patient"].to_numpy(dtype=str)
    effects = design_effects(positive[called], person, patients[called])
    found = measures(count(positive[called], person), confidence, effects)
    for measure in ("sens", "spec"):
        best = found[measure][2]
        row |= {measure: best.value, f"{measure}_lo": best.low, f"{measure}_hi": best.high}
    scored = own["score"].notna().to_numpy()
    if scored.any():
        score = own["score"].to_numpy(dtype=float)[scored]
        area = recommended_interval(positive[scored], score, patients[scored], confidence)
        row |= {"auc": area.value, "auc_lo": area.low, "auc_hi": area.high, "notes": area.note}
    return row


def _pair(
    model: Model, name: str, reader: pd.DataFrame, own: pd.DataFrame, confidence: float
) -> dict[str, Any]:
    mine = own.loc[reader.index]
    positive = (mine["label"] == POSITIVE).to_numpy()
    score = mine["p_necrosis"].to_numpy(dtype=float)
    row: dict[str, Any] = {"kind": "pair", "reader": name, **model.key}
    inflation = model.pooled.inflation
    retrained = _RETRAINED.format(inflation=inflation) if inflation > 1 else ""
    called = (reader["call"] != "").to_numpy()
    if called.any():
        network = (score > HIGHER_PROBABILITY)[called]
        person = (reader["call"] == POSITIVE).to_numpy()[called]
        truth = positive[called]
        decided = compare_decisions(
            network == truth, person == truth, mine["patient"].to_numpy(str)[called], confidence
        )
        row["mcnemar_exact_p"] = math.nan if retrained else decided.exact_p
        for measure, members in (("sens", truth), ("spec", ~truth)):
            if not members.any():
                continue
            right = (network == truth)[members], (person == truth)[members]
            more, fewer = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
            n = int(members.sum())
            low, high = (
                (math.nan, math.nan) if retrained else paired_difference(more, fewer, n, confidence)
            )
            row |= {measure: (more - fewer) / n, f"{measure}_lo": low, f"{measure}_hi": high}
    scored = reader["score"].notna().to_numpy()
    if scored.any():
        compared = compare_aucs(
            positive[scored],
            score[scored],
            reader["score"].to_numpy(dtype=float)[scored],
            confidence,
            mine["patient"].to_numpy(dtype=str)[scored],
            inflation,
        )
        row |= {
            "auc": compared.difference,
            "auc_lo": compared.low,
            "auc_hi": compared.high,
            "delong_p": compared.p,
            "notes": compared.note,
        }
    notes = "; ".join(filter(None, (row.get("notes"), retrained)))
    return row | ({"notes": notes} if notes else {})


def _together(
    model: Model, readers: pd.DataFrame, names: Sequence[str], own: pd.DataFrame, confidence: float
) -> dict[str, Any]:
    """Compare a network with the mean reader over the cases that all of them read."""
    scored = readers["score"].notna().all()
    usable = readers if scored else readers[readers["call"] != ""]
    values = usable["score"] if scored else (usable["call"] == POSITIVE).astype(float)
    wide = usable.assign(value=values).pivot(index="case", columns="reader", values="value")
    wide = wide.reindex(columns=list(names)).dropna()
    mine = own.loc[wide.index]
    positive = (mine["label"] == POSITIVE).to_numpy()
    score = mine["p_necrosis"].to_numpy(dtype=float)
    # With a call alone the area is the mean of sensitivity and specificity: so for the network.
    network = score if scored else (score > HIGHER_PROBABILITY).astype(float)
    row: dict[str, Any] = {
        "kind": "together",
        "reader": f"mean of {len(names)}",
        **model.key,
        "measure": AREA if scored else BALANCED,
        "n_necrosis": int(positive.sum()),
        "n_recurrence": int((~positive).sum()),
    }
    every = np.vstack([network, wide.to_numpy(dtype=float).T])
    patients = mine["patient"].to_numpy(dtype=str)
    clustered = repeated(patients)
    why = why_undefined(positive, least=2) or (
        why_not_clustered(positive, patients) if clustered else ""
    )
    if why:
        return row | {"notes": f"not defined: {why}"}
    areas, covariance = (
        clustered_covariance(positive, every, patients)
        if clustered
        else delong_covariance(positive, every)
    )
    contrast = np.hstack([np.ones((len(names), 1)), -np.eye(len(names))])
    between = contrast @ covariance @ contrast.T * model.pooled.inflation
    found = mean_of_readers(contrast @ areas, between, confidence)
    return row | {
        "value": found.value,
        # No difference of areas is larger, though with two readers Student's limits are.
        "value_lo": float(np.clip(found.low, -1, 1)),
        "value_hi": float(np.clip(found.high, -1, 1)),
        "df": found.df,
        "p": found.p,
        "notes": "" if found.error else "not defined: neither readers nor cases vary",
    }
