"""The bare step of each network in each precision and order in memory, and what a study takes."""

from __future__ import annotations

import torch

from on_gpu.common import ORDERS, Section, hours, seconds_per_step, stepper

PRECISIONS = ("float32", "tf32", "bfloat16")


def measure(section: Section) -> None:
    batches, targets = section.batches()
    for order in ORDERS:
        for precision in PRECISIONS:
            taken = {}
            for backbone in section.networks():
                with section.measure(
                    "step", backbone=backbone, precision=precision, order=order
                ) as found:
                    if section.on_gpu:
                        torch.cuda.reset_peak_memory_stats(section.device)
                    step = stepper(
                        section,
                        section.network(backbone),
                        batches,
                        targets,
                        precision=precision,
                        order=order,
                    )
                    taken[backbone] = seconds_per_step(section, step, section.options.steps)
                    found["seconds"] = taken[backbone]
                    if section.on_gpu:
                        peak = torch.cuda.max_memory_allocated(section.device)
                        found["peak_gib"] = peak / 2**30
                    del step
            section.say(
                "total",
                precision=precision,
                order=order,
                backbones=list(taken),
                hours_one_run_at_a_time=sum(map(hours, taken.values())),
            )
