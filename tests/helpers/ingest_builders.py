"""Headers and files of series for the tests: made here, independent of the readers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage

from radnec.ingest.reading.grouping import volumes_of
from radnec.ingest.reading.types import Slice
from radnec.ingest.reading.volume import Volume
from radnec.ingest.settings import IngestSettings

SETTINGS = IngestSettings(converter="dicom2nifti", min_confidence=0.7)

MAKERS = {
    "GE": "GE MEDICAL SYSTEMS",
    "Siemens": "SIEMENS",
    "Philips": "Philips Medical Systems",
    "UIH": "UIH",
    "Canon": "CANON_MEC",
    "Toshiba": "TOSHIBA_MEC",
    "Hitachi": "Hitachi Medical Corporation",
}


def header_slices(number: int, *, n: int = 20, **header: object) -> list[Slice]:
    """Return slices of an axial stack, 5 mm apart, as the reader would give them."""
    values: dict[str, object] = {
        "Modality": "MR",
        "SOPClassUID": str(MRImageStorage),
        "StudyInstanceUID": "1.2.3",
        "SeriesInstanceUID": f"1.2.3.{number}",
        "SeriesNumber": float(number),
        "ImageType": ("ORIGINAL", "PRIMARY", "M", "ND"),
        "Rows": 256.0,
        "Columns": 256.0,
        "PixelSpacing": (1.0, 1.0),
        "SliceThickness": 5.0,
        "ImageOrientationPatient": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        "BitsAllocated": 16.0,
        "PixelRepresentation": 0.0,
        "SamplesPerPixel": 1.0,
        "TransferSyntaxUID": str(ExplicitVRLittleEndian),
    }
    own = {name: header.pop(name, None) for name in ("EchoTime", "DiffusionBValue", "time")}
    values |= {name: value for name, value in header.items() if value is not None}
    echo, b_value, time = own["EchoTime"], own["DiffusionBValue"], own["time"]
    return [
        Slice(
            path=f"{number}/{k}",
            frame=None,
            header=values,  # type: ignore[arg-type]
            uid=f"{number}.{k}",
            position=(0.0, 0.0, 5.0 * k),
            instance=k + 1,
            acquisition=1,
            time=str(time) if time else None,
            echo_time=float(echo) if echo is not None else None,  # type: ignore[arg-type]
            trigger=None,
            temporal=None,
            b_value=float(b_value) if b_value is not None else None,  # type: ignore[arg-type]
            cut_off=False,
        )
        for k in range(n)
    ]


def header_volume(**header: object) -> Volume:
    """Return the one volume that such slices form."""
    (volume,) = volumes_of(header_slices(1, **header))
    return volume


def dicom_slice(
    k: int,
    *,
    pixels: np.ndarray,
    series: str = "1.2.826.0.1.3680043.2.1",
    position: tuple[float, float, float] | None = None,
    **tags: object,
) -> Dataset:
    """Return slice `k` of an axial MR series as a dataset ready to be saved."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = MRImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = f"{series}.{k + 1}"
    data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, f"{series}.{k + 1}"
    data.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    data.StudyDate, data.StudyTime, data.Modality = "20200101", "101500", "MR"
    data.Manufacturer = "SIEMENS"
    data.ScanningSequence, data.SequenceVariant = "SE", "SK"
    data.StudyInstanceUID, data.SeriesInstanceUID = "1.2.826.0.1.3680043.2", series
    data.SeriesNumber, data.InstanceNumber = 1, k + 1
    data.SliceThickness = 5
    data.ImagePositionPatient = list(position or (-60.0, -60.0, 5.0 * k))
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.Rows, data.Columns = pixels.shape
    data.PixelSpacing = [1.0, 1.0]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 0
    for name, value in tags.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    data.PixelData = pixels.astype("<u2").tobytes()
    data["PixelData"].VR = "OW"
    return data


T1 = {"SeriesDescription": "t1_se_tra", "RepetitionTime": 500, "EchoTime": 10}
T1CE = T1 | {"SeriesDescription": "t1_se_tra_KM", "ContrastBolusAgent": "Gadovist"}
T2 = {"SeriesDescription": "t2_tse_tra", "RepetitionTime": 5000, "EchoTime": 100}
FLAIR = {
    "SeriesDescription": "t2_tirm_tra_dark-fluid",
    "ScanningSequence": ["SE", "IR"],
    "RepetitionTime": 9000,
    "EchoTime": 100,
    "InversionTime": 2500,
}


def write_series(folder: Path, number: int, *, n: int = 6, seed: int = 0, **tags: object) -> Path:
    """Write a series of `n` slices of noise in 24 x 20 pixels; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed + number)
    series = f"1.2.826.0.1.3680043.2.{number}"
    for k in range(n):
        pixels = rng.integers(0, 1000, (24, 20))
        own = {"SeriesNumber": number, **tags}
        data = dicom_slice(k, pixels=pixels, series=series, **own)
        data.save_as(folder / f"{number}_{k:03d}", enforce_file_format=True)
    return folder


def enhanced(folder: Path, stack: np.ndarray, contrasts: tuple[str, ...] = ("T1",)) -> None:
    """Write one multi-frame file with a stack for each of some contrasts."""
    data = dicom_slice(0, pixels=stack[0], **T1)
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing",
                 "RepetitionTime", "EchoTime", "ScanningSequence", "SliceThickness"):  # fmt: skip
        delattr(data, name)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = EnhancedMRImageStorage
    data.SeriesDescription, data.EchoPulseSequence = "AX", "SPIN"
    shared = Dataset()
    shared.PixelMeasuresSequence = [Dataset()]
    shared.PixelMeasuresSequence[0].PixelSpacing = [0.9, 0.7]
    shared.PixelMeasuresSequence[0].SliceThickness = 3
    shared.PlaneOrientationSequence = [Dataset()]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    frames, timing = [], {"T1": (500, 10), "T2": (5000, 100)}
    for contrast in contrasts:
        for k in range(len(stack)):
            frame = Dataset()
            frame.PlanePositionSequence = [Dataset()]
            frame.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 3.0 * k]
            frame.MRTimingAndRelatedParametersSequence = [Dataset()]
            frame.MRTimingAndRelatedParametersSequence[0].RepetitionTime = timing[contrast][0]
            frame.MREchoSequence = [Dataset()]
            frame.MREchoSequence[0].EffectiveEchoTime = timing[contrast][1]
            frames.append(frame)
    data.PerFrameFunctionalGroupsSequence = Sequence(frames)
    data.NumberOfFrames = len(frames)
    data.PixelData = np.concatenate([stack] * len(contrasts)).astype("<u2").tobytes()
    data.save_as(folder / "enhanced", enforce_file_format=True)
