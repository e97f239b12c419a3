from __future__ import annotations

import pytest

from radnec.apply.prepare import prepare_patient
from radnec.cases.sources import CaseSource
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError


def test_networks_of_cut_outs_are_not_given_a_whole_brain(tmp_path):
    config = StudyConfig().to_mapping()
    config["lesion"]["crop"] = True
    with pytest.raises(InputError, match=r"the study's lesion\.crop is true"):
        prepare_patient(
            case="P1",
            source=CaseSource("nifti", "", {}),
            mask=None,
            sequences=["t1ce"],
            config=config,
            device="cpu",
            threads=1,
            folder=tmp_path,
        )
    assert list(tmp_path.iterdir()) == []
