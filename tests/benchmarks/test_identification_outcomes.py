"""What the benchmarks of the identification call an error, and the headers they ask about."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from identification_case import shown_of_case
from identification_outcomes import Shown, outcome
from identification_sidecars import sessions_of

T1 = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 10, "Manufacturer": "SIEMENS"}
T2 = T1 | {"SeriesDescription": "t2", "RepetitionTime": 5000, "EchoTime": 100}


@pytest.mark.parametrize(
    ("shown", "truth", "also", "expected"),
    [
        (Shown("t1", True, False), "t1", (), "right"),
        (Shown("t1", True, True), "t1", (), "right, warned"),
        (Shown("t1", True, True), "t1ce", (), "wrong, warned"),
        (Shown("t1", True, False), "t1ce", (), "wrong, silent"),
        (Shown("t1", False, False), "t1ce", (), "wrong, not chosen"),
        (Shown("t1", True, False), "open", (), "wrong, silent"),
        (Shown("t1", True, False), "diffusion", (), "wrong, silent"),
        (Shown("localizer", False, False), "t1", (), "lost"),
        (Shown("localizer", False, False), "other", (), "right"),
        (Shown("open", False, False), "t1", (), "open"),
        (Shown("open", False, False), "t1", ("open",), "fair"),
        (Shown("open", False, False), "open", (), "right"),
        (Shown("localizer", False, False), "t1", ("other",), "right"),
    ],
)
def test_outcome_by_hand(shown, truth, also, expected):
    assert outcome(shown, truth, also) == expected


def test_a_case_is_shown_as_its_study_would_show_it():
    native, enhanced = (T1 | {"SeriesDescription": name} for name in ("t1", "t1 +C"))
    assert shown_of_case([native, T2]) == [Shown("t1", True, True), Shown("t2", True, False)]
    assert shown_of_case([native | {"time": "100000"}, enhanced | {"time": "101500"}]) == [
        Shown("t1", True, False),
        Shown("t1ce", True, False),
    ]
    # Of two T2 one is used; what nobody can tell is open.
    assert sorted(one.chosen for one in shown_of_case([T2, T2])) == [False, True]
    assert shown_of_case([T1 | {"SeriesDescription": "stealth t1"}])[0].sequence == "open"


def test_a_case_that_is_excluded_is_open():
    visits = [
        T1
        | {"SeriesDescription": "t1 nativ"}
        | {"StudyInstanceUID": f"1.2.{year}", "StudyDate": f"{year}0315"}
        for year in (2015, 2016)
    ]
    assert [one.sequence for one in shown_of_case(visits)] == ["open", "open"]


SIDECAR = {
    "Manufacturer": "GE",
    "SeriesDescription": "BRAVO",
    "ScanningSequence": "GR_IR",
    "ScanOptions": "EPI_GEMS_ACC_GEMS",
    "RepetitionTime": 0.0082,
    "EchoTime": 0.0032,
    "InversionTime": 0.45,
    "AcquisitionTime": "9:15:30.250000",
}


def write_sidecars(folder: Path) -> Path:
    """A dataset of three subjects: two alike, and one with other headers and what is no header."""
    for name, content in {
        "sub-01/anat/sub-01_T1w": SIDECAR,
        "sub-01/anat/sub-01_ce-gd_T1w": SIDECAR | {"SeriesDescription": "BRAVO +C"},
        "sub-01/func/sub-01_task-rest_run-1_bold": SIDECAR | {"ScanningSequence": "EP"},
        "sub-01/func/sub-01_task-rest_run-2_bold": SIDECAR | {"ScanningSequence": "EP"},
        "sub-02/anat/sub-02_T1w": SIDECAR | {"AcquisitionTime": "11:00:00"},
        "sub-03/anat/sub-03_T2w": SIDECAR | {"RepetitionTime": 5000, "EchoTime": 100},
        "sub-03/anat/sub-03_part-phase_T2w": SIDECAR | {"SeriesDescription": "phase"},
        "sub-03/anat/sub-03_FLAIR": {"Manufacturer": "GE"},
        "sub-03/anat/sub-03_defacemask": SIDECAR,
    }.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def test_sidecars_become_headers_in_the_units_of_dicom(tmp_path):
    first, third = sessions_of(write_sidecars(tmp_path / "ds1"))
    assert [(one.truth, one.suffix) for one in first.series] == [
        ("t1", "T1w"),
        ("t1ce", "T1w"),
        ("other", "bold"),
    ]
    (native,) = (one for one in first.series if one.truth == "t1")
    assert native.header == {
        "Manufacturer": "GE",
        "SeriesDescription": "BRAVO",
        "ScanningSequence": ["GR", "IR"],
        "ScanOptions": ["EPI_GEMS", "ACC_GEMS"],
        "RepetitionTime": 8.2,
        "EchoTime": 3.2,
        "InversionTime": 450.0,
        "time": "091530",
    }
    # Subject 2 has no header that subject 1 had not; phase is no T2; milliseconds stay.
    assert {one.truth for one in third.series} == {"t2", "other"}
    (t2,) = (one for one in third.series if one.truth == "t2")
    assert (t2.header["RepetitionTime"], t2.header["EchoTime"]) == (5000, 100)
