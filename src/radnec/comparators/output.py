"""What a comparator leaves: predictions in the form of the networks', and what it has learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.files import write_json, write_text
from radnec.core.labels import called
from radnec.core.tables import write_tsv


def write_predictions(
    cases: pd.DataFrame, probability: pd.Series, fold: str, seed: int, output: Path
) -> None:
    """Write predictions.tsv as `radnec.training.predict.predict_run` does.

    Parameters
    ----------
    cases
        Columns case, label, set.
    probability
        Of necrosis, by case.
    """
    p_necrosis = [float(probability[case]) for case in cases["case"]]
    table = cases[["case", "label"]].assign(
        fold=fold,
        seed=seed,
        set=cases["set"],
        p_necrosis=p_necrosis,
        p_recurrence=[1.0 - p for p in p_necrosis],
        predicted=[called(p) for p in p_necrosis],
    )
    write_tsv(table, output)


def write_model(described: dict[str, Any], notice: str, outdir: Path) -> None:
    """Write model.json and card.md.

    Parameters
    ----------
    described
        What the model is and what it has learned, plain values; nothing of the test cases.
    """
    write_json(outdir / "model.json", {"notice": notice, **described})
    title = " ".join(str(described[key]) for key in ("comparator", "inputs", "fold"))
    lines = [f"# {title}, seed {described['seed']}", "", f"**{notice}**", ""]
    lines += ["| what | value |", "|---|---|"]
    lines += [f"| {key} | {_cell(value)} |" for key, value in described.items() if key != "tried"]
    lines += [
        "",
        "Learned from the training cases of this fold alone. Its test results are in the study's "
        "tables, with their intervals.",
        "",
    ]
    write_text(outdir / "card.md", "\n".join(lines))


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
