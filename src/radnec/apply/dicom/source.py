"""The source series that the results refer to, and what of its headers they may carry."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.ingest.identification.types import CHOSEN
from radnec.ingest.reading.grouping import volumes_of
from radnec.ingest.reading.scan import scan

# Attributes without which no result could refer to its images. Everything else of a source header
# stays behind when results are written under a pseudonym.
_REFERENCES = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "Modality",
    "Rows",
    "Columns",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "PixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
    "InstanceNumber",
    "NumberOfFrames",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
_UIDS = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")
# What the patient and study modules have to hold, even if it says nothing (type 2).
_EMPTY = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
)


@dataclasses.dataclass(frozen=True)
class SourceSeries:
    """The reference series of a patient: the one whose grid all other sequences were brought to.

    Attributes
    ----------
    sequence
        As in ``t1ce``.
    images
        Headers without pixels: one a slice, or one for all frames of an enhanced file.
    """

    sequence: str
    images: tuple[Dataset, ...]

    @property
    def frame_of_reference(self) -> str | None:
        """The UID within which positions in millimetres have a meaning; None if not said."""
        return self.images[0].get("FrameOfReferenceUID") or None


def find_source(folder: Path, series: Path, sequence: str) -> SourceSeries:
    """Find the files of a chosen series again; the table names it by hash, not by file.

    Parameters
    ----------
    folder
        The patient's DICOM.
    series
        series.tsv of the stage `index`.
    sequence
        Whose series is wanted.

    Raises
    ------
    InputError
        If the folder no longer holds that series.
    """
    rows = read_tsv(series, dtype=str).fillna("")
    wanted = rows[(rows["status"] == CHOSEN) & (rows["sequence"] == sequence)]["series"].tolist()
    for volume in volumes_of(scan(folder).slices):
        if [volume.series] == wanted:
            # One file holds many slices if it is enhanced; the order is that of the slices.
            paths = list(dict.fromkeys(one.path for one in volume.slices))
            return SourceSeries(sequence, tuple(_header(path) for path in paths))
    raise InputError(f"{folder}: the series used for {sequence} is no longer in this folder")


def _header(path: str) -> Dataset:
    image = pydicom.dcmread(path, stop_before_pixels=True)
    for keyword in _EMPTY:
        if keyword not in image:
            setattr(image, keyword, "")
    return image


def pseudonymised(source: SourceSeries, pseudonym: str) -> SourceSeries:
    """Return headers that tell how the images lie and nothing about whose they are.

    Names, dates, numbers and free text stay behind; UIDs are replaced, each by the same one every
    time, so that results of one patient still belong together and to no other study.
    """
    return SourceSeries(source.sequence, tuple(_stripped(one, pseudonym) for one in source.images))


def derived_uid(*parts: str) -> str:
    """Return a UID that depends on its parts alone: the same result has the same UID again.

    It is a name-based UUID in DICOM's form 2.25.<integer> (DICOM PS3.5, B.2).
    """
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(parts)).int}"


def _stripped(image: Dataset, pseudonym: str) -> Dataset:
    kept = Dataset()
    for keyword in _REFERENCES:
        if keyword in image:
            kept[keyword] = image[keyword]
    for keyword in _UIDS:
        if kept.get(keyword):
            setattr(kept, keyword, derived_uid("pseudonym", pseudonym, getattr(kept, keyword)))
    for keyword in _EMPTY:
        setattr(kept, keyword, "")
    kept.PatientID = pseudonym
    kept.PatientName = f"{pseudonym}^"  # the caret: one component is all there is
    kept.file_meta = image.file_meta
    _strip_frames(kept, pseudonym)
    return kept


def _strip_frames(image: Dataset, pseudonym: str) -> None:
    """Keep of the functional groups of an enhanced file the geometry alone."""
    geometry = ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        groups: Sequence[Dataset] = image.get(keyword, ())
        kept = []
        for group in groups:
            only = Dataset()
            for name in geometry:
                if name in group:
                    only[name] = group[name]
            kept.append(only)
        if kept:
            setattr(image, keyword, pydicom.Sequence(kept))
