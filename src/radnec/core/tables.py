"""Tables on disk: TSV for machines, Markdown and LaTeX for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.files import atomic_path, write_text


def read_tsv(path: Path, **options: Any) -> pd.DataFrame:
    """Read a tab-separated table; only an empty cell is a missing value.

    A case called `NA` or a site called `null` stays what it is. `options` go to
    `pandas.read_csv`.
    """
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""], **options)


def write_tsv(table: pd.DataFrame, path: Path) -> None:
    """Write a tab-separated table without its index, atomically."""
    with atomic_path(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, lineterminator="\n")


def write_markdown(table: pd.DataFrame, path: Path, *, title: str, notice: str) -> None:
    """Write a table as GitHub Markdown under its title, with the notice below."""
    body = (
        table.astype(object)
        .where(table.notna(), "")
        .to_markdown(index=False, disable_numparse=True)
    )
    write_text(path, f"# {title}\n\n{body}\n\n{notice}\n")


def write_latex(table: pd.DataFrame, path: Path, *, title: str, notice: str) -> None:
    """Write a table as LaTeX (booktabs), the notice in the caption."""
    cells = table.astype(object).where(table.notna(), "").map(_escape_latex)
    columns = [_escape_latex(str(name)) for name in table.columns]
    lines = [
        r"\begin{table}",
        rf"\caption{{{_escape_latex(title)}. {_escape_latex(notice)}}}",
        rf"\begin{{tabular}}{{{'l' * len(columns)}}}",
        r"\toprule",
        " & ".join(columns) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in cells.itertuples(index=False, name=None)),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    write_text(path, "\n".join(lines) + "\n")


_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _escape_latex(value: object) -> str:
    return "".join(_LATEX.get(character, character) for character in str(value))
