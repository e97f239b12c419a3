"""Which device a job computes on; jobs side by side share the GPUs of a machine out by lock files.

Snakemake counts GPUs and does not say which one a job has; a cluster says it by
CUDA_VISIBLE_DEVICES, and torch shows no others.
"""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from radnec.core.errors import InputError

log = logging.getLogger(__name__)

# Held until the process ends, killed or not: the kernel gives the locks back.
_held: dict[str, FileLock] = {}


def choose_device(device: str) -> str:
    """Return `cpu` or `cuda:<n>`, the GPU being this job's until its process ends.

    Parameters
    ----------
    device
        auto (a GPU where torch finds one; else the log says why not) | cpu | cuda | cuda:<n>.
        Where several GPUs will do, the one that the fewest jobs hold.

    Raises
    ------
    InputError
        If the device does not exist here.
    """
    import torch

    kind, colon, number = device.partition(":")
    if kind not in ("auto", "cpu", "cuda") or (colon and (kind != "cuda" or not number.isdigit())):
        raise InputError(f"device {device!r}: expected auto, cpu, cuda or cuda:<n>")
    if kind == "auto" and not torch.cuda.is_available():
        driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")
        log.log(
            logging.WARNING if driver else logging.INFO,
            "no GPU for torch %s: %s; the CPU computes",
            torch.__version__,
            _why_no_gpu(),
        )
        kind = "cpu"
    if kind == "cpu":
        return kind
    gpus = torch.cuda.device_count()
    if int(number or 0) >= gpus:
        raise InputError(
            f"device {device!r}: torch {torch.__version__} sees {gpus} GPUs here"
            + (f" ({_why_no_gpu()})" if gpus == 0 else "")
            + "; use device: cpu, or install a torch built for the GPU"
        )
    numbers = [int(number)] if colon else list(range(gpus))
    place = take([str(torch.cuda.get_device_properties(gpu).uuid) for gpu in numbers])
    # Else a context of 0.5 GB on the first GPU would be made beside the one in use.
    torch.cuda.set_device(numbers[place])
    return f"cuda:{numbers[place]}"


def take(gpus: Sequence[str]) -> int:
    """Return the place of the GPU that the fewest jobs of this user hold, and hold it.

    Parameters
    ----------
    gpus
        Names that are the same in every process, such as UUIDs.
    """
    for place, gpu in enumerate(gpus):
        if gpu in _held:
            return place
    folder = Path(tempfile.gettempdir()) / f"radnec-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for turn in itertools.count():
        for place, gpu in enumerate(gpus):
            lock = FileLock(folder / f"{gpu}.{turn}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            _held[gpu] = lock
            return place
    raise AssertionError("not reached")


def _why_no_gpu() -> str:
    import torch

    if torch.version.cuda is None and torch.version.hip is None:
        return "it is built for the CPU alone"
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return str(error).partition("\n")[0]
    return f"CUDA_VISIBLE_DEVICES is {os.environ.get('CUDA_VISIBLE_DEVICES', 'not set')!r}"
