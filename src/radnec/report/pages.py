"""The pages of a report from their templates, each with its own contents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

from radnec.core.pages import write_page
from radnec.report.embed import fold

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)


def write_report_page(template: str, context: dict[str, Any], output: Path) -> None:
    """Write one page that extends base.html.j2; nothing in it is loaded from elsewhere.

    The template also finds ``fold`` (see :func:`radnec.report.embed.fold`), and the context has to
    hold ``notice``.
    """
    helpers = {"contents": contents, "fold": fold}
    write_page("radnec.report", template, context | helpers, output)


def contents(text: str) -> list[tuple[str, str]]:
    """Return the anchor and title of each section of a page: its ``h2`` that has an id."""
    return [(anchor, Markup(title).striptags()) for anchor, title in _HEADING.findall(text)]
