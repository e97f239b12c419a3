"""Accuracy of the identification over the headers of public BIDS datasets, through `index`.

    python benchmarks/identification_bids.py FOLDER          # every dataset in the folder
    python benchmarks/identification_bids.py FOLDER --datasets TABLE
    python benchmarks/identification_bids.py FOLDER --list   # with every series that is not right

FOLDER holds one folder a dataset, such as ds004199, with its JSON sidecars; images are not needed:
`git clone https://github.com/OpenNeuroDatasets/ds004199`. A table of datasets has the columns
dataset and commit, as benchmarks/identification_datasets.tsv has. A sidecar holds the header that
dcm2niix found; the truth is the suffix of its name (T1w, with the entity ce T1 after contrast
agent; T2w; FLAIR), which the dataset's authors gave. So a wrong name counts as an error of the
identification.

Each session is one case with all its anatomical series in the order of the sidecars' times, and
with a few of its functional, diffusion and field-map series, one volume of each. A series counts
once for each different header of a dataset; see `identification_sidecars.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))

from identification_case import shown_of_case
from identification_outcomes import Judged, outcome, print_outcomes
from identification_sidecars import Session, sessions_of


def judged(session: Session) -> Iterator[Judged]:
    """Yield what became of the series of a session that count."""
    shown = shown_of_case([one.header for one in session.series])
    for one, found in zip(session.series, shown, strict=True):
        if one.counts:
            name = one.header.get("SeriesDescription", one.header.get("ProtocolName", ""))
            yield Judged(
                outcome=outcome(found, one.truth, one.also),
                kind=f"{one.truth}, {one.suffix}",
                line=f"{name!r} [{session.dataset} {one.file}] taken for {found.sequence}",
            )


def digest(sessions: list[Session]) -> str:
    """Return a hash of all that is asked and of all answers: the same table, or not."""
    rows = [
        [session.dataset, one.file, one.truth, sorted(one.also), one.header]
        for session in sessions
        for one in session.series
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Index the sessions of all datasets, and print the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--datasets", type=Path, metavar="TABLE")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--count", action="store_true", help="count the headers, identify nothing")
    arguments = parser.parse_args()
    # The warnings of the cases are counted, not printed.
    logging.disable(logging.WARNING)
    if arguments.datasets:
        names = pd.read_csv(arguments.datasets, sep="\t", dtype=str)["dataset"].tolist()
    else:
        names = sorted(path.name for path in arguments.folder.iterdir() if path.is_dir())
    sessions = [one for name in names for one in sessions_of(arguments.folder / name)]
    asked = [one for session in sessions for one in session.series if one.counts]
    print(
        f"{len(asked)} headers in {len(sessions)} sessions of "
        f"{len({one.dataset for one in sessions})} datasets; SHA-256 {digest(sessions)[:16]}"
    )
    if arguments.count:
        for kind in sorted({f"{one.truth}, {one.suffix}" for one in asked}):
            print(f"{kind:36s}{sum(kind == f'{one.truth}, {one.suffix}' for one in asked):6d}")
        return
    found = [one for session in sessions for one in judged(session)]
    print_outcomes(found, listed=arguments.list)


if __name__ == "__main__":
    main()
