"""A run as a whole: repeatable, blind to the test set, clear when it cannot go on."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from toy_study import TINY, run_arguments, save_packed, settings, write_study

from radnec.core.errors import InputError
from radnec.training.run import train_run

SIZE = (16, 18, 14)


@pytest.fixture
def study(tmp_path):
    return write_study(
        tmp_path / "study", train=9, test=5, size=SIZE, sequences=("t1", "t2"), noise_only=True
    )


def weights(folder, study, **changed) -> bytes:
    train_run(**run_arguments(study, folder, **changed))
    return (folder / "run" / "weights.safetensors").read_bytes()


def test_all_that_a_run_leaves(tmp_path, study):
    weights(tmp_path, study, notice="Simulated.", preprocessing='{"size": [16, 18, 14]}')
    run = tmp_path / "run"
    assert {path.name for path in run.iterdir()} == {
        "weights.safetensors", "network.json", "history.tsv", "card.json", "card.md", "tensorboard",
    }  # fmt: skip
    described = json.loads((run / "network.json").read_text())
    assert described["in_channels"] == 2
    assert described["size"] == list(SIZE)
    assert described["preprocessing"] == {"size": [16, 18, 14]}
    history = pd.read_csv(run / "history.tsv", sep="\t")
    assert history["epoch"].tolist() == [1, 2]
    card = json.loads((run / "card.json").read_text())
    assert card["notice"] == "Simulated."
    assert card["data"]["training"] == {"recurrence": 5, "necrosis": 4}
    assert card["model"]["parameters"] == sum(
        value.numel()
        for name, value in load_file(run / "weights.safetensors").items()
        if "running" not in name and "batches" not in name
    )
    assert "Simulated." in (run / "card.md").read_text()
    assert len(list(tmp_path.glob("checkpoints/*/state.pt"))) == 1


def test_events_hold_the_curve(tmp_path, study):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    weights(tmp_path, study)
    events = EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    events.Reload()
    history = pd.read_csv(tmp_path / "run" / "history.tsv", sep="\t")
    losses = events.Scalars("train/loss")
    assert [event.step for event in losses] == [1, 2]
    np.testing.assert_allclose([e.value for e in losses], history["train_loss"], rtol=1e-6)


def test_same_seed_same_bytes_other_seed_others(tmp_path, study):
    first = weights(tmp_path / "a", study)
    assert first == weights(tmp_path / "b", study)
    assert first != weights(tmp_path / "c", study, seed=2)
    for name in ("history.tsv", "network.json"):
        a, b = (tmp_path / folder / "run" / name for folder in "ab")
        assert a.read_bytes() == b.read_bytes()


@pytest.mark.parametrize("setting", [{}, {"validation_fraction": 0.3, "loss": "focal"}])
def test_test_set_cannot_influence_training(tmp_path, study, setting):
    """Test volumes become NaN, their labels are swapped, cases are added: same bytes."""
    arguments = {"settings": settings(**setting)}
    before = weights(tmp_path / "a", study, **arguments)
    split = pd.read_csv(study["split"], sep="\t")
    test = split["set"] == "test"
    for path in study["packed"].values():
        array = np.load(path)
        array[test.to_numpy()] = np.nan
        save_packed(path, np.concatenate([array, np.full((1, *SIZE), 7, dtype=array.dtype)]))
    swapped = {"necrosis": "recurrence", "recurrence": "necrosis"}
    split.loc[test, "label"] = split.loc[test, "label"].map(swapped)
    added = {"case": "new", "patient": "new", "label": "necrosis", "fold": "holdout", "set": "test"}
    split.loc[len(split)] = added
    split.to_csv(study["split"], sep="\t", index=False)
    rows = pd.read_csv(study["packed_cases"], sep="\t")
    rows["label"] = split["label"][: len(rows)]
    rows.loc[len(rows)] = {"row": len(rows), "case": "new", "label": "necrosis"}
    rows.to_csv(study["packed_cases"], sep="\t", index=False)
    assert weights(tmp_path / "b", study, **arguments) == before


def test_training_voxel_and_label_do_influence_it(tmp_path, study):
    """The counterpart: the test above could not fail if nothing mattered."""
    before = weights(tmp_path / "a", study)
    array = np.load(study["packed"]["t2"])
    array[3] *= 0.5
    save_packed(study["packed"]["t2"], array)
    after = weights(tmp_path / "b", study)
    assert after != before
    split = pd.read_csv(study["split"], sep="\t")
    split.loc[0, "label"] = "recurrence"
    split.to_csv(study["split"], sep="\t", index=False)
    assert weights(tmp_path / "c", study) != after


def test_only_the_runs_fold_is_used(tmp_path, study):
    before = weights(tmp_path / "a", study)
    split = pd.read_csv(study["split"], sep="\t")
    other = split.assign(fold="r0f1", set=np.where(split["set"] == "test", "train", "test"))
    pd.concat([other, split]).to_csv(study["split"], sep="\t", index=False)
    assert weights(tmp_path / "b", study) == before
    assert weights(tmp_path / "c", study, fold="r0f1") != before


def test_validation_part_chooses_the_epoch(tmp_path):
    """The weights are those of the epoch with the lowest loss in history.tsv."""
    study = write_study(tmp_path / "s", train=16, test=2, size=SIZE, noise_only=True)
    long = {"validation_fraction": 0.25, "learning_rate": 0.01}
    weights(tmp_path / "a", study, settings=settings(epochs=6, **long))
    history = pd.read_csv(tmp_path / "a/run/history.tsv", sep="\t")
    card = json.loads((tmp_path / "a/run/card.json").read_text())
    best = int(history["validation_loss"].argmin()) + 1
    assert card["results"]["weights_of_epoch"] == best
    assert min(card["data"]["validation"].values()) >= 1
    assert sum(card["data"]["validation"].values()) == 4
    # A run of just so many epochs ends with the same weights.
    short = weights(tmp_path / "b", study, settings=settings(epochs=best, **long))
    assert short == (tmp_path / "a/run/weights.safetensors").read_bytes()


def test_early_stopping_waits_for_its_patience(tmp_path):
    study = write_study(tmp_path / "s", train=16, test=2, size=SIZE, noise_only=True)
    stopping = settings(epochs=60, validation_fraction=0.25, patience=3, learning_rate=0.02)
    weights(tmp_path, study, settings=stopping)
    losses = pd.read_csv(tmp_path / "run/history.tsv", sep="\t")["validation_loss"]
    assert len(losses) < 60
    assert len(losses) - 1 - int(losses.argmin()) == 3


def test_accumulated_batches_make_the_step_of_a_large_one(tmp_path):
    """Without batch statistics, two batches of two are one of four."""
    study = write_study(tmp_path / "s", train=8, test=2, size=SIZE, noise_only=True)
    for folder, size, accumulation in (("a", 4, 1), ("b", 2, 2)):
        weights(
            tmp_path / folder,
            study,
            backbone="toy_study:tiny_without_state",
            settings=settings(batch_size=size, accumulation=accumulation, optimiser="sgd"),
        )
    large, small = (load_file(tmp_path / f / "run/weights.safetensors") for f in "ab")
    for name, value in large.items():
        np.testing.assert_allclose(small[name], value, rtol=1e-5, atol=1e-7)


def test_nan_in_a_volume_names_the_case(tmp_path, study):
    array = np.load(study["packed"]["t2"])
    array[4, 2, 2, 2] = np.nan
    save_packed(study["packed"]["t2"], array)
    with pytest.raises(InputError, match=r"case 'case004', channel 2, holds values that are no"):
        weights(tmp_path, study)


def test_diverging_loss_says_what_to_change(tmp_path, study):
    with pytest.raises(InputError, match=r"try a smaller training.learning_rate \(now 1e\+38\)"):
        weights(tmp_path, study, settings=settings(learning_rate=1e38, epochs=9))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        MemoryError("std::bad_alloc"),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["Loss.__call__", "volume_source", "prepare_order"])
def test_out_of_memory_says_what_to_change(tmp_path, study, monkeypatch, error, where):
    """In the step, in the copy of the training set and in that of the network."""

    def full(*_):
        raise error

    monkeypatch.setattr(f"radnec.training.loop.{where}", full)
    with pytest.raises(InputError, match=r"batch_size: 1 with training.accumulation: 2"):
        weights(tmp_path, study)


def test_an_error_that_is_none_of_memory_stays_what_it_is(tmp_path, study, monkeypatch):
    def broken(*_):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr("radnec.training.loop.Loss.__call__", broken)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        weights(tmp_path, study)


def test_class_without_a_training_case_is_named(tmp_path, study):
    split = pd.read_csv(study["split"], sep="\t")
    split.loc[(split["set"] == "train") & (split["label"] == "necrosis"), "set"] = "test"
    split.to_csv(study["split"], sep="\t", index=False)
    with pytest.raises(InputError, match=r"fold 'holdout'.*no case of class 'necrosis' among 5"):
        weights(tmp_path, study)


def test_device_that_is_not_there_is_named(tmp_path, study):
    with pytest.raises(InputError, match=r"device 'cuda:9': torch .* sees"):
        weights(tmp_path, study, device="cuda:9")
    with pytest.raises(InputError, match=r"device 'tpu'"):
        weights(tmp_path, study, device="tpu")


def test_every_augmentation_and_choice_runs_and_repeats(tmp_path, study):
    chosen = settings(
        augmentation=["flip", "shift", "rotate", "zoom", "contrast", "noise"],
        sampling="balanced",
        optimiser="adamw",
        schedule="cosine",
        loss="weighted_cross_entropy",
        weight_decay=0.01,
    )
    first = weights(tmp_path / "a", study, settings=chosen)
    assert first == weights(tmp_path / "b", study, settings=chosen)
    plain = settings(**{key: value for key, value in vars(chosen).items() if key != "augmentation"})
    assert first != weights(tmp_path / "c", study, settings=plain)


def test_bfloat16_runs(tmp_path, study):
    assert weights(tmp_path / "a", study, settings=settings(precision="bfloat16")) != weights(
        tmp_path / "b", study
    )


def test_backbone_of_the_users_own(tmp_path, study):
    weights(tmp_path, study, backbone=TINY)
    card = json.loads((tmp_path / "run" / "card.json").read_text())
    assert card["model"]["definition"] == "toy_study:tiny, inflated"
