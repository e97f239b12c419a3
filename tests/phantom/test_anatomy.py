import numpy as np
import pytest

from radnec.core.errors import InputError
from radnec.phantom import anatomy as module
from radnec.phantom.anatomy import load_anatomy

WHITE, GREY, FLUID, FAT, MUSCLE, BLOOD = range(6)


def tissues_at(*mni: float) -> np.ndarray:
    anatomy = load_anatomy()
    voxel = np.round(np.array(mni) - anatomy.origin).astype(int)
    flat = np.ravel_multi_index(tuple(voxel), anatomy.shape)
    found = np.searchsorted(anatomy.where, flat)
    if found == len(anatomy.where) or anatomy.where[found] != flat:
        return np.zeros(6)
    return anatomy.fractions[:, found]


def test_fractions_are_fractions() -> None:
    fractions = load_anatomy().fractions
    assert fractions.min() >= 0
    assert fractions.sum(axis=0).max() <= 1 + 1e-6


@pytest.mark.parametrize(
    ("place", "mni", "tissue"),
    [
        ("centrum semiovale", (-26, -20, 34), WHITE),
        ("caudate head", (12, 14, 8), GREY),
        ("body of the lateral ventricle", (-10, -2, 24), FLUID),
        ("eyeball", (34, 63, -40), FLUID),
        ("scalp of the occiput", (0, -114, 10), FAT),
        ("superior sagittal sinus", (0, -30, 82), BLOOD),
        ("temporalis", (66, 12, -28), MUSCLE),
    ],
)
def test_tissue_is_where_an_atlas_has_it(place: str, mni: tuple, tissue: int) -> None:
    found = tissues_at(*mni)
    assert found.argmax() == tissue, (place, found.round(2))
    assert found[tissue] > 0.5, (place, found.round(2))


def test_bone_and_air_give_nothing() -> None:
    assert tissues_at(0, 64, -24).sum() < 0.5  # frontal sinus and its wall
    assert tissues_at(-90, 90, 100).sum() == 0  # air beside the head


def test_brain_has_its_published_volume_without_holes() -> None:
    anatomy = load_anatomy()
    # The MNI152 brain is large: about 1.8 to 1.9 litres with ventricles and cisterns.
    assert 1.75e6 < anatomy.brain.sum() < 1.95e6
    ventricle = tuple(np.round(np.array([-10, -2, 24]) - anatomy.origin).astype(int))
    assert anatomy.brain[ventricle]


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"no_such_file\.nii\.gz of the package nimare"):
        module._packaged("nimare", "no_such_file.nii.gz")
