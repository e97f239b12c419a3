"""The inflation against MONAI, whose networks exist in 2D and in 3D."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from radnec.core.errors import InputError
from radnec.networks.inflate import inflate, last_grid
from radnec.networks.layers import redraw, repeat, triple
from radnec.networks.medical import densenet121, resnet


def se_resnet50(in_channels: int, out_channels: int, dimensions: int) -> nn.Module:
    from monai.networks.nets import SEResNet50

    return SEResNet50(spatial_dims=dimensions, in_channels=in_channels, num_classes=out_channels)


PAIRS = {
    "resnet10": lambda channels, classes, dimensions: resnet(10, channels, classes, dimensions),
    "densenet121": densenet121,
    "seresnet50": se_resnet50,
}


@pytest.mark.parametrize(
    "name", ["resnet10", "densenet121", pytest.param("seresnet50", marks=pytest.mark.slow)]
)
def test_monais_2d_network_becomes_its_3d_one(name):
    """Another number of channels and classes in 2D: the inflation has to set both."""
    inflated = inflate(PAIRS[name](3, 5, 2), in_channels=2, out_channels=2).eval()
    own = PAIRS[name](2, 2, 3).eval()
    shapes = {key: value.shape for key, value in inflated.state_dict().items()}
    assert shapes == {key: value.shape for key, value in own.state_dict().items()}
    own.load_state_dict(inflated.state_dict())
    volume = torch.rand(1, 2, 48, 33, 35)
    with torch.no_grad():
        torch.testing.assert_close(inflated(volume), own(volume), rtol=0, atol=0)


class Plain(nn.Module):
    """Pools, pads and averages in `forward`, as many 2D networks do."""

    def __init__(self, spatial: int = 2) -> None:
        super().__init__()
        conv = {2: nn.Conv2d, 3: nn.Conv3d}[spatial]
        self.spatial = spatial
        self.first = conv(1, 4, kernel_size=3)
        self.second = conv(4, 8, kernel_size=3, stride=2)
        self.head = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = self.spatial == 2
        x = functional.pad(x, [1, 1] * self.spatial)
        x = functional.relu(self.first(x))
        x = functional.max_pool2d(x, 2) if flat else functional.max_pool3d(x, 2)
        x = self.second(x)
        x = x.mean([2, 3]) if flat else x.mean([2, 3, 4])
        return self.head(x)


def test_calls_inside_forward_become_3d():
    inflated = inflate(Plain(2), 1, 2)
    by_hand = Plain(3)
    by_hand.load_state_dict(inflated.state_dict())
    volume = torch.rand(2, 1, 20, 24, 18)
    torch.testing.assert_close(inflated(volume), by_hand(volume))


class Flattening(nn.Module):
    """A head behind a grid of fixed size, as VGG's and AlexNet's."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d((2, 2)))
        self.classifier = nn.Linear(6 * 2 * 2, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))


def test_head_behind_a_grid_grows_with_the_third_axis():
    inflated = inflate(Flattening(), 4, 2)
    assert inflated.classifier.in_features == 6 * 2 * 2 * 2
    assert inflated.classifier.out_features == 2
    assert inflated(torch.rand(3, 4, 32, 40, 36)).shape == (3, 2)


def test_head_that_depends_on_the_image_size_is_refused():
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, padding=1)
            self.head = nn.Linear(2 * 64 * 64, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(torch.flatten(self.conv(x), 1))

    with pytest.raises(InputError, match="depends on the size"):
        inflate(Fixed(), 1, 2)


def test_layer_without_3d_counterpart_is_named():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.LPPool2d(2, 2), nn.AdaptiveAvgPool2d(1))
    with pytest.raises(InputError, match="LPPool2d"):
        inflate(nn.Sequential(network, nn.Flatten(), nn.Linear(2, 2)), 1, 2)


def test_network_without_convolution_is_refused():
    with pytest.raises(InputError, match="no 2D convolution"):
        inflate(nn.Linear(2, 2), 1, 2)


def test_last_grid_is_before_the_pooling():
    inflated = inflate(Flattening(), 1, 2)
    assert last_grid(inflated) == "features"
    assert last_grid(inflate(PAIRS["resnet10"](1, 2, 2), 1, 2)) == "layer4"


def test_third_number_is_that_of_the_longer_axis():
    assert triple((1, 7), longer=1) == (1, 7, 7)
    assert triple((7, 1), longer=0) == (7, 1, 7)
    conv = nn.Conv2d(2, 2, (5, 1), stride=(2, 1), padding=(2, 0))
    network = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2))
    inflated = inflate(network, 2, 2)[0]
    assert inflated.kernel_size == (5, 1, 5)
    assert inflated.stride == (2, 1, 2)
    assert inflated.padding == (2, 0, 2)


def test_redrawn_weights_pass_on_the_same_variance():
    torch.manual_seed(0)
    conv = nn.Conv2d(16, 32, 5)
    image, volume = torch.randn(8, 16, 12, 12), torch.randn(2, 16, 12, 12, 12)
    weight = redraw(conv.weight, torch.Size((32, 16, 5, 5, 5)))
    flat = functional.conv2d(image, conv.weight).var()
    deep = functional.conv3d(volume, weight).var()
    assert float((deep / flat).detach()) == pytest.approx(1, abs=0.1)


def test_repeated_filters_give_the_image_back():
    """Carreira and Zisserman: a volume that is the same in every slice looks like its slice."""
    conv = nn.Conv2d(2, 3, 3)
    image = torch.rand(1, 2, 9, 10)
    volume = image.unsqueeze(-1).expand(-1, -1, -1, -1, 7)
    deep = functional.conv3d(volume, repeat(conv.weight, torch.Size((3, 2, 3, 3, 3))), conv.bias)
    flat = conv(image)
    torch.testing.assert_close(deep, flat.unsqueeze(-1).expand_as(deep))


def test_repeated_filters_on_more_channels_give_the_image_back():
    conv = nn.Conv2d(3, 4, 3, bias=False)
    grey = torch.rand(1, 1, 9, 10)
    weight = repeat(conv.weight, torch.Size((4, 5, 3, 3, 3)))
    deep = functional.conv3d(grey.unsqueeze(-1).expand(-1, 5, -1, -1, 3), weight)
    torch.testing.assert_close(deep[..., 0], conv(grey.expand(-1, 3, -1, -1)))
