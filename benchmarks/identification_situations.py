"""Header situations for the benchmark of the identification, made by rules.

A situation is a study of one or more series, of which one is asked about. Situations come from
three tables (wordings by language, timings by vendor, circumstances of the study) and the rules
that combine them. The half that is held out is fixed by a hash of the wording or circumstance,
so that no wording stands in both halves.
"""

# ruff: noqa: RUF001, E501 (letters of other alphabets are meant, and count double in a line)
from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from typing import NamedTuple

Header = dict[str, object]


class Situation(NamedTuple):
    """Series headers in the order of time, which is asked about, what is right and as acceptable."""

    key: str
    kind: str
    series: list[Header]
    asked: int
    truth: str
    also: tuple[str, ...] = ()

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the half that is not looked at while tuning."""
        return hashlib.sha256(self.key.encode()).digest()[0] % 2 == 1


# Wordings with and without contrast agent, as T1 series are named; {t} is the weighting.
WORDINGS: dict[str, tuple[str, str]] = {
    "English": (
        "{t} POST|{t} +C|AX {t} POST GAD|{t} W CONTRAST|{t} C+|{t}_postcontrast|AX {t} GD|"
        "{t} with contrast|POST {t} SAG|{t} CE FS|{t} W/ GADAVIST|{t} WITH IV CONTRAST|Ax{t}Gad|"
        "{t} post-Gd|{t}+Gd|{t} Contrast Enhanced|SAG {t} POST CON|{t} FSPGR POST INFUSION GAD",
        "{t} PRE|{t} W/O|{t} NON CONTRAST|{t} WO CONTRAST|{t} PRE GAD|{t} unenhanced|{t} no contrast|"
        "{t} NONCON|{t} PRECONTRAST|{t} without gadolinium|{t} C-|PRE {t} AX|{t} before contrast|"
        "{t} -C|{t} nonenhanced|{t} pre-Gd",
    ),
    "German": (
        "{t} nach KM|{t} mit KM|{t}_KM|{t} +KM|{t} post KM|{t} nach Kontrastmittel|{t} KM tra|"
        "{t} nach KM-Gabe|{t} mit Kontrast|{t} post Gd|{t} nach i.v. KM|{t} Gadovist",
        "{t} nativ|{t} ohne KM|{t} vor KM|{t} vor Kontrastmittelgabe|{t} nativ tra|{t} KM-frei|"
        "{t} ohne Kontrastmittel|{t} prä KM|{t} ohne Kontrast|{t} kein KM",
    ),
    "French": (
        "{t} APRES INJECTION|{t} GADO|{t} avec injection|{t} injecté|{t} post gado|{t} après gado|"
        "{t} avec contraste|{t} INJ|{t} IV+|{t} après produit de contraste|{t} +gado",
        "{t} SANS INJECTION|{t} avant injection|{t} sans gado|{t} non injecté|{t} sans contraste|"
        "{t} IV-|{t} sans produit de contraste|{t} avant gado|{t} natif|{t} SS INJ",
    ),
    "Spanish": (
        "{t} con contraste|{t} CON GADOLINIO|{t} post contraste|{t} c/contraste|{t} contrastado|"
        "{t} tras contraste|{t} C/C|{t} con civ|{t} poscontraste|{t} +gadolinio",
        "{t} sin contraste|{t} simple|{t} S/C|{t} sin gadolinio|{t} s/contraste|{t} pre contraste|"
        "{t} basal|{t} antes de contraste|{t} previo al contraste",
    ),
    "Portuguese": (
        "{t} com contraste|{t} pós contraste|{t} POS GD|{t} c/ contraste|{t} após gadolínio|"
        "{t} com gadolínio|{t} pós-contraste|{t} contrastada",
        "{t} sem contraste|{t} pré contraste|{t} s/ contraste|{t} sem gadolínio|{t} pré-gd|"
        "{t} não contrastado|{t} antes do contraste",
    ),
    "Italian": (
        "{t} con mdc|{t} dopo mdc|{t} post mdc|{t} con contrasto|{t} dopo contrasto|{t} post-contrasto|"
        "{t} dopo gadolinio|{t} con m.d.c.|{t} dopo mezzo di contrasto|{t} MDC",
        "{t} senza mdc|{t} basale|{t} pre mdc|{t} senza contrasto|{t} prima del contrasto|"
        "{t} senza m.d.c.|{t} diretta|{t} pre-contrasto|{t} prima di mdc",
    ),
    "Dutch": (
        "{t} met contrast|{t} na contrast|{t} na Gd|{t} na gadolinium|{t} met gado|{t} +gd|"
        "{t} post contrast|{t} na i.v. contrast|{t} met contrastmiddel",
        "{t} zonder contrast|{t} blanco|{t} voor contrast|{t} zonder gd|{t} geen contrast|"
        "{t} zonder contrastmiddel|{t} voor gadolinium",
    ),
    "Swedish": (
        "{t} med kontrast|{t} efter kontrast|{t} m kontrast|{t} efter Gd|{t} +kontrast|"
        "{t} post kontrast|{t} med kontrastmedel|{t} efter i.v. kontrast",
        "{t} utan kontrast|{t} före kontrast|{t} u kontrast|{t} utan Gd|{t} nativ|"
        "{t} innan kontrast|{t} ej kontrast|{t} utan kontrastmedel",
    ),
    "Danish and Norwegian": (
        "{t} med kontrast|{t} efter kontrast|{t} etter kontrast|{t} m/kontrast|{t} etter Gd|"
        "{t} etter iv kontrast|{t} +kontrast",
        "{t} uden kontrast|{t} uten kontrast|{t} før kontrast|{t} u/kontrast|{t} uten Gd|"
        "{t} ikke kontrast|{t} før Gd",
    ),
    "Finnish": (
        "{t} tehosteella|{t} varjoaineella|{t} tehostettu|{t} varjoaineen jälkeen|{t} +Gd",
        "{t} ilman tehostetta|{t} natiivi|{t} ilman varjoainetta|{t} ennen tehostetta|"
        "{t} tehostamaton",
    ),
    "Polish": (
        "{t} po kontraście|{t} z kontrastem|{t} po Gd|{t} z kontr.|{t} po kontrascie|"
        "{t} po podaniu kontrastu|{t} +kontrast|{t} ze środkiem kontrastowym",
        "{t} bez kontrastu|{t} przed kontrastem|{t} bez Gd|{t} natywne|{t} przed podaniem kontrastu|"
        "{t} bez środka kontrastowego|{t} przed Gd",
    ),
    "Czech": (
        "{t} po k.l.|{t} s kontrastem|{t} po KL|{t} postkontrastní|{t} po kontrastu|{t} po Gd|"
        "{t} s k.l.|{t} po podání kontrastu",
        "{t} bez kontrastu|{t} nativně|{t} nativní|{t} před kontrastem|{t} bez k.l.|{t} před KL|"
        "{t} před podáním kontrastu",
    ),
    "Hungarian": (
        "{t} kontraszt után|{t} kontrasztos|{t} kontrasztanyaggal|{t} kontrasztanyag után|{t} +Gd",
        "{t} natív|{t} kontraszt nélkül|{t} kontraszt előtt|{t} kontrasztanyag nélkül",
    ),
    "Turkish": (
        "{t} kontrastlı|{t} kontrast sonrası|{t} postkontrast|{t} IV kontrastlı|{t} kontrast ile|"
        "{t} KONTRASTLI|{t} post kontrast",
        "{t} kontrastsız|{t} kontrast öncesi|{t} prekontrast|{t} KONTRASTSIZ|{t} kontrast yok|"
        "{t} kontrast madde öncesi",
    ),
    "Russian": (
        "{t} с контрастом|{t} после контраста|{t} с КУ|{t} контраст|{t} после введения контраста|"
        "{t} постконтраст|{t} с контрастным усилением|{t} с в/в контрастом",
        "{t} без контраста|{t} до контраста|{t} без КУ|{t} нативное|{t} до введения контраста|"
        "{t} бесконтрастное|{t} без контрастного усиления|{t} до КУ",
    ),
    "Japanese": (
        "{t} 造影|造影{t}|{t} 造影後|Gd造影{t}|{t} 造影あり|{t}造影 横断|{t} 造影(+)|{t} Gd造影後",
        "{t} 非造影|{t} 単純|{t} 造影前|{t} 造影なし|単純{t}|{t} 造影(-)|{t} 造影剤なし|{t} 未造影",
    ),
    "Chinese": (
        "{t}增强|{t} 增强扫描|{t}加权 增强|{t} 强化|{t}增強|{t} 增强后|{t} 造影增强|{t} 注射造影剂后",
        "{t}平扫|{t} 未增强|{t} 平扫 横断|{t}平掃|{t} 增强前|{t} 无增强|{t} 不增强|{t} 注射造影剂前",
    ),
    "Korean": (
        "{t} 조영증강|{t} 조영후|{t} 조영|{t} 조영제 후|{t} 조영 증강",
        "{t} 조영전|{t} 비조영|{t} 조영증강 전|{t} 조영제 없이",
    ),
}

# Timings of T1, T2 and FLAIR by vendor: (names of the weighting, header values).
_SE, _GR = {"ScanningSequence": ("SE",)}, {"ScanningSequence": ("GR",)}
_IR, _GRIR = {"ScanningSequence": ("SE", "IR")}, {"ScanningSequence": ("GR", "IR")}


def _times(tr: float, te: float, ti: float | None = None, flip: float = 90.0) -> Header:
    found: Header = {"RepetitionTime": float(tr), "EchoTime": float(te), "FlipAngle": float(flip)}
    return found | ({"InversionTime": float(ti)} if ti else {})


VENDORS: dict[str, dict[str, list[tuple[str, Header]]]] = {
    "SIEMENS": {
        "t1": [("t1_se_tra", _SE | _times(550, 9)), ("t1_mprage_sag", _GRIR | _times(1900, 2.5, 900, 9))],
        "t2": [("t2_tse_tra", _SE | _times(5000, 98, flip=150)), ("t2_spc_sag_iso", _SE | _times(3200, 408, flip=120))],
        "flair": [("t2_tirm_tra_dark-fluid", _IR | _times(9000, 90, 2500, 150)), ("t2_spc_da-fl_sag", _IR | _times(5000, 388, 1800, 120))],
    },
    "GE MEDICAL SYSTEMS": {
        "t1": [("Ax T1", _SE | _times(600, 12)), ("SAG T1 BRAVO", _GR | _times(8.2, 3.2, 450, 12)), ("Ax T1 FLAIR", _IR | _times(2500, 24, 900, 111))],
        "t2": [("Ax T2 FSE", _SE | _times(5200, 102, flip=111)), ("Ax T2 PROPELLER", {"ScanningSequence": ("RM",)} | _times(5600, 94))],
        "flair": [("Ax T2 FLAIR", _IR | _times(9000, 120, 2250, 111)), ("Sag CUBE T2 FLAIR", _IR | _times(6500, 125, 1830))],
    },
    "Philips Medical Systems": {
        "t1": [("T1W_SE", _SE | _times(450, 10, flip=70)), ("T1W_3D_TFE", _GR | _times(7.5, 3.4, None, 8))],
        "t2": [("T2W_TSE", _SE | _times(3000, 80)), ("sT2W_TSE MV", _SE | _times(4200, 100))],
        "flair": [("FLAIR_longTR", {"ScanningSequence": ("IR",)} | _times(11000, 125, 2800)), ("3D_FLAIR VISTA", {"ScanningSequence": ("IR",)} | _times(4800, 340, 1650))],
    },
    "UIH": {
        "t1": [("t1_fse_tra", _SE | _times(500, 11)), ("t1_gre_fsp_3d_sag", _GRIR | _times(7.2, 3.1, 750, 10))],
        "t2": [("t2_fse_tra", _SE | _times(4500, 105))],
        "flair": [("t2_fse_flair_tra", _IR | _times(8500, 110, 2400))],
    },
    "CANON_MEC": {
        "t1": [("T1 SE AX", _SE | _times(480, 12)), ("3D T1 FFE", _GR | _times(12, 5, None, 20))],
        "t2": [("T2 FSE AX", _SE | _times(4600, 108))],
        "flair": [("FLAIR AX", _IR | _times(10000, 105, 2700))],
    },
    "TOSHIBA_MEC": {
        "t1": [("T1W AX", _SE | _times(540, 15))],
        "t2": [("T2W AX FASE", _SE | _times(5000, 100))],
        "flair": [("FLAIR COR", _IR | _times(8000, 105, 2200))],
    },
    "Hitachi Medical Corporation": {
        "t1": [("T1 AX", _SE | _times(450, 15)), ("T1 RSSG 3D", _GR | _times(18, 6.9, None, 25))],
        "t2": [("T2 FSE AX", _SE | _times(4500, 100))],
        "flair": [("FIR FLAIR", _IR | _times(9000, 105, 2200))],
    },
    "Hyperfine": {
        "t1": [("T1 Axial", _IR | _times(1500, 6, 300 + 60))],
        "t2": [("T2 Axial", _SE | _times(2000, 170))],
        "flair": [("FLAIR Axial", _IR | _times(4000, 170, 1400))],
    },
}  # fmt: skip
MAKERS = tuple(VENDORS)


def _pick(key: str, n: int) -> int:
    return int.from_bytes(hashlib.sha256(("pick " + key).encode()).digest()[:4], "big") % n


def _series(maker: str, name: str, header: Header, minute: int, **more: object) -> Header:
    time = f"{10 + minute // 60:02d}{minute % 60:02d}00"
    return {"Manufacturer": maker, "SeriesDescription": name, "time": time} | header | more


def _t1(maker: str, key: str) -> tuple[str, Header]:
    kinds = VENDORS[maker]["t1"]
    return kinds[_pick(key, len(kinds))]


def wordings() -> Iterator[Situation]:
    """Yield each wording on three vendors' T1, alone in its study or after T2 and FLAIR."""
    for language, (with_agent, without) in WORDINGS.items():
        for truth, phrases in (("t1ce", with_agent), ("t1", without)):
            for number, phrase in enumerate(phrases.split("|")):
                for turn in range(3):
                    maker = MAKERS[(_pick(phrase, 8) + 3 * turn) % len(MAKERS)]
                    _, header = _t1(maker, phrase + str(turn))
                    weighting = ("T1", "t1_tra", "T1W")[turn]
                    if phrase.startswith(("造", "単", "Gd造")) or "Ax{t}" in phrase:
                        weighting = "T1"
                    asked = _series(maker, phrase.format(t=weighting), header, 30)
                    before = [
                        _series(maker, *VENDORS[maker]["t2"][0], 5),
                        _series(maker, *VENDORS[maker]["flair"][0], 10),
                    ][: number % 3]
                    yield Situation(
                        phrase, f"wording, {language}", [*before, asked], len(before), truth
                    )


def weightings() -> Iterator[Situation]:
    """Yield T1, T2 and FLAIR named, unnamed, and named against their timing."""
    for maker, kinds in VENDORS.items():
        for truth, rows in kinds.items():
            for name, header in rows:
                for shown, expected in (
                    (name, truth),
                    ("AX 5MM", truth),
                    (name.upper(), truth),
                    ("Serie 4", truth),
                ):
                    key = f"{maker} {name} {shown}"
                    yield Situation(
                        key, "weighting", [_series(maker, shown, header, 5)], 0, expected
                    )
        swapped = (("t1", "t2"), ("t2", "t1"), ("t1", "flair"), ("flair", "t1"))
        for (label, _), (says, is_) in itertools.product((("swap", 0),), swapped):
            name = {"t1": "T1 TRA", "t2": "T2 TRA", "flair": "FLAIR TRA"}[says]
            header = kinds[is_][0][1]
            yield Situation(
                f"{maker} {label} {says} {is_}",
                "name against timing",
                [_series(maker, name, header, 5)],
                0,
                is_,
            )


_OTHERS: dict[str, list[tuple[str, Header]]] = {
    "spin labelling": [
        (name, {"ScanningSequence": ("EP",), "RepetitionTime": 4600.0, "EchoTime": 15.0})
        for name in ("asl_2d_tra", "tgse_pasl", "3D pCASL", "pcASL_rest", "3D ASL 1525", "ep2d_pasl", "WIP pCASL_3D_GRASE")
    ],
    "bolus": [
        (name, {"ScanningSequence": ("EP",), "RepetitionTime": 1600.0, "EchoTime": 30.0})
        for name in ("ep2d_perf_p2", "DSC_PERF", "PERFUSION", "Neuro_Perfusion DSC", "ep2d DSC tra", "灌注", "перфузия")
    ],
}  # fmt: skip
_COPIES = (
    (("ORIGINAL", "PRIMARY", "M", "ND"), ("ORIGINAL", "PRIMARY", "M", "NORM", "DIS2D")),
    (("ORIGINAL", "PRIMARY", "M", "ND"), ("ORIGINAL", "PRIMARY", "M", "DIS3D")),
    (("ORIGINAL", "PRIMARY", "M", "NORM"), ("ORIGINAL", "PRIMARY", "P", "NORM")),
    (("ORIGINAL", "PRIMARY", "M"), ("ORIGINAL", "PRIMARY", "M")),
)


def circumstances() -> Iterator[Situation]:
    """Yield unnamed T1 series in studies that tell, or do not tell, whether agent was given."""
    for maker in MAKERS:
        for name, header in VENDORS[maker]["t1"]:
            plain = _series(maker, name, header, 40)
            t2 = _series(maker, *VENDORS[maker]["t2"][0], 20)
            scout = _series(maker, "localizer", _GR | _times(8.6, 4, None, 20), 0)
            key = f"{maker} {name}"
            yield Situation(f"{key} alone", "nothing says", [scout, t2, plain], 2, "t1")
            for other, given in (("spin labelling", "t1"), ("bolus", "t1ce")):
                for called, values in _OTHERS[other]:
                    yield Situation(
                        f"{called} {maker}", f"after {other}",
                        [scout, t2, _series(maker, called, values, 25), plain], 3, given,
                    )  # fmt: skip
            for agent, given in (
                ("Gadovist", "t1ce"), ("CONTRAST", "t1ce"), ("IV CONTRAST", "t1ce"), ("10 ml Dotarem", "t1ce"),
                ("NONE", "t1"), ("brak", "t1"), ("なし", "t1"), ("нет", "t1"), ("yok", "t1"), ("aucun", "t1"),
            ):  # fmt: skip
                tagged = plain | {"ContrastBolusAgent": agent}
                yield Situation(f"tag {agent} {key}", "tag", [scout, t2, tagged], 2, given)
            copied = [one | {"ContrastBolusAgent": "GADAVIST"} for one in (scout, t2, plain)]
            yield Situation(f"copied {key}", "tag on all of the exam", copied, 2, "t1")
            later = plain | {"time": "111000"}
            yield Situation(
                f"pair first {key}",
                "two equal T1",
                [scout, plain, t2 | {"time": "105000"}, later],
                1,
                "t1",
            )
            yield Situation(
                f"pair second {key}",
                "two equal T1",
                [scout, plain, t2 | {"time": "105000"}, later],
                3,
                "t1ce",
            )
            for number, (one, two) in enumerate(_COPIES):
                pair = [plain | {"ImageType": one}, plain | {"ImageType": two}]
                yield Situation(f"copies {number} {key}", "one scan twice", [t2, *pair], 1, "t1")
            midnight = [plain | {"time": "235500"}, plain | {"time": "000900"}]
            yield Situation(f"midnight first {key}", "midnight", midnight, 0, "t1")
            yield Situation(f"midnight second {key}", "midnight", midnight, 1, "t1ce")
            parts = (
                ("W", "WATER", "t1"),
                ("in", "IN_PHASE", "t1"),
                ("F", "FAT", "Dixon fat image"),
            )
            for suffix, code, truth in parts:
                fat = plain | {
                    "SeriesDescription": f"{name}_dixon_{suffix}",
                    "ImageType": ("DERIVED", "PRIMARY", "DIXON", code),
                }
                yield Situation(f"dixon {code} {key}", "Dixon", [t2, fat], 1, truth)
        for te, truth in ((11.0, "proton density"), (92.0, "t2")):
            echo = _series(maker, "pd+t2_tse_tra", _SE | _times(4320, te), 5)
            yield Situation(f"{maker} dual {te}", "dual echo", [echo], 0, truth)


def situations() -> list[Situation]:
    """Return all situations."""
    return [*wordings(), *weightings(), *circumstances()]
