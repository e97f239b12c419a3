"""Which code and which packages: what has to be there for a study to be repeated."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

from radnec.core.fingerprint import fingerprint_of_files
from radnec.core.versions import installed_version

# What decides the results, below the folder of the Snakefile.
_CODE = ("Snakefile", "workflow/**/*", "scripts/*.py", "src/radnec/**/*", "config/published/*")
_COMPILED = "__pycache__"


@dataclasses.dataclass(frozen=True)
class CodeVersion:
    """The code of a study.

    Attributes
    ----------
    version
        Of the package.
    fingerprint
        Of the workflow, the scripts and the library: equal for equal files, whoever has them.
    commit
        Of the git checkout; None where the code is not one, or git is not there.
    changed
        Whether files under version control differ from that commit.
    """

    version: str
    fingerprint: str
    commit: str | None
    changed: bool

    def text(self) -> str:
        """Return the version in one line."""
        if self.commit is None:
            return f"{self.version}, no git checkout, files {self.fingerprint}"
        state = "with changes that are not committed" if self.changed else "unchanged"
        return f"{self.version}, commit {self.commit}, {state}, files {self.fingerprint}"


@dataclasses.dataclass(frozen=True)
class Package:
    """A package of the lock: its version there, and the one found here, if any."""

    name: str
    locked: str
    installed: str | None


def code_version(workflow: Path) -> CodeVersion:
    """Return what identifies the code in the folder of the Snakefile."""
    files = sorted({path for pattern in _CODE for path in workflow.glob(pattern) if path.is_file()})
    files = [path for path in files if _COMPILED not in path.parts]
    commit = _git(workflow, "rev-parse", "HEAD") if _is_checkout(workflow) else None
    return CodeVersion(
        version=installed_version("radnec") or _declared_version(workflow),
        fingerprint=fingerprint_of_files(files),
        commit=commit,
        changed=bool(commit and _git(workflow, "status", "--porcelain", "--untracked-files=no")),
    )


def packages(lock: Path) -> list[Package]:
    """Return every package of a lock of lines ``name==version``."""
    found = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        name, equal, version = line.strip().partition("==")
        if equal and not name.startswith("#"):
            found.append(Package(name, version, installed_version(name)))
    return found


def _is_checkout(workflow: Path) -> bool:
    """Whether the folder is a checkout itself, and not just somewhere inside another one."""
    top = _git(workflow, "rev-parse", "--show-toplevel")
    return top is not None and Path(top).resolve() == workflow.resolve()


def _git(workflow: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(workflow), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _declared_version(workflow: Path) -> str:
    """Return the version that pyproject.toml declares: the library need not be installed."""
    import tomllib

    project = tomllib.loads((workflow / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
