"""How often the test set of a study was evaluated: a file that only grows."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv, write_tsv
from radnec.evaluate.settings import EvaluationSettings

COLUMNS = ("evaluated", "test_set", "predictions", "settings")


def note_evaluation(
    ledger: Path, tested: Mapping[str, pd.DataFrame], settings: EvaluationSettings
) -> dict[str, int]:
    """Add this evaluation to the ledger, unless the same one stands there, and count.

    Each time that training or preprocessing is changed after a look at test results, the next
    results are a little too good. Nothing forbids that; the report says how often.

    Parameters
    ----------
    ledger
        results/<study>/evaluations.tsv: not an output of any rule, so that no rerun deletes it.
        One row a different evaluation: time, and SHA-256 (16 digits) of the tested cases with
        their labels, of all predictions, and of the settings of the evaluation.
    tested
        Test predictions of each model, by ``<backbone>/<inputs>``.

    Returns
    -------
    dict
        ``evaluations`` and ``predictions``: of these test cases, how many different evaluations
        and how many different sets of predictions stand in the ledger.
    """
    frames = [frame.assign(model=key) for key, frame in sorted(tested.items())]
    every = pd.concat(frames, ignore_index=True)
    cases = every[["case", "label"]].drop_duplicates().sort_values("case")
    order = ["model", "case", "fold", "seed"]
    answers = every[[*order, "p_necrosis"]].sort_values(order)
    row = {
        "evaluated": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "test_set": _digest(cases.to_csv(index=False)),
        "predictions": _digest(answers.to_csv(index=False)),
        "settings": _digest(settings.to_json()),
    }
    known = read_tsv(ledger, dtype=str) if ledger.exists() else pd.DataFrame(columns=list(COLUMNS))
    same = (known[list(COLUMNS[1:])] == [row[name] for name in COLUMNS[1:]]).all(axis=1)
    if not same.any():
        known = pd.concat([known, pd.DataFrame([row])], ignore_index=True)
        write_tsv(known, ledger)
    mine = known[known["test_set"] == row["test_set"]]
    return {"evaluations": len(mine), "predictions": mine["predictions"].nunique()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
