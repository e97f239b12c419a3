"""Whether the printed t-tests of tables 5 and 6 can be true for 58 cases."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from scipy import optimize, stats

# How far a recomputed p may lie from the printed one, as a ratio: t is printed to 0.01.
_P_RATIO = 1.1


def audit_tests(table5: pd.DataFrame, table6: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Check each printed test against the number of cases and of right decisions.

    Parameters
    ----------
    table5, table6
        As printed: backbone, p_value, t_value; backbone, necrosis_p, recurrence_p.
    counts
        Table 4 recomputed: backbone, inputs, true_necrosis, true_recurrence.

    Returns
    -------
    DataFrame
        One row a printed test: table, backbone, test, n, right, printed_p, printed_t, t (that
        the printed p needs, or the p that the printed t gives), t_most (the largest that the
        count of right decisions allows), fitting_n, possible (yes or no), finding.
    """
    fused = counts[counts["inputs"].str.contains(",")].set_index("backbone")
    rows = [_overall(row, fused.loc[row["backbone"]]) for row in table5.to_dict("records")]
    for row in table6.to_dict("records"):
        right = fused.loc[row["backbone"]]
        for name, n in (("necrosis", 9), ("recurrence", 49)):
            rows.append(_of_class(row, name, n, int(right[f"true_{name}"])))
    found = pd.DataFrame([*rows, _swapped(table6, fused)])
    return found.astype({"n": "Int64", "right": "Int64"})


def largest_t(right: int, n: int) -> float:
    """Return the largest one-sample t against 0.5 when `right` of n probabilities exceed 0.5.

    With x the probability of the true class minus 0.5, t^2 = (n - 1) r / (1 - r) for
    r = (sum x)^2 / (n sum x^2). Wrong decisions have x <= 0 and can only lower r, so they are
    best at 0; then Cauchy and Schwarz give r <= right / n, reached when all right ones are
    equal. Hence t <= sqrt((n - 1) right / (n - right)).
    """
    return math.inf if right == n else math.sqrt((n - 1) * right / (n - right))


def fitting_n(t: float, p: float) -> float:
    """Return the number of cases for which a two-sided t-test gives both t and p; NaN if none."""

    def log_ratio(df: float) -> float:
        return math.log(2 * stats.t.sf(t, df) / p)

    low, high = 1.0, 1e6
    if log_ratio(low) < 0 or log_ratio(high) > 0:
        return math.nan
    return float(optimize.brentq(log_ratio, low, high)) + 1


def _overall(row: dict[str, Any], counts: pd.Series) -> dict[str, Any]:
    n = 58
    right = int(counts["true_necrosis"] + counts["true_recurrence"])
    p = 2 * float(stats.t.sf(row["t_value"], n - 1))
    possible = 1 / _P_RATIO <= p / row["p_value"] <= _P_RATIO
    size = fitting_n(row["t_value"], row["p_value"])
    finding = (
        f"{row['backbone']}: t = {row['t_value']:.2f} gives p = {p:.1e} for {n} cases, printed "
        f"{row['p_value']:.2e}; "
    )
    if possible:
        finding += "they agree."
    else:
        finding += f"together they fit {size:.1f} cases."
    return {
        "table": 5,
        "backbone": row["backbone"],
        "test": "all",
        "n": n,
        "right": right,
        "printed_p": row["p_value"],
        "printed_t": row["t_value"],
        "recomputed_p": float(f"{p:.4g}"),
        "t_needed": round(float(stats.t.isf(row["p_value"] / 2, n - 1)), 3),
        "t_most": round(largest_t(right, n), 3),
        "fitting_n": round(size, 2),
        "possible": "yes" if possible else "no",
        "finding": finding,
    }


def _of_class(row: dict[str, Any], name: str, n: int, right: int) -> dict[str, Any]:
    p = row[f"{name}_p"]
    needed, most = float(stats.t.isf(p / 2, n - 1)), largest_t(right, n)
    possible = needed <= most
    finding = ""
    if not possible:
        finding = (
            f"{row['backbone']}, {name}: p = {p:.2e} (two-sided) needs t = {needed:.1f} for "
            f"{n} cases; with {right} of them decided rightly t is at most {most:.2f}: impossible."
        )
    return {
        "table": 6,
        "backbone": row["backbone"],
        "test": name,
        "n": n,
        "right": right,
        "printed_p": p,
        "t_needed": round(needed, 3),
        "t_most": round(most, 3),
        "possible": "yes" if possible else "no",
        "finding": finding,
    }


def _swapped(table6: pd.DataFrame, fused: pd.DataFrame) -> dict[str, Any]:
    """Return whether table 6 would be possible with its two columns exchanged."""
    fits = []
    for row in table6.to_dict("records"):
        right = fused.loc[row["backbone"]]
        needed = {
            "necrosis": float(stats.t.isf(row["recurrence_p"] / 2, 8)),
            "recurrence": float(stats.t.isf(row["necrosis_p"] / 2, 48)),
        }
        most = {
            "necrosis": largest_t(int(right["true_necrosis"]), 9),
            "recurrence": largest_t(int(right["true_recurrence"]), 49),
        }
        if all(needed[name] <= most[name] for name in needed):
            fits.append(row["backbone"])
    finding = (
        f"Read with its two columns exchanged, table 6 would be possible for {len(fits)} of "
        f"{len(table6)} networks ({', '.join(fits) or 'none'})."
    )
    return {"table": 6, "backbone": "all", "test": "columns exchanged", "finding": finding}
