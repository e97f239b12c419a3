"""The JSON beside each image: how it was acquired, with nothing that names anybody."""

from __future__ import annotations

import re

from radnec.ingest.identification.types import Decision
from radnec.ingest.reading.types import Header

Value = float | str | list[float] | list[str] | None

# Numbers are copied as they are (ms, mm, degrees, tesla, MHz, Hz per pixel, per cent).
_NUMBERS = (
    "MagneticFieldStrength",
    "SliceThickness",
    "RepetitionTime",
    "InversionTime",
    "FlipAngle",
    "EchoTrainLength",
    "NumberOfAverages",
    "PixelBandwidth",
    "PercentPhaseFieldOfView",
    "ImagingFrequency",
    "Rows",
    "Columns",
)
# Codes are copied only as far as the DICOM standard defines them (PS3.3 C.8.3.1).
_CODES = {
    "ScanningSequence": {"SE", "IR", "GR", "EP", "RM"},
    "SequenceVariant": {"SK", "MTC", "SS", "TRSS", "SP", "MP", "OSP", "NONE"},
    "MRAcquisitionType": {"2D", "3D"},
    "InPlanePhaseEncodingDirection": {"ROW", "COL"},
}
# A model is written only where its name is a known product name.
_MODELS = re.compile(
    r"(?:MAGNETOM )?(?:Skyra|Prisma|PrismaFit|Verio|Trio|TrioTim|Vida|Lumina|Sola|Altea|Aera|"
    r"Avanto|Espree|Essenza|Symphony|SymphonyTim|Sonata|Allegra|Terra|Biograph|Biograph_mMR|"
    r"Free\.Max|Cima\.X|Harmony|Amira|Sempra|Concerto|Vision|Impact|Expert)(?:[ _]?fit)?(?: XT)?|"
    r"(?:Signa|SIGNA|Optima|Discovery|DISCOVERY|GENESIS_SIGNA|Brivo)"
    r"(?: (?:HDxt?|HDe|HDi|Excite|EXCITE|Architect|Premier|Pioneer|Artist|Voyager|Explorer|Hero|"
    r"Creator|Champion|Victor|PET/MR|MR\d{3}w?|[\d.]+T?|LX))*|"
    r"(?:Achieva|Ingenia|Intera|Gyroscan|Gyroscan NT|Panorama|Multiva|Prodiva|Evolution|MR 5300|"
    r"MR 7700|Smart)(?: (?:dStream|Elition|Ambition|Evolution|TX|CX|Release|S|X|[\d.]+T?))*|"
    r"uMR (?:\w* )?\d{3}\w?|uPMR 790|"
    r"(?:Vantage|Titan|MRT\d{3,4}|EXCELART)(?: (?:Titan|Galan|Orian|Elan|Centurian|Fortian|XGV|"
    r"Vantage|AGV|3T|1\.5T))*|"
    r"(?:ECHELON|OASIS|APERTO|AIRIS|Echelon|Oasis|Airis|Aperto|TRILLIUM)"
    r"(?:[ _](?:Oval|OVAL|II|Vega|VEGA|Synergy|Smart|SMART|Lucent|Elite))*|"
    r"Swoop"
)


def sidecar(decision: Decision, converter: str) -> dict[str, Value]:
    """Return the acquisition of a chosen series.

    Parameters
    ----------
    converter
        Name and version of what converted it.
    """
    volume, facts = decision.identity.volume, decision.identity.facts
    header = volume.header
    found: dict[str, Value] = {
        "Sequence": decision.sequence,
        "Series": volume.series,
        "Converter": converter,
        "Manufacturer": facts.vendor or None,
        "ManufacturerModelName": model_name(header),
        "EchoTime": facts.te,
        "Slices": float(len(volume.slices)),
        "Plane": volume.geometry.plane,
        "ContrastAgent": decision.identity.contrast,
        "Reason": decision.reason,
    }
    if volume.geometry.spacing is not None:
        columns, rows, slices = volume.geometry.spacing
        found["PixelSpacing"] = [round(rows, 6), round(columns, 6)]
        found["SpacingBetweenSlices"] = round(slices, 4)
    for name in _NUMBERS:
        value = header.get(name)
        number = value[0] if isinstance(value, tuple) and value else value
        if isinstance(number, float):
            found[name] = number
    matrix = header.get("AcquisitionMatrix")
    if isinstance(matrix, tuple):
        found["AcquisitionMatrix"] = [size for size in matrix if isinstance(size, float)]
    for name, allowed in _CODES.items():
        value = header.get(name)
        codes = value if isinstance(value, tuple) else (value,)
        if kept := [str(code) for code in codes if code in allowed]:
            found[name] = kept if name in ("ScanningSequence", "SequenceVariant") else kept[0]
    return {name: value for name, value in found.items() if value is not None}


def model_name(header: Header) -> str | None:
    """Return the model, if its name is a product name; ``other`` if it is anything else."""
    name = str(header.get("ManufacturerModelName", "")).strip()
    if not name:
        return None
    return name if _MODELS.fullmatch(name) else "other"
