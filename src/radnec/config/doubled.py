"""Keys that stand twice in a configuration file: YAML takes the last and says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from radnec.core.errors import InputError
from radnec.core.faults import Fault


def refuse_doubled_keys(file: Path) -> None:
    """Refuse a YAML file in which a key stands twice in one mapping.

    Raises
    ------
    InputError
        With a line for every such key: its two lines in the file.
    """
    try:
        root = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return  # whoever reads the file says so
    faults = list(_doubled(root, "")) if root is not None else []
    if faults:
        raise InputError("\n".join(f"{file}: {fault}" for fault in faults))


def _doubled(node: yaml.Node, prefix: str) -> Iterator[Fault]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item, prefix)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            yield Fault(
                f"{prefix}{name}", f"found in line {lines[name]} and line {line}, expected once"
            )
        lines[name] = line
        yield from _doubled(value, f"{prefix}{name}.")
