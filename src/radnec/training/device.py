"""Where a run happens: device, threads, memory."""

from __future__ import annotations

import ctypes
import os
import platform
from contextlib import AbstractContextManager

import torch

from radnec.core.gpu import choose_device
from radnec.core.processor import processor
from radnec.training.cudnn import warn_of_cudnn

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
    if chosen.type == "cpu":
        _keep_memory()
    else:
        # cuBLAS has no fixed order of sums without it, and reads it when it is first used.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        warn_of_cudnn(torch.backends.cudnn.version())
    set_arithmetic(chosen, "float32", deterministic=True)
    return chosen


def set_arithmetic(device: torch.device, precision: str, *, deterministic: bool) -> None:
    """Say how torch computes in this process from now on.

    Parameters
    ----------
    precision
        tf32 lets a GPU round the factors of convolutions and products to 10 bits of mantissa;
        float32 and bfloat16 (which `autocast` does) do not.
    deterministic
        On a GPU: whether only operations are used that give the same bits each time. Otherwise
        cuDNN may also try out which of its kernels is fastest. A CPU gives the same bits anyway.
    """
    # Not use_deterministic_algorithms, which imports torch's compiler (over a second) first. What
    # has no deterministic form on a GPU (some layer of a user's own network) is warned about.
    mode = "error" if device.type == "cpu" else "warn"
    torch.set_deterministic_debug_mode(mode if deterministic else "default")
    # It would fill every new tensor with NaN first, which nothing here needs.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.benchmark = not deterministic
    torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"


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
