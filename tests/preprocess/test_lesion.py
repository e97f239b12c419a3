"""Where lesions are: drawn on any grid, or found from their enhancement."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from heads import movement, template

from radnec.core.errors import CaseExcluded
from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.preprocess.lesion.carry import carry_lesion
from radnec.preprocess.lesion.crop import normalise_lesion
from radnec.preprocess.lesion.find import find_enhancement
from radnec.preprocess.lesion.locate import locate_lesion
from radnec.preprocess.lesion.table import tabulate_lesions
from radnec.preprocess.settings.lesion import LesionSettings
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.transforms import write_movement
from radnec.preprocess.volumes import write_volume

CENTRE = np.array([32.0, -20.0, 22.0])
RADIUS = 12.0
MOVED = movement([0, 0, 8.0], [5.0, -3.0, 2.0])  # from the reference to the T2 scan


def ball(shape, affine, centre=CENTRE, radius=RADIUS):
    places = np.moveaxis(np.indices(shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
    return np.linalg.norm(places - centre, axis=-1) < radius


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


@pytest.fixture
def case(tmp_path):
    """A registered and stripped head with a ring that enhances, and the scans it came from."""
    head, brain, affine = template()
    ring = ball(head.shape, affine) & ~ball(head.shape, affine, radius=RADIUS - 4)
    rng = np.random.default_rng(0)
    noise = {name: rng.normal(0, 0.01, head.shape) for name in ("t1ce", "t1", "t2")}
    volumes = {name: head + one for name, one in noise.items()}
    volumes["t1ce"] = volumes["t1ce"] + 0.6 * ring
    for name, data in volumes.items():
        for folder, shown in (("registered", data), ("brain", data * brain)):
            (tmp_path / folder).mkdir(exist_ok=True)
            write_volume(tmp_path / folder / f"{name}.nii.gz", shown.astype(np.float32), affine)
    write_volume(tmp_path / "brain" / "mask.nii.gz", brain.astype(np.uint8), affine)
    (tmp_path / "images").mkdir()
    for name in ("t1ce", "t1"):
        write_volume(
            tmp_path / "images" / f"{name}.nii.gz", volumes[name].astype(np.float32), affine
        )
    # Another grid, and the patient has moved.
    grid = affine @ np.diag([1.0, 1.0, 2.5, 1.0])
    shape = (*head.shape[:2], head.shape[2] // 3)
    write_volume(tmp_path / "images" / "t2.nii.gz", rng.random(shape).astype(np.float32), grid)
    write_movement(tmp_path / "registered" / "t1.mat", np.eye(4))
    write_movement(tmp_path / "registered" / "t2.mat", MOVED)
    files = {f"{n}.nii.gz": sha256(tmp_path / "brain" / f"{n}.nii.gz") for n in (*volumes, "mask")}
    Record("S1", "strip", "ok", "", [], files, {}).write(tmp_path / "strip.json")
    return tmp_path, head.shape, affine, shape, grid


def carried(folder, path, labels=()):
    return carry_lesion(path, labels, images=folder / "images", registered=folder / "registered")


def test_drawn_on_the_reference(case):
    folder, shape, affine, *_ = case
    lesion = ball(shape, affine)
    write_volume(folder / "drawn.nii.gz", lesion.astype(np.uint8), affine)
    found = carried(folder, folder / "drawn.nii.gz")
    assert found.drawn_on == "t1ce"
    assert (found.mask == lesion).all()


def test_drawn_on_another_sequence_moves_with_it(case):
    folder, shape, affine, own_shape, grid = case
    centre = (MOVED @ [*CENTRE, 1])[:3]
    drawn = ball(own_shape, grid, centre)
    write_volume(folder / "drawn.nii.gz", drawn.astype(np.uint8), grid)
    found = carried(folder, folder / "drawn.nii.gz")
    assert found.drawn_on == "t2"
    assert dice(found.mask, ball(shape, affine)) > 0.9
    middle = affine @ [*np.argwhere(found.mask).mean(axis=0), 1]
    assert np.linalg.norm(middle[:3] - CENTRE) < 1.0


def test_values_that_are_no_lesion_are_left_out(case):
    folder, shape, affine, *_ = case
    values = ball(shape, affine, radius=18).astype(np.uint8) * 3
    values[ball(shape, affine)] = 1
    write_volume(folder / "drawn.nii.gz", values, affine)
    assert (carried(folder, folder / "drawn.nii.gz", (1, 2)).mask == ball(shape, affine)).all()
    with pytest.raises(CaseExcluded, match=r"no voxel of the values \[7\]"):
        carried(folder, folder / "drawn.nii.gz", (7,))


def test_another_patients_mask_is_refused(case):
    folder, shape, affine, *_ = case
    far = affine.copy()
    far[:3, 3] += 150
    write_volume(folder / "drawn.nii.gz", ball(shape, affine).astype(np.uint8), far)
    with pytest.raises(CaseExcluded, match="lies elsewhere than the reference: 0% of its volume"):
        carried(folder, folder / "drawn.nii.gz")


def test_a_ring_is_found_with_its_core(case):
    folder, shape, affine, *_ = case
    volumes = [
        nib.load(folder / "brain" / f"{name}.nii.gz").get_fdata(dtype=np.float32)
        for name in ("t1ce", "t1")
    ]
    brain = np.asarray(nib.load(folder / "brain" / "mask.nii.gz").dataobj) > 0
    found = find_enhancement(*volumes, brain, np.array([2.0, 2.0, 2.0]), 5.0)
    assert dice(found, ball(shape, affine)) > 0.8
    with pytest.raises(CaseExcluded, match=r"less than 0.1 ml of the brain enhances"):
        find_enhancement(volumes[1], volumes[1] + 0.001 * volumes[0], brain, np.full(3, 2.0), 50.0)


def locate(folder, drawn="", **settings):
    locate_lesion(
        case="S1",
        drawn=str(drawn),
        settings=LesionSettings.from_mapping(settings),
        images=folder / "images",
        registered=folder / "registered",
        brain=folder / "brain",
        strip_record=folder / "strip.json",
        outdir=folder / "lesion",
        record=folder / "locate.json",
    )
    return Record.read(folder / "locate.json")


def test_a_mask_that_cannot_be_used_is_said_and_the_case_goes_on(case):
    folder, shape, affine, *_ = case
    assert locate(folder).measures["region"] == "enhancement"
    missing = locate(folder, folder / "absent.nii.gz")
    assert missing.ok and missing.measures["region"] == "enhancement"
    assert missing.warnings == ["the drawn lesion is missing; not used"]
    outside = ball(shape, affine, centre=np.array([0.0, -20.0, 85.0]), radius=8)
    write_volume(folder / "drawn.nii.gz", outside.astype(np.uint8), affine)
    aside = locate(folder, folder / "drawn.nii.gz", without_mask="brain")
    assert aside.measures["region"] == "brain"
    assert "of the drawn lesion lies in the brain; not used" in aside.warnings[0]


def test_the_table_has_cases_with_remarks_first(case, tmp_path):
    folder, shape, affine, *_ = case
    write_volume(folder / "drawn.nii.gz", ball(shape, affine).astype(np.uint8), affine)
    good = locate(folder, folder / "drawn.nii.gz")
    assert good.measures["region"] == "drawn" and good.measures["share_in_brain"] == 1.0
    assert good.measures["volume_ml"] == pytest.approx(4 / 3 * np.pi * 1.2**3, rel=0.05)
    records = []
    for name, warnings in (("A", []), ("B", ["missing"])):
        Record(name, "locate", "ok", "", warnings, {}, good.measures).write(folder / f"{name}.json")
        records.append(folder / f"{name}.json")
    tabulate_lesions(records=records, cohort="patients", output=folder / "lesions.tsv")
    lines = (folder / "lesions.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["case", "B", "A"]
    assert lines[2].endswith("drawn\t7.16\tt1ce\t1.0\t\tpatients")


def test_the_cut_out_is_centred_on_the_lesion_and_holds_it_with_its_margin(case):
    folder, shape, affine, *_ = case
    write_volume(folder / "drawn.nii.gz", ball(shape, affine).astype(np.uint8), affine)
    locate(folder, folder / "drawn.nii.gz")
    settings = NormalisationSettings.from_mapping(
        {"size": [40, 40, 20], "intensity": "z-score", "region": "brain"}
    )
    normalise_lesion(
        case="S1",
        brain=folder / "brain",
        strip_record=folder / "strip.json",
        lesion=folder / "lesion",
        locate_record=folder / "locate.json",
        settings=settings,
        margin=10.0,
        normalised=folder / "normalised",
        record=folder / "normalise.json",
    )
    assert Record.read(folder / "normalise.json").ok
    image = nib.load(folder / "normalised" / "t1ce.nii.gz")
    assert image.shape == (40, 40, 20)
    corners = image.affine @ np.array([[-0.5, 39.5], [-0.5, 39.5], [-0.5, 19.5], [1, 1]])
    low, high = corners[:3].min(axis=1), corners[:3].max(axis=1)
    assert np.abs((low + high) / 2 - CENTRE).max() < 1.1  # a voxel of the lesion is 2 mm
    assert (low <= CENTRE - RADIUS - 8.5).all() and (high >= CENTRE + RADIUS + 8.5).all()
    assert (high - low).max() < 80
    inside = ball(image.shape, image.affine) & ~ball(image.shape, image.affine, radius=8.5)
    data = image.get_fdata()
    assert data[inside].mean() > data[data != 0].mean() + 1
