"""torchvision's own models: what inflates, and in what words the others are refused.

Its wheel beside the CPU build of torch lacks the compiled operators; the classifiers need none, so
that their bare names are enough to import it.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

BUILD = """
import sys, torch
names = ("nms", "qnms")
if not torch.cuda.is_available():
    library = torch.library.Library("torchvision", "DEF")
    for name in names:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from radnec.core.errors import InputError
from radnec.networks.registry import build_network
for name in sys.argv[1:]:
    try:
        with torch.no_grad():
            output = build_network(f"torchvision:{name}", 2).eval()(torch.rand(1, 2, 64, 64, 32))
        print(name, tuple(output.shape), sep="\\t")
    except InputError as error:
        print(name, error, sep="\\t")
"""
REFUSED = {
    "vit_b_16": "does not take an image of 64x64 pixels (Wrong image height! Expected 224",
    "inception_v3": "does not take an image of 64x64 pixels (Calculated padded input size",
    "shufflenet_v2_x0_5": "takes the axes of images apart (view), which has no 3D counterpart",
    "swin_t": "takes the axes of images apart (permute",
    "convnext_tiny": "takes the axes of images apart (permute",
}
TAKEN = ("resnet18", "mobilenet_v3_small", "squeezenet1_1")


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("torchvision"), reason="torchvision is optional")
def test_models_inflate_or_are_refused_in_one_line():
    said = subprocess.run(
        [sys.executable, "-c", BUILD, *REFUSED, *TAKEN], capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    found = dict(line.split("\t") for line in said.stdout.splitlines())
    assert found.keys() == {*REFUSED, *TAKEN}, "each took one line"
    for name, reason in REFUSED.items():
        assert reason in found[name]
    for name in TAKEN:
        assert found[name] == "(1, 2)"
