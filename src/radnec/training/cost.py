"""What a run costs: time, and energy where the machine says it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import torch

log = logging.getLogger(__name__)

_RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")


def energy_joules(device: torch.device) -> float | None:
    """Return the energy the device has used so far, or None where it cannot be read.

    A GPU's counter comes from NVML (package nvidia-ml-py, optional), a CPU's from the
    kernel's RAPL counter of the first socket. Both count everything that runs there, other
    runs too. NVML refuses it for parts of a GPU (MIG), virtual ones, and those without a counter.
    """
    if device.type == "cuda":
        try:
            import pynvml
        except ImportError:
            return None
        uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
        try:
            pynvml.nvmlInit()
            handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)
            return float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) / 1e3
        except pynvml.NVMLError as error:
            log.info("the energy of %s cannot be read: %s", uuid, error)
            return None
    try:
        return float(_RAPL.read_text()) / 1e6
    except OSError:
        return None


class Meter:
    """Time and energy of a run, over all the processes that worked on it.

    Parameters
    ----------
    seconds, joules
        What earlier processes of a resumed run used.
    """

    def __init__(self, device: torch.device, seconds: float, joules: float | None) -> None:
        self._device, self._seconds, self._joules = device, seconds, joules
        self._start, self._energy = time.monotonic(), energy_joules(device)

    def read(self) -> tuple[float, float | None]:
        """Return seconds and joules so far; no joules if any part could not be read."""
        seconds = self._seconds + time.monotonic() - self._start
        now = energy_joules(self._device)
        # The counter of a CPU starts again at zero when it is full.
        if now is None or self._energy is None or self._joules is None or now < self._energy:
            return seconds, None
        return seconds, self._joules + now - self._energy
