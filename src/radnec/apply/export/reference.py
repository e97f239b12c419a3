"""What a study found out about its cases as a whole: carried over without any one case."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from radnec.apply.map_tests import METRICS
from radnec.core.errors import InputError

# Below results/<study>, at the same place in an export, where `radnec predict` looks for them.
CALIBRATION = "evaluation/models/next_patient/{model}.json"
LIKENESS = "novelty/{model}.json"
FEATURES = "novelty/{model}"
# Of the features of each network, what describes their distribution; ids, outcomes and
# coordinates of single cases are beside it.
_OF_ALL_CASES = ("mean", "axes", "variances", "floor", "held_out")


def copy_reference(study: Path, model: str, folder: Path) -> list[str]:
    """Copy calibration, description of the training cases and tests of maps; return what there was.

    Parameters
    ----------
    study
        results/<study>; one without them gives an export without them.
    model
        ``<backbone>/<inputs>``.
    folder
        The export.

    Raises
    ------
    InputError
        If a file of features cannot be read without running code.
    """
    found = []
    patterns = {"calibration": CALIBRATION, "likeness": LIKENESS, "map_tests": METRICS}
    for name, pattern in patterns.items():
        path = Path(pattern.format(model=model))
        if (study / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(study / path, folder / path)
            found.append(name)
    features = Path(FEATURES.format(model=model))
    for path in sorted((study / features).glob("*.npz")):
        (folder / features).mkdir(parents=True, exist_ok=True)
        try:
            with np.load(path, allow_pickle=False) as stored:
                kept = {name: stored[name] for name in _OF_ALL_CASES if name in stored.files}
        except ValueError as error:
            raise InputError(f"{path}: {error}") from error
        with (folder / features / path.name).open("wb") as stream:
            np.savez(stream, allow_pickle=False, **kept)
    return found
