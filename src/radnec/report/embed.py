"""What the report carries inside itself: pictures as data, Markdown and tables as HTML."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from radnec.core.errors import InputError

SHORT = 24
"""Up to so many letters, the text of a cell stays on one line."""

_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


def picture(path: Path) -> str:
    """Return a picture as a ``data:`` address.

    An SVG goes in as a picture, not as elements of the page: the names inside the figures of
    one program are alike, and would take each other's parts.

    Raises
    ------
    InputError
        If the file is missing, or no SVG or PNG.
    """
    if path.suffix not in _KINDS:
        raise InputError(f"{path}: a picture of the report, expected .svg or .png")
    data = base64.b64encode(require(path).read_bytes()).decode("ascii")
    return f"data:{_KINDS[path.suffix]};base64,{data}"


def require(path: Path) -> Path:
    """Return a path that exists.

    Raises
    ------
    InputError
        If it does not.
    """
    if not path.exists():
        raise InputError(f"{path}: not found, the report needs it")
    return path


def markdown(path: Path, *, notice: str) -> Markup:
    """Return a Markdown file as HTML without its title and without the notice.

    The title is the caption's part, the notice stands above every section already. HTML inside
    of the file is shown as text.
    """
    text = require(path).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    body = "\n".join(lines).replace(notice, "")
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    html = renderer.render(body)
    html = re.sub(r' style="text-align:\w+"', "", html)
    html = re.sub(rf"<td>([^<]{{1,{SHORT}}})</td>", r'<td class="short">\1</td>', html)
    html = html.replace("<table>", '<div class="wide"><table>')
    return Markup(html.replace("</table>", "</table></div>"))


def heading(path: Path) -> str:
    """Return the title of a Markdown file, the text of its first heading."""
    for line in require(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].strip()
    raise InputError(f"{path}: no heading, expected a first line '# title'")


def table(frame: pd.DataFrame, columns: Mapping[str, str] | None = None) -> Markup:
    """Return a table as HTML.

    Parameters
    ----------
    frame
        Values as they are to be read; missing ones are left empty.
    columns
        Column to title, in the order shown; None for all under their own names.
    """
    shown = columns or {str(name): str(name) for name in frame.columns}
    head = "".join(f"<th>{escape(title)}</th>" for title in shown.values())
    rows = []
    for row in frame.to_dict("records"):
        cells = "".join(_cell(row[name]) for name in shown)
        rows.append(f"<tr>{cells}</tr>")
    return Markup(
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return "<td></td>"
    if isinstance(value, Markup):
        return f"<td>{value}</td>"
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    # Short texts, such as a value with its interval, are not broken over lines.
    kind = ' class="short"' if len(text) <= SHORT else ""
    return f"<td{kind}>{escape(text)}</td>"


def fold(shown: Markup, what: str, limit: int = 12) -> Markup:
    """Return a table as it is, or behind a line to open it when it has more rows than `limit`."""
    rows = shown.count("<tr>") - shown.count("<thead>")
    if rows <= limit:
        return shown
    return Markup(
        '<details class="fold"><summary>Table of {} ({} rows)</summary>{}</details>'
    ).format(what, rows, shown)
