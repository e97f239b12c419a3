from __future__ import annotations

from pathlib import Path

import pytest
from report_inputs import required_inputs

from radnec.report.inputs import ReportInputs


@pytest.fixture
def inputs(tmp_path: Path) -> ReportInputs:
    """A study with the required files only."""
    return required_inputs(tmp_path)
