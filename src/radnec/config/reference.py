"""What is generated from the model of the configuration: its defaults file, schema and tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from radnec.cases import reference as cases
from radnec.config.describe import Key, describe, in_one_line
from radnec.config.model import StudyConfig
from radnec.core.files import write_text

MADE = "Made by `radnec config --write`"
_WIDTH = 100
_COLUMN = 29
_BEGIN, _END = f"<!-- {MADE}: {{name}} -->", "<!-- end -->"
_SECTIONS_OF = {
    "Study": (
        "study", "cases", "label_map", "seed", "bids", "series_overrides", "study_record",
        "external", "cohort", "phantom",
    ),
    "Images": (
        "ingest", "selection", "registration", "skull_strip", "hd_bet_weights", "lesion",
        "normalisation", "pack", "qc",
    ),
    "Networks": ("split", "input_sets", "models", "training", "comparators"),
    "Results": ("evaluation", "explain", "novelty", "figures"),
    "Resources": ("resources",),
}  # fmt: skip
_JSON_SCHEMA_NAMES = {
    ("number", "ge"): "minimum", ("number", "gt"): "exclusiveMinimum",
    ("number", "le"): "maximum", ("number", "lt"): "exclusiveMaximum",
    ("integer", "ge"): "minimum", ("integer", "le"): "maximum",
    ("array", "minLength"): "minItems", ("object", "minLength"): "minProperties",
}  # fmt: skip


def write_stale(files: Mapping[Path, str]) -> list[Path]:
    """Write the files that differ from the text that they ought to have; return these."""
    stale = []
    for path, text in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
            stale.append(path)
    return stale


def generated(project: Path) -> dict[Path, str]:
    """Return each generated file of a project with the text that it ought to have."""
    readme = project / "config" / "README.md"
    reruns = project / "docs" / "reruns.tsv"
    return {
        project / "config" / "config.yaml": defaults_file(),
        project / "workflow" / "schemas" / "config.schema.yaml": schema_file(),
        project / cases.SCHEMA: cases.schema_text(),
        readme: cases.with_columns(
            with_tables(readme.read_text(encoding="utf-8"), read_reruns(reruns))
        ),
    }


# config/config.yaml


def defaults_file() -> str:
    """Return the text of config/config.yaml: the defaults."""
    return (
        "# yaml-language-server: $schema=../workflow/schemas/config.schema.yaml\n"
        "# The paper's study (Ying et al. 2025). Every key, and what a change of it reruns:"
        " config/README.md.\n"
        f"# {MADE}: edit the model, src/radnec/config/model.py, not this file.\n\n"
        f"{as_yaml(StudyConfig())}"
    )


def as_yaml(config: StudyConfig) -> str:
    """Return a configuration as YAML, a comment beside each key."""
    lines: list[str] = []
    inside = False
    for key in describe(config):
        depth = key.name.count(".")
        if depth > 1:
            continue
        name = key.name.rpartition(".")[2]
        block = depth == 0 and (key.is_section or _is_block(key.value))
        if lines and depth == 0 and (inside or block):
            lines.append("")
        if block:
            lines.append(_commented(f"{name}:", key.comment))
            inside = True
            if not key.is_section:
                lines += [f"  {flow(one)}: {flow(value)}" for one, value in key.value.items()]
            continue
        inside = inside and depth > 0
        lines.append(_commented(f"{'  ' * depth}{name}: {flow(key.value)}", key.comment))
    return "\n".join(lines) + "\n"


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _commented(text: str, comment: str) -> str:
    line = f"{text:<{_COLUMN - 1}} # {comment}"
    return (
        line
        if len(line) <= _WIDTH
        else f"{' ' * (len(text) - len(text.lstrip()))}# {comment}\n{text}"
    )


def flow(value: Any) -> str:
    """Return a plain value as YAML on one line; a number with the point that YAML 1.1 needs."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, float):
        mantissa, e, exponent = repr(value).partition("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        return f"{mantissa}e{int(exponent)}" if e else mantissa
    if isinstance(value, str) and _needs_no_quotes(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _needs_no_quotes(text: str) -> bool:
    try:
        return bool(yaml.safe_load(f"[{text}]") == [text])
    except yaml.YAMLError:
        return False


# workflow/schemas/config.schema.yaml


def schema_file() -> str:
    """Return the JSON schema of a configuration file, as YAML, for editors and other programs."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_plain(StudyConfig.model_json_schema()),
        "title": "the configuration of a study",
    }
    text = yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return f"# {MADE}.\n{text}"


def _plain(node: Any, *, names: bool = False) -> Any:
    """Return a schema with JSON Schema's own words for bounds and texts on one line.

    Parameters
    ----------
    names
        Whether the keys of `node` are names of the configuration, not words of the schema.
    """
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {}
    for word, value in node.items():
        if not names and word == "title":
            continue
        if not names and word == "description":
            plain[word] = in_one_line(value)
        elif not names and word == "default":
            plain[word] = value
        else:
            if not names:
                word = _JSON_SCHEMA_NAMES.get((str(node.get("type")), word), word)
            plain[word] = _plain(value, names=word in ("properties", "$defs") and not names)
    return plain


# config/README.md


def read_reruns(path: Path) -> dict[str, str]:
    """Return what a change of each key reruns, in words, from the table that the tests hold to."""
    with path.open(encoding="utf-8") as stream:
        return {row["change"]: _reruns(row) for row in csv.DictReader(stream, delimiter="\t")}


def _reruns(row: Mapping[str, str | None]) -> str:
    first = (row["reruns_from"] or "").split()
    if first == ["*"]:
        return "everything"
    if first == ["-"]:
        return "nothing"
    only = f", where {row['only']}" if row["only"] and "=" in row["only"] else ""
    return f"{', '.join(f'`{rule}`' for rule in first)} onward{only}"


def with_tables(readme: str, reruns: Mapping[str, str]) -> str:
    """Return the text of config/README.md with its tables of keys made anew."""
    keys = list(describe(StudyConfig()))
    for title, sections in _SECTIONS_OF.items():
        begin = _BEGIN.format(name=title)
        before, found, rest = readme.partition(begin)
        if not found:
            raise ValueError(f"config/README.md: no line {begin!r}, expected one above the table")
        after = rest.partition(_END)[2]
        shown = [key for key in keys if key.name.partition(".")[0] in sections]
        table = "\n".join(_table(shown, reruns))
        readme = f"{before}{begin}\n{table}\n{_END}{after}"
    return readme


def _table(keys: list[Key], reruns: Mapping[str, str]) -> Iterator[str]:
    yield "| key | values | default | what | when to change | reruns |"
    yield "|---|---|---|---|---|---|"
    for key in keys:
        if not key.is_section:
            default = f"`{flow(key.value)}`"
            # Else Markdown takes <study> for HTML and shows nothing.
            description = key.description.replace("<", "\\<")
            cells = [
                f"`{key.name}`", key.expected, default, description, key.change,
                reruns.get(key.name, ""),
            ]  # fmt: skip
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
