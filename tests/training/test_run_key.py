"""What a saved state belongs to: everything that defines the weights of a run, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest
from toy_study import save_packed, write_study

import radnec
from radnec.core import fingerprint
from radnec.training.checkpoint import run_key
from radnec.training.data import Volumes, fold_cases

# They read, check, write or report. What they read is in the key by its values.
NO_WEIGHTS = {
    "core/errors.py",
    "core/expectations.py",
    "core/faults.py",
    "core/files.py",
    "core/fingerprint.py",
    "core/gpu.py",
    "core/processor.py",
    "core/settings.py",
    "core/tables.py",
    "training/checkpoint.py",
    "training/cost.py",
    "training/cudnn.py",
    "training/failures.py",
    "training/progress.py",
    "training/settings.py",
}


def key_of(study, definition: dict | None = None) -> str:
    cases = fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
    return run_key(definition or {"seed": 1}, cases, Volumes(study["packed"], ["t1ce"]))


@pytest.fixture
def study(tmp_path):
    return write_study(tmp_path / "study", train=6, test=2, size=(4, 5, 6), noise_only=True)


def test_key_changes_with_all_that_defines_a_run(study):
    first = key_of(study)
    assert first == key_of(study)
    assert first != key_of(study, {"seed": 2})
    array = np.load(study["packed"]["t1ce"])
    array[7] += 1
    save_packed(study["packed"]["t1ce"], array)
    assert first == key_of(study), "a test case is no part of the run"
    array[2, 0, 0, 0] += 1e-6
    save_packed(study["packed"]["t1ce"], array)
    assert first != key_of(study)


def test_key_covers_every_module_that_computes_weights(study, tmp_path, monkeypatch):
    """A module that training imports and the key does not know would let an edit of it go on from
    the state of the code before.
    """
    command = "import sys, radnec.training.fit; print(*(m for m in sys.modules if 'radnec' in m))"
    names = subprocess.check_output([sys.executable, "-c", command], text=True).split()
    package = tmp_path / "radnec"
    shutil.copytree(radnec.__path__[0], package)
    paths = {f"{name.replace('.', '/').removeprefix('radnec/')}.py" for name in names}
    imported = {path for path in paths if (package / path).is_file()}
    assert "training/loop.py" in imported
    monkeypatch.setattr(fingerprint, "_SOURCE", tmp_path)
    monkeypatch.setattr(radnec, "__path__", [str(package)])
    without_effect, before = set(), key_of(study)
    for path in imported:
        with (package / path).open("a") as module:
            module.write("\n")
        after = key_of(study)
        if after == before:
            without_effect.add(path)
        before = after
    assert without_effect == NO_WEIGHTS
