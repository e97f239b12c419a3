"""A model handed on: three forms that answer alike, and what the folder must not hold or run."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch
from trained_study import SIZE, TINY, write_study

from radnec.apply.export.card import performance
from radnec.apply.export.folder import export_model
from radnec.apply.known import find_model
from radnec.apply.manifest import verify
from radnec.apply.model import load_model
from radnec.core.errors import InputError

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra export")
NAME = f"{TINY}/fused"


def load(folder: Path, name: str | None = NAME):
    return load_model(find_model(folder, name), device="cpu", threads=1, allow_code=True)


def by_hand(folder: Path, volume: np.ndarray) -> float:
    """The mean probability of necrosis, from weights and description alone.

    Softmax of the logits divided by the temperature, mean over the volume and its copies mirrored
    along x, y and both; then the mean over the networks.
    """
    from safetensors.torch import load_file

    from radnec.networks.registry import build_network

    answers = []
    for path in sorted((folder / "models" / NAME).glob("*/network.json")):
        described = json.loads(path.read_text())
        network = build_network(TINY, 3).eval()
        network.load_state_dict(load_file(path.with_name("weights.safetensors")))
        for axes in ([], [2], [3], [2, 3]):
            mirrored = np.flip(volume[None], axes).copy() if axes else volume[None]
            with torch.no_grad():
                logits = network(torch.as_tensor(mirrored)).numpy()[0] / described["temperature"]
            answers.append(np.exp(logits[1]) / np.exp(logits).sum())
    return float(np.mean(answers))


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_study(
        tmp_path_factory.mktemp("study") / "made",
        overlay={
            "cases": "/home/somebody/UPENN-00417-secret.tsv",
            "qc": {"exclude": {"UPENN-00417-secret": "moved"}},
            "series_overrides": "/home/somebody/overrides.tsv",
            "hd_bet_weights": {"folder": "/home/somebody/hd-bet"},
        },
        described={"temperature": 2.5, "test_time_flips": ["x", "y"]},
    )


@pytest.fixture(scope="module")
def exported(study, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "model"
    export_model(load(study), folder)
    return folder


@pytest.fixture(scope="module")
def volume() -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.random((3, *SIZE)).astype(np.float16).astype(np.float32)


def test_all_forms_answer_as_the_formula(study, exported, volume) -> None:
    expected = by_hand(study, volume)
    assert 0.05 < expected < 0.95
    taken = load(exported, None)
    assert taken.name == NAME
    each = taken.probabilities("p", volume)
    assert np.mean(list(each.values())) == pytest.approx(expected, abs=1e-5)
    session = onnxruntime.InferenceSession(exported / "onnx" / "model.onnx")
    # One volume, and several at a time: the batch has no fixed length.
    for count in (1, 3):
        batch = np.repeat(volume[None], count, axis=0)
        mean, of_each = session.run(None, {"images": batch})
        assert mean[:, 1] == pytest.approx([expected] * count, abs=1e-5)
        assert of_each[0, :, 1] == pytest.approx(list(each.values()), abs=1e-5)
    module = torch.jit.load(exported / "monai_bundle" / "models" / "model.ts")
    with torch.no_grad():
        answer = module(torch.as_tensor(volume)[None])
    assert float(answer[0, 1]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("backbone", ["resnet10", "mresnet"])
def test_networks_of_the_table_that_follow_thick_slices(backbone, volume, tmp_path) -> None:
    study = write_study(
        tmp_path / "made", backbone=backbone, networks=1, described={"spacing": [1.0, 1.0, 5.0]}
    )
    export_model(load(study, f"{backbone}/fused"), tmp_path / "out")
    (expected,) = load(study, f"{backbone}/fused").probabilities("p", volume).values()
    session = onnxruntime.InferenceSession(tmp_path / "out" / "onnx" / "model.onnx")
    found = session.run(["probabilities"], {"images": volume[None]})[0]
    assert found[0, 1] == pytest.approx(expected, abs=1e-4)
    module = torch.jit.load(tmp_path / "out" / "monai_bundle" / "models" / "model.ts")
    with torch.no_grad():
        assert float(module(torch.as_tensor(volume)[None])[0, 1]) == pytest.approx(
            expected, abs=1e-4
        )


def test_monai_runs_the_bundle(study, exported, volume, tmp_path) -> None:
    """MONAI's own command on volumes as `radnec predict` leaves them."""
    from monai.bundle import run, verify_net_in_out

    bundle = exported / "monai_bundle"
    for name, values in zip(("t1", "t1ce", "t2"), volume, strict=True):
        path = tmp_path / "next" / "normalised" / f"{name}.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    config = bundle / "configs" / "inference.json"
    changed = {"bundle_root": str(bundle), "output_dir": str(tmp_path / "eval")}
    run(config_file=str(config), dataset_dir=str(tmp_path / "next" / "normalised"), **changed)
    with (tmp_path / "eval" / "predictions.csv").open() as stream:
        (row,) = csv.reader(stream)
    assert float(row[2]) == pytest.approx(by_hand(study, volume), abs=1e-4)
    verify_net_in_out(
        net_id="network_def",
        meta_file=str(bundle / "configs" / "metadata.json"),
        config_file=str(config),
        device="cpu",
        **changed,
    )


def test_the_bundle_names_classes_of_monai_only(exported) -> None:
    import monai.data
    import monai.inferers
    import monai.transforms

    def targets(value: object):
        if isinstance(value, dict):
            yield from ([value["_target_"]] if "_target_" in value else [])
            for one in value.values():
                yield from targets(one)
        elif isinstance(value, list):
            for one in value:
                yield from targets(one)

    text = (exported / "monai_bundle" / "configs" / "inference.json").read_text()
    named = set(targets(json.loads(text)))
    assert len(named) > 5
    for name in named:
        short = name.rpartition(".")[2]
        owner = next(
            module
            for module in (monai.data, monai.transforms, monai.inferers)
            if hasattr(module, short)
        )
        assert getattr(owner, short).__module__.startswith("monai.")
    assert not re.search(r"(?<!\.)eval\(|exec|__|subprocess|\bos\.|system|pickle|open\(", text)


def test_nothing_of_the_study_s_cases_or_machine_is_in_it(study, exported) -> None:
    assert b"UPENN-00417-secret" in (study / "config.yaml").read_bytes()
    for path in exported.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (b"UPENN-00417", b"/home/somebody", str(study).encode()):
                assert secret not in content, (path.name, secret)
    assert not list(exported.rglob("*.nii*"))


def test_calibration_and_likeness_go_along_without_single_cases(study, tmp_path) -> None:
    ids = np.array(["UPENN-00417-secret", "UPENN-00418-secret"])
    copy = tmp_path / "study"
    shutil.copytree(study, copy)
    calibration = copy / "evaluation" / "models" / "next_patient" / f"{NAME}.json"
    likeness = copy / "novelty" / f"{NAME}.json"
    features = copy / "novelty" / NAME / "holdout_seed1.npz"
    for path, text in ((calibration, '{"slope": 0.7}'), (likeness, '{"limits": {}}')):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    features.parent.mkdir()
    numbers = {"mean": np.arange(4.0), "floor": np.array(0.5)}
    np.savez(features, **numbers, held_out_cases=ids, cases=ids, coordinates=np.eye(2))
    export_model(load(copy), tmp_path / "out", parts=[])
    for path, text in ((calibration, '{"slope": 0.7}'), (likeness, '{"limits": {}}')):
        assert (tmp_path / "out" / path.relative_to(copy)).read_text() == text
    with np.load(tmp_path / "out" / features.relative_to(copy)) as stored:
        assert set(stored.files) == {"mean", "floor"}
        assert stored["mean"].tolist() == [0, 1, 2, 3]
    verify(tmp_path / "out")


def test_performance_goes_along(study, tmp_path) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy)
    names = ["backbone", "input_set", "sens", "sens_wilson_lo", "sens_wilson_hi", "spec", "acc"]
    names += ["auc", "n_necrosis", "n_recurrence", "pooling", "cohort", "notes"]
    (copy / "tables").mkdir()
    rows = [
        [TINY, "t1", *[0.1] * 6, 1, 1, "holdout", "phantom", ""],
        [TINY, "fused", 0.75, 0.5, 0.875, *[0.25] * 3, 7, 13, "holdout", "phantom", ""],
    ]
    lines = ["\t".join(map(str, row)) for row in [names, *rows]]
    (copy / "tables" / "table4.tsv").write_text("\n".join(lines) + "\n")
    export_model(load(copy), tmp_path / "out", parts=[])
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| sensitivity | 0.750 | 0.500 to 0.875 |" in card
    assert "| specificity | 0.250 | not defined |" in card
    found = performance(tmp_path / "out", NAME)
    assert found == performance(copy, NAME)
    assert found["n_recurrence"] == 13 and "notes" not in found


def test_sha256sum_accepts_the_list(exported) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=exported, check=False).returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: _flip(next(folder.rglob("weights.safetensors"))), "weights.safetensors"),
        (lambda folder: _flip(folder / "config.yaml"), "config.yaml"),
        (lambda folder: (folder / "onnx" / "model.onnx").unlink(), "model.onnx: missing"),
        (lambda folder: _more(folder), "r9_seed1/network.json: not part of the export"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "no SHA256SUMS"),
    ],
)
def test_a_changed_folder_is_refused(exported, tmp_path, change, said) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(exported, folder)
    verify(folder)
    change(folder)
    with pytest.raises(InputError, match=re.escape(said)):
        load(folder, None)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _more(folder: Path) -> None:
    model = next((folder / "models").rglob("network.json")).parent
    shutil.copytree(model, model.with_name("r9_seed1"))


def test_weights_that_are_a_pickle_are_not_read(study, tmp_path) -> None:
    """A file with code in it, with a checksum that fits: it must not run."""
    from radnec.core.files import sha256

    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    weights = next(folder.rglob("weights.safetensors"))

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save(Evil(), weights)
    path = weights.with_name("network.json")
    described = json.loads(path.read_text()) | {"weights_sha256": sha256(weights)}
    path.write_text(json.dumps(described))
    with pytest.raises(Exception, match="header"):
        load(folder)
    assert not (tmp_path / "ran").exists()


def test_what_cannot_be_exported_is_said(study, exported, tmp_path) -> None:
    with pytest.raises(InputError, match="exists, expected a new folder"):
        export_model(load(study), tmp_path)
    with pytest.raises(InputError, match="is an export itself"):
        export_model(load(exported, None), tmp_path / "again")
    atlas = write_study(
        tmp_path / "atlas",
        overlay={
            "skull_strip": {"backend": "atlas", "atlas_head": "h.nii.gz", "atlas_mask": "m.nii.gz"}
        },
    )
    with pytest.raises(InputError, match="atlas of its own"):
        export_model(load(atlas), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_code_from_elsewhere_needs_leave(exported) -> None:
    with pytest.raises(InputError, match="--allow-code"):
        load_model(find_model(exported, None), device="cpu", threads=1)
