"""What the cases that a model gets wrong have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from radnec.evaluate.comparisons.multiplicity import holm

NOT_STATED = "not stated"


def shared_by_errors(cases: pd.DataFrame, wrong: pd.Series) -> pd.DataFrame:
    """Compare the misclassified with the other cases, one level of one field at a time.

    Parameters
    ----------
    cases
        One row a tested case, one column a field, text in every cell; an empty or missing cell
        is "not stated".
    wrong
        Boolean, with the index of `cases`: was the decision wrong?

    Returns
    -------
    DataFrame
        Columns field, level, n_wrong (misclassified cases of the level), n (all of the level),
        share_wrong, p (two-sided Fisher's exact test of the level against all others), holm_p
        (over all levels), the levels with the most errors above chance first. A level that all
        cases or none have is left out. Of a field with two levels both are listed with one test.

    References
    ----------
    Fisher 1935, The Design of Experiments; Holm 1979, Scand J Stat 6:65.
    """
    rows = []
    errors = wrong.to_numpy(dtype=bool)
    for field in cases.columns:
        values = cases[field].fillna("").astype(str).replace("", NOT_STATED).to_numpy()
        for level in sorted(set(values)):
            inside = values == level
            if inside.all():
                continue
            table = [
                [int((inside & errors).sum()), int((inside & ~errors).sum())],
                [int((~inside & errors).sum()), int((~inside & ~errors).sum())],
            ]
            rows.append(
                {
                    "field": field,
                    "level": level,
                    "n_wrong": table[0][0],
                    "n": int(inside.sum()),
                    "share_wrong": table[0][0] / int(inside.sum()),
                    "p": float(stats.fisher_exact(table).pvalue) if errors.any() else np.nan,
                }
            )
    columns = ["field", "level", "n_wrong", "n", "share_wrong", "p", "holm_p"]
    found = pd.DataFrame(rows, columns=columns)
    # Both levels of a field with two are one test: it counts once.
    pairs = found.groupby("field")["level"].transform("size") == 2
    second = pairs & found.duplicated("field")
    found.loc[~second, "holm_p"] = holm(found.loc[~second, "p"].to_numpy(dtype=float))
    found["holm_p"] = found["holm_p"].where(~second, found["holm_p"].shift())
    return found.sort_values(["p", "share_wrong"], ascending=[True, False], ignore_index=True)
