"""Text beyond ASCII whose declared character set is missing or wrong."""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant, and count double in a line)
from __future__ import annotations

import re

# A run of high bytes this long is no Western text: accents stand between plain letters there.
_LONG_RUN = re.compile(rb"[\x80-\xff]{4,}")
# Words that show by which character set bytes become a language: contrast agent, plain scan,
# weighting, fluid suppression, head, and the planes.
_TELLING = {
    "gb18030": "增强 平扫 压水 造影 加权 横断 矢状 冠状 头 颅 扫描 抑制 弥散 灌注 定位 序列 轴位 对比",
    "big5": "增強 平掃 壓水 顯影 加權 橫斷 矢狀 頭 掃描 抑制 造影",
    "shift_jis": "造影 非造影 単純 強調 頭部 横断 矢状 冠状 水抑制 後 前 脳",
    "euc_jp": "造影 非造影 単純 強調 頭部 横断 矢状 冠状 水抑制 脳",
    "euc_kr": "조영 증강 전 후 뇌 두부 단순 강조",
    "cp1251": "контраст натив без после взвеш голов мозг контр Контр КОНТР с/в аксиал сагит",
    "koi8_r": "контраст натив без после взвеш голов мозг контр аксиал сагит",
    "iso8859_5": "контраст натив без после взвеш голов мозг контр аксиал сагит",
    "cp1253": "σκιαγραφ με χωρίς εγκέφαλ μετά",
}
_FAMILY = {"iso8859", "iso8859-1", "latin_1", "ascii", "iso_ir_100", "iso8859_1", "latin-1"}


def misdeclared(raw: bytes, encodings: tuple[str, ...]) -> str | None:
    """Return the likelier character set of bytes beyond ASCII; None where the declared one fits.

    Parameters
    ----------
    encodings
        Python's names of what is declared; () for nothing.
    """
    if b"\x1b" in raw:
        return None
    first = encodings[0].lower() if encodings else ""
    western = not first or first in _FAMILY
    if _decodes(raw, "utf_8"):
        # Two Chinese characters of GB2312 can be UTF-8 of another script by accident.
        return (_with_telling_word(raw, shortest=2) or "utf_8") if western else None
    if first in ("utf8", "utf_8", "utf-8") or western:
        return _with_telling_word(raw) or _of_long_run(raw, encodings[1:])
    return None


def _with_telling_word(raw: bytes, shortest: int = 1) -> str | None:
    """Return the character set in which the bytes hold a telling word."""
    for name, words in _TELLING.items():
        text = _decodes(raw, name)
        for word in words.split() if text else ():
            # One character may stand there by accident, if the text is not short.
            if len(word) >= shortest and word in text and (len(word) > 1 or len(text) < 8):
                return name
    return None


def _of_long_run(raw: bytes, others: tuple[str, ...]) -> str | None:
    if not _LONG_RUN.search(raw):
        return None
    for name in (*(other for other in others if other.lower() not in _FAMILY), "gb18030"):
        if _decodes(raw, name):
            return name
    return None


def _decodes(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError):
        return ""
