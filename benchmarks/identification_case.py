"""A case made of header values, through the stage `index`: what its user is shown of each series.

The headers are written as DICOM files, and the files indexed as those of a study are. So what is
counted is the outcome of reading, grouping, identification and choice together, and the warnings
counted are those in the record of the case, which quality control and the pages of the cases show.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from identification_outcomes import OPEN, Shown
from pydicom import config as pydicom_config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from radnec.cases.sources import CaseSource
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.core.tables import read_tsv
from radnec.ingest.identification.types import AMBIGUOUS, CHOSEN
from radnec.ingest.index import index_case
from radnec.ingest.reading.tags import PRIVATE
from radnec.ingest.reading.volume import short_hash
from radnec.ingest.settings import IngestSettings

MIN_CONFIDENCE = IngestSettings().min_confidence
# The whole of a head: 12 slices, 10 mm apart, of 64 x 64 pixels of 4 mm.
_SLICES, _APART_MM, _PIXELS, _PIXEL_MM = 12, 10.0, 64, 4.0
_STUDY = "1.2.826.0.1.3680043.8.498"
_AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def shown_of_case(series: Sequence[dict[str, object]]) -> list[Shown]:
    """Index a case of some series; return what is shown of each, in their order.

    Parameters
    ----------
    series
        DICOM keywords, or names of `tags.PRIVATE`, to values. Beside them `n`, the number of
        slices, and `time`, the acquisition time as DICOM writes it.
    """
    with tempfile.TemporaryDirectory(prefix="identification-") as name:
        folder = Path(name)
        for number, header in enumerate(series, start=1):
            _write(folder / "dicom", number, header)
        index_case(
            case="case",
            source=CaseSource("dicom", str(folder / "dicom"), {}),
            min_confidence=MIN_CONFIDENCE,
            overrides=None,
            series=folder / "series.tsv",
            record=folder / "record.json",
        )
        rows = read_tsv(folder / "series.tsv", dtype=str).fillna("").to_dict("records")
        record = Record.read(folder / "record.json")
    return [_shown(rows, record, number) for number in range(1, len(series) + 1)]


def _shown(rows: list[dict[str, str]], record: Record, number: int) -> Shown:
    (row,) = (one for one in rows if one["series"] == short_hash(f"{_STUDY}.{number}"))
    sequence = row["sequence"]
    if sequence in (AMBIGUOUS, "unknown") or (sequence in SEQUENCES and not record.ok):
        return Shown(OPEN, False, False)
    warned = any(text.startswith(f"{sequence}:") for text in record.warnings)
    return Shown(sequence, row["status"] == CHOSEN, warned)


def _write(folder: Path, number: int, header: dict[str, object]) -> None:
    """Write the slices of a series, with pixels of noise: a uniform image is taken for a mask."""
    folder.mkdir(exist_ok=True)
    data = _dataset(number, header)
    turned = np.array(data.ImageOrientationPatient, dtype=float)
    normal = np.cross(turned[:3], turned[3:])
    pixels = np.random.default_rng(number).integers(0, 1000, (_PIXELS, _PIXELS), dtype="uint16")
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OW"
    for k in range(int(header.get("n", _SLICES))):  # type: ignore[call-overload]
        data.SOPInstanceUID = f"{_STUDY}.{number}.{k + 1}"
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.InstanceNumber = k + 1
        data.ImagePositionPatient = [round(float(x), 3) for x in normal * _APART_MM * k]
        data.save_as(folder / f"{number:03d}_{k:03d}.dcm", enforce_file_format=True)


def _dataset(number: int, header: dict[str, object]) -> Dataset:
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = MRImageStorage
    data.SpecificCharacterSet = "ISO_IR 192"
    values: dict[str, object] = {
        "Modality": "MR",
        "SOPClassUID": MRImageStorage,
        "StudyInstanceUID": _STUDY,
        "SeriesInstanceUID": f"{_STUDY}.{number}",
        "SeriesNumber": number,
        "ImageType": ("ORIGINAL", "PRIMARY", "M", "ND"),
        "ImageOrientationPatient": _AXIAL,
        "SliceThickness": _APART_MM,
        "Rows": _PIXELS,
        "Columns": _PIXELS,
        "PixelSpacing": (_PIXEL_MM, _PIXEL_MM),
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "AcquisitionTime": header.get("time"),
        **{name: value for name, value in header.items() if name not in ("n", "time")},
    }
    # Real headers break the rules of their value representations; so may these.
    with pydicom_config.disable_value_validation():
        for name, value in values.items():
            shown = list(value) if isinstance(value, tuple) else value
            if name in PRIVATE:
                data.add_new(PRIVATE[name], "LO", shown)
            elif shown is not None:
                setattr(data, name, shown)
    return data
