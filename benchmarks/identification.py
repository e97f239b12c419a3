"""Accuracy of the identification over header situations, through the stage `index`.

    python benchmarks/identification.py            # the half that rules were tuned on
    python benchmarks/identification.py --held-out # the other half
    python benchmarks/identification.py --list     # with every situation that is not right
    python benchmarks/identification.py --table benchmarks/identification_unseen.tsv

A table has the columns key, vendor, language, header (JSON: the header of one series, or those of
an exam in the order of time, of which the last is asked about) and truth: t1, t1ce, t2, flair,
other for what is none of the four, or open where nobody can tell. Further columns may be `also`
(what is as acceptable: open, other or a sequence, apart by commas) and `reason`.

The outcomes are those of `identification_outcomes.py`. Situations made from one wording are not
independent, so the number of wordings is shown as well.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from identification_case import shown_of_case
from identification_outcomes import Judged, outcome, print_outcomes
from identification_situations import Situation, situations


def judged(situation: Situation) -> Judged:
    """Return what became of the series that a situation asks about."""
    shown = shown_of_case(situation.series)[situation.asked]
    name = situation.series[situation.asked].get("SeriesDescription", "")
    return Judged(
        outcome=outcome(shown, situation.truth, situation.also),
        kind=situation.kind,
        line=f"{name!r} [{situation.key}] is {situation.truth}, taken for {shown.sequence}",
    )


def situations_of_table(path: Path) -> Iterator[Situation]:
    """Yield one situation a row, whose kind is truth and language."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
        given = json.loads(row["header"])
        headers = given if isinstance(given, list) else [given]
        kind = f"{row['truth']}, {row['language']}"
        also = tuple(row.get("also", "").split(","))
        yield Situation(row["key"], kind, headers, len(headers) - 1, row["truth"], also)


def main() -> None:
    """Run one half, or a table, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--held-out", action="store_true")
    source.add_argument("--table", type=Path, metavar="FILE")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    # The warnings of the cases are counted, not printed.
    logging.disable(logging.WARNING)
    if arguments.table:
        chosen = list(situations_of_table(arguments.table))
    else:
        chosen = [one for one in situations() if one.held_out == arguments.held_out]
    wordings = len({one.key for one in chosen})
    print(f"{len(chosen)} situations, {wordings} wordings or circumstances")
    print_outcomes([judged(one) for one in chosen], listed=arguments.list)


if __name__ == "__main__":
    main()
