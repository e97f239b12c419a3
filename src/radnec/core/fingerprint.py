"""The fingerprint of a stage's code: a short text that changes when its meaning may change.

Snakemake watches a rule's script by its date, and not the modules that the script imports:
a fresh checkout would rerun everything, an edit in the library nothing. Each rule has this
fingerprint among its params instead. It covers the script and every first-party module
reached from it, with the table of the same name beside a module, and it leaves out comments,
docstrings and formatting.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = "radnec"
_SOURCE = Path(__file__).resolve().parents[2]


def fingerprint(script: Path) -> str:
    """Return 16 hexadecimal digits for a script and all first-party code it can reach.

    Raises
    ------
    FileNotFoundError
        If there is no such script.
    SyntaxError
        If one of the files is not Python; the message names the file and line.
    """
    digest = hashlib.sha256()
    for name, path in sorted(code_files(script).items()):
        digest.update(f"{name}\0{_meaning(path)}\0".encode())
    return digest.hexdigest()[:16]


def fingerprint_of_files(paths: Iterable[Path]) -> str:
    """Return 16 hexadecimal digits for the bytes of some files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def code_files(script: Path) -> dict[str, Path]:
    """Return the script and the first-party modules it imports, directly or not.

    Imports inside functions count as well.

    Returns
    -------
    dict
        Dotted name of the module to its file; the script is under its file name.
    """
    found = {script.name: script}
    waiting = list(_imported(script))
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        waiting.extend(_imported(path))
        # Importing a.b.c runs a/__init__.py and a/b/__init__.py too.
        waiting.extend(name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1))
    return found


@cache
def _imported(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in _statements(_parse(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append(node.module)
            # `from package import module`: the name may be a module or an object in it.
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(name for name in names if name.split(".")[0] == PACKAGE)


@cache
def _meaning(path: Path) -> str:
    """Return a checksum of the code without comments, docstrings and formatting, and of its data.

    The data of a module are a table beside it of its own name: `words.tsv` of `words.py`.
    """
    # Parsed anew, for it is changed: a copy of a tree takes five times as long.
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in [tree, *_statements(tree)]:
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [one for one in body if not _is_text(one)]  # type: ignore[attr-defined]
    digest = hashlib.sha256(ast.unparse(tree).encode())
    if (data := path.with_suffix(".tsv")).is_file():
        digest.update(data.read_bytes())
    return digest.hexdigest()


def _is_text(node: ast.AST) -> bool:
    """Return whether a statement is a bare text, such as a docstring: it does nothing."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Give every statement below a node; expressions, most of a tree, hold none."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, field, ()):
            yield child
            yield from _statements(child)


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _file_of(module: str) -> Path | None:
    stem = _SOURCE.joinpath(*module.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    return None
