"""What a saved state belongs to: everything that defines the weights of a run, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from toy_study import save_packed, write_study

import radnec
from radnec.training.checkpoint import _CODE, run_key
from radnec.training.data import Volumes, fold_cases

# They read, check, write or report. What they read is in the key by its values.
NO_WEIGHTS = {
    "core/errors.py",
    "core/files.py",
    "core/processor.py",
    "core/settings.py",
    "core/tables.py",
    "training/checkpoint.py",
    "training/cost.py",
    "training/failures.py",
    "training/progress.py",
    "training/settings.py",
}


def test_key_changes_with_all_that_defines_a_run(tmp_path):
    study = write_study(tmp_path, train=6, test=2, size=(4, 5, 6), noise_only=True)

    def key(definition: dict | None = None) -> str:
        cases = fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
        return run_key(definition or {"seed": 1}, cases, Volumes(study["packed"], ["t1ce"]))

    first = key()
    assert first == key()
    assert first != key({"seed": 2})
    array = np.load(study["packed"]["t1ce"])
    array[7] += 1
    save_packed(study["packed"]["t1ce"], array)
    assert first == key(), "a test case is no part of the run"
    array[2, 0, 0, 0] += 1e-6
    save_packed(study["packed"]["t1ce"], array)
    assert first != key()


def test_key_covers_every_module_that_computes_weights():
    """A module that training imports and the key does not know would let an edit of it go on from
    the state of the code before.
    """
    command = "import sys, radnec.training.fit; print(*(m for m in sys.modules if 'radnec' in m))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    package = Path(radnec.__path__[0])
    names = {name.replace(".", "/").removeprefix("radnec/") for name in done.stdout.split()}
    imported = {f"{name}.py" for name in names if (package / f"{name}.py").is_file()}
    known = {path.relative_to(package).as_posix() for glob in _CODE for path in package.glob(glob)}
    assert "training/loop.py" in imported
    assert imported - known == NO_WEIGHTS
