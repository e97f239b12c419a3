"""The images of a Dixon acquisition: in phase, water, opposed phase, fat, fat fraction."""

# ruff: noqa: E501 (Chinese letters count double in a line)
from __future__ import annotations

import re
from collections.abc import Sequence

# From the one most like an ordinary image to the one that shows no brain at all.
IN_PHASE, WATER, OPPOSED, FAT = "in phase", "water", "opposed phase", "fat"
PARTS = (IN_PHASE, WATER, OPPOSED, FAT)

_CODES = {
    IN_PHASE: {"IN_PHASE", "INPHASE", "IN PHASE", "IP", "IN"},
    WATER: {"WATER", "W", "DIXON_WATER", "WATER_ONLY"},
    OPPOSED: {"OPP_PHASE", "OUT_PHASE", "OPPOSED_PHASE", "OUTPHASE", "OUT PHASE", "OP", "OPP"},
    FAT: {"FAT", "F", "DIXON_FAT", "FAT_ONLY"},
}
_WORDS = {
    FAT: r"f|fat|fett|graisse|grasa|gordura|grasso|vet|only fat|fat only|脂肪|脂相?|жир\w*",
    OPPOSED: r"opp?|out|oop|opp(?:osed)? ?(?:phase)?|out ?(?:of)? ?phase|反相位?|opposphase|outphase",
    WATER: r"w|water|wasser|eau|agua|acqua|water only|水相?|вод\w*|wtr",
    IN_PHASE: r"in|ip|in ?phase|inphase|同相位?",
}
_CONTEXT = re.compile(r"dixon|ideal|(?<![a-z])flex|lava|wfi|fatnav|fatwater|mdixon|wfs|water|phase")
# These say it without any word of Dixon: "WATER: Ax T1", "fat image", "opposed phase".
_PLAIN_WORDS = {
    FAT: re.compile(
        r"^fat *[:_]|(?:^|[ _:-])fat[ _-]?(?:only|images?|signal|map)\b|[_ :-]fat$|"
        r"(?:^|[ _])nur[ _]fett"
    ),
    OPPOSED: re.compile(r"^(?:out|opp)\w*[ _-]?phase|opposed[ _-]?phase|out[ _-]?of[ _-]?phase"),
    WATER: re.compile(r"^water *[:_]|[_ ]water$"),
    IN_PHASE: re.compile(r"^in[ _-]?phase|[_ ]in[ _-]?phase"),
}


def dixon_part(image_type: Sequence[str], names: Sequence[str]) -> str:
    """Return one of `PARTS` by image type or name, "" for any other image.

    Single letters count only where the name or the image type speaks of Dixon.
    """
    name = " ".join(names).casefold().strip()
    codes = set(image_type[2:])
    dixon = bool(_CONTEXT.search(name)) or "DIXON" in codes
    for part in reversed(PARTS):
        found = codes & _CODES[part]
        if any(len(code) > 1 or dixon or image_type.count(code) > 1 for code in found) and (
            found != {"IN"}
        ):
            return part
    for part, pattern in _PLAIN_WORDS.items():
        if pattern.search(name) and not re.search(r"fat[ _-]?(?:sat|sup)", name):
            return part
    if not dixon:
        return ""
    for part, words in _WORDS.items():
        if re.search(
            rf"(?:[ _\-:.(]|^)(?:{words})(?:\)?$|:|\)|[_ ](?:nd|norm|dis[23]d|mpr))", name
        ):
            return part
    return ""
