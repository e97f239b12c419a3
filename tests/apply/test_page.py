"""The patient's page: what it says, and that a browser shows it without asking for anything."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from answers import answer
from browser import asked_for, browser, needs_browser, wait_for
from PIL import Image

from radnec.apply.page import write_patient_page

ANSWER = answer(case="<next & last>", model="resnet10/fused", sequences=["t1", "t1ce"])


@pytest.fixture
def page(tmp_path) -> Path:
    (tmp_path / "brain").mkdir()
    rng = np.random.default_rng(1)
    inside = np.zeros((30, 36, 8))
    inside[6:24, 6:30, 1:7] = 1
    affine = np.diag([2.0, 2.0, 6.0, 1.0])
    for path, values in {
        "brain/t1ce": inside * rng.uniform(200, 300, inside.shape),
        "brain/t1": inside * 100,
        "brain/mask": inside,
        "map": inside * rng.random(inside.shape),
    }.items():
        image = nib.Nifti1Image(values.astype(np.float32), affine)
        nib.save(image, tmp_path / f"{path}.nii.gz")
    Image.new("RGB", (40, 30), "grey").save(tmp_path / "quality.png")
    write_patient_page(ANSWER, tmp_path, "t1ce", tmp_path / "prediction.html")
    return tmp_path / "prediction.html"


def test_page_says_answer_spread_and_notice(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert "0.625" in text and "0.375" in text
    assert "range from 0.500 to 0.750" in text
    assert ANSWER["notice"] in text
    assert "UNLIKE THE STUDY, timing and thickness: t2 TE 300" in text
    assert "SAME IMAGES: t1 and t2" in text
    assert "positive predictive value 0.76 (0.37 to 0.95)" in text
    assert "undecided, since neither class can be ruled out" in text
    assert "1 would be called unlike it" in text
    assert "<td>peak in the lesion with oedema</td><td>0.43 (0.16 to 0.75)</td>" in text
    assert "&lt;next &amp; last&gt;" in text and "<next" not in text


@needs_browser
def test_a_browser_shows_it_and_it_asks_for_nothing(page, tmp_path) -> None:
    with browser(tmp_path / "profile") as driver:
        driver.get(page.as_uri())
        wait_for(lambda: driver.find_elements("css selector", ".viewer[data-state=open]"))
        options = driver.find_elements("css selector", "[name=scan] option")
        assert [one.text for one in options] == ["T1ce", "T1"]
        assert asked_for(driver) == [page.as_uri()]
        assert not [line for line in driver.get_log("browser") if line["level"] == "SEVERE"]
