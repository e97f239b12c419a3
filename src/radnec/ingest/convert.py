"""The stage `convert`: the chosen series as NIfTI, checked against their headers."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import nibabel as nib
import numpy as np

from radnec.cases.sources import CaseSource
from radnec.core.errors import CaseExcluded
from radnec.core.files import write_json
from radnec.core.records import CaseJob, Record, case_stage
from radnec.core.tables import read_tsv
from radnec.ingest.checks.privacy import sealed
from radnec.ingest.conversion import dcm2niix_backend, dicom2nifti_backend
from radnec.ingest.conversion.nifti import fingerprint, save, tidy
from radnec.ingest.conversion.sidecar import Value, sidecar
from radnec.ingest.identification.identify import identify
from radnec.ingest.identification.types import CHOSEN, Decision
from radnec.ingest.reading.grouping import volumes_of
from radnec.ingest.reading.pixels import clean_slices, values
from radnec.ingest.reading.scan import scan
from radnec.ingest.reading.volume import Volume
from radnec.ingest.settings import IngestSettings
from radnec.ingest.sources.nifti_case import nifti_sidecar, series_of
from radnec.ingest.sources.nifti_files import NiftiSeries, load_image


def convert_case(
    *,
    case: str,
    source: CaseSource,
    series: Path,
    index_record: Path,
    settings: IngestSettings,
    images: Path,
    record: Path,
) -> None:
    """Convert the chosen series of one case.

    Parameters
    ----------
    series, index_record
        What the stage `index` wrote.
    images
        Folder that is filled with ``<sequence>.nii.gz`` and ``<sequence>.json``.
    record
        The record of the stage; its measures hold ``slices_<sequence>``, the number of slices
        of the series, and ``pixels_<sequence>``, a hash of the voxel values alone.
    """
    with case_stage(case=case, stage="convert", record=record, folder=images) as job:
        index = Record.read(index_record)
        index.require_ok()
        # Why a sequence is absent is known since then; the selection asks this record.
        job.measures.update({k: v for k, v in index.measures.items() if k.startswith("why_no_")})
        with sealed("converting the chosen series"):
            if source.kind == "dicom":
                for decision in _chosen(Path(source.path), series, settings):
                    _convert(decision, settings, job)
            else:
                for one in series_of(source):
                    _copy(one, source.kind, job)


def _chosen(folder: Path, series: Path, settings: IngestSettings) -> list[Decision]:
    """Find the chosen series again; the table names them by hash, not by file."""
    rows = read_tsv(series, dtype=str).fillna("")
    wanted = {row["series"]: row for row in rows.to_dict("records") if row["status"] == CHOSEN}
    identities = identify(volumes_of(scan(folder).slices), settings.min_confidence)
    found = [
        Decision(one, row["sequence"], CHOSEN, row["reason"])
        for one in identities
        if (row := wanted.get(one.volume.series)) is not None
    ]
    if len(found) != len(wanted) or any(
        str(len(one.identity.volume.slices)) != wanted[one.identity.volume.series]["slices"]
        for one in found
    ):
        raise CaseExcluded("the case's folder has changed since it was indexed: index it again")
    return sorted(found, key=lambda one: one.sequence)


def _convert(decision: Decision, settings: IngestSettings, job: CaseJob) -> None:
    sequence, volume = decision.sequence, decision.identity.volume
    try:
        image = convert_volume(volume, settings.converter)
    except CaseExcluded as refused:
        raise CaseExcluded(f"{sequence}: {refused.reason}") from None
    converter = f"{settings.converter} {version(settings.converter)}"
    _keep(sequence, image, sidecar(decision, converter), len(volume.slices), job)


def _copy(one: NiftiSeries, kind: str, job: CaseJob) -> None:
    try:
        image = tidy(load_image(one))
    except CaseExcluded as refused:
        raise CaseExcluded(f"{one.sequence}: {refused.reason}") from None
    _keep(one.sequence, image, nifti_sidecar(one, kind), one.slices, job)


def _keep(
    sequence: str,
    image: nib.nifti1.Nifti1Image,
    about: dict[str, Value],
    slices: int,
    job: CaseJob,
) -> None:
    save(image, job.folder / f"{sequence}.nii.gz")
    write_json(job.folder / f"{sequence}.json", about)
    job.measures[f"slices_{sequence}"] = slices
    job.measures[f"pixels_{sequence}"] = fingerprint(image)


def convert_volume(volume: Volume, converter: str) -> nib.nifti1.Nifti1Image:
    """Convert one volume and check the result against the headers.

    Returns
    -------
    Nifti1Image
        Axes nearest to RAS+ (x, y, z), one affine as sform and qform.

    Raises
    ------
    CaseExcluded
        With the reason in words.
    """
    if volume.faults:
        raise CaseExcluded("; ".join(volume.faults))
    affine = volume.geometry.affine
    if affine is None:
        raise CaseExcluded("the headers do not say how the slices lie")
    slices = clean_slices(volume.slices)
    shape = (slices[0].Columns, slices[0].Rows, len(slices))
    if converter == "dcm2niix":
        image = dcm2niix_backend.to_nifti(volume.slices, affine, shape)
    else:
        image = dicom2nifti_backend.to_nifti(slices)
    if len(image.shape) != 3:
        raise CaseExcluded(f"the result is {len(image.shape)}-D: several volumes in one series")
    _require_grid(image, affine, shape)
    stacked = np.stack([values(one).T for one in (slices[0], slices[-1])], axis=-1)
    _require_order(image, affine, stacked)
    return tidy(image)


def _require_grid(
    image: nib.nifti1.Nifti1Image, affine: np.ndarray, shape: tuple[int, int, int]
) -> None:
    if not dcm2niix_backend.same_grid(image.affine, image.shape, affine, shape):
        raise CaseExcluded(
            "after conversion spacing, orientation or corner differ from the headers"
        )


def _require_order(image: nib.nifti1.Nifti1Image, affine: np.ndarray, ends: np.ndarray) -> None:
    """Compare the first and the last slice with where the headers put them.

    Parameters
    ----------
    ends
        Values of the first and the last slice, (column, row, 2).
    """
    turn = nib.orientations.ornt_transform(
        nib.orientations.io_orientation(image.affine), nib.orientations.io_orientation(affine)
    )
    data = nib.orientations.apply_orientation(np.asanyarray(image.dataobj), turn)
    scale = max(float(np.abs(ends).max()), 1.0)
    found = data[..., [0, -1]]
    if np.allclose(found, ends, atol=1e-3 * scale):
        return
    if np.allclose(found, ends[..., ::-1], atol=1e-3 * scale):
        raise CaseExcluded("after conversion the slices are not in the order of the headers")
    raise CaseExcluded("after conversion the values differ from those of the slices")
