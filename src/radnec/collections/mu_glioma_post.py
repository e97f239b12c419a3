"""MU-Glioma-Post (The Cancer Imaging Archive): gliomas after treatment, up to six visits.

Read, in November 2026, in code that reads the collection:

- folders, names of images, the workbook and its sheet, its columns and the values of the masks (the
  collection's own workbook of volumes names its sheets "Necrotic Tumor Core (Label1)" and
  "Enhancing Tumor Core (Label3)"): github.com/davidbianchini-rgb/gliotwin, pipelines/import_mu.py;
- that the sheet's "Grade of Primary Brain Tumor" is a number: other public readers of the same
  workbook.

No reader names a column that tells necrosis from recurrence: the workbook has the day of the first
progression, and no more.
"""

from __future__ import annotations

import re

from radnec.collections.clinical import ClinicalTable, age_or_empty, sex_or_empty, whole_days
from radnec.collections.layout import Layout, Visit
from radnec.collections.recipe import Recipe, Tables

_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th")
_GRADES = {"2": "glioma_grade_2", "3": "glioma_grade_3", "4": "glioma_grade_4"}

_LAYOUT = Layout(
    visit=re.compile(r"(?P<patient>PatientID_\d+)/Timepoint_(?P<visit>\d+)"),
    shown="PatientID_XXXX/Timepoint_N",
    files={
        "t1ce": "{patient}_Timepoint_{visit}_brain_t1c.nii.gz",
        "t1": "{patient}_Timepoint_{visit}_brain_t1n.nii.gz",
        "t2": "{patient}_Timepoint_{visit}_brain_t2w.nii.gz",
        "flair": "{patient}_Timepoint_{visit}_brain_t2f.nii.gz",
    },
    lesion="{patient}_Timepoint_{visit}_tumorMask.nii.gz",
)

_PATIENTS = ClinicalTable(
    pattern="MU-Glioma-Post_ClinicalData*.xlsx",
    sheet="mu glioma post",
    key=("patient",),
    columns={
        "patient": "Patient_ID",
        "sex": "Sex at Birth",
        "age": "Age at diagnosis",
        "diagnosis": "Primary Diagnosis",
        "grade": "Grade of Primary Brain Tumor",
        "radiotherapy_start": "Number of days from Diagnosis to Radiation Therapy Start date",
        "radiotherapy_end": "Number of days from Diagnosis to Radiation Therapy end date",
        "progression": "Number of days from Diagnosis to date of First Progression",
        **{
            f"day_{number}": f"Number of Days from Diagnosis to {ordinal} MRI (Timepoint_{number})"
            for number, ordinal in enumerate(_ORDINALS, start=1)
        },
    },
)


def describe(tables: Tables, visit: Visit) -> dict[str, str]:
    """Return the columns of one visit; without a row of its patient only those of the images.

    The age is that of diagnosis. ``radiotherapy`` is told by the days: ``yes`` for a visit after
    its end, ``no`` for one before its start, else empty.
    """
    row = tables["patients"].get((visit.patient,))
    if row is None:
        return {"x_note": "no row in the clinical table"}
    day = whole_days(row.get(f"day_{int(visit.visit)}", ""))
    start, end = whole_days(row["radiotherapy_start"]), whole_days(row["radiotherapy_end"])
    progression = whole_days(row["progression"])
    treated = ""
    if day is not None and end is not None and day > end:
        treated = "yes"
    elif day is not None and start is not None and day < start:
        treated = "no"
    return {
        "age": age_or_empty(row["age"]),
        "sex": sex_or_empty(row["sex"]),
        "primary_diagnosis": _GRADES.get(row["grade"], ""),
        "radiotherapy": treated,
        "x_diagnosis": row["diagnosis"],
        "x_days_since_diagnosis": _text(day),
        "x_days_since_radiotherapy": _text(None if day is None or end is None else day - end),
        "x_days_to_first_progression": _text(progression),
    }


def _text(days: int | None) -> str:
    return "" if days is None else str(days)


RECIPE = Recipe(
    name="mu-glioma-post",
    title="MU-Glioma-Post, The Cancer Imaging Archive",
    layout=_LAYOUT,
    clinical={"patients": _PATIENTS},
    describe=describe,
    labels="its clinical table has the day of the first progression, and no column that tells "
    "necrosis from recurrence",
    lesion_labels=(1, 3),
)
