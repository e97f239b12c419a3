from __future__ import annotations

import pytest

from radnec.apply.prepare.request import Request
from radnec.apply.prepare.stages import convert
from radnec.cases.sources import CaseSource
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError


def test_networks_of_cut_outs_are_not_given_a_whole_brain(tmp_path):
    config = StudyConfig().to_mapping()
    config["lesion"]["crop"] = True
    request = Request("P1", CaseSource("nifti", "", {}), None, ("t1ce",), config, tmp_path)
    with pytest.raises(InputError, match=r"the study's lesion\.crop is true"):
        convert(request)
    assert list(tmp_path.iterdir()) == []
