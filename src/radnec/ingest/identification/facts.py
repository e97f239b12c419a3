"""What the headers of a volume say, in the terms that the rules are written in."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from radnec.ingest.identification.dixon import dixon_part
from radnec.ingest.identification.statements import MEANINGS, UNREAD
from radnec.ingest.identification.unread import unread
from radnec.ingest.identification.vocabulary import meanings, sequence_meanings
from radnec.ingest.reading.separate import component
from radnec.ingest.reading.types import Header, Plain, texts
from radnec.ingest.reading.volume import Volume

_NOT_ABOUT_KIND = MEANINGS | {"stereotactic", "head", "not head"}
SEQUENCE_NAMES = ("SequenceName", "PulseSequenceName", "GEPulseSequence", "PhilipsTechnique")


@dataclasses.dataclass(frozen=True)
class Facts:
    """Header values of a volume as plain Python types; None where the header is silent.

    Attributes
    ----------
    words
        Meanings found in the description, and in the protocol name where the description is
        silent: when an operator copies a series and changes it, the protocol name stays.
    sequence
        Meanings of the names that the scanner gives the pulse sequence.
    scanning, variant, options
        ScanningSequence, SequenceVariant and ScanOptions as sets of upper-case codes.
    tr, te, ti
        Repetition, echo and inversion time, ms.
    dixon
        Which image of a Dixon acquisition it is; see `dixon.PARTS`. Empty for others.
    """

    words: frozenset[str]
    sequence: frozenset[str]
    modality: str
    vendor: str
    image_type: tuple[str, ...]
    scanning: frozenset[str]
    variant: frozenset[str]
    options: frozenset[str]
    acquisition: str
    tr: float | None
    te: float | None
    ti: float | None
    flip: float | None
    train: float | None
    field: float | None
    angio: bool
    contrast_kind: str
    b_value: float | None
    repeats: int
    slices: int
    component: str
    dixon: str

    @property
    def derived(self) -> bool:
        """Whether the image was computed from others, as a reformatted plane is."""
        kinds = set(self.image_type)
        return self.image_type[:1] == ("DERIVED",) or bool(kinds & {"MPR", "REFORMATTED"})

    @property
    def gradient(self) -> bool:
        """Whether the images are gradient echoes (and not spin echoes)."""
        return "GR" in self.scanning and "SE" not in self.scanning

    @property
    def gradient_planar(self) -> bool:
        """Whether the readout is echo-planar and the echo not a spin echo."""
        return "EP" in self.scanning and "SE" not in self.scanning

    @property
    def spin(self) -> bool:
        """Whether the images are spin echoes."""
        return "SE" in self.scanning and "GR" not in self.scanning

    @property
    def inversion(self) -> bool:
        """Whether an inversion pulse precedes the readout."""
        return "IR" in self.scanning or bool(self.ti) or "MP" in self.variant


def facts_of(volume: Volume, *, use_protocol: bool) -> Facts:
    """Read the facts of a volume from its header.

    Parameters
    ----------
    use_protocol
        Whether the protocol name is this series' own, and not the name of the whole exam.
    """
    header = volume.header
    said = meanings(texts(header, ("SeriesDescription",)))
    words = set(said)
    if use_protocol:
        protocol = meanings(texts(header, ("ProtocolName",)))
        if not said - _NOT_ABOUT_KIND:
            words |= protocol - MEANINGS
        if not said & MEANINGS:
            words |= protocol & MEANINGS
    if any(unread(text) for text in texts(header, ("SeriesDescription",))):
        words.add(UNREAD)
    echo_times = [one.echo_time for one in volume.slices if one.echo_time is not None]
    b_values = [one.b_value for one in volume.slices if one.b_value is not None]
    return Facts(
        words=frozenset(words),
        sequence=frozenset(sequence_meanings(texts(header, SEQUENCE_NAMES))),
        modality=_code(header.get("Modality")),
        vendor=vendor(header),
        image_type=_codes(header.get("ImageType")),
        scanning=frozenset(_codes(header.get("ScanningSequence"))),
        variant=frozenset(_codes(header.get("SequenceVariant"))),
        options=frozenset(_codes(header.get("ScanOptions"))),
        acquisition=_code(header.get("MRAcquisitionType")),
        tr=_positive(header.get("RepetitionTime")),
        te=_positive(min(echo_times) if echo_times else header.get("EchoTime")),
        ti=_positive(header.get("InversionTime")),
        flip=_positive(header.get("FlipAngle")),
        train=_positive(header.get("EchoTrainLength")),
        field=_positive(header.get("MagneticFieldStrength")),
        angio=_code(header.get("AngioFlag")) == "Y",
        contrast_kind=_code(header.get("AcquisitionContrast")),
        b_value=max(b_values) if b_values else None,
        repeats=volume.repeats,
        slices=len(volume.slices),
        component=component(header),
        dixon=dixon_part(_codes(header.get("ImageType")), texts(header, ("SeriesDescription",))),
    )


_VENDORS = {
    "siemens": "Siemens",
    "philips": "Philips",
    "ge medical": "GE",
    "ge healthcare": "GE",
    "general electric": "GE",
    "uih": "UIH",
    "united imaging": "UIH",
    "canon": "Canon",
    "toshiba": "Toshiba",
    "hitachi": "Hitachi",
    "fujifilm": "Fujifilm",
    "hyperfine": "Hyperfine",
    "esaote": "Esaote",
    "neusoft": "Neusoft",
    "alltech": "Alltech",
    "anke": "Anke",
    "wandong": "Wandong",
    "time medical": "Time Medical",
    "bruker": "Bruker",
    "marconi": "Marconi",
    "picker": "Picker",
    "synaptive": "Synaptive",
}


def vendor(header: Header) -> str:
    """Return the manufacturer under one of the known spellings, or ``other``."""
    name = str(header.get("Manufacturer", "")).casefold()
    for start, known in _VENDORS.items():
        if start in name:
            return known
    return "GE" if name.strip() == "ge" else ("other" if name else "")


def _codes(value: Plain | None) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, tuple) else (value,)
    return tuple(str(item).strip().upper() for item in items)


def _code(value: Plain | None) -> str:
    codes = _codes(value)
    return codes[0] if codes else ""


def _positive(value: Plain | None) -> float | None:
    if isinstance(value, tuple):
        value = value[0] if value else None
    return value if isinstance(value, float) and value > 0 else None


def exam_wide(volumes: Sequence[Volume]) -> set[str]:
    """Return the protocol names that several different series share.

    GE writes the name of the whole protocol ("brain with and without contrast") into every
    series; Siemens, Philips and UIH the name of the series.
    """
    described: dict[str, set[str]] = defaultdict(set)
    for volume in volumes:
        for name in texts(volume.header, ("ProtocolName",)):
            described[name].add(" ".join(texts(volume.header, ("SeriesDescription",))))
    return {name for name, descriptions in described.items() if len(descriptions) >= 3}
