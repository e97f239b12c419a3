"""torch.compile and whole-step CUDA graphs: what they would gain, and what they cost first."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch.nn import functional

from on_gpu.common import Section, seconds_per_step, stepper
from radnec.training.device import set_arithmetic


def measure(section: Section) -> None:
    if not section.on_gpu:
        section.say("skipped", message="needs a GPU")
        return
    batches, targets = section.batches()
    for backbone in section.networks()[:2]:
        for what in ("as it is", "CUDA graph", "compiled", "compiled with CUDA graphs"):
            if section.left <= 0:
                return
            with section.measure("step", backbone=backbone, how=what) as found:
                start = time.perf_counter()
                network = section.network(backbone)
                if what == "CUDA graph":
                    step = graphed(section, network, batches, targets)
                else:
                    mode = {"compiled": "default", "compiled with CUDA graphs": "reduce-overhead"}
                    step = stepper(section, network, batches, targets, compiled=mode.get(what))
                step(0)
                section.synchronise()
                found["first_step_s"] = time.perf_counter() - start
                found["seconds"] = seconds_per_step(section, step, section.options.steps)
            torch._dynamo.reset()


def graphed(
    section: Section, network: torch.nn.Module, batches: list[torch.Tensor], targets: torch.Tensor
) -> Callable[[int], torch.Tensor]:
    """Return a step that is one CUDA graph: forward, backward and optimiser."""
    set_arithmetic(section.device, "float32", deterministic=True)
    network = network.to(memory_format=torch.channels_last_3d).train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-5, fused=True, capturable=True)
    images = batches[0].to(memory_format=torch.channels_last_3d).clone()

    def once() -> torch.Tensor:
        optimiser.zero_grad(set_to_none=True)
        value = functional.cross_entropy(network(images).float(), targets)
        value.backward()
        optimiser.step()
        return value

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            once()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        value = once()

    def step(number: int) -> torch.Tensor:
        images.copy_(batches[number % len(batches)])
        graph.replay()
        return value.detach()

    return step
