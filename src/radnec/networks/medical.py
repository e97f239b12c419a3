"""The backbones that MONAI defines: ResNet-10, -18 and -50, and DenseNet-121."""

from __future__ import annotations

from torch import nn


def resnet(depth: int, in_channels: int, out_channels: int = 2, dimensions: int = 3) -> nn.Module:
    """Return MONAI's ResNet of 10, 18 or 50 layers with the stem of the original network.

    Parameters
    ----------
    depth
        10 (basic blocks 1-1-1-1), 18 (basic 2-2-2-2) or 50 (bottleneck 3-4-6-3).
    in_channels
        Number of MRI sequences.
    out_channels
        Number of classes.
    dimensions
        3, or 2 for the network that the 3D one is the inflation of.

    Notes
    -----
    He et al. 2016 (arXiv:1512.03385), Table 1: 7x7 convolution with stride 2, then max
    pooling. MONAI's own default leaves the stem at stride 1, which is eight times the work
    in 3D. Shortcuts are of type B without bias, as in the original and in MedicalNet.
    """
    from monai.networks.nets.resnet import ResNet

    block, layers = {
        10: ("basic", [1, 1, 1, 1]),
        18: ("basic", [2, 2, 2, 2]),
        50: ("bottleneck", [3, 4, 6, 3]),
    }[depth]
    network: nn.Module = ResNet(
        block,
        layers,
        [64, 128, 256, 512],
        spatial_dims=dimensions,
        n_input_channels=in_channels,
        conv1_t_size=7,
        conv1_t_stride=2,
        num_classes=out_channels,
        bias_downsample=False,
    )
    return network


def densenet121(in_channels: int, out_channels: int = 2, dimensions: int = 3) -> nn.Module:
    """Return MONAI's DenseNet-121 (Huang et al. 2017, arXiv:1608.06993)."""
    from monai.networks.nets.densenet import DenseNet121

    network: nn.Module = DenseNet121(
        spatial_dims=dimensions, in_channels=in_channels, out_channels=out_channels
    )
    return network
