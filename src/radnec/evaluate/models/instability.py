"""How much a patient's probability changes with the seed, the fold and the repeat."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from radnec.core.labels import CLASSES
from radnec.evaluate.measures.operating_point import HIGHER_PROBABILITY
from radnec.evaluate.models.model import Model


def instability_of_cases(model: Model, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a test case: its probability over the runs that tested it.

    Parameters
    ----------
    frame
        Test predictions of all runs of the model.

    Returns
    -------
    DataFrame
        Columns backbone, input_set, case, label, runs, mean, lowest, highest, sd (NaN of one
        run), absolute_deviation (mean distance of a run's probability from the mean of the runs),
        changed (share of runs that decide otherwise than the mean).

    Notes
    -----
    Riley and Collins 2023, Biom J 65:2200302: the mean absolute prediction error of a person
    (their MAPE) and the classification instability index. There, the spread is that of models
    fitted to bootstrap samples around the original one; here, of the networks of this study
    around their mean: seeds and, in a repeated cross-validation, other training cases. One run
    shows no instability: nothing is defined then.
    """
    pooled = model.pooled.cases.set_index("case")
    own = frame["case"].map(pooled["p_necrosis"])
    called = frame["p_necrosis"] > HIGHER_PROBABILITY
    runs = frame.assign(
        away=(frame["p_necrosis"] - own).abs(), other=called != (own > HIGHER_PROBABILITY)
    )
    found = (
        runs.groupby("case", sort=True)
        .agg(
            label=("label", "first"),
            runs=("p_necrosis", "size"),
            mean=("p_necrosis", "mean"),
            lowest=("p_necrosis", "min"),
            highest=("p_necrosis", "max"),
            sd=("p_necrosis", "std"),
            absolute_deviation=("away", "mean"),
            changed=("other", "mean"),
        )
        .reset_index()
    )
    single = found["runs"] < 2
    found.loc[single, ["absolute_deviation", "changed"]] = math.nan
    for place, (name, value) in enumerate(model.key.items()):
        found.insert(place, name, value)
    return found


def instability_rows(model: Model, cases: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the means over all cases and over each class, of one model.

    Columns: backbone, input_set, cases (``all`` or a class), n, runs (least of a case), mape,
    mape_largest, instability_index (mean of `changed`), unstable (cases that any run decides
    otherwise than the mean), notes.
    """
    rows = []
    for name in ("all", *CLASSES):
        mine = cases if name == "all" else cases[cases["label"] == name]
        runs = int(mine["runs"].min()) if len(mine) else 0
        rows.append(
            {
                **model.key,
                "cases": name,
                "n": len(mine),
                "runs": runs,
                "mape": mine["absolute_deviation"].mean(),
                "mape_largest": mine["absolute_deviation"].max(),
                "instability_index": mine["changed"].mean(),
                "unstable": int((mine["changed"] > 0).sum()),
                "notes": "not defined: each case was tested by one network" if runs == 1 else "",
            }
        )
    return rows
