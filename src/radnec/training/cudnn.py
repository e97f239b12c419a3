"""Versions of cuDNN whose 3D convolutions are known to be slow, greedy or wrong."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

# First and last version concerned, what happens, and where it is reported.
_KNOWN = (
    (
        (9, 8, 0),
        (9, 14, 99),
        "3D convolutions in bfloat16 give wrong results in places; where torch (2.9 and later) "
        "goes round cuDNN for them, they are about four times slower and take far more memory: "
        "prefer training.precision: float32",
        "PyTorch issues 163539, 166122 and 166643",
    ),
    (
        (9, 10, 2),
        (9, 15, 99),
        "some 3D convolutions in TF32 give wrong results: prefer training.precision: float32",
        "PyTorch pull request 167024",
    ),
)


def warn_of_cudnn(version: int | None) -> None:
    """Log cuDNN's version, and a warning for each known fault of its 3D convolutions.

    Parameters
    ----------
    version
        As `torch.backends.cudnn.version` gives it: 91002 is 9.10.2. None: no cuDNN.
    """
    if version is None:
        log.warning("this torch has no cuDNN: 3D convolutions are slow without it")
        return
    major, rest = divmod(version, 10_000) if version >= 90_000 else divmod(version, 1_000)
    parts = (major, *divmod(rest, 100))
    name = ".".join(map(str, parts))
    log.info("cuDNN %s", name)
    for first, last, fault, report in _KNOWN:
        if first <= parts <= last:
            log.warning("cuDNN %s: %s (%s)", name, fault, report)
