"""The page of the cases as preprocessing left them: order, pictures, and who is missing."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from radnec.core.errors import InputError
from radnec.report.quality import write_quality

NOTICE = "Simulated data. Research use only."
COHORT = """case\tstatus\tstage\treason
P1\tincluded\t\t
P2\texcluded\tregister\tregistration of t2 failed twice
P3\texcluded\tselect\tfewer than 32 slices: t1 has 12
"""
QUALITY = """case\toutcome\tremarks\tcohort
P2\tleft at register: registration of t2 failed twice\t\treal
P1\tincluded\tt2: SNR 0.5, at least 5 expected\treal
"""


@pytest.fixture
def study(tmp_path):
    (tmp_path / "quality").mkdir()
    (tmp_path / "cohort.tsv").write_text(COHORT)
    (tmp_path / "quality" / "cases.tsv").write_text(QUALITY)
    for case in ("P1", "P2"):
        Image.new("L", (8, 8)).save(tmp_path / "quality" / f"{case}.png")
    return tmp_path


def write(folder):
    write_quality(
        study="trial",
        notice=NOTICE,
        cohort=folder / "cohort.tsv",
        quality=folder / "quality" / "cases.tsv",
        pictures=[folder / "quality" / "P1.png", folder / "quality" / "P2.png"],
        page=folder / "quality.html",
    )
    return (folder / "quality.html").read_text(encoding="utf-8")


def test_every_case_has_its_row_or_its_reason_and_its_picture(study):
    page = write(study)
    for text in ("1 of 3 cases are ready", NOTICE, "fewer than 32 slices: t1 has 12", "SNR 0.5"):
        assert text in page
    shown = re.findall(r'<figure>\s*<img src="([^"]+)"', page)
    assert shown == ["quality/P2.png", "quality/P1.png"]
    assert all((study / address).is_file() for address in shown)


def test_a_picture_that_is_missing_is_an_error(study):
    (study / "quality" / "P1.png").unlink()
    with pytest.raises(InputError, match=r"P1\.png: not found"):
        write(study)
