"""Which files of this library a stage's result depends on.

Snakemake watches a rule's script, not the modules that the script imports. Each rule
therefore lists, as an input, its module and every first-party module reached from it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = "radnec"
_SOURCE = Path(__file__).resolve().parents[2]


def code_files(*modules: str) -> list[str]:
    """Return the files behind some modules and behind all first-party modules they import.

    Imports inside functions count as well. The files are relative to the working folder
    where they lie below it, so that a clone at another place gives the same names.

    Parameters
    ----------
    *modules
        Dotted names, such as ``radnec.preprocess.register``.

    Raises
    ------
    ModuleNotFoundError
        If a first-party module does not exist.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = _file_of(name)
        if path is None:
            raise ModuleNotFoundError(f"{name}: no such module below {_SOURCE}")
        found[name] = path
        waiting.extend(_imported(path))
        # Importing a.b.c runs a/__init__.py and a/b/__init__.py too.
        waiting.extend(name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1))
    return sorted(_display(path) for path in set(found.values()))


@cache
def _imported(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append(node.module)
            # `from package import module`: the name may be a module or an object in it.
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(n for n in names if n.split(".")[0] == PACKAGE and _file_of(n) is not None)


def _file_of(module: str) -> Path | None:
    stem = _SOURCE.joinpath(*module.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    return None


def _display(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
