"""Brain-extraction networks of installed packages."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from radnec.core.errors import InputError
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.skullstrip import packaged
from radnec.preprocess.skullstrip.canonical import from_canonical, to_canonical
from radnec.preprocess.skullstrip.denormals import denormals_as_zero
from radnec.preprocess.skullstrip.hdbet_weights import fetch_hdbet


def test_networks_are_those_that_the_package_was_published_with(tmp_path):
    output = tmp_path / "network.json"
    fetch_hdbet(backend="deepbet", settings=HdBetWeightsSettings(), output=output)
    found = json.loads(output.read_text())
    # From the RECORD of the wheel deepbet 1.0.2 (base64), written in hexadecimal.
    published = "de8ee7c69654d0dd3935dc4a5d84571d8ecf4637a6bfc01df399c4c2bc86e0fd"
    assert found["files"]["model.pt"] == published
    assert found["licence"] == "MIT"


def test_a_package_that_is_not_installed_is_named(monkeypatch):
    other = packaged.Packaged("no-such-package", "models", ("a",), "", "", "pip install it")
    monkeypatch.setitem(packaged.PACKAGED, "deepbet", other)
    with pytest.raises(InputError, match=r"no-such-package is not installed.*pip install it"):
        packaged.packaged_network("deepbet")


def test_axes_come_back_as_they_were():
    data = np.random.default_rng(0).random((3, 4, 5)).astype(np.float32)
    # Voxel axes run to the left, downward and to the front.
    affine = np.array([[-1, 0, 0, 9], [0, 0.1, 2, 8], [0, -3, 0.1, 7], [0, 0, 0, 1.0]])
    turned, own = to_canonical(data, affine)
    assert turned.shape == (3, 5, 4)
    assert (np.diag(own)[:3] > 0).all()
    np.testing.assert_array_equal(turned, data[::-1, ::-1, :].transpose(0, 2, 1))
    np.testing.assert_array_equal(from_canonical(turned, affine), data)


@pytest.mark.parametrize("before", [False, True])
def test_denormals_are_zero_inside_and_as_before_outside(before):
    def vanish():
        return bool((torch.tensor([1e-30]) * 1e-10 == 0).item())

    torch.set_flush_denormal(before)
    try:
        with denormals_as_zero():
            assert vanish()
        assert vanish() == before
    finally:
        torch.set_flush_denormal(False)
