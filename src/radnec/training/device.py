"""Where a run happens: device, threads, memory."""

from __future__ import annotations

import ctypes
import platform
from contextlib import AbstractContextManager

import torch

from radnec.core.gpu import choose_device
from radnec.core.processor import processor

# Numbers of mallopt's parameters in glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def prepare_device(device: str, threads: int) -> torch.device:
    """Return the torch device and make torch repeatable, and on CPU fast, on it.

    Parameters
    ----------
    device
        auto | cpu | cuda | cuda:<n>, see `radnec.core.gpu.choose_device`.
    threads
        Number of CPU threads. Sums on CPU are taken in another order with another number,
        so weights are repeatable bit by bit with the same number only.

    Raises
    ------
    InputError
        If the device does not exist here.
    """
    torch.set_num_threads(threads)
    chosen = torch.device(choose_device(device))
    # On CPU every operation is deterministic. On a GPU the backward pass of 3D max pooling
    # has no deterministic form in torch: warn, do not refuse.
    torch.use_deterministic_algorithms(True, warn_only=chosen.type == "cuda")
    # It would fill every new tensor with NaN first, which nothing here needs.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    # TF32 keeps 10 bits of the mantissa: not what precision: float32 says.
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    if chosen.type == "cpu":
        _keep_memory()
    return chosen


def _keep_memory() -> None:
    """Let malloc keep what is freed instead of giving it back to the kernel.

    The features of a volume are tens of megabytes a layer. glibc maps such blocks anew at each
    step, and the kernel clears every page of them: a tenth of a step and more. Another C library
    has no such switch, or needs none.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_MAX, 0)
        library.mallopt(_M_TRIM_THRESHOLD, -1)


def autocast(device: torch.device, precision: str) -> AbstractContextManager[None]:
    """Return the context of the forward pass: bfloat16 where asked for."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def describe_device(device: torch.device) -> str:
    """Return the name of the device for the model card."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU {processor()}, {torch.get_num_threads()} threads"
