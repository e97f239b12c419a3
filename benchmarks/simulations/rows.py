"""Rows of the table of coverage and type I error, and what several simulations share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from radnec.evaluate.measures.estimate import Estimate

LEVEL = 0.95
BOOTSTRAP = 500
SIZES = ((5, 15), (9, 49), (42, 192))
Row = dict[str, Any]


def labels(m: int, n: int) -> np.ndarray:
    """Return which of m + n cases are positive: the first m."""
    return np.r_[np.ones(m, bool), np.zeros(n, bool)]


def shift_of(auc: float) -> float:
    """Return how far two normal distributions of variance 1 are apart at this AUC."""
    return math.sqrt(2) * float(stats.norm.ppf(auc))


def exact(name: str, truth: float, found: list[Estimate], chance: np.ndarray) -> Row:
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


def simulated(name: str, truth: float, found: list[Estimate]) -> Row:
    defined = [e for e in found if e.defined]
    row = row_of(
        "interval", name, (defined or found)[0].method, LEVEL, [_holds(e, truth) for e in defined]
    )
    row["truth"] = round(truth, 4)
    if defined:
        row["mean_width"] = round(float(np.mean([e.high - e.low for e in defined])), 3)
    row["defined"] = round(len(defined) / len(found), 4)
    return row


def _holds(estimate: Estimate, truth: float) -> bool:
    return bool(estimate.low <= truth <= estimate.high)


def tested(name: str, method: str, p_values: list[float]) -> Row:
    defined = [p for p in p_values if not math.isnan(p)]
    row = row_of("test", name, method, 1 - LEVEL, [p <= 1 - LEVEL for p in defined])
    row["defined"] = round(len(defined) / len(p_values), 4)
    return row


def row_of(kind: str, name: str, method: str, nominal: float, hits: list[bool]) -> Row:
    # In a run of a few data sets none may be defined.
    share = float(np.mean(hits)) if hits else math.nan
    return {
        "kind": kind,
        "quantity": name,
        "method": method,
        "truth": math.nan,
        "nominal": round(nominal, 4),
        "actual": round(share, 4),
        "standard_error": round(math.sqrt(share * (1 - share) / max(1, len(hits))), 4),
        "mean_width": math.nan,
        "defined": 1.0,
        "basis": f"{len(hits)} data sets",
    }
