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
from radnec.report.comparisons import against, differ, named, pairs_of
from radnec.report.embed import require
from radnec.report.readable import interval, level_text
from radnec.report.scanner import SCANNER, groups_of, scanner_alone


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
    pairs = pairs_of(evaluation)
    groups = groups_of(confounding)
    of_networks = ranking["backbone"].isin(networks)
    strongest = ranking[of_networks].iloc[0] if of_networks.any() else first
    others = ranking[~of_networks]
    rivals = others[others["backbone"] != SCANNER]
    against_scanner = against(pairs, strongest, others[others["backbone"] == SCANNER])
    fields_alone = scanner_alone(groups, low)
    return Answer(
        best=named(first),
        models=len(ranking),
        verdict=_verdict(low, high),
        estimate=f"AUC {interval(value, low, high)}"
        + ("" if math.isnan(low) else f", {level_text(confidence)}"),
        meaning=f"{_in_words(value)} {how}",
        differ=differ(pairs, networks),
        comparators=against(pairs, strongest, rivals),
        scanner=" ".join(filter(None, (against_scanner, fields_alone))),
        caveats=caveats(facts | {"first": first, "low": low, "high": high, "groups": groups}),
    )


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
