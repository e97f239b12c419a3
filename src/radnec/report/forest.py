"""A forest plot as a table: each row has its numbers, and the interval drawn beside them."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from radnec.core.tables import read_tsv
from radnec.report.embed import require, table
from radnec.report.readable import interval, p_value

_WIDTH, _HEIGHT, _EDGE = 180, 14, 4


def interval_drawing(value: float, low: float, high: float) -> Markup:
    """Return an estimate between 0 and 1 as a small drawing, 0.5 marked; empty without a value.

    It says nothing that the numbers beside it do not, so screen readers pass it over.
    """
    if math.isnan(value):
        return Markup("")

    def at(share: float) -> float:
        return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)

    middle = _HEIGHT / 2
    line = Markup('<line x1="{}" y1="{y}" x2="{}" y2="{y}" stroke="{}" stroke-width="{}"/>')
    parts = [line.format(at(0), at(1), "var(--line)", 1, y=middle)]
    parts.append(
        Markup('<line x1="{x}" y1="0" x2="{x}" y2="{}" stroke="var(--soft)"/>').format(
            _HEIGHT, x=at(0.5)
        )
    )
    if not math.isnan(low) and not math.isnan(high):
        parts.append(line.format(at(low), at(high), "var(--mark)", 2, y=middle))
    parts.append(
        Markup('<circle cx="{}" cy="{}" r="3.5" fill="var(--mark)"/>').format(at(value), middle)
    )
    return Markup('<svg width="{}" height="{}" aria-hidden="true">{}</svg>').format(
        _WIDTH, _HEIGHT, Markup("").join(parts)
    )


def subgroup_forests(path: Path, level: str, first: str = "") -> dict[str, Markup]:
    """Return one forest plot a model of how it does in each subgroup.

    Parameters
    ----------
    path
        evaluation/subgroups.tsv.
    level
        Level of the intervals, as ``95 % CI``.
    first
        Model (``backbone / input set``) that comes first; the others keep the order of the table.
    """
    frame = read_tsv(require(path))
    frame["model"] = frame["backbone"] + " / " + frame["input_set"]
    names = sorted(dict.fromkeys(frame["model"]), key=lambda name: name != first)
    return {name: _forest(frame[frame["model"] == name], level) for name in names}


def _forest(frame: pd.DataFrame, level: str) -> Markup:
    rows = []
    for row in frame.to_dict("records"):
        rows.append(
            {
                "By": str(row["grouping"]).replace("_", " "),
                "Group": str(row["level"]).replace("_", " "),
                "n (necrosis + recurrence)": f"{row['n_necrosis']} + {row['n_recurrence']}",
                "AUC, 0 to 1": interval_drawing(row["auc"], row["auc_lo"], row["auc_hi"]),
                f"AUC ({level})": interval(row["auc"], row["auc_lo"], row["auc_hi"]),
                f"Sensitivity ({level})": interval(row["sens"], row["sens_lo"], row["sens_hi"]),
                f"Specificity ({level})": interval(row["spec"], row["spec_lo"], row["spec_hi"]),
                "p of a difference": _p(row["heterogeneity_p"]),
                "Holm p": _p(row["holm_p"]),
            }
        )
    forest = pd.DataFrame(rows)
    # One test a grouping, in its first row; a column without any test is left out.
    empty = [name for name in ("p of a difference", "Holm p") if (forest[name] == "").all()]
    return table(forest.drop(columns=empty))


def _p(value: float) -> str:
    return "" if math.isnan(value) else p_value(value)
