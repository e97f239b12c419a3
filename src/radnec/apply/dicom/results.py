"""The DICOM results of a prepared and answered patient, written beside the other results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radnec.apply.software import software_version


def load_writers() -> None:
    """Import what `write_results` needs, in a process that has nothing else to do yet."""
    import radnec.apply.dicom.write  # noqa: F401


def write_results(
    answer: Mapping[str, Any],
    *,
    images: Path,
    folder: Path,
    sequence: str,
    mask_method: str,
    pseudonym: str | None,
) -> None:
    """Write ``dicom`` into a patient's folder, see `radnec.apply.dicom.write.write_dicom`.

    Parameters
    ----------
    images
        The patient's DICOM.
    folder
        Of the results: series.tsv, summary.png, map.nii.gz and brain/mask.nii.gz are there.
    sequence
        The reference.
    """
    # Here: to name this function is no reason to wait for these imports.
    from radnec.apply.dicom.source import find_source
    from radnec.apply.dicom.write import write_dicom

    write_dicom(
        answer,
        find_source(images, folder / "series.tsv", sequence),
        picture=folder / "summary.png",
        heat=folder / "map.nii.gz",
        mask=folder / "brain" / "mask.nii.gz",
        mask_method=mask_method,
        mask_version=software_version(),
        pseudonym=pseudonym,
        output=folder / "dicom",
    )
