"""UCSD-PTGBM (The Cancer Imaging Archive): glioblastomas after treatment, mostly one visit each.

Read, in November 2026, in code that reads the collection:

- folders, names of images, the sheet (spelt "Cinical info") with its key and columns, and the
  values of the masks: github.com/davidbianchini-rgb/gliotwin, pipelines/import_ucsd.py;
- the same folders and names of images, in a second reader: a converter of the collection to BIDS.

The collection is made to tell tumour from treatment effect, but no reader names a column with that
finding. The header "Days from Acquistion ..." is misspelt in the file.
"""

from __future__ import annotations

import re

from radnec.collections.clinical import ClinicalTable, age_or_empty, sex_or_empty, whole_days
from radnec.collections.layout import Layout, Visit
from radnec.collections.recipe import Recipe, Tables

_LAYOUT = Layout(
    visit=re.compile(r"(?P<patient>UCSD-PTGBM-\d+)_(?P<visit>\d+)"),
    shown="UCSD-PTGBM-XXXX_YY",
    files={
        "t1ce": "{patient}_{visit}_T1post.nii.gz",
        "t1": "{patient}_{visit}_T1pre.nii.gz",
        "t2": "{patient}_{visit}_T2.nii.gz",
        "flair": "{patient}_{visit}_FLAIR.nii.gz",
    },
    lesion="{patient}_{visit}_BraTS_tumor_seg.nii.gz",
)

_VISITS = ClinicalTable(
    pattern="UCSD_PTGBM-clinical-information*.xlsx",
    sheet="cinical info",
    key=("visit",),
    columns={
        "visit": "ID",
        "sex": "Sex at birth",
        "age": "Patient's Age",
        "idh": "IDH",
        "mgmt": "MGMT",
        "radiotherapy_end": "Days from Acquistion to Date of last radiation prior to scan",
    },
)


def describe(tables: Tables, visit: Visit) -> dict[str, str]:
    """Return the columns of one visit; without its row only those of the images.

    Days count from the scan: a last radiation on a day before it is ``radiotherapy`` ``yes``; an
    empty cell stays empty.
    """
    row = tables["visits"].get((visit.folder,))
    if row is None:
        return {"x_note": "no row in the clinical table"}
    last = whole_days(row["radiotherapy_end"])
    return {
        "age": age_or_empty(row["age"]),
        "sex": sex_or_empty(row["sex"]),
        "radiotherapy": "yes" if last is not None and last <= 0 else "",
        "x_idh": row["idh"],
        "x_mgmt": row["mgmt"],
        "x_days_since_radiotherapy": "" if last is None else str(-last),
    }


RECIPE = Recipe(
    name="ucsd-ptgbm",
    title="UCSD-PTGBM, The Cancer Imaging Archive",
    layout=_LAYOUT,
    clinical={"visits": _VISITS},
    describe=describe,
    labels="which column of its clinical table tells tumour from treatment effect could not be "
    "confirmed",
    lesion_labels=(1, 3),
)
