"""Through the real HD-BET with a small network: masks, side by side, and what can be missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hdbet_network import SPACING, make_network
from heads import brain_on, grid, movement, sample, template

from radnec.core.errors import InputError
from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.preprocess.settings.skull_strip import SkullStripSettings
from radnec.preprocess.skullstrip.hdbet_batch import predict_masks
from radnec.preprocess.skullstrip.strip import strip_case
from radnec.preprocess.volumes import write_volume

SETTINGS = SkullStripSettings(
    backend="hd-bet",
    atlas_head="",
    atlas_mask="",
    mirroring=False,
    volume_ml=(800.0, 2600.0),
    on_failure="keep",
)


def _head(shape, zooms, moved=None, flip=(1, 1, 1)):
    affine = grid(shape, zooms, flip=flip)
    moved = np.eye(4) if moved is None else moved
    return sample(template()[0], affine, shape, moved) * 1000, affine


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network") / "hd-bet"
    shape = (40, 46, 40)
    head, affine = _head(shape, (SPACING,) * 3)
    make_network(folder, head, brain_on(affine, shape))
    description = folder.parent / "network.json"
    names = ("plans.json", "dataset.json", "fold_all/checkpoint_final.pth")
    files = {name: sha256(folder / name) for name in names}
    description.write_text(json.dumps({"backend": "hd-bet", "folder": str(folder), "files": files}))
    return description


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Two heads on their own grids, one of them flipped and oblique in place."""
    folder = tmp_path_factory.mktemp("cases")
    heads = {
        "P001": _head((80, 92, 30), (2.4, 2.4, 6.0), flip=(-1, -1, 1)),
        "P002": _head((70, 80, 28), (2.8, 2.8, 6.5), movement([3.0, 4.0, -5.0], [2, 3, 4])),
    }
    for case, (data, affine) in heads.items():
        (folder / case).mkdir()
        write_volume(folder / case / "t1ce.nii.gz", data.astype(np.float32), affine)
        files = {"t1ce.nii.gz": sha256(folder / case / "t1ce.nii.gz")}
        measures = {"reference": "t1ce"}
        Record(case, "register", "ok", "", [], files, measures).write(folder / f"{case}.json")
    return folder


def _predict(network, cases, output, names=("P001", "P002")):
    predict_masks(
        registered={name: cases / name for name in names},
        records={name: cases / f"{name}.json" for name in names},
        network=network,
        mirroring=False,
        networks=1,
        code="1",
        device="cpu",
        threads=1,
        output=output,
    )
    return json.loads(output.read_text())


@pytest.fixture(scope="module")
def predicted(network, cases, tmp_path_factory):
    output = tmp_path_factory.mktemp("masks") / "batch.json"
    return output, _predict(network, cases, output)


def _strip(cases, brain, **arguments):
    strip_case(
        case="P001",
        registered=cases / "P001",
        register_record=cases / "P001.json",
        given_mask=None,
        settings=SETTINGS,
        seed=1,
        brain=brain,
        record=brain.parent / "strip.json",
        **arguments,
    )
    return Record.read(brain.parent / "strip.json")


def test_two_cases_in_one_process_lie_where_the_brain_is(cases, predicted):
    output, index = predicted
    for case, moved in (("P001", None), ("P002", movement([3.0, 4.0, -5.0], [2, 3, 4]))):
        mask = nib.load(output.parent / index[case]["mask"])
        image = nib.load(cases / case / "t1ce.nii.gz")
        np.testing.assert_array_equal(mask.affine, image.affine)
        found, true = np.asarray(mask.dataobj) > 0, brain_on(image.affine, image.shape, moved)
        assert 2 * (found & true).sum() / (found.sum() + true.sum()) > 0.85


_OWN = """
import functools
import sys
import torch
from HD_BET import hd_bet_prediction as published

if __name__ == "__main__":
    predict = published.nnUNetPredictor.predict_from_files

    @functools.wraps(predict)
    def lightly(self, *arguments, **keywords):
        # HD-BET starts twelve processes, half a gigabyte each.
        keywords |= {"num_processes_preprocessing": 1, "num_processes_segmentation_export": 1}
        return predict(self, *arguments, **keywords)

    published.nnUNetPredictor.predict_from_files = lightly
    predictor = published.get_hdbet_predictor(use_tta=False, device=torch.device("cpu"))
    published.hdbet_predict(sys.argv[1], sys.argv[2], predictor, True, False)
"""


@pytest.mark.slow
def test_same_mask_as_hd_bet_itself(network, cases, predicted, tmp_path):
    # HD-BET as published reads its network from the home folder.
    home = tmp_path / "hd-bet_params"
    home.mkdir()
    (home / "release_2.0.0").symlink_to(json.loads(network.read_text())["folder"])
    (tmp_path / "own.py").write_text(_OWN)
    image = cases / "P001" / "t1ce.nii.gz"
    command = [sys.executable, tmp_path / "own.py", image, tmp_path / "own.nii.gz"]
    subprocess.run(command, check=True, env=os.environ | {"HOME": str(tmp_path)}, timeout=300)
    own = nib.load(tmp_path / "own_bet.nii.gz").get_fdata()
    output, index = predicted
    np.testing.assert_array_equal(nib.load(output.parent / index["P001"]["mask"]).get_fdata(), own)


def test_two_processes_at_once_and_the_home_folder_untouched(network, cases, predicted, tmp_path):
    script = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[1] / "helpers")!r}]
from test_hdbet import _predict
_predict(Path({str(network)!r}), Path({str(cases)!r}), Path(sys.argv[1]) / "batch.json")
"""
    environment = os.environ | {"HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    jobs = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / name)], env=environment)
        for name in "ab"
    ]
    assert [job.wait() for job in jobs] == [0, 0]
    _, index = predicted
    for name in "ab":
        assert json.loads((tmp_path / name / "batch.json").read_text()) == index
    assert not (tmp_path / "home" / "hd-bet_params").exists()


def test_only_the_case_that_changed_is_predicted_again(network, cases, predicted, monkeypatch):
    output, index = predicted
    from radnec.preprocess.skullstrip import hdbet_batch

    class Refuse:
        def __init__(self, *_, **__):
            raise AssertionError("the network was loaded")

    monkeypatch.setattr(hdbet_batch, "HdBet", Refuse)
    assert _predict(network, cases, output) == index
    record = Record.read(cases / "P002.json")
    changed = dict(record.files)
    changed["t1ce.nii.gz"] = "1" * 64
    Record(**(vars(record) | {"files": changed})).write(cases / "changed.json")
    with pytest.raises(AssertionError, match="the network was loaded"):
        predict_masks(
            registered={"P002": cases / "P002"},
            records={"P002": cases / "changed.json"},
            network=network,
            mirroring=False,
            networks=1,
            code="1",
            device="cpu",
            threads=1,
            output=output,
        )


def test_stripping_with_the_batch_s_mask(cases, predicted, tmp_path):
    record = _strip(cases, tmp_path / "batch" / "brain", hdbet_masks=predicted[0])
    assert record.ok
    image = nib.load(tmp_path / "batch" / "brain" / "t1ce.nii.gz").get_fdata()
    mask = nib.load(tmp_path / "batch" / "brain" / "mask.nii.gz").get_fdata() > 0
    whole = nib.load(cases / "P001" / "t1ce.nii.gz").get_fdata()
    np.testing.assert_array_equal(image, np.where(mask, whole, 0))


def test_one_damaged_case_does_not_stop_the_batch(network, cases, tmp_path):
    folder = tmp_path / "cases"
    (folder / "P003").mkdir(parents=True)
    (folder / "P003" / "t1ce.nii.gz").write_bytes(b"not an image")
    files = {"t1ce.nii.gz": sha256(folder / "P003" / "t1ce.nii.gz")}
    measures = {"reference": "t1ce"}
    Record("P003", "register", "ok", "", [], files, measures).write(folder / "P003.json")
    Record("P004", "register", "excluded", "gone", [], {}, {}).write(folder / "P004.json")
    (folder / "P001").symlink_to(cases / "P001")
    (folder / "P001.json").symlink_to(cases / "P001.json")
    index = _predict(network, folder, tmp_path / "batch.json", ("P003", "P001", "P004"))
    assert index["P003"] == {"reason": "t1ce: the image file is damaged"}
    assert "mask" in index["P001"]
    assert "P004" not in index


def test_a_missing_network_says_which_file_goes_where(network, cases, tmp_path):
    description = json.loads(network.read_text()) | {"folder": str(tmp_path / "nowhere")}
    other = tmp_path / "network.json"
    other.write_text(json.dumps(description))
    with pytest.raises(InputError, match=r"nowhere/plans.json does not exist. Unpack release_v1"):
        _predict(other, cases, tmp_path / "batch.json")
    with pytest.raises(InputError, match="expected predict_masks' file"):
        _strip(cases, tmp_path / "brain")


def test_a_checkpoint_with_code_in_it_is_not_run(network, cases, tmp_path):
    import torch

    folder = tmp_path / "hd-bet"
    shutil.copytree(json.loads(network.read_text())["folder"], folder)

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"network_weights": Evil()}, folder / "fold_all" / "checkpoint_final.pth")
    other = tmp_path / "network.json"
    other.write_text(json.dumps({"backend": "hd-bet", "folder": str(folder), "files": {}}))
    with pytest.raises(InputError, match="does not hold a network of HD-BET"):
        _predict(other, cases, tmp_path / "batch.json")
    assert not (tmp_path / "ran").exists()
