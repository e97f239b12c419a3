"""What each figure shows, in a sentence for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv
from radnec.figures.choice import Choice
from radnec.report.readable import interval


def findings(
    *, counts: Mapping[str, int], evaluation: Path | None, choices: Sequence[Choice]
) -> dict[str, str]:
    """Return figure to finding; ``""`` where the tables at hand say nothing about it.

    Parameters
    ----------
    counts
        Cases: all, included, excluded, recurrence, necrosis.
    evaluation
        Folder with ranking.tsv and metrics.tsv.
    choices
        The cases of figures 4 and 5.
    """
    found = {
        "figure1": f"Flow chart: {counts['all']} cases entered, {counts['excluded']} were "
        f"excluded, {counts['included']} were analysed.",
        "figure2": "The stages of the workflow in processing order, from images to report.",
        "training": "Training loss of every network by epoch.",
        "explanation": "Results of the pointing game, insertion, deletion and randomisation tests; "
        "the table below the figure has the numbers.",
        "figure3": "",
        "figure4": "",
        "figure5": "",
    }
    if evaluation is not None:
        found |= _of_models(evaluation)
    if choices:
        found["figure4"] = f"Map of case {choices[0].case} over its slices; {_said(choices[0])}."
        found["figure5"] = "Input and map of " + ", and of ".join(
            f"case {one.case} ({one.label}; {_said(one)})" for one in choices
        )
    return found


def _said(choice: Choice) -> str:
    return f"probability of recurrence {choice.p_recurrence:.2f}"


def _of_models(evaluation: Path) -> dict[str, str]:
    ranking = read_tsv(evaluation / "ranking.tsv")
    metrics = read_tsv(evaluation / "metrics.tsv")
    first, last = ranking.iloc[0], ranking.iloc[-1]
    rocs = f"ROC curves of {len(ranking)} models: largest AUC {_area(first)}"
    if len(ranking) > 1:
        rocs += f", smallest {_area(last)}"
    return {
        "figure3": f"{rocs}.",
        "ROC curves with bands": f"{rocs}; each with its 95 % band.",
        "Calibration": _range(metrics, "brier", "Calibration curves; Brier score"),
        "Precision and recall": _range(
            metrics, "average_precision", "Precision-recall curves; average precision"
        ),
        "Net benefit": "Net benefit of each model, of treating all and of treating none, by "
        "threshold.",
    }


def _area(row: pd.Series) -> str:
    area = interval(row["auc"], row["auc_lo"], row["auc_hi"])
    return f"{area} ({row['backbone']} / {row['input_set']})"


def _range(metrics: pd.DataFrame, name: str, words: str) -> str:
    values = metrics.loc[metrics["metric"] == name, "value"].dropna()
    if values.empty:
        return ""
    return f"{words} from {values.min():.2f} to {values.max():.2f} across models."
