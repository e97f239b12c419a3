"""How tables of results are written: numbers for machines, sentences for people."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from radnec.core.notices import PHANTOM, cohort_kind
from radnec.core.tables import write_latex, write_markdown, write_tsv
from radnec.evaluate.measures.estimate import Estimate

NOT_DEFINED = "not defined"
_DECIMALS = 6


def write_results(table: pd.DataFrame, path: Path, notice: str) -> None:
    """Write a TSV with the kind of cohort as its last column, numbers to six decimals."""
    written = table.copy()
    for column in written.columns[[dtype.kind == "f" for dtype in written.dtypes]]:
        p_value = str(column).endswith(("p_value", "_p")) or column == "p"
        written[column] = written[column].map(_significant if p_value else _rounded)
    write_tsv(written.assign(cohort=cohort_kind(PHANTOM in notice)), path)


def write_for_people(
    table: pd.DataFrame, path: Path, *, title: str, notice: str, remarks: str = ""
) -> None:
    """Write the Markdown and LaTeX form of a table beside its TSV."""
    below = f"{remarks}\n\n{notice}" if remarks else notice
    write_markdown(table, path.with_suffix(".md"), title=title, notice=below)
    write_latex(
        table,
        path.with_suffix(".tex"),
        title=title,
        notice=" ".join(filter(None, (remarks, notice))),
    )


def with_interval(estimate: Estimate) -> str:
    """Return ``0.78 (0.40-0.96)``, or say what is not defined.

    Examples
    --------
    >>> with_interval(Estimate(7 / 9, 0.4019, 0.9605, "Wilson"))
    '0.78 (0.40-0.96)'
    """
    if math.isnan(estimate.value):
        return NOT_DEFINED
    if not estimate.defined:
        return f"{estimate.value:.2f} (interval {NOT_DEFINED})"
    value, low, high = (
        # Adding 0.0 after rounding makes 0 of -0.
        round(number, 2) + 0.0
        for number in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value:.2f} ({low:.2f}-{high:.2f})"


def p_text(p: float) -> str:
    """Return a p-value for reading: two significant digits, powers of ten when small.

    Examples
    --------
    >>> p_text(0.0317), p_text(2.18e-7), p_text(float("nan"))
    ('0.032', '2.2e-07', 'not defined')
    """
    return NOT_DEFINED if math.isnan(p) else f"{p:.2g}"


def _rounded(value: float) -> float:
    return round(value, _DECIMALS) + 0.0


def _significant(value: float) -> float:
    return float(f"{value:.4g}")
