"""Backbones from outside: any 2D classifier of torchvision or of the user's own code."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES
from radnec.networks.inflate import inflate


def is_external(backbone: str) -> bool:
    """Return whether the name is `torchvision:<name>` or `package.module:factory`."""
    return ":" in backbone


def is_foreign(backbone: str) -> bool:
    """Return whether building it would run code that neither this package nor torchvision holds."""
    return is_external(backbone) and not backbone.startswith("torchvision:")


def build_external(backbone: str, in_channels: int) -> nn.Module:
    """Return the inflated 2D network that a name stands for.

    Parameters
    ----------
    backbone
        `torchvision:<name>`, a model of torchvision.models; or `package.module:factory`, a
        function without arguments that returns a 2D classifier.
    in_channels
        Number of sequences.

    Raises
    ------
    InputError
        If it cannot be imported, makes no 2D classifier, or cannot be inflated.
    """
    factory = _factory(backbone)
    try:
        network = factory()
    except Exception as error:  # the user's own code raises whatever it likes
        raise InputError(f"backbone {backbone!r}: making it failed: {error}") from error
    if not isinstance(network, nn.Module):
        raise InputError(
            f"backbone {backbone!r}: made a {type(network).__name__}, expected a torch.nn.Module"
        )
    return inflate(network, in_channels, len(CLASSES))


def source_file(backbone: str) -> Path | None:
    """Return the file of the user's module: its content is part of what defines a run."""
    module = backbone.partition(":")[0]
    if module == "torchvision":
        return None
    file = inspect.getsourcefile(_import(backbone, module))
    return Path(file) if file else None


def _factory(backbone: str) -> Any:
    module, _, name = backbone.partition(":")
    if module == "torchvision":
        models = _torchvision()
        if name not in models.list_models(module=models):
            raise InputError(
                f"backbone {backbone!r}: torchvision.models has no {name!r}, expected one of "
                f"{', '.join(models.list_models(module=models))}"
            )
        return lambda: models.get_model(name, weights=None)
    factory = getattr(_import(backbone, module), name, None)
    if not callable(factory):
        raise InputError(f"backbone {backbone!r}: module {module} has no function {name!r}")
    return factory


def _import(backbone: str, module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f"backbone {backbone!r}: cannot import {module} ({error}); expected the name of a "
            f"module that Python finds (PYTHONPATH), then a colon and a function"
        ) from error


def _torchvision() -> Any:
    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:
        # Beside the CPU build of torch its wheel fails on a missing operator, not on import.
        raise InputError(
            f"backbone torchvision:...: torchvision does not import here ({error}). It is "
            f"optional and has to match the build of torch: install both from the same index "
            f"(see docs/training.md), or name a function of your own as package.module:factory"
        ) from error
    return models
