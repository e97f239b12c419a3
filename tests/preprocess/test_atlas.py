"""Brain masks from the atlas: heads whose brain is known, and the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from heads import brain_on, movement, scan

from radnec.preprocess.skullstrip.mask_check import measure_mask

TURN, SHIFT = [6.0, -4.0, 8.0], [5.0, -8.0, 6.0]

_SCRIPT = f"""
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, {str(Path(__file__).parents[1] / "helpers")!r})
from heads import movement, scan
from radnec.preprocess.skullstrip.atlas import atlas_mask
from radnec.preprocess.skullstrip.template import find_template
data, affine = scan(sys.argv[1], movement({TURN}, {SHIFT}), shape=(100, 116, 30))
# Larger than the template, with other proportions, and shaded by a coil.
affine = np.diag([1.06, 0.97, 1.04, 1.0]) @ affine
data = data * np.linspace(0.8, 1.2, 116, dtype=np.float32)[:, None]
mask = atlas_mask(data, affine, find_template("", ""), 7)
np.save(sys.argv[2], mask)
"""


@pytest.fixture(scope="module")
def masks(tmp_path_factory):
    """T1ce in two processes side by side, and T2 after them."""
    folder = tmp_path_factory.mktemp("atlas")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ITK_", "OMP_"))}

    def start(sequence, name):
        command = [sys.executable, "-c", _SCRIPT, sequence, str(folder / name)]
        return subprocess.Popen(command, env=environment)

    assert [job.wait() for job in (start("t1ce", "a.npy"), start("t1ce", "b.npy"))] == [0, 0]
    assert start("t2", "t2.npy").wait() == 0
    return {name: np.load(folder / f"{name}.npy") for name in ("a", "b", "t2")}


@pytest.mark.parametrize("name", ["a", "t2"])
def test_mask_is_the_brain(masks, name):
    _, affine = scan("t1ce", movement(TURN, SHIFT), shape=(100, 116, 30))
    true = brain_on(affine, (100, 116, 30), movement(TURN, SHIFT))
    found = masks[name]
    assert 2 * (found & true).sum() / (found.sum() + true.sum()) > 0.95
    measures = measure_mask(found, affine)
    assert measures.stray_fraction == 0 and measures.holes_ml == 0


def test_two_processes_side_by_side_make_the_same_mask(masks):
    np.testing.assert_array_equal(masks["a"], masks["b"])
