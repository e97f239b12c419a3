"""Damaged files through both stages: excluded with a reason, or converted right."""

import io
import resource
import signal
import time

import nibabel as nib
import numpy as np
import pytest
from damage import WAYS
from ingest_builders import FLAIR, SETTINGS, T1, T1CE, T2, dicom_slice, enhanced
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import ImplicitVRLittleEndian, JPEG2000Lossless, RLELossless

SECONDS, MEGABYTES = 10.0, 2048
N = 6
SEQUENCES = ("t1", "t2", "flair", "t1ce")


def jpeg_2000(data, pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels.astype("u1")).save(stream, "JPEG2000", no_jp2=True, irreversible=False)
    data.BitsAllocated, data.BitsStored, data.HighBit = 8, 8, 7
    data.PixelData = encapsulate([stream.getvalue()])
    data["PixelData"].is_undefined_length = True
    data.file_meta.TransferSyntaxUID = JPEG2000Lossless


def write_study(folder, seed=0):
    """Write four series of four kinds: explicit, implicit, RLE, and JPEG 2000."""
    rng = np.random.default_rng(seed)
    for number, (sequence, tags) in enumerate(zip(SEQUENCES, (T1, T2, FLAIR, T1CE), strict=True)):
        place = folder / sequence
        place.mkdir(parents=True)
        for k in range(N):
            pixels = rng.integers(0, 250, (24, 20))
            uid = f"1.2.826.0.1.3680043.2.{number + 1}"
            data = dicom_slice(k, pixels=pixels, series=uid, SeriesNumber=number + 1, **tags)
            if sequence == "t2":
                data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
            elif sequence == "flair":
                data.compress(RLELossless)
            elif sequence == "t1ce":
                jpeg_2000(data, pixels)
            data.save_as(place / f"{k}", enforce_file_format=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    write_study(folder)
    return folder


class TooSlow(BaseException):
    """Not an Exception, so that nothing on the way can take it for an error of the file."""


def in_time(function, *arguments):
    def stop(number, frame):
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(int(SECONDS))
    try:
        return function(*arguments)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run_damaged(whole, ingest, tmp_path, seed, expected):
    """Damage one file of a copy of the study; return what is wrong with the outcome."""
    rng = np.random.default_rng(seed)
    study = tmp_path / f"study{seed}"
    sequence, place = SEQUENCES[rng.integers(0, 4)], int(rng.integers(0, N))
    way = WAYS[rng.integers(0, len(WAYS))]
    for path in whole.rglob("*"):
        if path.is_file():
            copy = study / path.relative_to(whole)
            copy.parent.mkdir(parents=True, exist_ok=True)
            raw = path.read_bytes()
            damaged = path.parent.name == sequence and path.name == str(place)
            copy.write_bytes(way(raw, rng) if damaged else raw)
    what = f"seed {seed}: {way.__name__} of slice {place} of {sequence}"
    found = in_time(ingest, study)
    if not found.convert.ok:
        if "unexpected" in found.convert.reason:
            return f"{what}: {found.convert.reason}"
        return "" if found.convert.reason else f"{what}: excluded without a reason"
    for name in SEQUENCES:
        path = found.images / f"{name}.nii.gz"
        if not path.is_file():
            if name != sequence:
                return f"{what}: {name} is lost"
            if f"why_no_{name}" not in found.convert.measures and set(found.series["status"]) == {
                "chosen"
            }:
                return f"{what}: {name} is lost without a reason"
            continue
        image, right = nib.load(path), expected[name]
        if image.shape != right.shape or not np.allclose(image.affine, right.affine, atol=0.2):
            return f"{what}: {name} has another grid"
        same = np.asanyarray(image.dataobj) == np.asanyarray(right.dataobj)
        # Bits flipped among the pixels cannot be seen: they change that slice alone.
        wrong = [k for k in range(N) if not same[..., k].all()]
        if wrong and (name != sequence or wrong != [place]):
            return f"{what}: slices {wrong} of {name} are wrong"
    return ""


@pytest.fixture(scope="module")
def expected(whole, tmp_path_factory):
    from radnec.ingest.convert import convert_volume
    from radnec.ingest.identification.folder import find_series

    chosen = find_series(whole, SETTINGS.min_confidence, {}).chosen
    return {
        name: convert_volume(one.identity.volume, "dicom2nifti") for name, one in chosen.items()
    }


def check(whole, ingest, tmp_path, expected, seeds):
    wrong, slowest = [], 0.0
    for seed in seeds:
        start = time.monotonic()
        if fault := run_damaged(whole, ingest, tmp_path, seed, expected):
            wrong.append(fault)
        slowest = max(slowest, time.monotonic() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(seeds)} damaged files: slowest {slowest:.1f} s, peak {peak:.0f} MB")
    assert not wrong, "\n".join(wrong)
    assert peak < MEGABYTES


def test_undamaged_study_is_converted(whole, ingest, expected):
    found = ingest(whole)
    assert found.status() == dict.fromkeys(SEQUENCES, "chosen")
    assert set(expected) == set(SEQUENCES)
    assert sorted(found.convert.files) == sorted(
        f"{s}.{kind}" for s in SEQUENCES for kind in ("json", "nii.gz")
    )


def test_damaged_files(whole, ingest, tmp_path, expected):
    check(whole, ingest, tmp_path, expected, range(60))


@pytest.mark.slow
def test_a_thousand_damaged_files(whole, ingest, tmp_path, expected):
    check(whole, ingest, tmp_path, expected, range(60, 1060))


@pytest.mark.parametrize("seed", range(20))
def test_damaged_multi_frame_file(tmp_path, ingest, seed):
    rng = np.random.default_rng(1000 + seed)
    stack = rng.integers(0, 3000, (6, 24, 20))
    enhanced(tmp_path, stack)
    path = tmp_path / "enhanced"
    path.write_bytes(WAYS[seed % len(WAYS)](path.read_bytes(), rng))
    found = in_time(ingest, tmp_path)
    if found.convert.ok and "t1.nii.gz" in found.convert.files:
        assert nib.load(found.images / "t1.nii.gz").shape == (20, 24, 6)
    elif found.convert.ok:
        assert all(found.series["reason"])
    else:
        assert found.convert.reason
        assert "unexpected" not in found.convert.reason
