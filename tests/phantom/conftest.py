"""Simulated cases shared by the tests of this folder; each takes some seconds."""

from __future__ import annotations

import pytest
from simulated import Simulated, scanned_by, simulate


@pytest.fixture(scope="session")
def siemens(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return simulate(scanned_by("SIEMENS"), "necrosis", tmp_path_factory.mktemp("siemens"))


@pytest.fixture(scope="session")
def philips(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return simulate(
        scanned_by("Philips Medical Systems"), "recurrence", tmp_path_factory.mktemp("philips")
    )
