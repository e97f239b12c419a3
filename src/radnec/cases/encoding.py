"""From the bytes of a text file to its characters, where only one reading is plausible.

UTF-8 and UTF-16 prove themselves. Of the encodings with one or two bytes a character, two are
read: Latin-1 for Western Europe and GB18030, the standard of mainland China. Nearly every file
is valid in both, so each is taken only where its characters stand as that script is written, and
where the other's do not. Latin-1 cannot be distinguished from the encodings of Central Europe,
which share most of its letters: so the encoding that was taken is always reported.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from radnec.core.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    # UTF-32 before UTF-16: its mark begins with the same two bytes.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
UTF8 = "UTF-8"
WESTERN = "Latin-1"
CHINESE = "GB18030"

_WAY_OUT = (
    "expected UTF-8: save the table as 'CSV UTF-8' or as .xlsx, or convert it with "
    "`iconv -f ENCODING -t UTF-8`"
)
# Characters of Latin-1 beside letters: blank that does not break, degree, plus-minus and the like.
_SIGNS = "\u00a0§°±²³µ·«»"
_SMALL = "ßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
_CAPITALS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ"
_LETTERS = re.compile(rf"[A-Za-z{_SMALL}{_CAPITALS}]+")
# In no word of small letters: three letters with accents in a row, a capital with an accent before
# another letter with one, or inside the word.
_IMPLAUSIBLE = re.compile(
    rf"[{_SMALL}{_CAPITALS}]{{3}}|[{_CAPITALS}][{_SMALL}{_CAPITALS}]|(?<=.)[{_CAPITALS}]"
)
# So few characters are evidence only where they are the words for sex, yes and no.
_FEW, _WORDS = 4, set("男女是否")
# Share of the Chinese characters that have to be among the 3755 common ones of GB 2312 (level 1).
# Other scripts read as GB18030 give rare characters.
_COMMON = 0.8


def decode(data: bytes, path: Path) -> tuple[str, str]:
    """Return the characters of a text file, and the encoding in words.

    Parameters
    ----------
    data
        The file's bytes.
    path
        The file, for the message.

    Raises
    ------
    InputError
        If the bytes are no text, or more than one encoding, or none of those read, gives
        plausible text; names the first line with such bytes.
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, codec, name, path), name
    if b"\0" in data:
        return _utf16_without_mark(data, path), "UTF-16"
    try:
        return data.decode("utf-8"), UTF8
    except UnicodeDecodeError as error:
        fault = error
    western, chinese = _western(data), _chinese(data)
    if (western is None) != (chinese is None):
        return (western, WESTERN) if western is not None else (chinese or "", CHINESE)
    line = data.count(b"\n", 0, fault.start) + 1
    shown = data.splitlines()[line - 1][:60]
    reading = "both Latin-1 and GB18030" if western else "no single encoding (Latin-1, GB18030)"
    raise InputError(f"{path} row {line}: found the bytes {shown!r}, read by {reading}; {_WAY_OUT}")


def _strict(data: bytes, codec: str, name: str, path: Path) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: found {name} by its first bytes, but {error.reason} at byte {error.start}; "
            f"{_WAY_OUT}"
        ) from None


def _utf16_without_mark(data: bytes, path: Path) -> str:
    """Return the text of a table that begins with two letters of a column's name."""
    # Every second byte of such letters is zero.
    for codec, zeros in (("utf-16-le", data[1:4:2]), ("utf-16-be", data[0:4:2])):
        if zeros == b"\0\0":
            return _strict(data, codec, "UTF-16", path)
    raise InputError(f"{path}: found bytes that are no text, expected a table (TSV, CSV or .xlsx)")


def _western(data: bytes) -> str | None:
    """Return the text in Latin-1 where it is written as Western European words are."""
    text = data.decode("latin-1")
    for word in _LETTERS.findall(text):
        if word.isascii():
            continue
        alone = word.isupper() and all(letter in _CAPITALS for letter in word)
        if alone or (not word.isupper() and _IMPLAUSIBLE.search(word)):
            return None
    known = set(_SIGNS + _SMALL + _CAPITALS)
    return text if all(c.isascii() or c in known for c in text) else None


def _chinese(data: bytes) -> str | None:
    """Return the text in GB18030 where it is of common characters and nothing reads it better."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    han = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    others = [c for c in text if not c.isascii() and c not in han]
    marks = "\u3000\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b\u300a\u300b\u201c\u201d\u00b7"
    if not han or (len(han) < _FEW and not _WORDS.issuperset(han)):
        return None
    if any(c not in marks and not "\uff10" <= c <= "\uff5a" for c in others):
        return None
    if sum(map(_is_common, han)) < _COMMON * len(han):
        return None
    found = {match.encoding: match.chaos for match in from_bytes(data)}
    chaos = found.get("gb18030")
    return text if chaos is not None and chaos <= min(found.values()) else None


def _is_common(character: str) -> bool:
    try:
        row, cell = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= row <= 0xD7 and cell >= 0xA1
