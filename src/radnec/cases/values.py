"""Spellings of hospitals' tables, brought to the one that radnec uses.

Each function returns a value it does not know as it is: what is allowed is checked after, by
`radnec.cases.row`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_YES_NO = {
    "yes": ("yes", "y", "true", "1", "是"),
    "no": ("no", "n", "false", "0", "否"),
}
_SEX = {"male": ("male", "m", "男"), "female": ("female", "f", "女")}
# DICOM's age string, 052Y; the other forms of years that people write after a number.
_AGE = re.compile(r"0*([0-9]{1,3})(?:[.,]([0-9]+))?\s*(?:y|years?|yrs?|岁)?")
_PLAIN_AGE = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")


def yes_or_no(text: str) -> str:
    """Return ``yes`` or ``no`` for the ways in which they are written: Y, TRUE, 1."""
    return _word(text, _YES_NO)


def sex(text: str) -> str:
    """Return ``male`` or ``female`` for M, F and the Chinese characters."""
    return _word(text, _SEX)


def age(text: str) -> str:
    """Return an age in years as a number with a point: of ``052Y``, ``52 years`` or ``52,5``."""
    if _PLAIN_AGE.fullmatch(text):
        return text
    found = _AGE.fullmatch(_plain(text))
    if found is None:
        return text
    years, part = found.groups()
    return f"{years}.{part}" if part else years


def keyword(text: str) -> str:
    """Return a keyword such as ``glioma_grade_2`` of ``Glioma grade 2`` or ``glioma-grade-2``."""
    return re.sub(r"[\s_-]+", "_", _plain(text))


def column(text: str) -> str:
    """Return the name of a column in small letters, its words joined by underscores.

    Of a column of the study's own, ``x_...``, only the first letter is made small.
    """
    if text[:2] in ("x_", "X_"):
        return f"x{text[1:]}"
    return keyword(text)


def _plain(text: str) -> str:
    """Return the text in small letters, characters of full width as narrow ones."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _word(text: str, spellings: Mapping[str, tuple[str, ...]]) -> str:
    plain = _plain(text)
    return next((word for word, known in spellings.items() if plain in known), text)
