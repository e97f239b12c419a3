"""What deterministic operations and cuDNN's trying out cost and give, one without the other."""

from __future__ import annotations

import hashlib
import warnings

import torch

from on_gpu.common import Section, seconds_per_step, stepper


def measure(section: Section) -> None:
    batches, targets = section.batches()
    for backbone in section.networks():
        for deterministic in (True, False):
            for benchmark in (False, True):
                if section.left <= 0:
                    return
                with section.measure(
                    "step", backbone=backbone, deterministic=deterministic, benchmark=benchmark
                ) as found:
                    with warnings.catch_warnings(record=True) as said:
                        warnings.simplefilter("always")
                        first, second = (
                            weights_after_steps(section, backbone, deterministic, benchmark)
                            for _ in range(2)
                        )
                    found["same_bits"] = first == second
                    found["not_deterministic"] = sorted(
                        {str(w.message).split()[0] for w in said if "determinis" in str(w.message)}
                    )
                    step = stepper(
                        section, section.network(backbone), batches, targets,
                        deterministic=deterministic,
                    )  # fmt: skip
                    torch.backends.cudnn.benchmark = benchmark
                    found["seconds"] = seconds_per_step(section, step, section.options.steps)


def weights_after_steps(
    section: Section, backbone: str, deterministic: bool, benchmark: bool
) -> str:
    """Return a checksum of the weights after three steps from the same start."""
    network = section.network(backbone)
    step = stepper(section, network, *section.batches(), deterministic=deterministic)
    torch.backends.cudnn.benchmark = benchmark
    for number in range(3):
        torch.manual_seed(number)  # dropout
        step(number)
    digest = hashlib.sha256()
    for weight in network.state_dict().values():
        digest.update(weight.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
