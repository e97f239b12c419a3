"""Versions; and how far the probabilities of CPU and GPU lie apart, in each precision."""

from __future__ import annotations

import platform
import subprocess

import torch

from on_gpu.common import Section
from radnec.core.versions import installed_version
from radnec.training.device import autocast, set_arithmetic

PRECISIONS = ("float32", "tf32", "bfloat16")


def measure(section: Section) -> None:
    section.say("versions", **versions(section))
    volumes = section.volumes()
    for backbone in section.networks():
        with section.measure("probabilities", backbone=backbone) as found:
            torch.manual_seed(1)
            cpu = torch.device("cpu")
            set_arithmetic(cpu, "float32", deterministic=True)
            network = section.network(backbone).to(cpu).train()
            images = volumes.batch([0, 1])
            with torch.no_grad():
                network(images)  # batch normalisation: statistics as of training
                network.eval()
                expected = network(images)
                network.to(section.device)
                for precision in PRECISIONS:
                    set_arithmetic(section.device, precision, deterministic=True)
                    with autocast(section.device, precision):
                        logits = network(images.to(section.device)).float().cpu()
                    apart = (logits.softmax(1) - expected.softmax(1)).abs().max()
                    found[f"{precision}_probability"] = float(apart)
                    scale = expected.abs().max()
                    found[f"{precision}_logit"] = float((logits - expected).abs().max() / scale)


def versions(section: Section) -> dict[str, object]:
    found: dict[str, object] = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "monai": installed_version("monai"),
        "size": section.options.size,
        "cases": section.options.cases,
    }
    if section.on_gpu:
        properties = torch.cuda.get_device_properties(section.device)
        found |= {"gpu": properties.name, "memory_gib": properties.total_memory / 2**30}
        query = ["nvidia-smi", "--query-gpu=driver_version,mig.mode.current"]
        query.append("--format=csv,noheader")
        try:
            said = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
            found["driver"] = said.stdout.strip()
        except (OSError, subprocess.SubprocessError) as error:
            found["driver"] = f"unknown: {error}"
    return found
