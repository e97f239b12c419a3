"""A model as one ONNX file."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from radnec.apply.export.ensemble import Ensemble
from radnec.core.errors import InputError

INPUT, OUTPUT, EACH = "images", "probabilities", "of_each_network"
# A protocol buffer holds 2 GiB; beyond, the weights go into a file beside it.
_ONE_FILE_BYTES = 1_800_000_000


def require_onnx() -> None:
    """Refuse early where the packages are missing.

    Raises
    ------
    InputError
        With what to install.
    """
    needed = ("onnx", "onnxscript", "onnxruntime")
    if missing := [name for name in needed if find_spec(name) is None]:
        raise InputError(
            f"ONNX needs {', '.join(missing)}: install them "
            "(pip install onnx onnxscript onnxruntime), or leave it out with --without onnx"
        )


def write_onnx(
    ensemble: Ensemble, example: torch.Tensor, notes: Mapping[str, str], path: Path
) -> None:
    """Write the model; its batch may have any length.

    Parameters
    ----------
    ensemble
        Made with ``each=True``, on the CPU.
    example
        Volumes (batch, channel, x, y, z), float32.
    notes
        Go into the file's metadata.
    """
    path.parent.mkdir(parents=True)
    with warnings.catch_warnings(), _quiet("torch.onnx"):
        # Of torch about its own internals.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            ensemble,
            (example,),
            dynamo=True,
            verbose=False,
            input_names=[INPUT],
            output_names=[OUTPUT, EACH],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    assert program is not None  # it is where dynamo exports
    program.model.metadata_props.update(notes)
    size = sum(value.numel() * value.element_size() for value in ensemble.state_dict().values())
    program.save(str(path), external_data=size > _ONE_FILE_BYTES)


class _quiet:
    """Silence a logger for a while."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)
        self._before = self._logger.level

    def __enter__(self) -> None:
        self._logger.setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        self._logger.setLevel(self._before)


def ask_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    """Return the probabilities (batch, class) as onnxruntime computes them on the CPU."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run([OUTPUT], {INPUT: images})[0]
    return found
