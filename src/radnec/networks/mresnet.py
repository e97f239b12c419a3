"""MresNet as a multi-scale 3D ResNet: this project's reading of an undefined name.

The paper lists MresNet among its backbones and never defines it. Three readings exist in
the field: multi-scale, momentum and mixed-convolution ResNet. Here it is multi-scale: the
layout of ResNet-10, with the first convolution of every block replaced by parallel
branches that see different extents of the image. Results under this name must not be
read as a reproduction of the paper's row.
"""

from __future__ import annotations

import torch
from torch import nn

# (kernel size, dilation) of the branches: receptive fields of 1, 3, 5 and 7 voxels.
BRANCHES = ((1, 1), (3, 1), (3, 2), (3, 3))


class MultiScaleBlock(nn.Module):
    """A residual block whose first stage looks at several scales at once.

    Every branch makes a quarter of the block's channels; a 3x3x3 convolution then mixes
    them. The shortcut is ResNet's type B (1x1x1 convolution) where the shape changes.
    """

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        width = channels // len(BRANCHES)
        self.branches = nn.ModuleList(
            nn.Conv3d(
                in_channels,
                width,
                kernel_size=kernel,
                stride=stride,
                dilation=dilation,
                padding=dilation * (kernel // 2),
                bias=False,
            )
            for kernel, dilation in BRANCHES
        )
        self.norm1 = nn.BatchNorm3d(channels)
        self.mix = nn.Conv3d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm3d(channels)
        self.activation = nn.ReLU(inplace=True)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != channels:
            self.shortcut = nn.Sequential(
                nn.Conv3d(in_channels, channels, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm3d(channels),
            )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the block's features, halved along each axis when the stride is 2."""
        scales = torch.cat([branch(features) for branch in self.branches], dim=1)
        mixed = self.norm2(self.mix(self.activation(self.norm1(scales))))
        output: torch.Tensor = self.activation(mixed + self.shortcut(features))
        return output


class MultiScaleResNet(nn.Module):
    """Stem of ResNet (7x7x7, stride 2, max pooling), four multi-scale blocks, linear head.

    Input (batch, in_channels, x, y, z), every axis at least 32; output
    (batch, out_channels).
    """

    def __init__(self, in_channels: int, out_channels: int = 2) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv3d(in_channels, 64, kernel_size=7, stride=2, padding=3, bias=False),
            nn.BatchNorm3d(64),
            nn.ReLU(inplace=True),
            nn.MaxPool3d(kernel_size=3, stride=2, padding=1),
        )
        self.blocks = nn.Sequential(
            MultiScaleBlock(64, 64, stride=1),
            MultiScaleBlock(64, 128, stride=2),
            MultiScaleBlock(128, 256, stride=2),
            MultiScaleBlock(256, 512, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(512, out_channels)
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        """Return the logits of a batch of volumes."""
        features = self.avgpool(self.blocks(self.stem(volume)))
        logits: torch.Tensor = self.fc(torch.flatten(features, 1))
        return logits
