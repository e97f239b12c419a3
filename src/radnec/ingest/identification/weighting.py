"""T1, T2, FLAIR or another contrast: by the physics of the sequence and by its names."""

from __future__ import annotations

import math
from collections.abc import Iterator

from radnec.ingest.identification.evidence import EVIDENCE, HINT, STATEMENT, Evidence
from radnec.ingest.identification.facts import Facts

READINGS = ("t1", "t2", "flair", "proton density", "T2*", "steady state", "other inversion")
# About as many contrasts of the head are in use as there are readings here.
AMONG = 6

# T1 of cerebrospinal fluid in ms; hardly depends on the field (Rooney et al. 2007, Magn Reson
# Med 57:308, table 1: 4.0 to 4.5 s at 0.2 to 7 T).
_CSF_T1_MS = 4000.0
# A head's spin echo needs its refocusing pulse and a readout on either side of it.
_EARLIEST_SPIN_ECHO_MS = 5.0


def fluid_null_ms(tr: float) -> float:
    """Return the inversion time at which fluid gives no signal.

    Longitudinal magnetisation of an inversion recovery in its steady state is zero at
    TI = T1 (ln 2 - ln(1 + exp(-TR / T1))).

    Parameters
    ----------
    tr
        Repetition time, ms.
    """
    return _CSF_T1_MS * (math.log(2) - math.log1p(math.exp(-tr / _CSF_T1_MS)))


def weighting_evidence(facts: Facts) -> Iterator[Evidence]:
    """Yield the evidence for each weighting."""
    named = [*_by_kind(facts), *_by_name(facts)]
    measured = list(_by_physics(facts))
    yield from named
    stated = {piece.reading for piece in named if piece.weight >= STATEMENT}
    for piece in measured:
        refuted = {one for one in stated if _excludes(piece, one, facts)}
        if refuted:
            # The name alone never decides against the timing, nor the timing against the name.
            reason = f"{piece.reason}, against the name"
            yield Evidence(piece.reading, STATEMENT, reason)
        else:
            yield piece


# What timing of a reading cannot be, whatever the name says: where the header may be silent about
# an inversion (FLAIR without its inversion time), or a name is used of both, nothing is excluded.
_EXCLUDED = {
    "t1": {"t2", "flair", "proton density"},
    "t2": {"t1", "proton density"},
    "flair": {"t1", "t2"},
    "proton density": {"t2", "flair"},
    "T2*": {"t1", "t2", "flair"},
    "other inversion": {"t1", "t2", "flair"},
    "steady state": set(),
}


def _excludes(piece: Evidence, stated: str, facts: Facts) -> bool:
    if piece.weight < EVIDENCE or stated == piece.reading:
        return False
    if stated == "t1" and piece.reading == "proton density":
        # T1 by inversion, its time not in the header, has a long repetition too.
        return facts.tr is not None and facts.tr > 3500 and "flair" not in facts.words
    if stated == "t1" and piece.reading == "t2":
        return "IR" not in facts.scanning
    if stated in ("t1", "t2", "flair") and piece.reading == "other inversion":
        # Named STIR and T2 at once is common; so is T1 by a short inversion on old scanners.
        return stated != "t1"
    return stated in _EXCLUDED[piece.reading]


def _by_physics(facts: Facts) -> Iterator[Evidence]:
    if facts.te is not None and facts.tr is not None:
        # No spin echo comes so early; a file without its sequence's code may still be read.
        fast = facts.tr < 100 or facts.te < _EARLIEST_SPIN_ECHO_MS
        if facts.gradient or (not facts.scanning and fast):
            yield from _gradient_echo(facts, facts.tr, facts.te)
        else:
            yield from _spin_echo(facts, facts.tr, facts.te)


def _by_kind(facts: Facts) -> Iterator[Evidence]:
    stated = {
        "T1": "t1",
        "T2": "t2",
        "FLUID_ATTENUATED": "flair",
        "PROTON_DENSITY": "proton density",
        "T2_STAR": "T2*",
        "STIR": "other inversion",
    }.get(facts.contrast_kind)
    if stated:
        yield Evidence(stated, EVIDENCE, f"acquisition contrast {facts.contrast_kind}")


def _by_name(facts: Facts) -> Iterator[Evidence]:
    words = facts.words
    if "other inversion" in words:
        yield Evidence("other inversion", STATEMENT, "named as STIR, PSIR or double inversion")
    if "steady state" in words | facts.sequence:
        # CISS and FIESTA are often named T2 as well, after their look.
        yield Evidence("steady state", STATEMENT, "named as a steady-state sequence")
        return
    if "t2star" in words:
        yield Evidence("T2*", STATEMENT, "named T2*")
    if "pd" in words and "t2" not in words and "t1" not in words:
        yield Evidence("proton density", STATEMENT, "named proton density")
    if "flair" in words:
        # "T1 FLAIR" and "T1 dark-fluid" are T1-weighted inversion recovery.
        if "t1" in words and "t2" not in words:
            yield Evidence("t1", STATEMENT, "named T1 FLAIR, which is T1-weighted")
        else:
            yield Evidence("flair", STATEMENT, "named FLAIR")
    elif "t1" in words and "t2" not in words:
        yield Evidence("t1", STATEMENT, "named T1")
    elif "t2" in words and not {"t1", "t2star", "pd"} & words:
        yield Evidence("t2", STATEMENT, "named T2")
    if "mprage" in words | facts.sequence and not {"t2", "t2star", "flair"} & words:
        yield Evidence("t1", EVIDENCE, "named as a 3D T1 gradient echo")


def _gradient_echo(facts: Facts, tr: float, te: float) -> Iterator[Evidence]:
    shown = f"gradient echo with TR {tr:g} TE {te:g} ms"
    unspoiled = "SS" in facts.variant and not {"SP", "MP"} & facts.variant
    if unspoiled and not facts.inversion:
        yield Evidence("steady state", HINT, f"unspoiled steady state, {shown}")
    if facts.ti is not None and te < 10 and 500 <= facts.ti <= 1500:
        yield Evidence("t1", EVIDENCE, f"inversion-prepared (TI {facts.ti:g} ms) {shown}")
    elif te < 8 and tr <= 50:
        strong = facts.flip is None or facts.flip >= 6
        yield Evidence("t1", EVIDENCE if strong else HINT, f"short {shown}")
    elif te < 8 and (facts.flip or 90) >= 50:
        yield Evidence("t1", EVIDENCE, f"{shown}, flip angle {facts.flip or 90:g}")
    elif te >= 12:
        yield Evidence("T2*", EVIDENCE, f"late {shown}")
    else:
        yield Evidence("t1", HINT, shown)


def _spin_echo(facts: Facts, tr: float, te: float) -> Iterator[Evidence]:
    shown = f"TR {tr:g} TE {te:g} ms"
    if facts.ti is not None:
        ratio = facts.ti / fluid_null_ms(tr)
        shown += f" TI {facts.ti:g} ms"
        if facts.ti < 350:
            yield Evidence("other inversion", EVIDENCE, f"inversion nulls fat: {shown}")
            return
        if te >= 60 and tr >= 3000 and 0.7 <= ratio <= 1.4:
            yield Evidence("flair", EVIDENCE + HINT, f"inversion nulls fluid: {shown}")
            return
        if te < 40 and facts.ti <= 1500:
            yield Evidence("t1", EVIDENCE, f"inversion recovery with a short echo: {shown}")
            return
    if te <= 35:
        if tr <= 1200:
            yield Evidence("t1", EVIDENCE, f"short {shown}")
        elif tr <= 2200:
            yield Evidence("t1", HINT, f"short echo, {shown}")
        else:
            yield Evidence("proton density", EVIDENCE, f"long repetition and short echo: {shown}")
    elif te >= 60 and tr >= 1800:
        if "IR" in facts.scanning and tr >= 4000:
            yield Evidence("flair", HINT, f"inversion recovery, long {shown}")
        else:
            yield Evidence("t2", EVIDENCE, f"long {shown}")
            if not facts.scanning and facts.ti is None and tr >= 4000:
                yield Evidence("flair", HINT, f"{shown}, and no code says whether with inversion")
    elif tr >= 1800:
        yield Evidence("proton density", HINT, f"intermediate {shown}")
        yield Evidence("t2", HINT, f"intermediate {shown}")
