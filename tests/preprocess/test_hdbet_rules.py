"""The HD-BET path through Snakemake: one process for a batch, one mask when one case changed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hdbet_network import SPACING, make_network
from heads import brain_on, grid, movement, sample, template

ROOT = Path(__file__).parents[2]
CONFIG = """
study: hd
cases: cases.tsv
skull_strip: {backend: hd-bet, mirroring: false}
hd_bet_weights: {folder: network, url: ""}
selection: {required_sequences: [t1ce]}
models: {inputs: [t1ce]}
explain: {inputs: t1ce}
normalisation: {size: [32, 32, 32]}
resources: {device: cpu}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small network and three cases, the last with a mask of its own."""
    folder = tmp_path_factory.mktemp("study")
    shape, affine = (40, 46, 40), grid((40, 46, 40), (SPACING,) * 3)
    head = sample(template()[0], affine, shape, np.eye(4)) * 1000
    make_network(folder / "network", head, brain_on(affine, shape))
    rows = ["case\tlabel\tt1ce\tmask"]
    shape, affine = (80, 92, 34), grid((80, 92, 34), (2.4, 2.4, 5.0))
    for number, mask in enumerate(("", "", "mask.nii.gz")):
        moved = movement([number, 2 * number, 0], [number] * 3)
        data = sample(template()[0], affine, shape, moved).astype(np.float32) * 1000
        nib.save(nib.Nifti1Image(data, affine), folder / f"{number}.nii.gz")
        rows.append(f"P{number}\t{('recurrence', 'necrosis')[number % 2]}\t{number}.nii.gz\t{mask}")
    brain = brain_on(affine, shape, moved).astype(np.uint8)
    nib.save(nib.Nifti1Image(brain, affine), folder / "mask.nii.gz")
    (folder / "cases.tsv").write_text("\n".join(rows) + "\n")
    (folder / "config.yaml").write_text(CONFIG)
    return folder


def jobs(folder, *arguments):
    """Run the workflow up to the normalised volumes; return rule and case or batch of each job."""
    command = [sys.executable, "-m", "snakemake", "preprocessed", "--snakefile", ROOT / "Snakefile"]
    command += ["--configfile", "config.yaml", "--cores", "1", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = []
    for block in re.split(r"\n\n|\n\[", done.stderr):
        rule = re.search(r"^(?:local)?rule (\w+):", block, re.MULTILINE)
        wildcard = re.search(r"wildcards: \w+=(\w+)", block)
        if rule and wildcard:
            found.append((rule[1], wildcard[1]))
    return found


@pytest.mark.slow
def test_a_batch_goes_through_one_process_and_one_change_costs_one_case(study):
    first = jobs(study)
    assert first.count(("predict_masks", "0")) == 1
    assert {case for rule, case in first if rule == "strip_case"} == {"P0", "P1", "P2"}
    folder = study / "results" / "hd" / "hd_bet"
    index = json.loads((folder / "batch0.json").read_text())
    assert set(index) == {"P0", "P1"}  # P2 has a mask of its own
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.nii.gz")}
    assert jobs(study) == []

    image = nib.load(study / "1.nii.gz")
    changed = nib.Nifti1Image(image.get_fdata(dtype=np.float32) * 1.5, image.affine)
    nib.save(changed, study / "1.nii.gz")
    again = jobs(study, "--forcerun", "results/hd/records/convert/P1.json")
    assert ("predict_masks", "0") in again
    # The mask of P0 is not predicted again, only applied again; P2 has one of its own.
    assert {case for rule, case in again if rule == "strip_case"} == {"P0", "P1"}
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.nii.gz")}
    assert before.items() <= after.items() and len(after) == len(before) + 1
