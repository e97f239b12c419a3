"""The p-values and totals of the published table 1, recomputed from its counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from radnec.evaluate.comparisons.balance import compare_counts

_P_TOLERANCE = 0.0005
_MEAN_TOLERANCE = 0.005


def audit_table1(table: pd.DataFrame) -> pd.DataFrame:
    """Recompute each p-value of table 1 in several readings, and its totals.

    Parameters
    ----------
    table
        As printed: characteristic, level, train, test, total, p_value.

    Returns
    -------
    DataFrame
        characteristic, printed_p, pearson_p, corrected_p (two levels only), likelihood_ratio_p,
        exact_p (where expected counts are small), without_unknown_p, agrees, finding.
    """
    rows = [_age(table)]
    printed = table[table["p_value"].notna() & (table["characteristic"] != "age_years_mean")]
    for head in printed.to_dict("records"):
        rows.append(_category(table, head["characteristic"], float(head["p_value"])))
    return pd.DataFrame(rows)


def _category(table: pd.DataFrame, name: str, printed: float) -> dict[str, Any]:
    levels = table[table["characteristic"] == name]
    counts = levels[["train", "test"]].to_numpy(dtype=int)
    compared = compare_counts(counts)
    known = counts[(levels["level"] != "unknown").to_numpy()]
    row: dict[str, Any] = {"characteristic": name, "printed_p": printed}
    row["pearson_p"] = compared.p
    row["corrected_p"] = (
        float(stats.chi2_contingency(counts, correction=True).pvalue)
        if len(counts) == 2
        else math.nan
    )
    ratio = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood")
    row["likelihood_ratio_p"] = float(ratio.pvalue)
    row["exact_p"] = compared.further_p
    without = stats.chi2_contingency(known, correction=False)
    row["without_unknown_p"] = float(without.pvalue) if len(known) < len(counts) else math.nan
    readings = {
        "Pearson without continuity correction": row["pearson_p"],
        "Pearson with continuity correction": row["corrected_p"],
        "the likelihood ratio": row["likelihood_ratio_p"],
        "Pearson without the unknown": row["without_unknown_p"],
    }
    fitting = [k for k, p in readings.items() if abs(p - printed) <= _P_TOLERANCE]
    row = {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
    row["agrees"] = "yes" if fitting else "no"
    if fitting:
        row["finding"] = f"{name}: the printed p = {printed:.3f} is {' and '.join(fitting)}."
    else:
        row["finding"] = (
            f"{name}: the printed p = {printed:.3f} is none of the readings tried on the printed "
            f"counts (Pearson {row['pearson_p']:.3f}, likelihood ratio "
            f"{row['likelihood_ratio_p']:.3f})."
        )
    return row


def _age(table: pd.DataFrame) -> dict[str, Any]:
    """Check the total mean against the two group means, and what spread the p-value implies."""
    sizes = table.loc[table["characteristic"] == "n", ["train", "test"]].to_numpy(float)[0]
    head = table[table["characteristic"] == "age_years_mean"].iloc[0]
    means, total = head[["train", "test"]].to_numpy(float), float(head["total"])
    weighted = float(np.average(means, weights=sizes))
    exchanged = float(np.average(means[::-1], weights=sizes))
    t = float(stats.t.isf(head["p_value"] / 2, sizes.sum() - 2))
    spread = abs(means[0] - means[1]) / (t * math.sqrt((1 / sizes).sum()))
    finding = (
        f"age: means of {means[0]:.2f} (n = {sizes[0]:.0f}) and {means[1]:.2f} "
        f"(n = {sizes[1]:.0f}) give a total of {weighted:.2f}, printed {total:.2f}"
    )
    if abs(weighted - total) > _MEAN_TOLERANCE >= abs(exchanged - total):
        finding += f"; with the two means exchanged it is {exchanged:.2f}"
    finding += f". The printed p implies a standard deviation of {spread:.1f} years."
    return {
        "characteristic": "age_years_mean",
        "printed_p": float(head["p_value"]),
        "implied_sd": round(spread, 3),
        "weighted_mean": round(weighted, 3),
        "exchanged_mean": round(exchanged, 3),
        "agrees": "yes" if abs(weighted - total) <= _MEAN_TOLERANCE else "no",
        "finding": finding,
    }
