from __future__ import annotations

import pickle

import pytest
import torch
from safetensors.torch import save_file

from radnec.core.errors import InputError
from radnec.networks.medical import densenet121, resnet
from radnec.networks.registry import build_network
from radnec.networks.weights import load_weights


def test_2d_weights_see_in_a_constant_volume_what_they_saw_in_the_image(tmp_path):
    """Far from the first and last slice, where the padding is."""
    torch.manual_seed(0)
    flat = resnet(10, 3, 7, dimensions=2).eval()
    torch.save(flat.state_dict(), tmp_path / "flat.pth")
    network = build_network("resnet10", 2).eval()
    loaded = load_weights(network, tmp_path / "flat.pth")
    assert loaded.new == ["fc.weight", "fc.bias"]
    assert loaded.note == ""
    grey = torch.rand(1, 1, 32, 32)
    volume = grey.unsqueeze(-1).expand(-1, 2, -1, -1, 65)
    with torch.no_grad():
        seen = flat.layer1(flat.maxpool(flat.act(flat.bn1(flat.conv1(grey.expand(-1, 3, -1, -1))))))
        deep = network.layer1(network.maxpool(network.act(network.bn1(network.conv1(volume)))))
    torch.testing.assert_close(deep[..., deep.shape[-1] // 2], seen, rtol=1e-4, atol=1e-5)


def test_medicalnets_layout(tmp_path):
    """Names with `module.`, one channel, no classifier but a segmentation head."""
    torch.manual_seed(0)
    trained = resnet(10, 1)
    state = {
        f"module.{key}": value
        for key, value in trained.state_dict().items()
        if not key.startswith("fc")
    }
    state["module.conv_seg.0.weight"] = torch.zeros(512, 32, 2, 2, 2)
    torch.save({"state_dict": state}, tmp_path / "resnet_10.pth")
    network = build_network("resnet10", 3)
    loaded = load_weights(network, tmp_path / "resnet_10.pth")
    assert loaded.new == ["fc.weight", "fc.bias"]
    assert "layers 3 and 4 at stride 1, dilated by 2 and 4" in loaded.note
    assert torch.equal(network.layer3[0].conv1.weight, trained.layer3[0].conv1.weight)
    torch.testing.assert_close(network.conv1.weight.sum(dim=1, keepdim=True), trained.conv1.weight)


def test_torchvisions_names_of_a_densenet(tmp_path):
    torch.manual_seed(0)
    flat = densenet121(3, 1000, dimensions=2)
    renamed = {
        key.replace(".layers.", ".").replace("class_layers.out", "classifier"): value
        for key, value in flat.state_dict().items()
    }
    save_file(renamed, tmp_path / "densenet.safetensors")
    network = build_network("densenet121", 3)
    loaded = load_weights(network, tmp_path / "densenet.safetensors")
    assert loaded.new == ["class_layers.out.weight", "class_layers.out.bias"]
    name = "features.denseblock2.denselayer3.layers.conv2.weight"
    torch.testing.assert_close(network.state_dict()[name].sum(dim=-1), flat.state_dict()[name])


def test_weights_of_another_network_are_refused(tmp_path):
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match=r"has no weights 'conv1.weight'.*other"):
        load_weights(build_network("resnet10", 1), tmp_path / "other.safetensors")


def test_code_in_a_file_is_not_run(tmp_path):
    class Attack:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'attacked')!r}, 'w')",))

    (tmp_path / "bad.pth").write_bytes(pickle.dumps(Attack()))
    with pytest.raises(InputError, match="cannot be read as weights"):
        load_weights(build_network("resnet10", 1), tmp_path / "bad.pth")
    assert not (tmp_path / "attacked").exists()


def test_absent_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_weights(build_network("resnet10", 1), tmp_path / "absent.pth")
