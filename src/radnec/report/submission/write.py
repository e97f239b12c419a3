"""The checklists and the draft, as Markdown files to send in and as one page to read."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup

from radnec.config.study_record import StudyRecord
from radnec.core.files import atomic_dir, write_text
from radnec.report.pages import write_report_page
from radnec.report.submission.answers import answers
from radnec.report.submission.clear import radiomic_answers
from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import Link
from radnec.report.submission.text import methods, results

CHECKLISTS = ("claim_2024", "tripod_ai", "metrics")
"""Names of the files of the checklists that every study gets."""

RADIOMICS_CHECKLIST = "clear"
"""And of the one that a study with radiomics models gets as well."""

TO_WRITE = "to be written by the authors"


def write_submission(
    *, facts: RunFacts, record: StudyRecord, study: str, notice: str, page: Path, folder: Path
) -> None:
    """Write what a manuscript needs beside its figures.

    Parameters
    ----------
    facts
        What the run knows.
    record
        What the authors wrote into study.yaml.
    study, notice
        Name of the study, and what every reader must know about the data.
    page, folder
        Written: one HTML, and the folder beside it with <checklist>.md of each and text.md.
    """
    names = checklists_for(facts)
    beside = _text(facts, _linker("../"))
    with atomic_dir(folder) as made:
        write_text(made / "text.md", f"# Draft of methods and results\n\n{notice}\n\n{beside}")
        for name in names:
            listed = _checklist(name, facts, record, _linker("../"))
            write_text(made / f"{name}.md", _as_markdown(listed, notice))
    write_report_page(
        "submission.html.j2",
        {
            "study": study,
            "notice": notice,
            "folder": folder.name,
            "text": _html(_text(facts, _linker(""))),
            "checklists": [
                {**listed, "name": name, "rows": [_row(item) for item in listed["items"]]}
                for name in names
                if (listed := _checklist(name, facts, record, _linker("")))
            ],
        },
        page,
    )


def checklists_for(facts: RunFacts) -> tuple[str, ...]:
    """Return the names of the checklists that concern a study."""
    return (*CHECKLISTS, RADIOMICS_CHECKLIST) if facts.radiomics else CHECKLISTS


def load_checklist(name: str) -> dict[str, Any]:
    """Return a checklist: title, source, doi, and items with n, section, asks, answers, authors."""
    path = files("radnec.report.submission") / "checklists" / f"{name}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _linker(prefix: str) -> Link:
    """Return how a text is linked to a file of the study, from a page that lies at `prefix`."""
    return lambda text, path: f"[{text}]({prefix}{path})"


def _checklist(name: str, facts: RunFacts, record: StudyRecord, link: Link) -> dict[str, Any]:
    """Return a checklist whose items also have ``answer`` (Markdown) and ``open`` (fields)."""
    listed = load_checklist(name)
    known = answers(facts, link)
    if facts.radiomics:
        known |= radiomic_answers(facts, facts.radiomics, link)
    written = record.to_mapping()
    for item in listed["items"]:
        fields = item.get("authors", [])
        parts = [known[key] for key in item.get("answers", [])]
        parts += [_escaped(written[field]) for field in fields if written[field]]
        item["open"] = [field for field in fields if not written[field]]
        item["answer"] = " ".join(parts)
    return listed


def _escaped(text: str) -> str:
    """Return what the authors wrote so that Markdown shows it as it is, on one line."""
    for letter in "\\`*_[]<>|#":
        text = text.replace(letter, f"\\{letter}")
    return " ".join(text.split())


def _left_open(item: dict[str, Any]) -> str:
    """Return what is still to be written, with the fields of study.yaml that take it."""
    if not item["open"]:
        return ""
    fields = ", ".join(f"`{field}`" for field in item["open"])
    return f"**{TO_WRITE}** ({fields})"


def _as_markdown(listed: dict[str, Any], notice: str) -> str:
    lines = [
        f"# {listed['title']}",
        "",
        f"{listed['source']}, <https://doi.org/{listed['doi']}>. Items are told in short; the "
        "wording that counts is that of the source.",
        "",
        notice,
        "",
        "| item | section | asks | answer |",
        "|:--|:--|:--|:--|",
    ]
    for item in listed["items"]:
        text = " ".join(filter(None, (item["answer"], _left_open(item))))
        lines.append(f"| {item['n']} | {item['section']} | {item['asks']} | {text} |")
    return "\n".join(lines) + "\n"


def _text(facts: RunFacts, link: Link) -> str:
    known = answers(facts, link)
    parts = []
    for title, paragraphs in (
        ("Methods", methods(facts, known, link)),
        ("Results", results(facts, known, link)),
    ):
        parts.append(f"## {title}\n")
        parts += [f"**{heading}.** {text}\n" for heading, text in paragraphs]
    return "\n".join(parts)


def _html(text: str) -> Markup:
    html = MarkdownIt("commonmark", {"html": False}).render(text)
    # Sections of the page are of the first order below its title; these are within one.
    return Markup(html.replace("<h2>", "<h3>").replace("</h2>", "</h3>"))


def _row(item: dict[str, Any]) -> dict[str, Any]:
    inline = MarkdownIt("commonmark", {"html": False})
    return {
        **item,
        "answer": Markup(inline.renderInline(item["answer"])),
        "left_open": Markup(inline.renderInline(_left_open(item))),
    }
