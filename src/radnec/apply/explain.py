"""Where the networks looked in a patient's images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from radnec.core.labels import CLASSES
from radnec.explain.cam import class_activation_map, scaled_map
from radnec.explain.spaces import carry_map, write_map


def explain_patient(
    networks: Iterable[nn.Module],
    volume: np.ndarray,
    predicted: str,
    *,
    method: str,
    layer: str,
    device: torch.device,
    like: Path,
    reference: Path,
    output: Path,
) -> None:
    """Write one map for the answer given: the mean of the networks' maps.

    Each network's map is scaled to its own maximum first, since their logits have no common
    scale; the mean is scaled to its maximum again. A network for which nothing speaks for the
    answer adds a map of zeros.

    Parameters
    ----------
    networks
        In evaluation mode, on `device`.
    volume
        The patient, (channel, x, y, z), as the networks read it.
    predicted
        The class whose evidence is shown.
    method, layer
        See `radnec.explain.cam.class_activation_map`.
    like
        A normalised volume of the patient: its affine says where the map lies.
    reference
        The reference scan, whose grid the map is brought to.
    output
        NIfTI, values in [0, 1] on the grid of the reference.
    """
    target = CLASSES.index(predicted)
    batch = torch.as_tensor(np.asarray(volume, dtype=np.float32))[None].to(device)
    total = np.zeros(volume.shape[1:], dtype=np.float32)
    for network in networks:
        found = class_activation_map(network, batch, layer=layer, method=method, target=target)
        total += scaled_map(found.evidence, volume.shape[1:])[0]
    if total.max() > 0:
        total /= total.max()
    on_grid_of_network = output.with_name(f"normalised_{output.name}")
    write_map(total, like, on_grid_of_network)
    carry_map(on_grid_of_network, reference, output)
