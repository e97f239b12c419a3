"""What a job asks of the machine: memory by the size of its images, and GPUs."""

from __future__ import annotations

from pathlib import Path


def memory_mb(base: int, attempt: int, *, images_mb: int = 0) -> int:
    """Return the memory of a job in MB: as much again at each attempt.

    Parameters
    ----------
    base
        Memory of the first attempt in MB, without images.
    attempt
        1 for the first; higher ones come where the profile allows `retries`.
    images_mb
        Memory that the images of the job take on top, at each attempt.
    """
    return attempt * (base + images_mb)


def images_mb(folder: Path, factor: int) -> int:
    """Return `factor` times what the NIfTI images in a folder take on disk, in MB (10^6 bytes).

    The images are compressed, so what they need in memory is a multiple of their size on disk.
    A folder that is not there yet holds nothing.
    """
    return factor * sum(path.stat().st_size for path in folder.glob("*.nii.gz")) // 10**6


def gpus(device: str) -> int:
    """Return how many GPUs a job of the networks takes from the limit ``--resources gpu=``."""
    return 0 if device == "cpu" else 1
