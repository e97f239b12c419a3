"""Numbers too small for the processor's fast path, taken as zero."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Take denormal numbers as zero on the CPU while a network predicts.

    Outside the head a network's activations sink below 1e-38, where each operation takes some
    hundred times as long.
    """
    import torch

    # There is no way to ask whether the flag is set; a product of normal numbers tells.
    before = bool((torch.tensor([1e-30]) * 1e-10 == 0).item())
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
