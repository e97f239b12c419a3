"""Small mocks of public collections, written from what public code reads of them.

Names of folders, files, sheets and columns are copied from that code (see the docstrings of
`radnec.collections`), not from the recipes; images are balls of the size of a brain or a head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
from openpyxl import Workbook

BRAIN, HEAD = 68.0, 98.0
"""Radii in mm: balls of 1.3 and 3.9 litres."""


def image(path: Path, radius: float = BRAIN, *, zoom: float = 8.0) -> None:
    """Write a ball of noise in a cube of zeros, 224 mm wide."""
    n = int(224 / zoom)
    at = (np.indices((n, n, n)) - (n - 1) / 2) * zoom
    ball = np.sqrt((at**2).sum(axis=0)) <= radius
    values = np.where(ball, np.random.default_rng(0).uniform(50, 100, ball.shape), 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(values.astype(np.float32), np.diag([zoom, zoom, zoom, 1.0])), path)


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Write a workbook: name of a sheet to its rows, the header first."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)


MU_COLUMNS = (
    "Patient_ID",
    "Sex at Birth",
    "Race",
    "Age at diagnosis",
    "Primary Diagnosis",
    "Grade of Primary Brain Tumor",
    "IDH1 mutation",
    "Number of days from Diagnosis to Radiation Therapy Start date",
    "Number of days from Diagnosis to Radiation Therapy end date",
    "Number of days from Diagnosis to date of First Progression",
    "Number of Days from Diagnosis to 1st MRI (Timepoint_1) ",
    "Number of Days from Diagnosis to 2nd MRI (Timepoint_2) ",
    "Number of Days from Diagnosis to 3rd MRI (Timepoint_3) ",
    "Number of Days from Diagnosis to 4th MRI (Timepoint_4) ",
    "Number of Days from Diagnosis to 5th MRI (Timepoint_5) ",
    "Number of Days from Diagnosis to 6th MRI (Timepoint_6) ",
)
MU_ROWS = (
    ("PatientID_0003", "Male", "White", 61, "GBM", 4, 0, 30, 72, 200, 20, 110, *[None] * 4),
    ("PatientID_0004", "Female", "White", 45.5, "Astrocytoma", 3, 1, 25, 66, *[None] * 7),
    ("PatientID_0009", "Female", "White", 70, "GBM", 4, 0, 25, 66, 90, 300, *[None] * 5),
)


def mu_glioma_post(
    root: Path,
    *,
    columns: Sequence[str] = MU_COLUMNS,
    rows: Sequence[Sequence[object]] = MU_ROWS,
    table: str = "MU-Glioma-Post_ClinicalData-July2025.xlsx",
) -> Path:
    """Write two patients with three visits, and a table with one patient more."""
    for patient, visit in (
        ("PatientID_0003", 1),
        ("PatientID_0003", 2),
        ("PatientID_0004", 1),
    ):
        stem = f"{patient}_Timepoint_{visit}"
        place = root / "PKG - MU-Glioma-Post" / "MU-Glioma-Post" / patient / f"Timepoint_{visit}"
        for end in ("brain_t1n", "brain_t1c", "brain_t2w", "brain_t2f", "tumorMask"):
            image(place / f"{stem}_{end}.nii.gz")
    workbook(
        root / table,
        {"MU Glioma Post": [columns, *rows], "Data Dictionary": [("Variable", "Code")]},
    )
    return root


UCSD_COLUMNS = (
    "ID",
    "Sex at birth",
    "Patient's Age",
    "Primary Diagnosis",
    "IDH",
    "MGMT",
    "Days from Acquistion to Date of last radiation prior to scan",
)


def ucsd_ptgbm(root: Path, *, columns: Sequence[str] = UCSD_COLUMNS) -> Path:
    """Write two visits of one patient and one of another, heads and all."""
    for name in ("UCSD-PTGBM-0001_01", "UCSD-PTGBM-0001_02", "UCSD-PTGBM-0176_01"):
        for end in ("T1pre", "T1post", "T2", "FLAIR", "BraTS_tumor_seg", "ADC_vendor"):
            image(root / "UCSD-PTGBM" / name / f"{name}_{end}.nii.gz", HEAD)
    rows = (
        ("UCSD-PTGBM-0001_01", "M", 58, "GBM", "wildtype", "methylated", -120),
        ("UCSD-PTGBM-0001_02", "M", 58, "GBM", "wildtype", "methylated", -200),
        ("UCSD-PTGBM-0176_01", "F", ">89", "GBM", "wildtype", "unknown", None),
    )
    workbook(
        root / "UCSD_PTGBM-clinical-information_v3_2026-12-Mar.xlsx",
        {"Cinical info": [columns, *rows]},
    )
    return root


LUMIERE_RATING = (
    "Rating (according to RANO, PD: Progressive disease, SD: Stable disease, PR: Partial response, "
    "CR: Complete response, Pre-Op: Pre-Operative, Post-Op: Post-Operative)"
)
LUMIERE_RATINGS = (
    ("Patient-001", "week-000-1", "Pre-Op"),
    ("Patient-001", "week-000-2", "Post-Op"),
    ("Patient-001", "week-044", "PD"),
    ("Patient-001", "week-050", "PD"),
    ("Patient-002", "week-010", "PD"),
    ("Patient-002", "week-014", "None"),
    ("Patient-002", "week-020-1", "PR"),
    ("Patient-003", "week-030", "PD"),
    ("Patient-003", "week-040", "SD"),
    ("Patient-004", "week-012", "PD"),
    ("Patient-004", "week-014", "Post-Op"),
    ("Patient-005", "week-012", "PD"),
)


def lumiere(root: Path, *, rating: str = LUMIERE_RATING) -> Path:
    """Write the visits that are rated PD or follow one, each sequence on its own grid."""
    for patient, week, one in LUMIERE_RATINGS:
        if one in ("Pre-Op", "Post-Op"):
            continue
        place = root / "Imaging" / patient / week
        for name, zoom in (("CT1", 8.0), ("T1", 8.0), ("T2", 16.0), ("FLAIR", 14.0)):
            image(place / f"{name}.nii.gz", HEAD, zoom=zoom)
    rationale = "Rating rationale (CRET: complete resection of the enhancing tumor, L: Lesion)"
    lines = [f'Patient,Date,LessThan3M,NonMeasurableLesions,"{rating}","{rationale}"']
    lines += [f"{patient},{week},,,{one}," for patient, week, one in LUMIERE_RATINGS]
    (root / "LUMIERE-ExpertRating-v202211.csv").write_text("\n".join(lines) + "\n")
    header = (
        "Patient,Survival time (weeks),Sex,Age at surgery (years),IDH (WT: wild type),IDH method,"
        "MGMT qualitative"
    )
    people = [
        f"Patient-00{n},60,{'female' if n % 2 else 'male'},{50 + n},WT,IHC,methylated"
        for n in range(1, 6)
    ]
    (root / "LUMIERE-Demographics_Pathology.csv").write_text("\n".join([header, *people]) + "\n")
    return root
