"""The picture of a case, drawn for cases that came through and for one that did not."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from heads import brain_on, scan
from PIL import Image

from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.figures.quality.case import draw_quality_case
from radnec.figures.quality.sections import Frame, grey, mark_right
from radnec.preprocess.quality.images import read_case
from radnec.preprocess.quality.measures import measure_case

NOTICE = "Simulated data. Research use only."


def write_images(folder, sequences):
    folder.mkdir()
    for name, (data, affine) in sequences.items():
        nib.save(nib.Nifti1Image(data, affine), folder / f"{name}.nii.gz")
    return {path.name: sha256(path) for path in folder.iterdir()}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A head with T1ce and T1, its brain and its small volumes; the records of the stages."""
    folder = tmp_path_factory.mktemp("case")
    images = {name: scan(name, seed=n) for n, name in enumerate(("t1ce", "t1"))}
    affine = images["t1ce"][1]
    mask = brain_on(affine, images["t1ce"][0].shape)
    small = {n: (d[::3, ::3], affine) for n, (d, _) in images.items()}
    files = {
        "convert": write_images(folder / "nifti", images),
        "register": write_images(folder / "registered", images),
        "strip": write_images(folder / "brain", {"mask": (mask.astype(np.uint8), affine)}),
        "normalise": write_images(folder / "normalised", small),
    }
    seen = {"t1_rotation": 3.21, "t1_translation": 4.5, "t1_similarity_before": 1.02}
    for stage, measures in (
        ("index", {}),
        ("convert", {}),
        ("register", {"reference": "t1ce", "t1_similarity_after": 1.21} | seen),
        ("strip", {"mask_volume_ml": 1500.0}),
        ("normalise", {}),
    ):
        record = Record("P1", stage, "ok", "", [], files.get(stage, {}), measures)
        record.write(folder / f"{stage}.json")
    return folder


def draw(case, target, remarks=(), **changed):
    stages = ("index", "convert", "register", "strip", "normalise")
    read = read_case(
        case="P1",
        scanned=case / "nifti",
        registered=case / "registered",
        brain=case / "brain",
        normalised=case / "normalised",
        records={stage: case / f"{stage}.json" for stage in stages} | changed,
    )
    draw_quality_case(read, remarks=remarks, notice=NOTICE, picture=target / "P1.png")
    return Image.open(target / "P1.png"), measure_case(read)


def count(picture, colour):
    return int((np.asarray(picture.convert("RGB")) == colour).all(axis=2).sum())


def test_picture_shows_edges_outline_and_volumes(case, tmp_path):
    picture, facts = draw(case, tmp_path)
    assert count(picture, (230, 110, 20)) > 500
    assert count(picture, (240, 228, 66)) > 500
    assert picture.info["Description"] == NOTICE
    assert facts["reference"] == "t1ce"
    assert set(facts["snr"]) == {"t1ce", "t1"}
    assert facts["snr"]["t1"] == pytest.approx(facts["snr"]["t1ce"], rel=0.05)
    assert (tmp_path / "P1.png").stat().st_size < 400_000
    first = (tmp_path / "P1.png").read_bytes()
    draw(case, tmp_path)
    assert (tmp_path / "P1.png").read_bytes() == first


def test_a_case_that_left_is_drawn_as_far_as_it_came(case, tmp_path):
    left = tmp_path / "strip.json"
    Record("P1", "strip", "excluded", "brain mask: 3000 ml", [], {}, {}).write(left)
    late = tmp_path / "normalise.json"
    Record("P1", "normalise", "excluded", "left at strip", [], {}, {}).write(late)
    picture, facts = draw(case, tmp_path, strip=left, normalise=late)
    assert count(picture, (230, 110, 20)) > 500 and count(picture, (240, 228, 66)) == 0
    assert facts["snr"] == {}
    none = tmp_path / "register.json"
    Record("P1", "register", "excluded", "no overlap", [], {}, {}).write(none)
    picture, facts = draw(case, tmp_path, register=none, strip=left, normalise=late)
    assert facts["reference"] is None
    # Both sequences as they were scanned, from three sides: one row that is mostly grey values.
    row = np.asarray(picture.convert("L"))[80:240]
    assert [np.ptp(row[:, 194 * n + 8 : 194 * n + 180]) > 150 for n in range(6)] == [True] * 6


def test_a_remark_is_orange_and_no_remark_is_not(case, tmp_path):
    orange = (160, 48, 0)
    assert count(draw(case, tmp_path)[0], orange) == 0
    noisy = draw(case, tmp_path, remarks=["t1: SNR 0.5, at least 5 expected"])[0]
    assert count(noisy, orange) > 100
    warned = tmp_path / "index.json"
    Record("P1", "index", "ok", "", ["age 0: a test object?"], {}, {}).write(warned)
    assert count(draw(case, tmp_path, index=warned)[0], orange) > 100


def test_the_letter_r_stands_at_the_patient_s_right():
    """RAS: x runs to the right, so the far end of the first axis is the patient's right."""
    volume = np.zeros((40, 40, 10), np.float32)
    volume[30:36, 10:30] = 0.5
    volume[4:10, 10:30] = 1.0
    mirrored = volume[::-1]
    frame = Frame((0, 0, 0), (40, 40, 10), (1.0, 1.0, 4.0), 40)
    for data, brighter in ((volume, "left"), (mirrored, "right")):  # the patient's sides
        picture = grey(frame.section(data, "axial", 5), 0, 1)
        halves = {"left": picture[:, 20:].max(), "right": picture[:, :20].max()}
        assert max(halves, key=halves.get) == brighter
        marked = mark_right(picture, "axial")
        assert (marked != picture).any(axis=(0, 2)).nonzero()[0].max() < 20
    assert mark_right(picture, "sagittal") is picture


def test_a_mask_beside_the_brain_is_drawn_beside_it():
    """The outline is drawn in the frame of the reference, not of the mask."""
    frame = Frame((0, 0, 0), (40, 40, 10), (1.0, 1.0, 4.0), 40)
    mask = np.zeros((40, 40, 10), np.float32)
    mask[2:6, 30:38] = 1
    rows, columns = np.nonzero(frame.section(mask, "axial", 5) > 0.5)
    assert (rows.min(), rows.max()) == (2, 9) and (columns.min(), columns.max()) == (34, 37)
