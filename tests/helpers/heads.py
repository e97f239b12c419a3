"""Small heads with known movement, made from the head template that nimare carries."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from radnec.core.files import sha256
from radnec.core.records import Record

CENTRE = np.array([0.0, -20.0, 10.0])


@functools.cache
def template():
    """Head, brain mask and matrix of MNI152NLin6Asym at 2 mm."""
    spec = importlib.util.find_spec("nimare")
    folder = Path(spec.submodule_search_locations[0]) / "resources" / "templates"
    head = nib.load(folder / "tpl-MNI152NLin6Asym_res-02_T1w.nii.gz")
    brain = nib.load(folder / "tpl-MNI152NLin6Asym_res-02_desc-brain_mask.nii.gz")
    mask = ndimage.binary_closing(np.pad(np.asarray(brain.dataobj) > 0, 4), iterations=3)
    mask = ndimage.binary_fill_holes(mask)[4:-4, 4:-4, 4:-4]
    return head.get_fdata(dtype=np.float32) / 8000, mask, head.affine


def contrast(name):
    """The template's tissues as another sequence would show them."""
    head, brain, _ = template()
    if name in ("t1", "t1ce"):
        return head
    levels = {
        "t2": ([0, 0.25, 0.5, 0.75, 1, 1.3], [0.9, 1.3, 0.9, 0.7, 0.5, 0.5]),
        "flair": ([0, 0.25, 0.5, 0.75, 1, 1.3], [0.05, 0.1, 0.75, 0.6, 0.5, 0.5]),
    }[name]
    inside = np.interp(head, *levels) * (head > 0.05)
    return np.where(brain, inside, 0.6 * head).astype(np.float32)


def movement(axis_times_degrees, shift):
    """4 x 4 from scan to anatomy, by scipy."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_rotvec(np.deg2rad(axis_times_degrees)).as_matrix()
    matrix[:3, 3] = np.asarray(shift) + CENTRE - matrix[:3, :3] @ CENTRE
    return matrix


def grid(shape=(90, 104, 26), zooms=(2.2, 2.2, 6.0), centre=CENTRE, flip=(1, 1, 1)):
    affine = np.diag([*np.multiply(zooms, flip), 1.0])
    affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine


def sample(volume, affine, shape, moved, order=1):
    """Sample the template world through a movement, averaged over the slice thickness."""
    _, _, own = template()
    total = np.zeros(shape, dtype=np.float32)
    for offset in (-1 / 3, 0.0, 1 / 3):
        step = np.eye(4)
        step[2, 3] = offset
        matrix = np.linalg.inv(own) @ moved @ affine @ step
        total += ndimage.affine_transform(
            volume, matrix[:3, :3], matrix[:3, 3], output_shape=shape, order=order
        )
    return total / 3


def scan(name, moved=None, *, seed=0, noise=0.02, shape=(90, 104, 26), **geometry):
    """One sequence: array, matrix."""
    affine = grid(shape, **geometry)
    image = sample(contrast(name), affine, shape, np.eye(4) if moved is None else moved)
    rng = np.random.default_rng(seed)
    real = image + noise * rng.standard_normal(shape)
    return np.hypot(real, noise * rng.standard_normal(shape)).astype(np.float32) * 1000, affine


def brain_on(affine, shape, moved=None):
    _, brain, _ = template()
    moved = np.eye(4) if moved is None else moved
    return sample(brain.astype(np.float32), affine, shape, moved) > 0.5


def target_error(found, moved, mask, affine):
    """Mean and largest distance over the brain between found and true movement, mm."""
    points = affine[:3, :3] @ np.argwhere(mask)[::29].T + affine[:3, 3:]
    difference = found - np.linalg.inv(moved)
    distances = np.linalg.norm(difference[:3, :3] @ points + difference[:3, 3:], axis=0)
    return float(distances.mean()), float(distances.max())


def write_case(folder, sequences):
    """Write <sequence>.nii.gz and the record of a conversion; returns images, record."""
    images = folder / "images"
    images.mkdir(parents=True)
    for name, (data, affine) in sequences.items():
        nib.save(nib.Nifti1Image(data, affine), images / f"{name}.nii.gz")
    record = folder / "convert.json"
    files = {path.name: sha256(path) for path in images.iterdir()}
    Record("P001", "convert", "ok", "", [], files, {}).write(record)
    return images, record
