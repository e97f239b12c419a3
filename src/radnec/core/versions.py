"""Which version of a package is installed here."""

from __future__ import annotations

import importlib.metadata


def installed_version(name: str) -> str | None:
    """Return the version of an installed package; None where it is not installed as one.

    radnec itself is not, where it runs from its folder.
    """
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
