"""A second method's view of a brain mask: deepbet itself on a small head."""

from __future__ import annotations

import numpy as np
import pytest
from heads import brain_on, movement, scan

from radnec.preprocess.quality.images import PreprocessedCase, RegisteredImages
from radnec.preprocess.quality.second_opinion import second_opinion
from radnec.preprocess.volumes import write_volume

SHAPE = (90, 104, 26)


def opinion(folder, mask, backend="hd-bet"):
    data, affine = scan("t1", shape=SHAPE)
    for name in ("registered", "brain"):
        (folder / name).mkdir()
    write_volume(folder / "registered" / "t1.nii.gz", data, affine)
    write_volume(folder / "brain" / "mask.nii.gz", mask.astype(np.uint8), affine)
    found = RegisteredImages({"t1": data}, affine, "t1", mask.astype(np.float32))
    case = PreprocessedCase("P1", {}, folder, found, folder)
    return second_opinion(
        case, registered=folder / "registered", brain=folder / "brain", backend=backend, seed=1
    )


@pytest.fixture(scope="module")
def brain():
    _, affine = scan("t1", shape=SHAPE)
    return brain_on(affine, SHAPE, movement([0, 0, 0], [0, 0, 0])), affine


def test_a_good_mask_is_agreed_to(tmp_path, brain):
    found = opinion(tmp_path, brain[0])
    assert found["method"] == "deepbet"
    assert found["dice"] > 0.95
    assert found["remarks"] == []


def test_an_eye_is_remarked(tmp_path, brain):
    mask, affine = brain
    voxels = np.indices(SHAPE).reshape(3, -1)
    points = affine[:3, :3] @ voxels + affine[:3, 3:]
    # The right eyeball of the template, 13 mm in radius.
    eye = np.linalg.norm(points - [[33.0], [58.0], [-38.0]], axis=0) < 13
    found = opinion(tmp_path, mask | eye.reshape(SHAPE))
    assert len(found["remarks"]) == 1
    assert "is not brain for deepbet" in found["remarks"][0]


def test_stripped_images_have_no_skull_to_be_found(tmp_path, brain):
    assert opinion(tmp_path, brain[0], backend="none") is None
