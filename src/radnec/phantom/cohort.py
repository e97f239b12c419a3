"""Drafting the table of simulated cases."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.errors import InputError
from radnec.core.labels import NEGATIVE, POSITIVE
from radnec.core.seeding import derive_seed
from radnec.phantom.case import DEFECTS

# Ying et al. 2025, Table 1, column "total".
_MALE = 131 / 234
_AGE_MEAN, _AGE_SD = 46.9, 12.0  # the SD is not printed
_PRIMARY = {"glioma_grade_2": 85, "glioma_grade_3": 49, "glioma_grade_4": 90, "unknown": 10}
_RECURRENT = {"glioma_grade_2": 8, "glioma_grade_3": 51, "glioma_grade_4": 133}

# The paper's criteria, each broken by one case of a cohort that is large enough.
_CRITERIA = (("pathology", "no"), ("radiotherapy", "no"), ("primary_glioma", "yes"))
_ENOUGH_FOR_DEFECTS = 10
_ENOUGH_FOR_CRITERIA = 20

# Clinical fields of the study's own that carry some signal. The direction is that of the field's
# literature, the size is this phantom's: necrosis tends to come later after radiotherapy, and more
# often in tumours with a methylated MGMT promoter. One field alone gives an AUC of about 0.7.
_MONTHS_MEDIAN = {NEGATIVE: 8.0, POSITIVE: 14.0}
_MONTHS_LOG_SD = 0.7
_METHYLATED = {NEGATIVE: 0.3, POSITIVE: 0.65}
_MGMT_NOT_TESTED = 0.1


def draft_cases(
    n: int, seed: int, dicom_root: str, necrosis: float, *, lesions: bool = False
) -> pd.DataFrame:
    """Return a table of `n` simulated cases in the columns of a cases table.

    From 10 cases on, one has each of the phantom's defects (column `x_phantom_defect`); from
    20 on, three more break one criterion each (no pathology, no radiotherapy, primary glioma).
    Two columns of the study's own carry some signal: `x_months_since_radiotherapy`, and `x_mgmt`
    (methylated, unmethylated, or empty where the tumour was not tested).

    Parameters
    ----------
    n
        Number of cases, at least 1.
    seed
        Decides labels, patients' facts and which cases are to be excluded.
    dicom_root
        Folder of the simulated studies, one folder a case.
    necrosis
        Share of the cases that are necrosis, 0 to 1.
    lesions
        Whether a column `lesion` names the true mask of each case, in the folder `truth` beside
        that of the studies.

    Raises
    ------
    InputError
        If `n` is below 1 or `necrosis` is no share.
    """
    if n < 1:
        raise InputError(f"number of phantom cases is {n}, expected at least 1")
    if not 0.0 <= necrosis <= 1.0:
        raise InputError(f"share of necrosis is {necrosis}, expected 0 to 1")
    rng = np.random.default_rng(derive_seed(seed, "cohort"))
    width = max(3, len(str(n)))
    names = [f"P{number:0{width}d}" for number in range(1, n + 1)]
    labels = np.full(n, NEGATIVE, dtype=object)
    labels[rng.permutation(n)[: round(necrosis * n)]] = POSITIVE
    primary = rng.choice(list(_PRIMARY), size=n, p=_shares(_PRIMARY))
    table = pd.DataFrame(
        {
            "case": names,
            "label": labels,
            "dicom": [f"{dicom_root.rstrip('/')}/{name}" for name in names],
            "age": np.clip(rng.normal(_AGE_MEAN, _AGE_SD, size=n).round(), 18, 80).astype(int),
            "sex": np.where(rng.random(n) < _MALE, "male", "female"),
            "primary_diagnosis": primary,
            "recurrent_diagnosis": [
                _recurrent(rng, label, grade) for label, grade in zip(labels, primary, strict=True)
            ],
            "pathology": "yes",
            "radiotherapy": "yes",
            "primary_glioma": "no",
            "x_phantom_defect": DEFECTS[0],
        }
    )
    order = list(rng.permutation(n))
    if n >= _ENOUGH_FOR_DEFECTS:
        for defect in DEFECTS[1:]:
            table.loc[order.pop(), "x_phantom_defect"] = defect
    if n >= _ENOUGH_FOR_CRITERIA:
        for column, value in _CRITERIA:
            table.loc[order.pop(), column] = value
    # Their own random numbers: the table without them stays what it was.
    table = table.assign(**_clinical(np.random.default_rng(derive_seed(seed, "clinical")), labels))
    if lesions:
        truth = PurePosixPath(dicom_root).parent / "truth"
        table["lesion"] = [str(truth / name / "lesion.nii.gz") for name in names]
    return table


def _clinical(rng: np.random.Generator, labels: np.ndarray) -> dict[str, list[Any]]:
    """Draw the columns of the study's own for cases of given labels."""
    medians = np.array([_MONTHS_MEDIAN[label] for label in labels])
    months = np.clip(medians * np.exp(_MONTHS_LOG_SD * rng.normal(size=len(labels))), 1, 120)
    methylated = rng.random(len(labels)) < np.array([_METHYLATED[label] for label in labels])
    tested = rng.random(len(labels)) >= _MGMT_NOT_TESTED
    status = np.where(methylated, "methylated", "unmethylated")
    return {
        "x_months_since_radiotherapy": [round(value) for value in months],
        "x_mgmt": [str(one) if known else "" for one, known in zip(status, tested, strict=True)],
    }


def _shares(counts: dict[str, int]) -> list[float]:
    total = sum(counts.values())
    return [count / total for count in counts.values()]


def _recurrent(rng: np.random.Generator, label: str, primary: str) -> str:
    """Draw the diagnosis of the new lesion; a glioma does not come back at a lower grade."""
    if label == POSITIVE:
        return "necrosis"
    allowed = {
        grade: count
        for grade, count in _RECURRENT.items()
        if primary == "unknown" or grade >= primary
    }
    return str(rng.choice(list(allowed), p=_shares(allowed)))
