"""The documentation as a site: `make docs`. Nothing is fetched to build it or to read it."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

project = "radnec"
author = "The radnec authors"
copyright = "the radnec authors"
extensions = [
    "myst_parser",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "radnec"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["wide.css"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

# The reference of the library, from its docstrings: a page for each package.
apidoc_modules = [
    {
        "path": "../src/radnec",
        "destination": "reference",
        "separate_modules": False,
        "include_private": False,
        "automodule_options": {"members"},
    }
]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
# Else an attribute of a dataclass is described twice: by its docstring and by its field.
napoleon_use_ivar = True
# What stands in single backticks in a docstring names an object, linked where it is one of ours.
default_role = "py:obj"
# Parameters stand in single backticks too: one whose name several objects have is linked to none.
suppress_warnings = ["ref.python"]

# Pages that lie where people without the site look for them: name on the site, file.
ELSEWHERE = {
    "home": "README.md",
    "configuration": "config/README.md",
    "contributing": "CONTRIBUTING.md",
    "changes": "CHANGELOG.md",
}
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def read_source(app: Sphinx, name: str, source: list[str]) -> None:
    """Fill in the pages from elsewhere, and point links at pages of the site.

    A file of the project that is no page is named only: the site may stand alone.
    """
    if name.startswith("reference/"):
        return
    path = ELSEWHERE.get(name, f"docs/{name}.md")
    if name in ELSEWHERE:
        source[0] = (ROOT / path).read_text(encoding="utf-8")
        app.env.note_dependency(str(ROOT / path))
    pages = {there: f"{here}.md" for here, there in ELSEWHERE.items()}

    def link(match: re.Match[str]) -> str:
        mark, text, target, anchor = match.groups()
        if "://" in target:
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        here = pages.get(file, file.removeprefix("docs/") if file.startswith("docs/") else "")
        if here:
            return f"{mark}[{text}]({here}{anchor or ''})"
        if not (ROOT / file).exists():
            return match[0]  # and the build stops at it
        return f"`{file}`" if text in (file, target) else f"{text} (`{file}`)"

    source[0] = _LINK.sub(link, source[0])


def leave_out(
    _app: Sphinx, _what: str, name: str, _member: object, _skip: bool, _options: object
) -> bool | None:
    """Leave out the methods that scikit-learn adds to each subclass of its estimators."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def setup(app: Sphinx) -> None:
    """Register the above."""
    app.connect("autodoc-skip-member", leave_out)
    app.connect("source-read", read_source)
