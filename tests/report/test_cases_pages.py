"""All cases in one table, and a page for each: order, decisions, images, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from browser import asked_for, barriers, browser, needs_browser, wait_for
from PIL import Image

from radnec.core.notices import notice
from radnec.core.records import Record
from radnec.report.case_page import STAGES, CaseFiles
from radnec.report.case_pages import write_cases
from radnec.report.case_table import errors_of, study_cases

NOTICE = notice(phantom=True)
AFFINE = np.diag([1.0, 1.0, 5.0, 1.0])
SIZE = (40, 44, 10)
PEAK = (30, 12, 6)

# case, label, p of necrosis by the two models; None: not tested
TESTED = [
    ("A", "recurrence", 0.9, 0.8),  # both wrong
    ("B", "necrosis", 0.9, 0.2),  # one wrong
    ("C", "recurrence", 0.5, 0.1),  # a tie is read as recurrence
    ("D", "necrosis", 0.6, 0.6),
    ("E", "recurrence", 0.1, 0.1),
]


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    rows = [(case, label, "included", "", "") for case, label, *_ in TESTED]
    rows.append(("F", "necrosis", "excluded", "select", "missing sequence: <t2>"))
    names = ["case", "label", "status", "stage", "reason"]
    pd.DataFrame(rows, columns=names).assign(patient="x").to_csv(
        folder / "cohort.tsv", sep="\t", index=False
    )
    for at, model in enumerate(("one", "two")):
        table = pd.DataFrame(
            {
                "case": [row[0] for row in TESTED],
                "label": [row[1] for row in TESTED],
                "fold": "holdout",
                "seed": 1,
                "set": "test",
                "p_necrosis": [row[2 + at] for row in TESTED],
            }
        )
        table["p_recurrence"] = 1 - table["p_necrosis"]
        table.to_csv(folder / f"{model}.tsv", sep="\t", index=False)
    (folder / "ranking.tsv").write_text("backbone\tinput_set\nnet\tone\n")
    quality = folder / "quality"
    quality.mkdir()
    remarks = pd.DataFrame({"case": [row[0] for row in TESTED]})
    remarks["remarks"] = ["", "", "", "", "t1: moved far; t2: dark"]
    remarks.to_csv(quality / "cases.tsv", sep="\t", index=False)
    x, y, z = np.indices(SIZE)
    head = ((x - 20) / 18) ** 2 + ((y - 22) / 20) ** 2 + ((z - 5) / 4.8) ** 2 < 1
    heat = np.exp(-((x - PEAK[0]) ** 2 + (y - PEAK[1]) ** 2 + (5 * (z - PEAK[2])) ** 2) / 50)
    for case, *_ in TESTED:
        save(folder / "registered" / case / "t1ce.nii.gz", 100.0 * head)
        save(folder / "registered" / case / "t2.nii.gz", 50.0 * head)
        save(folder / "brain" / case / "t1ce.nii.gz", 100.0 * head)
        save(folder / "brain" / case / "mask.nii.gz", head * 1.0)
        for stage in STAGES:
            record(folder, stage, case)
        Image.new("L", (9, 9)).save(quality / f"{case}.png")
    save(folder / "maps" / "reference" / "A.nii.gz", heat)
    (folder / "maps" / "summary.tsv").write_text("case\tzero\nA\tno\n")
    known = pd.DataFrame({"case": [row[0] for row in TESTED], "label": [row[1] for row in TESTED]})
    known["sex"] = ["male", "male", "female", "female", ""]
    write_cases(
        study="trial",
        notice=NOTICE,
        cohort=folder / "cohort.tsv",
        predictions=models(folder),
        ranking=folder / "ranking.tsv",
        covariates=known,
        explained="net / one",
        files=CaseFiles(
            registered=folder / "registered",
            brain=folder / "brain",
            records=folder / "records",
            maps=folder / "maps",
            quality=quality,
        ),
        page=folder / "cases.html",
        folder=folder / "cases",
    )
    return folder


def models(folder: Path) -> dict[str, Path]:
    return {"net / one": folder / "one.tsv", "net / two": folder / "two.tsv"}


def save(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(values.astype(np.float32), AFFINE), path)


def record(folder: Path, stage: str, case: str) -> None:
    measures = {"reference": "t1ce"} if stage == "register" else {}
    files = {"t1ce.nii.gz": "", "t2.nii.gz": ""} if stage == "register" else {}
    path = folder / "records" / stage / f"{case}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    warnings = [f"t1: what {stage} says of it"]
    Record(case, stage, "ok", "", warnings, files, measures).write(path)  # type: ignore[arg-type]


def test_what_went_wrong_comes_first(study) -> None:
    found = study_cases(
        cohort=study / "cohort.tsv",
        predictions=models(study),
        quality=study / "quality" / "cases.tsv",
    )
    assert [one.case for one in found] == ["A", "B", "F", "E", "D", "C"]
    by_name = {one.case: one for one in found}
    assert by_name["A"].wrong == ["net / one", "net / two"]
    assert by_name["B"].wrong == ["net / two"] and by_name["C"].wrong == []
    # By hand: A is a recurrence, its probabilities of recurrence are 0.1 and 0.2.
    assert by_name["A"].p_true == pytest.approx(0.15)
    assert by_name["F"].left == "select: missing sequence: <t2>" and not by_name["F"].p_recurrence
    assert by_name["E"].flags == ("t1: moved far", "t2: dark")
    errors = errors_of(found, "net / one")
    assert dict(errors) == {"A": True, "B": False, "C": False, "D": False, "E": False}


def test_the_table_links_what_there_is(study) -> None:
    html = (study / "cases.html").read_text()
    assert [f'href="cases/{case}.html"' in html for case in "ABCDEF"] == [True] * 5 + [False]
    assert "missing sequence: &lt;t2&gt;" in html and "1 of 5 tested cases" in html
    # One of the three recurrences is wrong, none of the two necroses: 1 of 3 in Fisher's table.
    assert "1 of 3" in html and "0 of 2" in html
    for case in "ABCDE":
        assert (study / "cases" / f"{case}.html").exists()
    width = {case: Image.open(study / "cases" / f"{case}.png").width for case in "AB"}
    assert width["A"] > 1.8 * width["B"]  # with and without a map


def test_a_page_shows_the_remarks_of_every_stage(study) -> None:
    html = (study / "cases" / "A.html").read_text()
    for stage in ("index", "convert", "register", "strip", "normalise"):
        assert f"t1: what {stage} says of it" in html


def test_the_map_is_drawn_where_it_is_highest(study) -> None:
    pixels = np.asarray(Image.open(study / "cases" / "A.png").convert("RGB")).astype(int)
    warm = pixels[..., 0] - pixels[..., 2]
    half = pixels.shape[1] // 2
    assert warm[:, :half].max() < 20  # the slice itself is grey
    row, column = np.unravel_index(warm[:, half:].argmax(), warm[:, half:].shape)
    # x grows to the right of this patient, who is seen from the feet: on the left of the picture.
    assert (PEAK[0] > SIZE[0] / 2) == (column < half / 2)
    assert (PEAK[1] < SIZE[1] / 2) == (row > pixels.shape[0] / 2)


@needs_browser
def test_pages_work_as_files(study, tmp_path) -> None:
    with browser(tmp_path / "profile") as driver:
        driver.get((study / "cases.html").as_uri())
        assert barriers(driver) == []
        driver.find_element("link text", "A").click()
        box = driver.find_element("css selector", ".viewer")
        wait_for(lambda: box.get_attribute("data-state") in ("open", "failed"))
        assert box.get_attribute("data-state") == "open", box.text
        scans = driver.find_elements("css selector", "[name=scan] option")
        assert [one.text for one in scans] == ["T1ce", "T2"]
        assert driver.find_elements("css selector", "[name=overlay][value=map]")
        assert barriers(driver) == []
        assert [url for url in asked_for(driver) if not url.startswith("file:")] == []
        assert [one for one in driver.get_log("browser") if one["level"] == "SEVERE"] == []
        driver.find_element("partial link text", "Next").click()
        assert driver.title == "trial: case B"
        assert not driver.find_elements("css selector", "[name=overlay][value=map]")
