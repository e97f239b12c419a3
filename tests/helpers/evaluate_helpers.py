"""Small prediction tables for the tests of the statistics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from radnec.evaluate.settings import EvaluationSettings

SINGLE = {"t1": ["t1"], "t1ce": ["t1ce"]}
FUSED = {"fused": ["t1", "t1ce", "t2"]}
NOTICE = "Research use only: not a medical device, not for diagnosis or treatment."

SETTINGS = EvaluationSettings(
    confidence=0.95,
    bootstrap_repeats=200,
    permutation_repeats=200,
    prevalence=(0.1, 0.18),
    calibration_bins=5,
)


def rows(
    labels: Sequence[str],
    p_necrosis: Sequence[float],
    *,
    fold: str = "holdout",
    seed: int = 1,
    which: str = "test",
    first: int = 0,
) -> pd.DataFrame:
    """Predictions of one run, cases P000, P001 and so on."""
    p = np.asarray(p_necrosis, dtype=float)
    return pd.DataFrame(
        {
            "case": [f"P{first + k:03d}" for k in range(len(p))],
            "label": list(labels),
            "fold": fold,
            "seed": seed,
            "set": which,
            "p_necrosis": p,
            "p_recurrence": 1 - p,
            "predicted": np.where(p > 0.5, "necrosis", "recurrence"),
        }
    )


def with_counts(
    tp: int, fn: int, tn: int, fp: int, seed: int = 0, **options: object
) -> pd.DataFrame:
    """Predictions that decide exactly so many cases rightly and wrongly."""
    rng = np.random.default_rng(seed)
    above, below = rng.uniform(0.55, 0.95, tp + fp), rng.uniform(0.05, 0.45, fn + tn)
    p = [*above[:tp], *below[:fn], *below[fn:], *above[tp:]]
    labels = ["necrosis"] * (tp + fn) + ["recurrence"] * (tn + fp)
    return rows(labels, p, **options)  # type: ignore[arg-type]


def write(table: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, sep="\t", index=False)
    return path


def write_split(tables: Iterable[pd.DataFrame], path: Path, cases_a_patient: int = 1) -> Path:
    """A table of the split in which each patient has so many cases, in their order."""
    cases = sorted({case for table in tables for case in table["case"]})
    patients = [f"patient{at // cases_a_patient}" for at in range(len(cases))]
    return write(pd.DataFrame({"case": cases, "patient": patients}), path)
