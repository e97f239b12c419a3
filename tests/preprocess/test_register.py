"""A case's sequences on one grid: files, records, failures, bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import nibabel as nib
import numpy as np
import pytest
from heads import brain_on, movement, scan, target_error, write_case
from scipy import ndimage

from radnec.core.records import Record
from radnec.preprocess.register import _flags, register_case
from radnec.preprocess.rigid import RigidResult
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.transforms import read_movement

SETTINGS = {
    "method": "rigid",
    "interpolation": "linear",
    "on_failure": "exclude",
    "max_rotation": 30.0,
    "max_translation": 60.0,
    "min_overlap": 0.7,
    "min_distinctness": 1.5,
}
MOVED = movement([4.0, -6.0, 5.0], [6.0, -4.0, 7.0])


def _register(folder, images, convert, **changes):
    register_case(
        case="P001",
        images=images,
        convert_record=convert,
        settings=RegistrationSettings.from_mapping(SETTINGS | changes),
        seed=7,
        registered=folder / "registered",
        record=folder / "register.json",
    )
    return folder / "registered", Record.read(folder / "register.json")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    sequences = {"t1ce": scan("t1ce"), "t2": scan("t2", MOVED, seed=1, shape=(100, 100, 27))}
    images, convert = write_case(folder, sequences)
    return folder, images, convert, *_register(folder, images, convert), sequences


def test_reference_is_copied_byte_for_byte(done):
    _, images, _, registered, record, _ = done
    assert record.ok
    assert record.measures["reference"] == "t1ce"
    assert (registered / "t1ce.nii.gz").read_bytes() == (images / "t1ce.nii.gz").read_bytes()
    assert sorted(record.files) == ["t1ce.nii.gz", "t2.mat", "t2.nii.gz"]


def test_moving_sequence_is_on_the_reference_s_grid_in_its_place(done):
    _, _, _, registered, record, sequences = done
    image = nib.load(registered / "t2.nii.gz")
    data, affine = sequences["t1ce"]
    np.testing.assert_allclose(image.affine, affine, atol=1e-5)
    found = read_movement(registered / "t2.mat")
    assert target_error(found, MOVED, brain_on(affine, data.shape), affine)[0] < 0.5
    # Independent of ITK: the same linear resampling by scipy, away from the field's border.
    moving, own = sequences["t2"]
    matrix = np.linalg.inv(own) @ found @ affine
    expected = ndimage.affine_transform(
        moving, matrix[:3, :3], matrix[:3, 3], output_shape=data.shape, order=1
    )
    inner = (slice(15, -15), slice(15, -15), slice(4, -4))
    np.testing.assert_allclose(image.get_fdata()[inner], expected[inner], atol=0.1)
    assert record.measures["t2_tries"] == 1
    assert record.measures["t2_rotation"] == pytest.approx(np.sqrt(16 + 36 + 25), abs=0.5)


def test_a_mask_travels_back_to_native_space(done):
    _, _, _, registered, _, sequences = done
    _, affine = sequences["t1ce"]
    moving, own = sequences["t2"]
    mask = brain_on(affine, sequences["t1ce"][0].shape).astype(np.float32)
    matrix = np.linalg.inv(affine) @ np.linalg.inv(read_movement(registered / "t2.mat")) @ own
    carried = (
        ndimage.affine_transform(
            mask, matrix[:3, :3], matrix[:3, 3], output_shape=moving.shape, order=1
        )
        > 0.5
    )
    true = brain_on(own, moving.shape, MOVED)
    assert 2 * (carried & true).sum() / (carried.sum() + true.sum()) > 0.97


def test_two_processes_write_the_same_bytes(done, tmp_path):
    _, images, convert, registered, record, _ = done
    script = f"""
from pathlib import Path
from radnec.preprocess.register import _flags, register_case
from radnec.preprocess.rigid import RigidResult
from radnec.preprocess.settings.registration import RegistrationSettings
import sys
out = Path(sys.argv[1])
register_case(case="P001", images=Path({str(images)!r}), convert_record=Path({str(convert)!r}),
    settings=RegistrationSettings.from_mapping({SETTINGS!r}), seed=7,
    registered=out / "registered", record=out / "register.json")
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ITK_", "OMP_"))}
    jobs = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / name)], env=environment)
        for name in "ab"
    ]
    assert [job.wait() for job in jobs] == [0, 0]
    for name in "ab":
        assert Record.read(tmp_path / name / "register.json") == record
        for file in record.files:
            again = (tmp_path / name / "registered" / file).read_bytes()
            assert again == (registered / file).read_bytes()


@pytest.mark.parametrize("signs", [(-1, -1, 1), (1, -1, -1)], ids=["head to head", "upside down"])
def test_a_header_turned_by_180_degrees_is_excluded(done, tmp_path, signs):
    sequences = done[-1]
    data, affine = scan("t2", seed=1, shape=(100, 100, 27))
    turned = np.diag([*signs, 1.0]) @ affine
    images, convert = write_case(tmp_path, {"t1ce": sequences["t1ce"], "t2": (data, turned)})
    registered, record = _register(tmp_path, images, convert)
    assert record.status == "excluded"
    assert record.reason.startswith("registration of t2 failed twice: ")
    assert list(registered.iterdir()) == []


def test_an_affine_moved_by_50_mm_is_registered(done, tmp_path):
    sequences = done[-1]
    data, affine = scan("t2", seed=1, shape=(100, 100, 27))
    shift = movement([0.0, 0.0, 0.0], [0.0, -30.0, 40.0])
    case = {"t1ce": sequences["t1ce"], "t2": (data, shift @ affine)}
    registered, record = _register(tmp_path, *write_case(tmp_path, case))
    assert record.ok
    own = sequences["t1ce"][1]
    found = read_movement(registered / "t2.mat")
    brain = brain_on(own, sequences["t1ce"][0].shape)
    # From the scan's world to the anatomy's the way is back.
    assert target_error(found, np.linalg.inv(shift), brain, own)[0] < 0.5
    assert record.measures["t2_translation"] == pytest.approx(50, abs=1)


def test_noise_in_place_of_a_head_is_excluded_after_a_second_try(done, tmp_path):
    sequences = done[-1]
    rng = np.random.default_rng(0)
    blobs = ndimage.gaussian_filter(rng.random((60, 60, 20)), 2).astype(np.float32)
    noise = (1000 * blobs, np.diag([3.0, 3.0, 6.0, 1.0]))
    images, convert = write_case(tmp_path, {"t1ce": sequences["t1ce"], "flair": noise})
    registered, record = _register(tmp_path, images, convert)
    assert record.status == "excluded"
    assert record.reason.startswith("registration of flair failed twice: ")
    assert record.measures["flair_tries"] == 2
    assert list(registered.iterdir()) == []


def test_a_doubtful_registration_can_be_kept(done, tmp_path):
    _, images, convert, *_ = done
    registered, record = _register(
        tmp_path, images, convert, on_failure="keep", min_distinctness=99.0
    )
    assert record.ok
    assert "registration of t2 is doubtful: shares" in record.warnings[0]
    assert (registered / "t2.nii.gz").is_file()


def test_one_sequence_alone_and_priority(tmp_path):
    images, convert = write_case(tmp_path, {"t2": scan("t2")})
    registered, record = _register(tmp_path, images, convert)
    assert record.measures["reference"] == "t2"
    assert [path.name for path in registered.iterdir()] == ["t2.nii.gz"]


def test_given_images_are_checked_and_passed_on(tmp_path):
    first, second = scan("t1"), scan("t2")
    images, convert = write_case(tmp_path / "a", {"t1": first, "t2": second})
    registered, record = _register(tmp_path / "a", images, convert, method="given")
    assert (registered / "t2.nii.gz").read_bytes() == (images / "t2.nii.gz").read_bytes()
    np.testing.assert_array_equal(read_movement(registered / "t2.mat"), np.eye(4))
    images, convert = write_case(tmp_path / "b", {"t1": first, "t2": scan("t2", zooms=(2, 2, 6))})
    _, record = _register(tmp_path / "b", images, convert, method="given")
    assert record.reason.startswith("t2: not on the reference's grid")


def test_given_images_that_are_nine_degrees_apart_are_refused(tmp_path):
    turned = scan("t2", movement([9.0, 0.0, 0.0], [0.0, 0.0, 0.0]), seed=1)
    images, convert = write_case(tmp_path, {"t1": scan("t1"), "t2": turned})
    _, record = _register(tmp_path, images, convert, method="given")
    assert record.reason.startswith("t2 is not aligned with the reference")


@pytest.mark.parametrize("method", ["given", "rigid"])
def test_a_segmentation_is_no_scan(tmp_path, method):
    data, affine = scan("t1")
    mask = (data > np.median(data)).astype(np.float32)
    images, convert = write_case(tmp_path, {"t1": (data, affine), "t2": (mask, affine)})
    _, record = _register(tmp_path, images, convert, method=method)
    assert record.reason.startswith("t2 has 2 different intensities")


@pytest.mark.parametrize(("after", "fails"), [(1.079, 0), (1.0788, 0), (1.07, 1), (1.0, 1)])
def test_the_last_digit_of_the_similarity_decides_nothing(after, fails):
    result = RigidResult(np.eye(4), 1.07904, after, overlap=1.0, distinctness=4.0)
    flags = _flags(result, np.zeros(3), RegistrationSettings.from_mapping(SETTINGS))
    assert len(flags) == fails


def test_a_case_that_left_before_stays_out(tmp_path):
    images, convert = write_case(tmp_path, {"t1": scan("t1")})
    Record("P001", "convert", "excluded", "fewer than 32 slices", [], {}, {}).write(convert)
    _, record = _register(tmp_path, images, convert)
    assert record.reason == "left at convert: fewer than 32 slices"


def test_an_image_with_nan_names_its_sequence(tmp_path):
    data, affine = scan("t2")
    data[3, 3, 3] = np.nan
    images, convert = write_case(tmp_path, {"t1": scan("t1"), "t2": (data, affine)})
    _, record = _register(tmp_path, images, convert)
    assert record.reason == "t2: 1 voxels are not finite numbers"
