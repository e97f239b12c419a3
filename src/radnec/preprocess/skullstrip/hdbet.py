"""Brain masks by HD-BET (Isensee et al. 2019, Hum Brain Mapp 40:4952), version 2."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from radnec.core.errors import CaseExcluded, InputError
from radnec.core.gpu import choose_device
from radnec.preprocess.skullstrip.hdbet_weights import require_network
from radnec.preprocess.volumes import read_mask, same_grid

Mask = npt.NDArray[np.bool_]


class HdBet:
    """HD-BET's own predictor, loaded once for any number of cases.

    HD-BET looks for its network in the home folder alone, deletes files beside its output,
    starts twelve processes and takes all cores. Here it reads the folder it is given, works
    in a folder of its own and keeps to one process and the threads it is given, so that jobs
    run side by side.

    Parameters
    ----------
    weights
        Folder with plans.json, dataset.json and fold_all/checkpoint_final.pth.
    mirroring
        Average over the eight mirrored versions of the head, as HD-BET does by default.
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    threads
        CPU threads.

    Raises
    ------
    InputError
        If a file of the network is missing or not a network.
    """

    def __init__(self, weights: Path, *, mirroring: bool, device: str, threads: int) -> None:
        require_network(weights)
        import torch

        prediction = _import_hdbet()
        # HD-BET's module holds its own copy of the path.
        prediction.folder_with_parameter_files = str(weights)
        try:
            with _weights_only():
                self._predictor = prediction.get_hdbet_predictor(
                    use_tta=mirroring, device=torch.device(choose_device(device))
                )
        except (pickle.UnpicklingError, KeyError, EOFError) as error:
            raise InputError(f"{weights} does not hold a network of HD-BET: {error}") from error
        # HD-BET has just taken all cores.
        torch.set_num_threads(threads)

    def predict(self, image: Path, shape: tuple[int, ...], affine: npt.NDArray[Any]) -> Mask:
        """Return the brain mask of one head.

        Parameters
        ----------
        image
            NIfTI file of the head.
        shape, affine
            Its grid; the mask must come back on it.

        Returns
        -------
        Array (x, y, z), true in the brain.

        Raises
        ------
        CaseExcluded
            If the prediction is not on the image's grid.
        """
        with tempfile.TemporaryDirectory() as folder:
            # The sequential form does what HD-BET calls, without its pools of processes.
            self._predictor.predict_from_files_sequential(
                [[str(image)]], [str(Path(folder) / "mask")], overwrite=True
            )
            mask, own = read_mask(Path(folder) / "mask.nii.gz")
        if not same_grid(mask.shape, own, shape, affine):
            raise CaseExcluded("HD-BET's mask is not on the reference's grid")
        return mask


def _import_hdbet() -> Any:
    """Import HD-BET's prediction module, which replaces `sys.stdout` while it is imported."""
    stdout = sys.stdout
    try:
        import HD_BET.hd_bet_prediction as prediction
    finally:
        sys.stdout = stdout
    return prediction


@contextmanager
def _weights_only() -> Iterator[None]:
    """Read checkpoints as data: nnU-Net would unpickle them, which can run any code.

    NumPy's scalars, which nnU-Net stores beside the weights, are let through.
    """
    import torch

    name = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        with torch.serialization.safe_globals(_numbers()):
            yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _numbers() -> list[Any]:
    """Return what a pickled NumPy scalar is made of, under its old and its new name."""
    scalar = np._core.multiarray.scalar  # type: ignore[attr-defined]
    return [
        np.dtype,
        np.dtypes.Float32DType,
        np.dtypes.Float64DType,
        np.dtypes.Int64DType,
        scalar,
        (scalar, "numpy.core.multiarray.scalar"),
    ]
