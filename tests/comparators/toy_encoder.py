"""Networks that tests name as `package.module:factory`."""

from torch import nn


def tiny() -> nn.Module:
    """A 2D classifier, to be inflated."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(4, 2),
    )  # fmt: skip


def encoder() -> nn.Module:
    """A 3D network that gives a grid of features."""
    return nn.Sequential(nn.Conv3d(1, 5, 3, padding=1), nn.ReLU())
