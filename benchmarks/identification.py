"""Accuracy of the identification over header situations made by rules.

    python benchmarks/identification.py            # the half that rules were tuned on
    python benchmarks/identification.py --held-out # the other half
    python benchmarks/identification.py --list     # with every situation that is not right
    python benchmarks/identification.py --table benchmarks/identification_unseen.tsv

A table has the columns key, vendor, language, header (JSON: the header of one series, or those of
an exam in the order of time, of which the last is asked about) and truth: t1, t1ce, t2, flair,
other for what is none of the four, or open where nobody can tell. Further columns may be `also`
(what is as acceptable: open, other or a sequence, apart by commas) and `reason`.

Right: what is true or as acceptable. Fair: ambiguous, where the table accepts that beside a truth.
Open: ambiguous otherwise. Lost: one of the four, taken for something else. Silent error: taken for
one of the four sequences, and wrong; so is any of them where nobody can tell. Intervals are
Wilson's at 95 %; situations made from one wording are not independent, so the number of wordings
is shown as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from statsmodels.stats.proportion import proportion_confint

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "helpers"))
sys.path.insert(0, str(Path(__file__).parent))

from identification_situations import Situation, situations
from ingest_builders import header_slices

from radnec.core.sequences import SEQUENCES
from radnec.ingest.identification.identify import identify
from radnec.ingest.reading.grouping import volumes_of

OUTCOMES = ("right", "fair", "open", "lost", "silent error")


def outcome(situation: Situation) -> tuple[str, str]:
    """Return one of `OUTCOMES` and what the asked series was taken for."""
    slices = [
        one
        for number, header in enumerate(situation.series, start=1)
        for one in header_slices(number, **dict(header))
    ]
    (found,) = (
        one
        for one in identify(volumes_of(slices), 0.7)
        if one.volume.header["SeriesNumber"] == float(situation.asked + 1)
    )
    taken = "open" if found.sequence in ("ambiguous", "unknown") else found.sequence
    if taken not in (*SEQUENCES, "open"):
        taken = "other"
    # The situations made by rules name what is none of the four in words.
    truth = situation.truth if situation.truth in (*SEQUENCES, "open") else "other"
    if taken == truth:
        return "right", found.sequence
    if taken in situation.also:
        return ("fair" if taken == "open" else "right"), found.sequence
    if taken in SEQUENCES:
        return "silent error", found.sequence
    return ("open" if taken == "open" else "lost"), found.sequence


def situations_of_table(path: Path) -> list[Situation]:
    """Return one situation a row, whose kind is truth and language."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
        given = json.loads(row["header"])
        headers = [
            {name: _as_read(name, value) for name, value in header.items()}
            for header in (given if isinstance(given, list) else [given])
        ]
        kind = f"{row['truth']}, {row['language']}"
        also = tuple(row.get("also", "").split(","))
        found.append(Situation(row["key"], kind, headers, len(headers) - 1, row["truth"], also))
    return found


def _as_read(name: str, value: object) -> object:
    """Return a value of a table as the reader of DICOM files gives it: numbers are floats.

    `n`, the number of slices, is no element of a header.
    """
    if isinstance(value, list):
        return tuple(_as_read(name, one) for one in value)
    return float(value) if isinstance(value, int) and name != "n" else value


def main() -> None:
    """Run one half, or a table, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--held-out", action="store_true")
    source.add_argument("--table", type=Path, metavar="FILE")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.table:
        chosen = situations_of_table(arguments.table)
    else:
        chosen = [one for one in situations() if one.held_out == arguments.held_out]
    counts: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for situation in chosen:
        what, taken = outcome(situation)
        counts[what] += 1
        by_kind[situation.kind][what] += 1
        if arguments.list and what != "right":
            name = situation.series[situation.asked].get("SeriesDescription", "")
            print(
                f"{what}: {situation.kind}: {name!r} [{situation.key}] is {situation.truth}, "
                f"taken for {taken}"
            )
    print(f"{len(chosen)} situations, {len({one.key for one in chosen})} wordings or circumstances")
    for what in OUTCOMES:
        low, high = proportion_confint(counts[what], len(chosen), method="wilson")
        share = counts[what] / len(chosen)
        print(f"{what:13s} {counts[what]:4d}  {share:7.2%}  ({low:.2%} to {high:.2%})")
    print("kind" + " " * 32 + "".join(f"{what:>14s}" for what in OUTCOMES))
    for kind, found in sorted(by_kind.items()):
        print(f"{kind:36s}" + "".join(f"{found[what]:14d}" for what in OUTCOMES))


if __name__ == "__main__":
    main()
