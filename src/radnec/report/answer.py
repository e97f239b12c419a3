"""The first screen of the report: the question, the answer and the main caveats."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.tables import read_tsv
from radnec.report.caveats import Caveat, caveats
from radnec.report.embed import require
from radnec.report.readable import interval, level_text, p_value

SCANNER = "scanner"
"""Name of the comparator, and of the group of fields, that uses the scanner and no image."""

COMPARATORS_NAMED = 3
"""Number of comparators named on the first screen, the strongest first."""

ALPHA = 0.05
"""Largest corrected p that counts as a finding."""


@dataclass(frozen=True)
class Answer:
    """The main result, in sentences.

    Attributes
    ----------
    best, models
        The model ranked first, as ``densenet121 / fused``, and how many were compared.
    verdict
        One sentence that answers the question.
    estimate
        The AUC that is reported for it, with its interval.
    meaning
        The AUC in words, or why no corrected one can be given.
    differ, comparators, scanner
        Sentences: whether the models differ, beat simpler methods, beat the scanner's fields
        alone; `comparators` is empty where the study has none.
    caveats
        The most important ones, each with the section that has the details.
    """

    best: str
    models: int
    verdict: str
    estimate: str
    meaning: str
    differ: str
    comparators: str
    scanner: str
    caveats: Sequence[Caveat]


def answer(
    evaluation: Path,
    confounding: Path | None,
    *,
    networks: Collection[str],
    confidence: float,
    facts: dict[str, Any],
) -> Answer:
    """Return the first screen's sentences, from the tables of the evaluation alone.

    Parameters
    ----------
    evaluation
        Folder with ranking.tsv and comparisons.tsv.
    confounding
        evaluation/confounding.tsv.
    networks
        Backbones that are networks of the study; every other model of the tables is a comparator.
    confidence
        Level of the intervals.
    facts
        See :func:`radnec.report.caveats.caveats`.
    """
    ranking = read_tsv(require(evaluation / "ranking.tsv"))
    first = ranking.iloc[0]
    value, low, high, how = _reported(first, len(ranking))
    pairs = _pairs(evaluation)
    groups = _groups(confounding)
    of_networks = ranking["backbone"].isin(networks)
    strongest = ranking[of_networks].iloc[0] if of_networks.any() else first
    others = ranking[~of_networks]
    rivals = others[others["backbone"] != SCANNER]
    against_scanner = _against(pairs, strongest, others[others["backbone"] == SCANNER])
    fields_alone = _scanner(groups, low)
    return Answer(
        best=_named(first),
        models=len(ranking),
        verdict=_verdict(low, high),
        estimate=f"AUC {interval(value, low, high)}"
        + ("" if math.isnan(low) else f", {level_text(confidence)}"),
        meaning=f"{_in_words(value)} {how}",
        differ=_differ(pairs, networks),
        comparators=_against(pairs, strongest, rivals),
        scanner=" ".join(filter(None, (against_scanner, fields_alone))),
        caveats=caveats(facts | {"first": first, "low": low, "high": high, "groups": groups}),
    )


def _named(row: pd.Series, place: str = "") -> str:
    return f"{row[f'{place}backbone']} / {row[f'{place}input_set']}"


def _reported(first: pd.Series, models: int) -> tuple[float, float, float, str]:
    """Return the AUC to report, its limits, and how they were obtained.

    The corrected AUC where it is defined; otherwise the simultaneous interval of all models.
    """
    corrected = [float(first[f"corrected{end}"]) for end in ("", "_lo", "_hi")]
    if not any(math.isnan(number) for number in corrected):
        how = f"Corrected for the optimism of selecting the best of {models} models."
        return *(corrected), how if models > 1 else ""  # type: ignore[return-value]
    together = [float(first[name]) for name in ("auc", "simultaneous_lo", "simultaneous_hi")]
    if not math.isnan(together[1]):
        how = f"The interval holds simultaneously for all {models} models" if models > 1 else ""
        if how and isinstance(first["notes"], str) and first["notes"]:
            how += "; the optimism of selecting the best could not be corrected for"
        return *(together), f"{how}." if how else ""  # type: ignore[return-value]
    own = [float(first[name]) for name in ("auc", "auc_lo", "auc_hi")]
    how = "Not corrected for selecting the best: the models were not tested on the same cases."
    return *(own), how if models > 1 else ""  # type: ignore[return-value]


def _verdict(low: float, high: float) -> str:
    if math.isnan(low):
        return "Not determined: no interval is defined for the best model."
    if low > 0.5:
        return "Better than chance on these cases."
    if high < 0.5:
        return "Worse than chance on these cases: check for swapped labels."
    return "Not shown to be better than chance: the interval includes 0.5."


def _in_words(value: float) -> str:
    if math.isnan(value):
        return ""
    return (
        f"In about {100 * value:.0f} of 100 pairs of one necrosis and one recurrence, the necrosis "
        "gets the higher score; guessing gives 50."
    )


def _pairs(evaluation: Path) -> pd.DataFrame:
    """Return the comparisons to be read, with one column of corrected p values."""
    found = read_tsv(require(evaluation / "comparisons.tsv"))
    return found.rename(columns={"auc_difference": "difference", "delong_holm_p": "corrected_p"})


def _differ(pairs: pd.DataFrame, networks: Collection[str]) -> str:
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
        f"{_named(clearest, 'first_')} against {_named(clearest, 'second_')}, difference in "
        f"AUC {clearest['difference']:.2f}, corrected p {p_value(clearest['corrected_p'])}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _against(pairs: pd.DataFrame, network: pd.Series, others: pd.DataFrame) -> str:
    """Return how a network stands against comparators, the strongest first; empty without any."""
    sentences = []
    for other in others.head(COMPARATORS_NAMED).to_dict("records"):
        found = _pair(pairs, network, pd.Series(other))
        if found is None:
            continue
        difference, p = found
        name = f"{_named(network)} against {_named(pd.Series(other))}"
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


def _groups(confounding: Path | None) -> pd.DataFrame:
    if confounding is None:
        return pd.DataFrame(columns=["kind", "name", "auc", "auc_lo", "auc_hi", "p_value"])
    found = read_tsv(require(confounding))
    return found[found["kind"] == "group"]


def _scanner(groups: pd.DataFrame, low: float) -> str:
    """Return how scanner and acquisition alone compare with the best network."""
    rows = groups[groups["name"].isin([SCANNER, "acquisition"]) & groups["auc"].notna()]
    if rows.empty:
        return ""
    parts = [
        f"{row.name_} alone: AUC {interval(row.auc, row.auc_lo, row.auc_hi)}, "
        f"p {p_value(row.p_value)}"
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    told = rows[rows["p_value"] < ALPHA]
    if not told.empty:
        verdict = (
            "Caution: scanner or acquisition alone distinguishes the classes, so a network may "
            "have learned the scanner"
        )
    elif not math.isnan(low) and (rows["auc_hi"] < low).all():
        verdict = "Yes"
    else:
        verdict = (
            "Scanner and acquisition are not shown to distinguish the classes; "
            "the intervals overlap"
        )
    text = "; ".join(parts)
    return f"{verdict}: {text}."
