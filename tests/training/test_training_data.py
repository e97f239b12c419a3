from __future__ import annotations

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from toy_study import save_packed, write_study

from radnec.core.errors import InputError
from radnec.core.files import write_checksum
from radnec.training.augment import Augmentation
from radnec.training.data import Volumes, fold_cases
from radnec.training.inner import inner_folds, inner_split


@pytest.fixture
def study(tmp_path):
    return write_study(
        tmp_path, train=6, test=3, size=(4, 5, 6), sequences=("t1", "t2"), noise_only=True
    )


def test_a_batch_is_the_stored_volumes_as_channels(study):
    volumes = Volumes(study["packed"], ["t2", "t1"])
    batch = volumes.batch([5, 2])
    assert batch.shape == (2, 2, 4, 5, 6)
    for position, row in enumerate([5, 2]):
        for channel, name in enumerate(["t2", "t1"]):
            expected = np.load(study["packed"][name])[row]
            np.testing.assert_array_equal(batch[position, channel].numpy(), expected)


def test_rows_belong_to_cases_whatever_the_order_of_the_tables(study):
    before = fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
    for path in (study["split"], study["packed_cases"]):
        table = pd.read_csv(path, sep="\t").sample(frac=1, random_state=0)
        table.to_csv(path, sep="\t", index=False)
    after = fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
    pd.testing.assert_frame_equal(before, after)
    assert before["case"].tolist() == [f"case{i:03}" for i in before["row"]]
    assert before["target"].tolist() == [int(label == "necrosis") for label in before["label"]]


def test_wrong_tables_are_named(study, tmp_path):
    with pytest.raises(InputError, match=r"fold 'r0f0' has no case.*folds are holdout"):
        fold_cases(study["split"], study["packed_cases"], "r0f0", ["train"])
    rows = pd.read_csv(study["packed_cases"], sep="\t")
    rows[rows["case"] != "case001"].to_csv(study["packed_cases"], sep="\t", index=False)
    with pytest.raises(InputError, match=r"no volume of case case001"):
        fold_cases(study["split"], study["packed_cases"], "holdout", ["train"])
    with pytest.raises(InputError, match=r"none of sequence flair"):
        Volumes(study["packed"], ["flair"])
    save_packed(tmp_path / "t2.npy", np.zeros((9, 4, 5, 7)))
    with pytest.raises(InputError, match=r"one shape"):
        Volumes(study["packed"], ["t1", "t2"])


def test_memory_does_not_grow_with_the_number_of_cases(tmp_path):
    """650 MB are read; what stays mapped is less than a tenth of it."""
    path = tmp_path / "t1.npy"
    array = np.lib.format.open_memmap(path, "w+", np.float32, (5000, 32, 32, 32))
    del array
    write_checksum(path)
    volumes = Volumes({"t1": path}, ["t1"])
    process = psutil.Process()
    before = process.memory_info().rss
    largest = 0
    for row in range(0, 5000, 2):
        volumes.batch([row, row + 1])
        if row % 100 == 0:
            largest = max(largest, process.memory_info().rss - before)
    assert largest < 150e6


def cohort(necrosis: int, recurrence: int, each: int = 1) -> pd.DataFrame:
    labels = ["necrosis"] * necrosis + ["recurrence"] * recurrence
    return pd.DataFrame(
        {
            "case": [f"c{i}" for i in range(len(labels))],
            "patient": [f"p{i // each}" for i in range(len(labels))],
            "label": labels,
            "target": [int(label == "necrosis") for label in labels],
            "row": range(len(labels)),
        }
    )


def test_inner_parts_are_stratified_and_keep_patients_together():
    cases = cohort(24, 60, each=2)
    for learned, held in inner_folds(cases, 4, seed=1):
        assert not set(learned["patient"]) & set(held["patient"])
        assert len(learned) + len(held) == len(cases)
        assert (held["label"] == "necrosis").sum() == 6
    learned, held = inner_split(cases, 0.25, seed=3)
    assert abs(len(held) - 21) <= 2
    assert not inner_split(cases, 0.25, seed=4)[1]["case"].equals(held["case"])
    assert len(inner_split(cases, 0.0, seed=3)[1]) == 0


def test_too_few_patients_for_a_validation_part_are_counted():
    with pytest.raises(InputError, match=r"3 patients of class 'necrosis', expected at least 5"):
        inner_split(cohort(3, 20), 0.2, seed=1)


def test_augmentation_depends_on_seed_epoch_and_place_only():
    image = torch.rand(1, 2, 12, 10, 8)
    augment = Augmentation(["flip", "shift"], (12, 10, 8), seed=1)
    first = augment(image, epoch=3, start=4)
    augment(image, epoch=0, start=0)
    assert torch.equal(first, augment(image, epoch=3, start=4))
    assert not torch.equal(first, augment(image, epoch=4, start=4))
    assert not torch.equal(first, augment(image, epoch=3, start=5))
    pair = augment(torch.cat([image, image]), epoch=3, start=3)
    assert torch.equal(pair[1:], first), "the batch size does not matter"
    assert type(first) is torch.Tensor


def test_flips_keep_every_voxel_and_all_eight_occur():
    image = torch.rand(1, 1, 3, 4, 5)
    augment = Augmentation(["flip"], (3, 4, 5), seed=1)
    seen = {tuple(augment(image, epoch, 0).flatten().tolist()) for epoch in range(100)}
    expected = {
        tuple(image.flip(axes).flatten().tolist())
        for axes in ([], [2], [3], [4], [2, 3], [2, 4], [3, 4], [2, 3, 4])
    }
    assert seen == expected


def test_shift_moves_the_head_by_at_most_a_tenth():
    image = torch.zeros(1, 1, 40, 40, 40)
    image[0, 0, 18:22, 18:22, 18:22] = 1
    augment = Augmentation(["shift"], (40, 40, 40), seed=1)
    axis = torch.arange(40.0)
    distances = []
    for epoch in range(20):
        moved = augment(image, epoch, 0)[0, 0]
        assert float(moved.sum()) == pytest.approx(64, rel=0.01)
        centre = float((moved.sum(dim=(1, 2)) * axis).sum() / moved.sum())
        distances.append(abs(centre - 19.5))
    assert max(distances) <= 4.01
    assert max(distances) > 1
