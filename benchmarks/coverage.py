"""How often each interval holds the truth, and how often each test is wrong.

Writes a table of nominal against actual for every interval and test of the evaluation, in each
design: one split, seeds, k folds with and without repeats, two visits a patient, unequal spread,
24 models, readers; at 5 + 15, 9 + 49 (the published test set) and 42 + 192 (the published cohort)
cases. Proportions are enumerated over all outcomes; everything else is simulated.

    python benchmarks/coverage.py --repeats 400 --output docs/coverage.tsv

Each part that is done is kept (--parts FOLDER); a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from simulations import cross_validation, one_split, other, tests_of_one_split, visits
from simulations.rows import SIZES, Row

from radnec.core.seeding import derive_seed
from radnec.core.tables import read_tsv, write_tsv

SEED = 1573700
Part = Callable[[np.random.Generator, int], Iterator[Row]]


def parts() -> dict[str, Part]:
    """Return what is simulated, by name: each takes random numbers and a number of data sets."""
    found: dict[str, Part] = {
        "proportions": lambda rng, n: one_split.proportions(),
        "pairs of proportions": lambda rng, n: one_split.pairs_of_proportions(),
        "auc": one_split.aucs,
        "bootstrap": lambda rng, n: one_split.bootstrapped(rng, n // 2),
        "calibration": lambda rng, n: one_split.calibrations(rng, n // 2),
        "tests": tests_of_one_split.errors_of_tests,
    }
    for sizes in SIZES:
        name = f"{sizes[0]}+{sizes[1]}"
        found |= {
            f"spread {name}": partial(one_split.unequal_spread, sizes=sizes),
            f"seeds {name}": partial(cross_validation.seeds, sizes=sizes),
            f"visits {name}": partial(visits.two_visits, sizes=sizes),
            f"scanner {name}": partial(other.scanner_use, sizes=sizes),
            f"readers {name}": partial(other.readers, sizes=sizes),
            f"sets {name}": partial(other.prediction_sets, sizes=sizes),
            f"benefit {name}": partial(other.net_benefit, sizes=sizes),
            f"best of many {name}": _fewer(partial(one_split.best_of_many, sizes=sizes)),
        }
    for design in (*cross_validation.DESIGNS, *cross_validation.FURTHER_DESIGNS):
        name = "{}+{} k{} r{}".format(*design)
        whole = design in cross_validation.DESIGNS
        if whole:
            found[f"blind {name}"] = partial(cross_validation.blind, design=design)
        for learner in cross_validation.LEARNERS if whole else cross_validation.SOME_LEARNERS:
            found[f"{name} {learner}"] = partial(
                cross_validation.kfold, design=design, learner=learner
            )
    for design in ((9, 49, 5, 2), (42, 192, 5, 2)):
        name = "best of many {}+{} k{} r{}".format(*design)
        found[name] = _fewer(partial(cross_validation.best_of_many, design=design))
    return found


def _fewer(part: Part) -> Part:
    """Simulate a quarter of the data sets: 24 models each."""
    return lambda rng, n: part(rng, max(2, n // 4))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=400, help="simulated data sets")
    parser.add_argument("--output", type=Path, help="where the table goes (TSV)")
    parser.add_argument("--parts", type=Path, help="folder that keeps the parts that are done")
    options = parser.parse_args()
    tables = []
    for name, part in parts().items():
        kept = options.parts / f"{name}.tsv" if options.parts else None
        if kept is None or not kept.exists():
            started = time.process_time()
            rng = np.random.default_rng(derive_seed(SEED, "coverage", name))
            table = pd.DataFrame(list(part(rng, options.repeats)))
            print(f"{name}: {time.process_time() - started:.1f} CPU s", flush=True)
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                write_tsv(table, kept)
        tables.append(read_tsv(kept) if kept else table)
    whole = pd.concat(tables, ignore_index=True)
    print(whole.to_string(index=False))
    if options.output:
        write_tsv(whole, options.output)


if __name__ == "__main__":
    main()
