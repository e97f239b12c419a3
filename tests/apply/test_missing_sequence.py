"""A sequence that a model reads is not there: the message says what is, and who can answer."""

from __future__ import annotations

import nibabel as nib
import numpy as np
from trained_study import TINY, write_study

from radnec.cli.main import main


def test_message_names_what_is_there_and_the_models_that_can_answer(tmp_path, capsys) -> None:
    overlay = {
        "skull_strip": {"backend": "none"},
        "selection": {"min_slices": 8, "required_sequences": []},
    }
    study = write_study(tmp_path / "study", networks=1, overlay=overlay)
    write_study(tmp_path / "other", inputs="t1ce", networks=1, overlay=overlay)
    (tmp_path / "other" / "models" / TINY / "t1ce").rename(study / "models" / TINY / "t1ce")
    rng = np.random.default_rng(1)
    for name, slices in (("t1ce", 12), ("t2", 4)):
        image = nib.Nifti1Image(rng.normal(100, 9, (32, 32, slices)), np.diag([5.0, 5.0, 5.0, 1]))
        nib.save(image, tmp_path / f"{name}.nii.gz")
    arguments = ["predict", "--study", str(study), "--model", f"{TINY}/fused", "--allow-code"]
    arguments += ["--t1ce", str(tmp_path / "t1ce.nii.gz"), "--t2", str(tmp_path / "t2.nii.gz")]
    assert main([*arguments, "--output", str(tmp_path / "out"), "--device", "cpu"]) == 1
    said = capsys.readouterr().err
    assert "missing sequence: t1. t1: no file is named for it" in said
    # T2 has 4 slices of the 8 that the study asks for.
    assert f"Found t1ce: of this study {TINY}/t1ce can answer" in said
    assert "cases table" not in said
