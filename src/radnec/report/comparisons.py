"""Whether models differ: the comparisons of the first screen, in sentences."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv
from radnec.report.embed import require
from radnec.report.readable import p_value

ALPHA = 0.05
"""Largest corrected p that counts as a finding."""

COMPARATORS_NAMED = 3
"""Number of comparators named on the first screen, the strongest first."""


def named(row: pd.Series, place: str = "") -> str:
    """Return a model as ``backbone / inputs``; `place` is the columns' prefix."""
    return f"{row[f'{place}backbone']} / {row[f'{place}input_set']}"


def pairs_of(evaluation: Path) -> pd.DataFrame:
    """Return the comparisons to be read, with one column of corrected p values."""
    found = read_tsv(require(evaluation / "comparisons.tsv"))
    return found.rename(columns={"auc_difference": "difference", "delong_holm_p": "corrected_p"})


def differ(pairs: pd.DataFrame, networks: Collection[str]) -> str:
    """Return whether the networks differ from each other."""
    if pairs.empty:
        return "There is only one model, so there is no comparison."
    own = pairs[
        pairs["first_backbone"].isin(networks) & pairs["second_backbone"].isin(networks)
    ].dropna(subset=["first_input_set", "second_input_set"])
    where = "on the same cases"
    tested = own[own["corrected_p"].notna()]
    if own.empty:
        return "There is only one network, so there is no comparison."
    if tested.empty:
        return f"Not determined: no test for {_count(len(own), 'comparison')} {where}."
    below = tested[tested["corrected_p"] < ALPHA]
    if below.empty:
        least = p_value(tested["corrected_p"].min())
        return (
            f"Not shown: {_count(len(tested), 'comparison')} {where}, smallest corrected p {least}."
        )
    clearest = below.loc[below["corrected_p"].idxmin()]
    return (
        f"Yes, in {len(below)} of {_count(len(tested), 'comparison')} {where}; the clearest is "
        f"{named(clearest, 'first_')} against {named(clearest, 'second_')}, difference in "
        f"AUC {clearest['difference']:.2f}, corrected p {p_value(clearest['corrected_p'])}."
    )


def against(pairs: pd.DataFrame, network: pd.Series, others: pd.DataFrame) -> str:
    """Return how a network stands against comparators, the strongest first; empty without any."""
    sentences = []
    for other in others.head(COMPARATORS_NAMED).to_dict("records"):
        found = _pair(pairs, network, pd.Series(other))
        if found is None:
            continue
        difference, p = found
        name = f"{named(network)} against {named(pd.Series(other))}"
        if math.isnan(p):
            sentences.append(f"{name}: AUC difference {difference:.2f}, not tested.")
            continue
        shown = "not shown to differ"
        if p < ALPHA:
            shown = "better" if difference > 0 else "worse"
        sentences.append(
            f"{name}: {shown}, AUC difference {difference:.2f}, corrected p {p_value(p)}."
        )
    return " ".join(sentences)


def _pair(pairs: pd.DataFrame, one: pd.Series, other: pd.Series) -> tuple[float, float] | None:
    """Return the difference of two models' AUCs and its corrected p; None if not compared."""
    if pairs.empty:
        return None
    for sign, first, second in ((1, one, other), (-1, other, one)):
        same = pd.Series(True, index=pairs.index)
        for place, model in (("first", first), ("second", second)):
            for name in ("backbone", "input_set"):
                same &= pairs[f"{place}_{name}"] == model[name]
        if same.any():
            row = pairs[same].iloc[0]
            return sign * float(row["difference"]), float(row["corrected_p"])
    return None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
