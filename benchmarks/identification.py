"""Accuracy of the identification over header situations made by rules.

    python benchmarks/identification.py            # the half that rules were tuned on
    python benchmarks/identification.py --held-out # the other half
    python benchmarks/identification.py --list     # with every situation that is not right

Right: the sequence that is true. Open: ambiguous. Lost: one of the four, taken for something else.
Silent error: taken for one of the four sequences, and wrong. Intervals are Wilson's at 95 %;
situations made from one wording are not independent, so the number of wordings is shown as well.
"""

from __future__ import annotations

import argparse
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

OUTCOMES = ("right", "open", "lost", "silent error")


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
    if found.sequence == situation.truth:
        return "right", found.sequence
    if found.sequence in SEQUENCES:
        return "silent error", found.sequence
    if found.sequence in ("ambiguous", "unknown"):
        return "open", found.sequence
    return ("lost" if situation.truth in SEQUENCES else "right"), found.sequence


def main() -> None:
    """Run one half and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    chosen = [one for one in situations() if one.held_out == arguments.held_out]
    counts: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for situation in chosen:
        what, taken = outcome(situation)
        counts[what] += 1
        by_kind[situation.kind][what] += 1
        if arguments.list and what != "right":
            name = situation.series[situation.asked]["SeriesDescription"]
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
