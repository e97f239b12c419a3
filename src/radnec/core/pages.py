"""A page from its template: pictures inside, nothing loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from radnec.core.files import write_text


def write_page(package: str, template: str, context: dict[str, Any], output: Path) -> None:
    """Write one HTML file from a template below ``templates`` of a package, `radnec.report` say.

    What the template names and the context lacks is an error, not a gap.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    write_text(output, environment.get_template(template).render(**context))
