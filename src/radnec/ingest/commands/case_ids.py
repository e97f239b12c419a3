"""Case ids for a draft: the names of the folders where they are safe, else numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

# As the schema of the cases table asks for.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
# Eight digits that may be a day of birth or of a visit.
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d(?!\d)")
# Words that number people without naming them.
_NUMBERING = frozenset(
    {"p", "pt", "pat", "patient", "patients", "s", "sub", "subj", "subject", "case", "cases", "id"}
    | {"ses", "session", "visit", "study", "exam", "scan", "mr", "mri", "tp", "time", "timepoint"}
    | {"baseline", "followup", "pre", "post", "day", "month", "week"}
)


def ids_of_folders(folders: Sequence[Path], names: Sequence[str]) -> list[str] | None:
    """Return an id a folder, made of the folder's own name; None where that is not safe.

    Parameters
    ----------
    folders
        Relative to the folder that is drafted from; one a visit.
    names
        What patients are called in the headers of all visits, which no id may hold.

    Returns
    -------
    list of str or None
        The first part of each path, or the first parts as far as visits differ in them. None if
        two ids are alike, an id holds a date or characters that the table refuses, or one holds
        a word that may be a name: any word of letters that is no numbering ("P", "sub",
        "visit") and not common to all folders ("UPENN-GBM").
    """
    parts = [folder.parts for folder in folders]
    depth = next(
        (
            depth
            for depth in range(1, max(map(len, parts), default=0) + 1)
            if len({part[:depth] for part in parts}) == len(parts)
        ),
        None,
    )
    if depth is None or not all(parts):
        return None
    ids = ["_".join(part[:depth]) for part in parts]
    if len({one.casefold() for one in ids}) < len(ids):
        return None
    taboo = {word for name in names for word in _words(name) if len(word) > 1}
    common = Counter(word for one in ids for word in set(_words(one)))
    for one in ids:
        if _DATE.search(one):
            return None
        if not _SAFE.fullmatch(one) or not any(letter.isdigit() for letter in one):
            return None
        for word in _words(one):
            shared = len(ids) > 1 and common[word] == len(ids)
            if word in taboo or not (shared or word in _NUMBERING or len(word) == 1):
                return None
    return ids


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())
