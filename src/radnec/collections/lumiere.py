"""LUMIERE (figshare, Suter et al. 2022, Sci Data 9:768): glioblastomas with RANO ratings by visit.

Read, in November 2026, in code that reads the collection:

- folders, names of images, both tables and their columns, and the
  ratings that occur: github.com/davidbianchini-rgb/gliotwin, pipelines/import_lumiere.py;
- the full header of the ratings: a second reader that selects the column by it.

A rating (CR, PR, SD, PD) is how a visit compares with earlier ones. It is no diagnosis, and there
is none of pseudo-progression or necrosis.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from radnec.collections.clinical import ClinicalTable, age_or_empty, sex_or_empty
from radnec.collections.layout import Layout, Visit
from radnec.collections.recipe import NearLabel, Recipe, Tables

_LAYOUT = Layout(
    visit=re.compile(r"(?P<patient>Patient-\d+)/(?P<visit>week-\d+(?:-\d+)?)"),
    shown="Patient-XXX/week-YYY",
    files={"t1ce": "CT1.nii.gz", "t1": "T1.nii.gz", "t2": "T2.nii.gz", "flair": "FLAIR.nii.gz"},
)

_RATINGS = ClinicalTable(
    pattern="LUMIERE-ExpertRating*.csv",
    sheet="",
    key=("patient", "visit"),
    columns={
        "patient": "Patient",
        "visit": "Date",
        "rating": "Rating (according to RANO, PD: Progressive disease, SD: Stable disease, "
        "PR: Partial response, CR: Complete response, Pre-Op: Pre-Operative, "
        "Post-Op: Post-Operative)",
    },
)

_PATIENTS = ClinicalTable(
    pattern="LUMIERE-Demographics_Pathology*.csv",
    sheet="",
    key=("patient",),
    columns={
        "patient": "Patient",
        "sex": "Sex",
        "age": "Age at surgery (years)",
        "idh": "IDH (WT: wild type)",
        "mgmt": "MGMT qualitative",
    },
)

_UNRATED = ("", "none")


def describe(tables: Tables, visit: Visit) -> dict[str, str]:
    """Return the columns of one visit; the age is that of surgery, all have glioblastoma."""
    rating = tables["ratings"].get((visit.patient, visit.visit), {}).get("rating", "")
    row = tables["patients"].get((visit.patient,))
    cells = {"primary_diagnosis": "glioma_grade_4", "x_rano": rating}
    if row is None:
        return cells | {"x_note": "no row in the table of patients"}
    return cells | {
        "age": age_or_empty(row["age"]),
        "sex": sex_or_empty(row["sex"]),
        "x_idh": row["idh"],
        "x_mgmt": row["mgmt"],
    }


def derive(tables: Tables, visits: Sequence[Visit]) -> dict[str, tuple[str, str]]:
    """Return the near label of the first visit rated PD of each patient, where the next decides.

    The next rated visit, with or without images, decides: PD for recurrence, PR or CR for
    necrosis. SD, an operation or no later visit decide nothing.
    """
    timelines: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (patient, visit), row in tables["ratings"].items():
        if row["rating"].casefold() not in _UNRATED:
            timelines[patient].append((visit, row["rating"]))
    decided = {}
    for patient, timeline in timelines.items():
        timeline.sort(key=lambda one: _weeks(one[0]))
        first = next((n for n, (_, rating) in enumerate(timeline) if rating == "PD"), None)
        if first is None or first + 1 == len(timeline):
            continue
        (week, _), (later, rating) = timeline[first : first + 2]
        label = {"PD": "recurrence", "PR": "necrosis", "CR": "necrosis"}.get(rating)
        if label is not None:
            decided[patient, week] = label, f"PD at {week}, then {rating} at {later}"
    return {v.case: decided[v.patient, v.visit] for v in visits if (v.patient, v.visit) in decided}


def _weeks(visit: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", visit))


RECIPE = Recipe(
    name="lumiere",
    title="LUMIERE, figshare collection 5904905",
    layout=_LAYOUT,
    clinical={"ratings": _RATINGS, "patients": _PATIENTS},
    describe=describe,
    labels="its RANO ratings compare a visit with earlier ones and are no diagnosis",
    near=NearLabel(
        derivation="of each patient the first visit rated PD: recurrence where the next rated "
        "visit is PD as well, necrosis (in truth: progression that went back) where it is PR or "
        "CR, no label otherwise. A second-line treatment can bring a recurrence back too, and no "
        "table names it",
        derive=derive,
    ),
)
