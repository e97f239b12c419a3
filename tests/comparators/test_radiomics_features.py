"""MIRP's features of shapes and intensities that are known."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from radnec.comparators.features import extract_features, gather_features, read_features
from radnec.comparators.settings import FeatureSettings
from radnec.core.errors import InputError
from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.preprocess.volumes import write_volume

RADIUS = 14.0


def write_case(folder, *, status="ok"):
    """A ball of 14 mm in a larger ball of brain, in two sequences."""
    size, step = (48, 48, 24), (1.5, 1.5, 3.0)
    affine = np.diag([*step, 1.0])
    places = np.moveaxis(np.indices(size), 0, -1) * step
    distance = np.linalg.norm(places - (np.array(size) - 1) / 2 * step, axis=-1)
    rng = np.random.default_rng(0)
    records = []
    for stage, files in (("brain", ("t1ce", "t2", "mask")), ("lesion", ("lesion",))):
        (folder / stage).mkdir(parents=True)
        for name in files:
            data = (distance < (RADIUS if name == "lesion" else 30)).astype(np.uint8)
            if name in ("t1ce", "t2"):
                bright = {"t1ce": 40.0, "t2": -30.0}[name]
                noise = rng.normal(100, 10, size)
                data = (data * (noise + bright * (distance < RADIUS))).astype(np.float32)
            write_volume(folder / stage / f"{name}.nii.gz", data, affine)
        made = {f"{n}.nii.gz": sha256(folder / stage / f"{n}.nii.gz") for n in files}
        Record("S1", stage, status, "", [], made, {}).write(folder / f"{stage}.json")
        records.append(folder / f"{stage}.json")
    return records


def extract(folder, records, **settings):
    extract_features(
        case="S1",
        brain=folder / "brain",
        lesion=folder / "lesion",
        records=records,
        settings=FeatureSettings.from_mapping(settings),
        output=folder / "S1.tsv",
    )
    return pd.read_csv(folder / "S1.tsv", sep="\t")


def test_a_ball(tmp_path):
    pytest.importorskip("mirp", reason="the extra `radiomics` is not installed")
    records = write_case(tmp_path)
    table = extract(tmp_path, records, families=["morphology", "statistics"], perturbation=0)
    assert list(table["perturbation"]) == [0]
    own = table.loc[0]
    assert own["shape_morph_volume"] == pytest.approx(4 / 3 * math.pi * RADIUS**3, rel=0.03)
    # The surface of a ball of voxels is a little larger than the ball's.
    assert 0.88 < own["shape_morph_sphericity"] <= 1
    assert own["shape_morph_pca_elongation"] == pytest.approx(1, abs=0.05)
    # Standardised within the brain: brighter than it in T1ce, darker in T2.
    assert own["t1ce_stat_mean"] > 1 and own["t2_stat_mean"] < -1
    gather_features([tmp_path / "S1.tsv"], tmp_path / "all.tsv")
    read = read_features(tmp_path / "all.tsv", ["t2"])
    assert {name.split("_")[0] for name in read} == {"shape", "t2"}
    assert not [name for name in read if "moran" in name], "depends on the image, not the shape"


def test_regions_shrunk_and_grown(tmp_path):
    """Their darker, or noisier, surroundings come in as the region grows."""
    pytest.importorskip("mirp", reason="the extra `radiomics` is not installed")
    table = extract(tmp_path, write_case(tmp_path), families=["statistics"])
    assert list(table["perturbation"]) == [-2, 0, 2]
    means = table["t1ce_stat_mean"]
    assert means[2] < means[1] - 0.1 and abs(means[0] - means[1]) < 0.2


def test_a_case_that_left_has_no_features(tmp_path):
    records = write_case(tmp_path, status="excluded")
    assert extract(tmp_path, records).empty


def test_an_edited_image_is_refused(tmp_path):
    records = write_case(tmp_path)
    content = json.loads(records[0].read_text())
    content["files"]["t2.nii.gz"] = "0" * 64
    records[0].write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"t2.nii.gz is not what stage brain wrote"):
        extract(tmp_path, records)


def test_a_perturbation_below_a_voxel_is_refused():
    with pytest.raises(InputError, match=r"found 1.0, expected 0, or at least spacing"):
        FeatureSettings.from_mapping({"perturbation": 1.0, "spacing": 2.0})
