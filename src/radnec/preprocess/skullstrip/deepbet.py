"""Brain masks by deepbet (Fisch et al. 2024, Comput Biol Med 179:108845)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radnec.core.errors import CaseExcluded
from radnec.core.gpu import choose_device
from radnec.preprocess.skullstrip.canonical import from_canonical, to_canonical
from radnec.preprocess.skullstrip.denormals import denormals_as_zero
from radnec.preprocess.skullstrip.mask_check import tidy
from radnec.preprocess.volumes import read_volume

Mask = npt.NDArray[np.bool_]


class DeepBet:
    """deepbet's two networks, one that finds the brain and one that outlines it.

    Trained on T1-weighted images. The package's own way of reading, of choosing a device and
    of writing is passed over.

    Parameters
    ----------
    weights
        Folder with bbox_model.pt and model.pt.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    threads
        CPU threads.
    """

    def __init__(self, weights: Path, *, device: str, threads: int) -> None:
        import torch
        from deepbet import BrainExtraction

        torch.set_num_threads(threads)
        self._extraction = BrainExtraction(
            no_gpu=True,
            model_path=str(weights / "model.pt"),
            bbox_model_path=str(weights / "bbox_model.pt"),
        )
        chosen = torch.device(choose_device(device))
        self._extraction.model.to(chosen)
        self._extraction.bbox_model.to(chosen)

    def predict(self, image: Path, shape: tuple[int, ...], affine: npt.NDArray[Any]) -> Mask:
        """Return the brain mask of one head; see `radnec.preprocess.skullstrip.hdbet1.HdBet1`.

        Raises
        ------
        CaseExcluded
            If no brain is found.
        """
        data, _ = to_canonical(*read_volume(image))
        with denormals_as_zero():
            try:
                probability = self._extraction.run_model(np.ascontiguousarray(data, np.float32))
            except (AssertionError, ValueError) as error:
                # deepbet's way to say that its first network found nothing.
                raise CaseExcluded(f"deepbet found no brain: {error}") from error
        if not (probability > 0.5).any():
            raise CaseExcluded("deepbet found no brain")
        return from_canonical(tidy(probability > 0.5), affine)
