"""VGG-11 and VGG-16 in 3D, in the layout of the original networks.

Simonyan and Zisserman 2015 (arXiv:1409.1556), Table 1, columns A and D: 3x3 convolutions
with ReLU, five max poolings, no normalisation layer, two fully connected layers of 4096
with dropout. Every kernel and every pooling window gains a third axis of its own size.

The one departure is before the head. The original flattens a 7x7 grid; 7x7x7 would give
the first fully connected layer 719 million weights, some 95 % of the network, for 176
training cases. The grid is pooled to 1x1x1 instead, as in the other backbones.
"""

from __future__ import annotations

import torch
from torch import nn

# Output channels of each convolution; "M" is a max pooling that halves every axis.
LAYOUTS: dict[str, tuple[int | str, ...]] = {
    "vgg11": (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"),
    "vgg16": (
        *(64, 64, "M", 128, 128, "M", 256, 256, 256, "M"),
        *(512, 512, 512, "M", 512, 512, 512, "M"),
    ),
}


class VGG(nn.Module):
    """A plain stack of 3x3x3 convolutions.

    Parameters
    ----------
    layout
        A key of `LAYOUTS`.
    in_channels
        Number of MRI sequences.
    out_channels
        Number of classes.

    Notes
    -----
    Input (batch, in_channels, x, y, z), every axis at least 32; output
    (batch, out_channels). Convolutions start from He's initialisation, which the plain
    stack needs to train from scratch without normalisation layers.
    """

    def __init__(self, layout: str, in_channels: int, out_channels: int = 2) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = in_channels
        for item in LAYOUTS[layout]:
            if item == "M":
                layers.append(nn.MaxPool3d(kernel_size=2, stride=2))
            else:
                width = int(item)
                layers += [nn.Conv3d(channels, width, kernel_size=3, padding=1), nn.ReLU(True)]
                channels = width
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.classifier = nn.Sequential(
            nn.Linear(channels, 4096),
            nn.ReLU(True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(0.5),
            nn.Linear(4096, out_channels),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
            elif isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        """Return the logits of a batch of volumes."""
        features = self.avgpool(self.features(volume))
        logits: torch.Tensor = self.classifier(torch.flatten(features, 1))
        return logits
