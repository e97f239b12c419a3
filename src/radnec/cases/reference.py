"""What is written elsewhere about the columns of the table of cases, made from their model.

`radnec config --write` writes it anew: the JSON schema of a row (workflow/schemas) and the list of
columns in config/README.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from radnec.cases.row import OWN, CaseRow

SCHEMA = Path("workflow/schemas/cases.schema.yaml")
_MADE = "Made by `radnec config --write`"
_BEGIN = f"<!-- {_MADE}: columns -->\n"
_END = "<!-- end of columns -->\n"


def schema_text() -> str:
    """Return the JSON schema of a normalised row, as YAML."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **CaseRow.model_json_schema(),
    }
    schema["patternProperties"] = {f"^{OWN}": {"type": "string"}}
    schema["properties"] = {
        name: _absent_instead_of_null(rule) for name, rule in schema["properties"].items()
    }
    text = yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=100)
    return f"# {_MADE}: edit the model, src/radnec/cases/row.py, not this file.\n{text}"


def columns_text() -> str:
    """Return the columns as a table in Markdown."""
    lines = ["| column | needed | what | expected | also read |", "|---|---|---|---|---|"]
    for name, field in CaseRow.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        lines.append(
            f"| `{name}` | {extra['x-needed']} | {extra['x-what']} | {field.description} | "
            f"{extra['x-accepts']} |"
        )
    lines.append(f"| `{OWN}...` | no | anything of your own, carried along | text | |")
    return "\n".join(lines) + "\n"


def with_columns(readme: str) -> str:
    """Return the text of config/README.md with the list of columns between its marks."""
    before, _, rest = readme.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{columns_text()}{_END}{after}"


def _absent_instead_of_null(rule: dict[str, Any]) -> dict[str, Any]:
    """Return the rule of a column without ``null``: a cell that is empty is absent."""
    kept = {key: v for key, v in rule.items() if key not in ("anyOf", "default", "title")}
    kept = {key: value for key, value in kept.items() if not key.startswith("x-")}
    options = [one for one in rule.get("anyOf", []) if one != {"type": "null"}]
    return {**(options[0] if options else {}), **kept}
