"""What a configuration is checked against is what the networks are."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from radnec.core.errors import InputError
from radnec.explain.cam import class_activation_map
from radnec.networks.catalogue import FILE, catalogue
from radnec.networks.registry import build_network
from radnec.networks.survey import survey_file


def test_the_catalogue_is_as_the_networks_are():
    assert FILE.read_text() == survey_file(), "run `radnec config --write`"


def test_a_network_that_halves_its_grid_five_times_needs_32_voxels():
    assert catalogue()["vgg11"].smallest == catalogue()["vgg16"].smallest == 2**5
    network = build_network("vgg11", 1).eval()
    with torch.no_grad():
        assert network(torch.zeros(1, 1, 32, 32, 32)).shape == (1, 2)
        with pytest.raises(RuntimeError):
            network(torch.zeros(1, 1, 32, 32, 31))


def test_a_layer_of_the_catalogue_gives_a_map_and_another_module_does_not():
    network, volume = build_network("resnet10", 1).eval(), torch.rand(1, 1, 32, 32, 32)
    layers = catalogue()["resnet10"].layers
    assert "layer2" in layers and "fc" not in layers
    assert class_activation_map(network, volume, layer="layer2").evidence.ndim == 3
    with pytest.raises(InputError, match=r"explain\.layer"):
        class_activation_map(network, volume, layer="fc")


def test_a_configuration_is_checked_without_torch():
    code = (
        "import sys; from radnec.config.check import check_config; "
        "from radnec.study import check, network_check, split_check; check_config({}); "
        "print(sorted({'torch', 'monai', 'ants', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
