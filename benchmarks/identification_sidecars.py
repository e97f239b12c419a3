"""Sessions of a BIDS dataset as header values of DICOM, from the sidecars that dcm2niix writes.

A session with a header that no earlier session of its dataset had becomes a case. Series that
are none of the four matter as such, but functional and diffusion series are many and alike: of a
session the first of each suffix is kept. A dataset gives at most `_MOST` headers of the four
sequences and `_MOST_OTHERS` others, so that none outweighs the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MOST, _MOST_OTHERS = 20, 6

# Suffix to truth; what is not here is no image (defacemask, events) and left out.
_FOUR = {"T1w": "t1", "T2w": "t2", "FLAIR": "flair"}
# Weighted like one of the four, and named apart for what they are used for.
_ALIKE = {"inplaneT1": "t1", "inplaneT2": "t2", "VFA": "t1", "MTS": "t1", "UNIT1": "t1"}
_OTHER = frozenset(
    """
    PDw PDT2 T2starw T2star MEGRE MESE UNIT1 MP2RAGE MTw MTS MTR VFA FLASH inplaneT1 inplaneT2
    angio swi SWI T1map T2map T2starmap R1map MTsat PDmap Chimap S0map TB1map TB1EPI TB1DAM TB1AFI
    bold cbv sbref dwi asl m0scan epi phasediff phase1 phase2 magnitude magnitude1 magnitude2
    fieldmap RB1COR IRT1
    """.split()  # noqa: SIM905
)
# Elements that a sidecar has under the DICOM keyword, as texts or as they are.
_SAME = (
    *("Modality", "Manufacturer", "SeriesDescription", "ProtocolName", "StudyDescription"),
    *("SequenceName", "PulseSequenceName", "MRAcquisitionType", "BodyPartExamined"),
    *("FlipAngle", "MagneticFieldStrength", "EchoTrainLength", "ImageType", "ImageComments"),
    *("ContrastBolusIngredient", "ContrastBolusAgent", "SliceThickness"),
)
_CODES = ("ScanningSequence", "SequenceVariant", "ScanOptions")
_TIMES = ("RepetitionTime", "EchoTime", "InversionTime")
_NEEDED = ("Manufacturer", "EchoTime", "RepetitionTime")
_PARTS = re.compile(r"_(?:part-(?:phase|imag|real)|inv-\d+)")


class Series(NamedTuple):
    """A series of a session.

    Attributes
    ----------
    file
        Its sidecar, below the dataset.
    header
        DICOM keywords to values, in DICOM's units; `time` is the acquisition time.
    truth, also
        See `identification_outcomes.outcome`.
    counts
        Whether it is asked about; others are there as the rest of the session.
    """

    file: str
    header: dict[str, object]
    suffix: str
    truth: str
    also: tuple[str, ...]
    counts: bool


class Session(NamedTuple):
    """The series of one session in the order of time."""

    dataset: str
    series: list[Series]


def sessions_of(dataset: Path) -> Iterator[Session]:
    """Yield the sessions of a dataset that add a header, in the order of their names."""
    seen: set[str] = set()
    left = {True: _MOST, False: _MOST_OTHERS}
    folders = sorted(
        {path.parent.parent for path in dataset.glob("sub-*/**/anat/*.json") if path.is_file()}
    )
    for folder in folders:
        found: list[Series] = []
        once: set[str] = set()
        for path in sorted(folder.glob("*/*.json")):
            one = _series(path, dataset)
            if one is None or (path.parent.name != "anat" and one.suffix in once):
                continue
            once.add(one.suffix)
            mark, four = _mark(one), one.truth != "other"
            new = mark not in seen and left[four] > 0
            if new:
                seen.add(mark)
                left[four] -= 1
            found.append(one._replace(counts=new))
        if any(one.counts for one in found):
            yield Session(dataset.name, sorted(found, key=_order))


def _series(path: Path, dataset: Path) -> Series | None:
    """Return the series of a sidecar; None where it holds no header, or describes no image."""
    suffix = path.stem.rsplit("_", 1)[-1]
    if suffix not in _FOUR and suffix not in _OTHER:
        return None
    # Of a large sidecar the clone may hold a link to content that was not fetched.
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if not text.lstrip().startswith("{"):
        return None
    try:
        sidecar = json.loads(text)
    except json.JSONDecodeError:
        # Written by hand, with a comma too many: no header to ask about.
        return None
    if any(not sidecar.get(name) for name in _NEEDED):
        return None
    if not all(isinstance(sidecar[name], int | float) for name in ("EchoTime", "RepetitionTime")):
        return None
    truth = "other" if _PARTS.search(path.stem) else _FOUR.get(suffix, "other")
    if truth == "t1" and "_ce-" in path.stem:
        truth = "t1ce"
    also = (_ALIKE[suffix],) if suffix in _ALIKE else ()
    return Series(str(path.relative_to(dataset)), _header(sidecar), suffix, truth, also, False)


def _header(sidecar: dict[str, object]) -> dict[str, object]:
    found = {name: sidecar[name] for name in _SAME if _plain(sidecar.get(name))}
    for name in _CODES:
        if isinstance(codes := sidecar.get(name), str) and codes:
            # Old versions of dcm2niix join codes with an underscore, which GE's have in them.
            found[name] = re.split(r"[\\/]+" if re.search(r"[\\/]", codes) else r"_(?!GEMS)", codes)
        elif _plain(codes):
            found[name] = codes
    # Seconds by the standard; milliseconds in sidecars that were written by hand.
    tr, te = float(str(sidecar["RepetitionTime"])), float(str(sidecar["EchoTime"]))
    scale = 1.0 if tr > 30 or te > 1 else 1000.0
    for name in _TIMES:
        if isinstance(value := sidecar.get(name), int | float) and value:
            found[name] = round(value * scale, 3)
    turned = sidecar.get("ImageOrientationPatientDICOM")
    if isinstance(turned, list) and len(turned) == 6:
        found["ImageOrientationPatient"] = turned
    clock = str(sidecar.get("AcquisitionTime", ""))
    if match := re.fullmatch(r"(\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?", clock):
        found["time"] = f"{int(match[1]):02d}{match[2]}{match[3]}"
    return found


def _plain(value: object) -> bool:
    """Say whether it is a value of a header, and nothing that was written by hand in its place."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str | int | float) for one in value)
    return isinstance(value, str | int | float) and value != ""


def _mark(one: Series) -> str:
    """Return what makes a header a different one; times of day and tiny changes do not."""
    header = {k: v for k, v in one.header.items() if k not in ("time", "ImageOrientationPatient")}
    rounded = {k: round(v) if isinstance(v, float) else v for k, v in header.items()}
    return json.dumps([one.truth, rounded], sort_keys=True)


def _order(one: Series) -> tuple[str, str]:
    return str(one.header.get("time", "")), one.file
