"""Memory and GPUs of a job, counted by hand."""

from __future__ import annotations

import pytest

from radnec.study.resources import gpus, images_mb, memory_mb


def test_each_attempt_asks_for_as_much_again():
    assert [memory_mb(2000, attempt) for attempt in (1, 2, 3)] == [2000, 4000, 6000]
    assert memory_mb(2000, 2, images_mb=50) == 4100


def test_images_count_by_their_size_on_disk(tmp_path):
    (tmp_path / "t1.nii.gz").write_bytes(bytes(1_200_000))
    (tmp_path / "t2.nii.gz").write_bytes(bytes(900_000))
    (tmp_path / "t1.json").write_bytes(bytes(5_000_000))
    assert images_mb(tmp_path, 20) == 42
    assert images_mb(tmp_path / "not yet there", 20) == 0


@pytest.mark.parametrize(
    ("device", "of_a_job"), [("cpu", 0), ("auto", 1), ("cuda", 1), ("cuda:2", 1)]
)
def test_a_job_of_the_networks_takes_one_gpu(device, of_a_job):
    assert gpus(device) == of_a_job
