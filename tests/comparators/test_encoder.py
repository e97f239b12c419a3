"""Frozen encoders, and the layout in which MedicalNet publishes its weights."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch
from small_cohort import write_cohort
from torch import nn
from toy_encoder import encoder as toy

from radnec.comparators.encoder import embed_cases, load_encoder
from radnec.comparators.settings import EncoderSettings
from radnec.core.errors import InputError
from radnec.networks.registry import build_network
from radnec.networks.weights import load_weights

# github.com/Tencent/MedicalNet: README.md names depth and type of shortcut of each published file,
# models/resnet.py the layers; train.py saves nn.DataParallel's state dict below "state_dict".
PUBLISHED = {10: ([1, 1, 1, 1], "B"), 18: ([2, 2, 2, 2], "A"), 50: ([3, 4, 6, 3], "B")}


def medicalnet(depth: int) -> dict[str, torch.Tensor]:
    """Weights by the names and in the shapes of MedicalNet's file, written out layer by layer."""
    blocks, shortcut = PUBLISHED[depth]
    expansion = 4 if depth == 50 else 1
    torch.manual_seed(depth)
    state: dict[str, torch.Tensor] = {}

    def convolution(name, width, given, kernel):
        state[f"{name}.weight"] = 0.1 * torch.randn(width, given, kernel, kernel, kernel)

    def normalisation(name, width):
        state[f"{name}.weight"] = torch.rand(width) + 0.5
        state[f"{name}.bias"] = 0.1 * torch.randn(width)
        state[f"{name}.running_mean"] = 0.1 * torch.randn(width)
        state[f"{name}.running_var"] = torch.rand(width) + 0.5
        state[f"{name}.num_batches_tracked"] = torch.tensor(7)

    convolution("conv1", 64, 1, 7)
    normalisation("bn1", 64)
    given = 64
    for layer, (planes, count) in enumerate(zip((64, 128, 256, 512), blocks, strict=True), 1):
        for block in range(count):
            name = f"layer{layer}.{block}"
            shapes = [(planes, given, 3), (planes, planes, 3)]
            if expansion == 4:
                shapes = [(planes, given, 1), (planes, planes, 3), (4 * planes, planes, 1)]
            for number, shape in enumerate(shapes, 1):
                convolution(f"{name}.conv{number}", *shape)
                normalisation(f"{name}.bn{number}", shape[0])
            changes = given != planes * expansion or (layer > 1 and block == 0)
            if block == 0 and changes and shortcut == "B":
                convolution(f"{name}.downsample.0", planes * expansion, given, 1)
                normalisation(f"{name}.downsample.1", planes * expansion)
            given = planes * expansion
    state["conv_seg.0.weight"] = torch.randn(given, 32, 2, 2, 2)
    state["conv_seg.0.bias"] = torch.randn(32)
    return {f"module.{name}": value for name, value in state.items()}


def published(depth, folder):
    path = folder / f"resnet_{depth}.pth"
    torch.save({"state_dict": medicalnet(depth)}, path)
    return path


@pytest.mark.parametrize(("depth", "million"), [(10, 14.36), (18, 32.99), (50, 46.21)])
def test_the_layout_has_the_published_number_of_parameters(depth, million):
    """README.md, "Computational Cost"; without the head of the segmentation, which is of 18 MRI
    brain classes there: 32 -> 32 -> classes.
    """
    counted = ("num_batches_tracked", "running_mean", "running_var")
    total = sum(
        value.numel()
        for name, value in medicalnet(depth).items()
        if not name.endswith(counted) and "conv_seg" not in name
    )
    assert total / 1e6 == pytest.approx(million, abs=0.25)


@pytest.mark.parametrize("depth", [10, 50])
def test_published_files_start_a_training(depth, tmp_path):
    state = medicalnet(depth)
    network = build_network(f"resnet{depth}", 3)
    loaded = load_weights(network, published(depth, tmp_path))
    assert loaded.new == ["fc.weight", "fc.bias"]
    assert "dilated by 2 and 4" in loaded.note
    own = network.state_dict()
    for name, value in state.items():
        name = name.removeprefix("module.")
        if name == "conv1.weight":
            torch.testing.assert_close(own[name].sum(dim=1, keepdim=True), value)
        elif not name.startswith("conv_seg"):
            torch.testing.assert_close(own[name], value, msg=name)


def test_resnet18_is_published_without_weights_of_shortcuts(tmp_path):
    """A network that trains cannot start from it; a frozen one computes what it computed."""
    path = published(18, tmp_path)
    with pytest.raises(InputError, match=r"has no weights 'layer2.0.downsample.0.weight'"):
        load_weights(build_network("resnet18", 1), path)
    found = load_encoder(EncoderSettings(network="resnet18", weights=str(path)))
    assert "identities" in found.note
    block = found.network.layer2[0]
    volume = torch.randn(1, 64, 8, 8, 8)
    # Type A: every second voxel, zeros for the new channels.
    shortcut = torch.cat([volume[..., ::2, ::2, ::2], torch.zeros(1, 64, 4, 4, 4)], dim=1)
    with torch.no_grad():
        torch.testing.assert_close(block.downsample(volume), shortcut, rtol=1e-4, atol=1e-4)


def test_features_are_the_mean_of_the_last_grid(tmp_path):
    found = load_encoder(EncoderSettings(network="resnet10", weights=str(published(10, tmp_path))))
    assert found.layer == "layer4"
    assert found.new == ["fc.weight", "fc.bias"]
    assert found.unused == ["conv_seg.0.bias", "conv_seg.0.weight"]
    assert "layer4.0.conv2.weight" in found.fitted
    volume = torch.randn(32, 32, 32)
    network = found.network
    with torch.no_grad():
        grid = network.maxpool(network.act(network.bn1(network.conv1(volume[None, None]))))
        for layer in (network.layer1, network.layer2, network.layer3, network.layer4):
            grid = layer(grid)
    expected = grid.mean(dim=(0, 2, 3, 4))
    np.testing.assert_allclose(found.features(volume), expected, rtol=1e-4, atol=1e-6)


def test_a_network_of_the_users_own(tmp_path):
    torch.manual_seed(0)
    trained: nn.Module = toy()
    torch.save({**trained.state_dict(), "head.weight": torch.zeros(2)}, tmp_path / "own.pth")
    files = write_cohort(tmp_path / "files", volumes=True)
    embed_cases(
        sequence="t1ce",
        packed_cases=files["cases"],
        packed=files["packed"],
        settings=EncoderSettings(network="toy_encoder:encoder", weights=str(tmp_path / "own.pth")),
        device="cpu",
        threads=1,
        output=tmp_path / "features.tsv",
        card=tmp_path / "card.json",
    )
    table = pd.read_csv(tmp_path / "features.tsv", sep="\t")
    volume = torch.from_numpy(np.load(files["packed"])[4])
    with torch.no_grad():
        expected = trained(volume[None, None]).mean(dim=(0, 2, 3, 4))
    np.testing.assert_allclose(table.loc[4].iloc[1:].astype(float), expected, rtol=1e-4)
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["fitted"] == ["0.bias", "0.weight"]
    assert (card["new"], card["unused"]) == ([], ["head.weight"])


def test_a_file_of_another_network_is_refused(tmp_path):
    torch.save({"other.weight": torch.zeros(2)}, tmp_path / "other.pth")
    settings = EncoderSettings(network="toy_encoder:encoder", weights=str(tmp_path / "other.pth"))
    with pytest.raises(InputError, match="no weight has name and shape of one of toy_encoder"):
        load_encoder(settings)
