"""Several volumes behind one UID, and what a stack's geometry shows."""

import nibabel as nib
import numpy as np
import pytest
from ingest_builders import header_slices

from radnec.ingest.reading.grouping import volumes_of


def counts(slices):
    return sorted((len(v.slices), v.repeats) for v in volumes_of(slices))


def test_one_stack_is_one_volume_without_faults():
    (volume,) = volumes_of(header_slices(1, n=20))
    assert len(volume.slices) == 20
    assert volume.faults == ()
    assert "-" not in volume.series


def test_order_of_files_does_not_matter():
    slices = header_slices(1, n=20)
    shuffled = [slices[i] for i in np.random.default_rng(0).permutation(20)]
    (volume,) = volumes_of(shuffled)
    assert volume.slices == slices


def test_echoes_of_one_uid_are_apart():
    first = header_slices(1, n=10, EchoTime=20.0)
    second = [s._replace(echo_time=90.0, uid=f"e{s.uid}") for s in first]
    found = volumes_of([*first, *second])
    assert counts([*first, *second]) == [(10, 1), (10, 1)]
    assert {v.series.rpartition("-")[2] for v in found} == {"1", "2"}


def test_orientations_of_one_uid_are_apart():
    axial = header_slices(1, n=10)
    cosines = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    sagittal = [
        s._replace(header=s.header | {"ImageOrientationPatient": cosines},
                   position=(5.0 * k, 0.0, 0.0), uid=f"s{s.uid}")
        for k, s in enumerate(header_slices(1, n=10))
    ]  # fmt: skip
    found = volumes_of([*axial, *sagittal])
    assert sorted(v.geometry.plane for v in found) == ["axial", "sagittal"]


def test_repeated_places_are_split_in_order_of_time():
    first = header_slices(1, n=10, time="100000")
    again = [s._replace(time="100500", uid=f"r{s.uid}", instance=s.instance + 10) for s in first]
    early, late = volumes_of([*again, *first])
    assert (early.slices[0].time, late.slices[0].time) == ("100000", "100500")


def test_many_time_points_are_one_four_dimensional_series():
    points = [
        s._replace(temporal=float(t), uid=f"{t}{s.uid}")
        for t in range(20)
        for s in header_slices(1, n=5)
    ]
    assert counts(points) == [(100, 20)]


def test_copies_of_a_file_are_left_out():
    slices = header_slices(1, n=10)
    (volume,) = volumes_of([*slices, *[s._replace(path=f"copy/{s.path}") for s in slices]])
    assert (len(volume.slices), volume.copies) == (10, 10)


def test_affine_follows_the_dicom_standard():
    """Against DICOM PS3.3 C.7.6.2.1.1: P = IPP + row cosines * dj * col + column * di * row."""
    row, column = np.array([0.0, 0.8, -0.6]), np.array([-1.0, 0.0, 0.0])
    normal = np.cross(row, column)
    origin = np.array([10.0, 20.0, -30.0])
    slices = [
        s._replace(position=tuple(origin + 2.5 * k * normal))
        for k, s in enumerate(
            header_slices(1, n=6, ImageOrientationPatient=(*row, *column), PixelSpacing=(0.9, 0.7))
        )
    ]
    (volume,) = volumes_of(slices)
    for i, j, k in ((0, 0, 0), (3, 7, 2), (255, 255, 5)):
        lps = origin + row * 0.7 * i + column * 0.9 * j + normal * 2.5 * k
        found = volume.geometry.affine @ [i, j, k, 1]
        np.testing.assert_allclose(found[:3], lps * [-1, -1, 1], atol=1e-9)
    assert volume.geometry.spacing == pytest.approx((0.7, 0.9, 2.5))
    assert volume.geometry.orientation == "".join(nib.aff2axcodes(volume.geometry.affine))


def moved(slices, **places):
    return [
        s._replace(position=tuple(places.get(f"s{k}", s.position))) for k, s in enumerate(slices)
    ]


def stack(n=20, **header):
    return header_slices(1, n=n, **header)


def without(*places):
    return [s for k, s in enumerate(stack(12)) if k not in places]


FAULTS = {
    "too few for a volume": stack(3),
    "1 slice missing, the first after slice 5": without(5),
    "2 slices missing": without(5, 6),
    "spacing is inconsistent": moved(stack(12), s4=(0, 0, 22.2)),
    "gantry tilt: the stack leans 13.5 degrees": [
        s._replace(position=(0.0, 1.2 * k, 5.0 * k)) for k, s in enumerate(stack())
    ],
    "no slice positions or orientation": [s._replace(position=None) for s in stack()],
    "no slice positions": stack(ImageOrientationPatient=(1.0, 0.0, 0.0, 0.9, 0.4, 0.0)),
    "no usable pixel spacing": stack(PixelSpacing=(0.0, 1.0)),
    "1 of 20 slice files cut off (19 readable)": [
        s._replace(cut_off=k == 2) for k, s in enumerate(stack())
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_with_their_figures(fault):
    (volume,) = volumes_of(FAULTS[fault])
    assert fault in "; ".join(volume.faults)


def test_slices_in_one_place_are_not_a_volume():
    slices = [s._replace(position=(0.0, 0.0, 0.0)) for s in header_slices(1, n=12)]
    (volume,) = volumes_of(slices)
    assert "all 12 slices lie in one place" in volume.faults[0]
