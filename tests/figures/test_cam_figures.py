"""Figures 4 and 5 from a small study."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from radnec.core.errors import InputError
from radnec.figures.cam_pair import draw_figure5
from radnec.figures.cam_slices import draw_figure4, verdict
from radnec.figures.choice import Choice
from radnec.figures.evidence import choose_slice, within_brain
from radnec.figures.slices import Volume

SLICES, DPI = 9, 100


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("figures")
    rng = np.random.default_rng(0)
    brain = np.zeros((20, 24, 12), np.float32)
    brain[3:17, 3:21, 1:11] = 0.5
    rows = []
    for case, label, p in (("k1", "recurrence", 0.92), ("k2", "necrosis", 0.11)):
        heat = np.zeros_like(brain)
        heat[6:10, 6:10, 5] = 1.0
        for folder, name, data in (
            ("brain", "t1ce", brain),
            ("brain", "mask", (brain > 0).astype(np.float32)),
            ("normalised", "t1", brain * rng.random(brain.shape)),
            ("normalised", "t1ce", brain),
            ("normalised", "flair", brain),
            ("truth", "lesion", (heat > 0).astype(np.float32)),
        ):
            path = root / folder / case / f"{name}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            nib.save(nib.Nifti1Image(data.astype(np.float32), np.diag([2, 2, 5, 1.0])), path)
        for path in (root / "maps" / f"{case}.nii.gz", root / "maps/reference" / f"{case}.nii.gz"):
            path.parent.mkdir(parents=True, exist_ok=True)
            nib.save(nib.Nifti1Image(heat, np.diag([2, 2, 5, 1.0])), path)
        rows.append((case, label, 1 - p, p, label, "no", "4x4x2"))
    columns = ["case", "label", "p_necrosis", "p_recurrence", "predicted", "zero", "layer_grid"]
    summary = pd.DataFrame(rows, columns=columns).assign(method="hirescam")
    summary.to_csv(root / "maps/summary.tsv", sep="\t", index=False)
    return root


def text_of(svg: Path) -> str:
    lines = [line.strip() for line in svg.read_text().splitlines()]
    return " ".join(line[5:-4] for line in lines if line.startswith("<!-- "))


def coloured(path: Path) -> np.ndarray:
    """Return where a picture has colour rather than grey."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=int)
    return np.ptp(pixels, axis=2) > 60


def test_figure4_shows_every_slice_with_one_scale(study: Path, tmp_path: Path) -> None:
    arguments: dict = {"maps": study / "maps", "brains": study / "brain", "notice": "Phantom."}
    draw_figure4(
        **arguments,
        lesions=study / "truth",
        slices=SLICES,
        dpi=DPI,
        output=tmp_path / "figure4",
    )
    text = text_of(tmp_path / "figure4.svg")
    assert "Case k1 (recurrence): probability of recurrence 0.92, read as recurrence" in text
    assert "Phantom." in text and "true lesion" in text
    svg = (tmp_path / "figure4.svg").read_text()
    # Nine slices (of ten with brain), plain and with the map, and the scale.
    assert svg.count("<image") == 9 * 2 + 1
    assert "share of the highest value" in text
    assert coloured(tmp_path / "figure4.png").any()


def test_figure5_prints_the_probability_of_recurrence(study: Path, tmp_path: Path) -> None:
    draw_figure5(
        maps=study / "maps",
        normalised=study / "normalised",
        brains=study / "brain",
        lesions=study / "truth",
        sequences=["t1", "t1ce"],
        dpi=DPI,
        notice="Phantom.",
        output=tmp_path / "figure5",
    )
    text = text_of(tmp_path / "figure5.svg")
    assert "Case k1 (recurrence): probability of recurrence 0.92, read as recurrence" in text
    assert "Case k2 (necrosis): probability of recurrence 0.11, read as necrosis" in text
    assert "FLAIR (not given)" in text
    assert text.count("The map has 4 x 4 x 2 cells") == 2
    assert "HiResCAM on T1ce" in text
    assert text.count("Slice 6 of 12, with the most evidence in the lesion; the map") == 2
    assert text.count("0% of the map lies outside of the brain and is not shown") == 2
    assert [word for word in text.split() if word in set("ABCD")] == ["A", "B", "C", "D"]
    mask = coloured(tmp_path / "figure5.png")
    # Colour is in the column of the maps only (the scale stands right of it).
    assert not mask[:, : mask.shape[1] // 2].any()
    assert mask.any()


def test_same_study_same_bytes(study: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw_figure4(
            maps=study / "maps",
            brains=study / "brain",
            lesions=None,
            slices=SLICES,
            dpi=DPI,
            notice="",
            output=tmp_path / name,
        )
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_verdict_follows_the_paper() -> None:
    below, at = (Choice("x", "necrosis", p, "", (2, 2, 1), "gradcam") for p in (0.49, 0.5))
    assert verdict(below).endswith("0.49, read as necrosis")
    assert verdict(at).endswith("0.50, read as recurrence")


def test_map_on_another_grid_and_empty_summary_are_refused(study: Path, tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "summary.tsv").write_text((study / "maps/summary.tsv").read_text())
    odd = nib.Nifti1Image(np.zeros((3, 3, 3), np.float32), np.eye(4))
    nib.save(odd, tmp_path / "reference" / "k1.nii.gz")
    arguments: dict = {
        "brains": study / "brain",
        "lesions": None,
        "slices": SLICES,
        "notice": "",
        "output": tmp_path / "f",
    }
    with pytest.raises(InputError, match=r"map of case k1 has size \(3, 3, 3\), expected"):
        draw_figure4(maps=tmp_path, **arguments)
    header = (study / "maps/summary.tsv").read_text().splitlines()[0]
    (tmp_path / "summary.tsv").write_text(header + "\n")
    with pytest.raises(InputError, match="expected at least one test case"):
        draw_figure4(maps=tmp_path, **arguments)


def volume(data: np.ndarray) -> Volume:
    like = Volume.__new__(Volume)
    like.spacing = (2.0, 2.0, 5.0)
    return Volume.of(data, like)


def test_map_is_shown_in_the_brain_only() -> None:
    """By hand: 3 of 4 outside; what is left is scaled anew, or the picture would be empty."""
    data, brain = np.zeros((4, 4, 4)), np.zeros((4, 4, 4), bool)
    brain[2:] = True
    data[0, 0, 0], data[2, 2, 2], data[3, 3, 3] = 3.0, 0.75, 0.25
    heat = volume(data)
    assert within_brain(heat, brain) == pytest.approx(0.75)
    assert heat.data[0, 0, 0] == 0
    assert heat.data[2, 2, 2] == 1
    assert heat.data[3, 3, 3] == pytest.approx(1 / 3)


def test_figure5_shows_evidence_in_the_lesion_and_says_where_the_peak_is() -> None:
    data, brain, lesion = (np.zeros((8, 8, 8)) for _ in range(3))
    brain[1:7, 1:7, 1:7] = 1
    lesion[2:4, 2:4, 2:5] = 1
    data[0, 0, 0] = 2.0  # air
    data[3, 3, 4] = 0.5
    data[2, 2, 3] = data[3, 2, 3] = 0.4
    brain, lesion = brain > 0, lesion > 0
    z, shown = choose_slice(volume(data), brain, lesion)
    assert (z, shown) == (
        3,
        "Slice 4 of 8, with the most evidence in the lesion; the map's peak lies in the lesion.",
    )
    data[6, 3, 5] = 1.0  # three voxels of 2 mm and one slice of 5 mm from the lesion
    z, shown = choose_slice(volume(data), brain, lesion)
    assert z == 3
    assert shown.endswith("peak lies 8 mm outside of it, on slice 6.")
    assert choose_slice(volume(data), brain, None) == (
        5,
        "Slice 6 of 8, on which the map is highest in the brain.",
    )
    data[lesion] = 0
    z, shown = choose_slice(volume(data), brain, lesion)
    assert (z, shown[:58]) == (2, "Slice 3 of 8, with most of the lesion, in which the map is")
    z, shown = choose_slice(volume(0 * data), brain, lesion)
    assert shown.endswith("in which the map is zero.")
