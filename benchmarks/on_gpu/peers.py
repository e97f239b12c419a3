"""An epoch of the engine against MONAI's tutorial loop and against a CacheDataset."""

from __future__ import annotations

import argparse
import time

import numpy as np
from training import engine_loop, tutorial_loop, write_nifti

from on_gpu.common import Section
from radnec.training.device import set_arithmetic

EPOCHS = 2


def measure(section: Section) -> None:
    workers = section.options.workers
    options = argparse.Namespace(
        size=section.options.size,
        grid=[256, 256, 32] if section.on_gpu else section.options.size,
        epochs=EPOCHS,
        backbone=section.options.backbones[0],
        rate=1e-4,
    )
    folder = section.folder / "full"
    with section.measure("files"):
        write_nifti(folder, options)
    found: dict[str, float] = {}
    for name, count, cached in (
        ("engine", 0, False),
        (f"tutorial, {workers} workers", workers, False),
        (f"CacheDataset, {workers} workers", workers, True),
        ("CacheDataset, no workers", 0, True),
        ("tutorial, no workers", 0, False),
    ):
        if section.left <= 0:
            return
        with section.measure("epoch", loop=name, backbone=options.backbone) as line:
            set_arithmetic(section.device, "float32", deterministic=True)
            start = time.perf_counter()
            if name == "engine":
                clock, losses = engine_loop(folder, options, section.device, 1)
            else:
                clock, losses = tutorial_loop(folder, options, section.device, count, cached, 1)
            found[name] = float(np.min(clock.epochs))
            line |= {"seconds": found[name], "with_setup_s": time.perf_counter() - start}
            line |= {"loss": losses[-1], "against_engine": found[name] / found["engine"]}
