"""Which of the permitted ways to compute is fastest for a network on a device, by measuring."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from radnec.core.files import write_json
from radnec.core.settings import canonical_json
from radnec.training.device import autocast, describe_device, set_arithmetic
from radnec.training.order import ORDERS, prepare_order
from radnec.training.settings import TrainingSettings

log = logging.getLogger(__name__)

# How far the probabilities of a way may lie from those of plain float32: rounding of float32 in
# another order of sums, 10 bits of mantissa, and 7. Beyond it some kernel computes wrongly.
TOLERANCE = {"float32": 1e-3, "tf32": 1e-2, "bfloat16": 5e-2}
_PRECISIONS = list(TOLERANCE)
_WARM, _TIMED = 2, 3


@dataclass(frozen=True)
class Way:
    """How a network computes: what changes its speed, and its results by rounding alone.

    Attributes
    ----------
    precision
        float32 | tf32 | bfloat16.
    order
        channels_last | contiguous, see `radnec.training.order`.
    compile
        Whether through torch.compile.
    """

    precision: str
    order: str
    compile: bool

    def __str__(self) -> str:
        return f"{self.precision}, {self.order}" + (", compiled" if self.compile else "")


def usual_way(settings: TrainingSettings) -> Way:
    """Return the way that the settings name."""
    return Way(settings.precision, "channels_last", settings.compile)


def permitted_ways(settings: TrainingSettings, device: torch.device) -> list[Way]:
    """Return the ways that are no less precise than the settings allow, the usual one first."""
    least = _PRECISIONS.index(settings.precision)
    precisions = [p for p in _PRECISIONS[: least + 1] if device.type == "cuda" or p != "tf32"]
    ways = [
        Way(precision, order, compiled)
        for precision in precisions
        for order in ORDERS
        for compiled in ([False, True] if settings.compile else [False])
    ]
    return sorted(ways, key=lambda way: way != usual_way(settings))


def choose_way(
    network: nn.Module,
    images: torch.Tensor,
    settings: TrainingSettings,
    device: torch.device,
    folder: Path,
) -> Way:
    """Return the fastest permitted way, measured now or by an earlier run on such a device.

    Parameters
    ----------
    network
        On its device; left as it is.
    images
        A batch (batch, channel, x, y, z) on the device.
    folder
        Where what was measured is kept, in a file for each network, size and device.

    Notes
    -----
    Each way makes some steps on a copy. One whose probabilities lie further from those of plain
    float32 than its precision explains (`TOLERANCE`) is left out with a warning: versions of
    cuDNN have had such kernels.
    """
    ways = permitted_ways(settings, device)
    about = {
        "network": str(network),
        "images": list(images.shape),
        "device": describe_device(device),
        "torch": torch.__version__,
        "cudnn": torch.backends.cudnn.version(),
        "deterministic": settings.deterministic,
        "ways": [dataclasses.asdict(way) for way in ways],
    }
    digest = hashlib.sha256(canonical_json(about).encode()).hexdigest()[:16]
    path = folder / f"speed_{digest}.json"
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        chosen = Way(**kept["chosen"])
        log.info("computing in %s, the fastest when measured before (%s)", chosen, path)
        return chosen
    seconds = _measure(network, images, ways, settings, device)
    chosen = min(seconds, key=lambda way: seconds[way])
    table = {str(way): round(value, 5) for way, value in seconds.items()}
    log.info("computing in %s, the fastest; seconds a step: %s", chosen, table)
    write_json(path, about | {"seconds": table, "chosen": dataclasses.asdict(chosen)})
    return chosen


def _measure(
    network: nn.Module,
    images: torch.Tensor,
    ways: list[Way],
    settings: TrainingSettings,
    device: torch.device,
) -> dict[Way, float]:
    plain = Way("float32", "contiguous", False)
    expected = _prepared(network, images, plain, settings, device)[0]
    seconds: dict[Way, float] = {}
    for way in ways:
        found, step = _prepared(network, images, way, settings, device)
        apart = float((found - expected).abs().max())
        # Not `>`: an answer that is no number must not pass.
        if not apart <= TOLERANCE[way.precision]:
            log.warning("%s: probabilities %.1e from plain float32, not used", way, apart)
            continue
        seconds[way] = _seconds_a_step(step, device)
    # Plain float32 is what the others are compared with: where all else is wrong, it is left.
    return seconds or {plain: 0.0}


def _prepared(
    network: nn.Module,
    images: torch.Tensor,
    way: Way,
    settings: TrainingSettings,
    device: torch.device,
) -> tuple[torch.Tensor, Callable[[], None]]:
    """Return the probabilities in evaluation mode, and a function that makes a training step."""
    set_arithmetic(device, way.precision, deterministic=settings.deterministic)
    own = prepare_order(copy.deepcopy(network), device, way.order)
    given = images.to(memory_format=ORDERS[way.order])
    targets = torch.zeros(len(images), dtype=torch.long, device=device)
    model = torch.compile(own) if way.compile else own

    def step() -> None:
        own.train()
        with autocast(device, way.precision):
            logits = model(given)
        functional.cross_entropy(logits.float(), targets).backward()
        own.zero_grad(set_to_none=True)

    own.eval()
    with torch.no_grad(), autocast(device, way.precision):
        probabilities = model(given).float().softmax(1)
    return probabilities, step


def _seconds_a_step(step: Callable[[], None], device: torch.device) -> float:
    """Return the shortest of some steps: what others do on the machine only adds to it."""
    taken = []
    for _ in range(_WARM + _TIMED):
        start = time.perf_counter()
        step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(time.perf_counter() - start)
    return min(taken[_WARM:])
