"""Maps against MONAI, against hand-made networks, and against the sign errors they could have."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from monai.networks.nets import resnet10
from monai.visualize import GradCAM, GradCAMpp
from torch import nn

from radnec.core.errors import InputError
from radnec.explain.cam import (
    METHODS,
    ActivationMap,
    class_activation_map,
    find_layer,
    peak_voxel,
    scaled_map,
)
from radnec.networks.registry import BACKBONES, build_network


class Detector(nn.Module):
    """A network whose evidence is known: logit 1 grows with bright voxels, logit 0 with dark.

    Two features, x and 1 - x (each after ReLU), averaged over the volume; logits are +-(mean x
    - mean (1 - x)). At any layer the evidence for class 1 is therefore x - (1 - x) per voxel.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 1)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(2, 2, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(torch.tensor([1.0, -1.0]).view(2, 1, 1, 1, 1))
            self.conv.bias.copy_(torch.tensor([0.0, 1.0]))  # type: ignore[union-attr]
            self.fc.weight.copy_(torch.tensor([[-1.0, 1.0], [1.0, -1.0]]))
        self.last_conv = "relu"

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        features = self.relu(self.conv(volume))
        logits: torch.Tensor = self.fc(features.mean((2, 3, 4)))
        return logits


def bright_corner() -> torch.Tensor:
    volume = torch.full((1, 1, 6, 5, 4), 0.1)
    volume[0, 0, :2, :2, :2] = 0.9
    return volume


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
@pytest.mark.parametrize("layer", ["conv", "last"])
def test_evidence_of_a_network_known_by_hand(method: str, layer: str) -> None:
    volume = bright_corner()
    x = volume[0, 0].double().numpy()
    found = class_activation_map(Detector(), volume, layer=layer, method=method, target=1)
    voxels = x.size
    np.testing.assert_allclose(found.evidence, (x - (1 - x)) / voxels, atol=1e-7)
    # HiResCAM's property: the evidence adds up to the logit (no bias after the layer).
    assert found.evidence.sum() == pytest.approx(found.logits[1], abs=1e-6)


def test_sign_follows_the_target_class() -> None:
    volume = bright_corner()
    bright = class_activation_map(Detector(), volume, target=1)
    dark = class_activation_map(Detector(), volume, target=0)
    np.testing.assert_allclose(bright.evidence, -dark.evidence, atol=1e-9)
    shown, _ = scaled_map(bright.evidence, (6, 5, 4))
    assert shown[:2, :2, :2].min() == 1.0
    assert shown[3:].max() == 0.0  # not the highest, as with the scale flipped


def test_predicted_class_is_the_default_target() -> None:
    assert class_activation_map(Detector(), bright_corner()).target == 0
    assert class_activation_map(Detector(), torch.full((1, 1, 4, 4, 4), 0.8)).target == 1


@pytest.mark.parametrize(("method", "peer"), [("gradcam", GradCAM), ("gradcam++", GradCAMpp)])
def test_agrees_with_monai(method: str, peer: type) -> None:
    torch.manual_seed(3)
    network = resnet10(
        spatial_dims=3, n_input_channels=2, num_classes=2, feed_forward=True, pretrained=False
    ).eval()
    network.last_conv = "layer4"
    volume = torch.rand(1, 2, 48, 40, 36)
    with torch.no_grad():
        # MONAI's Grad-CAM++ adds 1e-7 below a fraction of squared gradients, which for a trained
        # head are not larger than that. With larger gradients the addend has no weight.
        network.fc.weight.mul_(1e3)
        network.fc.bias.copy_(network.fc.bias - network(volume)[0])
    for target in (0, 1):
        ours = class_activation_map(network, volume, method=method, target=target)
        theirs = peer(
            network, "layer4", postprocessing=lambda x: x, upsampler=lambda _: lambda x: x
        )
        expected = theirs(volume, class_idx=target)[0, 0].detach().numpy()
        found = np.clip(ours.evidence, 0, None)
        assert ours.evidence.shape == expected.shape
        # MONAI keeps the factor exp(logit) of Grad-CAM++, which no scaled map has.
        scale = np.exp(ours.logits[target]) if method == "gradcam++" else 1.0
        np.testing.assert_allclose(found * scale, expected, rtol=2e-3, atol=1e-7)


def test_gradcam_is_cam_where_the_head_is_linear() -> None:
    """After global average pooling and one linear layer, Grad-CAM is Zhou's CAM (its paper)."""
    network = build_network("resnet10", 1).eval()
    volume = torch.rand(1, 1, 40, 36, 33)
    kept: list[torch.Tensor] = []
    hook = network.layer4.register_forward_hook(lambda m, i, o: kept.append(o.detach()))
    found = class_activation_map(network, volume, target=1)
    hook.remove()
    cam = torch.einsum("k,kxyz->xyz", network.fc.weight[1].detach(), kept[0][0])
    np.testing.assert_allclose(found.evidence, cam.numpy() / cam.numel(), rtol=1e-4, atol=1e-8)


def test_densenets_map_is_made_after_its_last_relu() -> None:
    """From there on it is an average and one linear layer: the map adds up to the logit."""
    network = build_network("densenet121", 1).eval()
    found = class_activation_map(network, torch.rand(1, 1, 64, 64, 33), target=1)
    assert found.evidence.shape == (2, 2, 1)
    bias = network.class_layers.out.bias[1].item()
    assert found.evidence.sum() == pytest.approx(found.logits[1] - bias, rel=1e-3)


@pytest.mark.parametrize("backbone", ["resnet10", "densenet121", "vgg11", "mresnet"])
@pytest.mark.parametrize("method", METHODS)
def test_every_backbone_has_a_map_at_its_last_layer(backbone: str, method: str) -> None:
    network = build_network(backbone, 1).eval()
    with torch.no_grad():
        plain = network(torch.ones(1, 1, 33, 32, 32))[0].numpy()
    found = class_activation_map(network, torch.ones(1, 1, 33, 32, 32), method=method)
    assert np.isfinite(found.evidence).all()
    np.testing.assert_allclose(found.logits, plain, rtol=1e-5, atol=1e-6)
    assert not network.get_submodule(BACKBONES[backbone].last_conv)._forward_hooks
    assert all(weight.grad is None for weight in network.parameters())


def test_map_without_positive_values_stays_zero() -> None:
    shown, peak = scaled_map(np.full((2, 2, 2), -3.0), (8, 8, 8))
    assert peak == 0.0
    assert shown.shape == (8, 8, 8)
    assert not shown.any()


def test_scale_is_one_for_the_whole_case() -> None:
    evidence = np.zeros((3, 3, 3))
    evidence[0, 0, 0], evidence[2, 2, 2] = 4.0, 1.0
    shown, peak = scaled_map(evidence, (3, 3, 3))
    assert peak == 4.0
    assert shown[0, 0, 0] == 1.0
    assert shown[2, 2, 2] == pytest.approx(0.25)


def test_peak_stays_at_the_same_place_of_the_volume() -> None:
    evidence = np.zeros((3, 4, 5))
    evidence[1, 1, 3] = 1.0
    shown, _ = scaled_map(evidence, (30, 40, 50))
    centre = np.array(np.nonzero(shown == shown.max())).mean(axis=1)
    np.testing.assert_allclose(centre, [14.5, 14.5, 34.5], atol=0.01)  # middle of the cell
    assert peak_voxel(evidence, (30, 40, 50)) == (14.5, 14.5, 34.5)


def test_peak_at_the_border_is_the_middle_of_its_cell() -> None:
    evidence = np.zeros((3, 3, 1))
    evidence[2, 0, 0] = 1.0
    assert peak_voxel(evidence, (30, 30, 8)) == (24.5, 4.5, 3.5)
    assert peak_voxel(-evidence, (30, 30, 8)) is None


def test_positive_share() -> None:
    one = ActivationMap(np.array([[[3.0, -1.0]]]), np.zeros(2), 0)
    assert one.positive_share == pytest.approx(0.75)
    assert ActivationMap(np.zeros((1, 1, 1)), np.zeros(2), 0).positive_share == 0.0
    np.testing.assert_allclose(one.probabilities, [0.5, 0.5])


def test_unknown_and_flat_layers_are_refused() -> None:
    with pytest.raises(InputError, match=r"explain\.layer: 'layer9' is no module of Detector"):
        find_layer(Detector(), "layer9")
    with pytest.raises(InputError, match="expected exactly one of"):
        class_activation_map(Detector(), bright_corner(), layer="fc")
    with pytest.raises(ValueError, match="expected \\(1, channel, x, y, z\\)"):
        class_activation_map(Detector(), torch.zeros(2, 1, 4, 4, 4))
