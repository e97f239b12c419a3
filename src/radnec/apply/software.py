"""How this software names itself in results."""

from __future__ import annotations

from radnec.core.versions import installed_version

MANUFACTURER = "radnec"


def software_version() -> str:
    """Return the version of this package, or a word that says that none is known."""
    return installed_version("radnec") or "unknown"
