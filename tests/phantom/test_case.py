"""Whole cases: the truth against the images, defects, repeatability."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from scipy import ndimage
from simulated import SEED, SETTINGS, simulate

from radnec.core.errors import InputError
from radnec.phantom.case import simulate_case
from radnec.phantom.dicom import FAKE_BIRTH_DATE, FAKE_MARKS

SEQUENCES = ("t1", "t2", "flair", "t1ce")


def load(dicom: Path, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Stack a series by hand: array (column, row, slice) and affine to world RAS."""
    slices = [pydicom.dcmread(path) for path in (dicom / f"S{number:04d}").iterdir()]
    slices.sort(key=lambda data: data.InstanceNumber)
    array = np.stack([data.pixel_array.T for data in slices], axis=2).astype(float)
    array *= float(slices[0].get("RescaleSlope", 1))
    across, down = np.array(slices[0].ImageOrientationPatient, dtype=float).reshape(2, 3)
    first, last = (
        np.array(data.ImagePositionPatient, dtype=float) for data in slices[:: len(slices) - 1]
    )
    affine = np.eye(4)
    affine[:3, 0] = across * float(slices[0].PixelSpacing[1])
    affine[:3, 1] = down * float(slices[0].PixelSpacing[0])
    affine[:3, 2] = (last - first) / (len(slices) - 1)
    affine[:3, 3] = first
    return array, np.diag([-1, -1, 1, 1]) @ affine


def similarity(dicom: Path, moving_to_fixed: np.ndarray) -> float:
    """Correlate T1 (S0002), brought over by a matrix, with T1ce (S0005) within the head."""
    fixed, fixed_affine = load(dicom, 5)
    moving, moving_affine = load(dicom, 2)
    to_moving = np.linalg.inv(moving_to_fixed @ moving_affine) @ fixed_affine
    grid = np.stack(
        np.meshgrid(
            *[np.arange(0, n, s) for n, s in zip(fixed.shape, (2, 2, 1), strict=True)],
            indexing="ij",
        )
    )
    points = np.tensordot(to_moving[:3, :3], grid, 1) + to_moving[:3, 3, None, None, None]
    brought = ndimage.map_coordinates(moving, points, order=1)
    there = fixed[::2, ::2]
    head = (there > 100) & (brought > 0)
    return float(np.corrcoef(there[head], brought[head])[0, 1])


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_true_transform_is_the_one_that_aligns_the_images(philips) -> None:
    true = np.loadtxt(philips.truth / "t1_to_t1ce.txt")
    aligned = similarity(philips.dicom, true)
    assert aligned > 0.95
    assert similarity(philips.dicom, np.eye(4)) < aligned - 0.02
    for axis, shift in ((0, 1.5), (1, 1.5), (2, 2.5)):
        for sign in (-1, 1):
            off = true.copy()
            off[axis, 3] += sign * shift
            assert similarity(philips.dicom, off) < aligned


def test_transforms_are_rigid_within_the_settings(philips) -> None:
    for name in SEQUENCES:
        matrix = np.loadtxt(philips.truth / f"{name}_to_t1ce.txt")
        assert np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-7)
        assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1)
        # Two movements of at most 4 mm and 4 degrees about each axis lie between two scans.
        turn = np.degrees(np.arccos((np.trace(matrix[:3, :3]) - 1) / 2))
        assert turn < 2 * 4 * np.sqrt(3)
    assert np.allclose(np.loadtxt(philips.truth / "t1ce_to_t1ce.txt"), np.eye(4))


def test_masks_lie_where_the_images_show_it(philips) -> None:
    t1ce, affine = load(philips.dicom, 5)
    lesion_image = nib.load(philips.truth / "lesion.nii.gz")
    assert nib.aff2axcodes(lesion_image.affine) == ("R", "A", "S")
    canonical = nib.as_closest_canonical(nib.Nifti1Image(t1ce, affine))
    assert np.allclose(canonical.affine, lesion_image.affine, atol=1e-3)
    lesion = np.asarray(lesion_image.dataobj)
    brain = np.asarray(nib.load(philips.truth / "brain.nii.gz").dataobj) > 0
    image = canonical.get_fdata()
    tissue = np.median(image[brain & (lesion == 0)])
    assert np.median(image[lesion == 1]) > 1.2 * tissue
    facts = json.loads((philips.truth / "case.json").read_text())["lesion"]
    voxel = abs(np.linalg.det(lesion_image.affine[:3, :3])) / 1000
    assert facts["oedema_ml"] == pytest.approx((lesion == 3).sum() * voxel)
    assert 1000 < brain.sum() * voxel < 2300


def test_ring_surrounds_a_dark_core(siemens) -> None:
    t1ce, affine = load(siemens.dicom, 5)
    image = nib.as_closest_canonical(nib.Nifti1Image(t1ce, affine)).get_fdata()
    lesion = np.asarray(nib.load(siemens.truth / "lesion.nii.gz").dataobj)
    brain = np.asarray(nib.load(siemens.truth / "brain.nii.gz").dataobj) > 0
    inner = ndimage.binary_erosion(lesion == 2, iterations=2)
    assert np.median(image[inner]) < np.median(image[brain & (lesion == 0)])
    assert np.median(image[lesion == 1]) > 1.3 * np.median(image[inner])


def test_noise_in_air_is_rayleigh_of_the_snr_asked_for(siemens) -> None:
    # Siemens stores values as they are; in the corners of the top slices there is only air.
    t1, _ = load(siemens.dicom, 2)
    air = t1[:30, :30, -2:]
    ratio = air.mean() / air.std()
    assert ratio == pytest.approx(np.sqrt(np.pi / 2) / np.sqrt(2 - np.pi / 2), rel=0.05)
    brain = np.asarray(nib.load(siemens.truth / "brain.nii.gz").dataobj)[::-1, ::-1] > 0
    spread = air.mean() / np.sqrt(np.pi / 2)
    # Brain is white and grey matter: its median lies a little below the white matter's.
    assert 0.6 * 30 < np.median(t1[brain]) / spread < 1.1 * 30


def test_scalp_is_brightest_on_t1_and_fluid_on_t2(siemens) -> None:
    brain = np.asarray(nib.load(siemens.truth / "brain.nii.gz").dataobj)[::-1, ::-1] > 0
    outside = ~ndimage.binary_dilation(brain, iterations=6)
    t1, _ = load(siemens.dicom, 2)
    assert np.percentile(t1[outside], 99.5) > np.percentile(t1[brain], 99)
    t2, _ = load(siemens.dicom, 3)
    assert np.percentile(t2[brain], 99.5) > 2 * np.median(t2[brain])


@pytest.mark.parametrize(
    ("defect", "counts"),
    [
        ("few_slices", {"t2_tse_tra": 20, "t1_tse_tra+C": 32}),
        ("missing_sequence", {"t2_tse_tra": 0, "t1_tse_tra+C": 32}),
        ("truncated_file", {"t2_tse_tra": 32, "t1_tse_tra+C": 31}),
    ],
)
def test_defects(siemens, defect: str, counts: dict[str, int], tmp_path) -> None:
    broken = simulate(siemens.case, siemens.label, tmp_path, defect)
    whole = dict.fromkeys(counts, 0)
    cut = 0
    for path in broken.dicom.rglob("IM*"):
        data = pydicom.dcmread(path)
        if len(data.PixelData) < data.Rows * data.Columns * 2:
            cut += 1
        elif data.SeriesDescription in whole:
            whole[data.SeriesDescription] += 1
    assert whole == counts
    assert cut == (defect == "truncated_file")
    assert json.loads((broken.truth / "case.json").read_text())["defect"] == defect


def test_same_seed_gives_the_same_bytes_in_another_process(philips, tmp_path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from simulated import simulate;"
        "simulate(sys.argv[2], 'recurrence', Path(sys.argv[3]))"
    )
    here = Path(__file__)
    helpers = here.parents[1] / "helpers"
    arguments = [sys.executable, "-c", code, str(helpers), philips.case, str(tmp_path)]
    source = str(here.parents[2] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "OMP_NUM_THREADS": "2", "TZ": "Asia/Tokyo"}
    subprocess.run(arguments, check=True, env=environment)
    for kind in ("dicom", "truth"):
        again = checksums(tmp_path / kind / philips.case)
        assert again == checksums(getattr(philips, kind))


def test_truth_knows_no_identity(philips) -> None:
    paths = [path for path in philips.truth.rglob("*") if path.is_file()]
    assert len(paths) == 7
    for path in paths:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        for mark in (*FAKE_MARKS, FAKE_BIRTH_DATE):
            assert mark.encode() not in raw, path


@pytest.mark.parametrize(("key", "value"), [("label", "tumour"), ("defect", "upside_down")])
def test_unknown_values_are_refused(key: str, value: str, tmp_path) -> None:
    values = {"label": "necrosis", "defect": "none"} | {key: value}
    with pytest.raises(InputError, match=f"case X1: {key} '{value}', expected one of"):
        simulate_case(
            case="X1",
            seed=SEED,
            settings=SETTINGS,
            dicom=tmp_path / "d",
            truth=tmp_path / "t",
            **values,
        )
    assert not list(tmp_path.iterdir())
