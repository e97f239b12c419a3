"""What is known of each case apart from its images: clinic, scanner, acquisition."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.evaluate.cohort.describe import included_cases
from radnec.evaluate.cohort.scanners import FIELDS, NOT_STATED, read_scanners

CLINICAL = ("age", "sex", "primary_diagnosis")
SCANNER = ("manufacturer", "model")


def case_covariates(cases_table: Path, cohort: Path, nifti: Path) -> pd.DataFrame:
    """Return one row a case of the included cases.

    Returns
    -------
    DataFrame
        Columns case, label, age (float, NaN if unknown), age_group (below or from the median
        age of the included cases), sex, primary_diagnosis, site (empty where none is named),
        manufacturer, model (of the first image that states them), matrix and the numbers of
        :data:`FIELDS` for each sequence, such as ``t1ce_slice_thickness_mm``.
    """
    table = included_cases(cases_table, cohort)
    for name in ("age", "sex", "primary_diagnosis", "site"):
        if name not in table:
            table[name] = ""
    table["age"] = pd.to_numeric(table["age"])
    median = table["age"].median()
    table["age_group"] = [
        "" if pd.isna(age) else f"{'below' if age < median else 'from'} {median:g} years"
        for age in table["age"]
    ]
    found = table[["case", "label", "age", "age_group", "sex", "primary_diagnosis", "site"]]
    images = read_scanners(found["case"], nifti)
    stated = images[images["manufacturer"] != NOT_STATED].drop_duplicates("case")
    found = found.merge(stated[["case", "manufacturer", "model"]], on="case", how="left")
    found[["manufacturer", "model"]] = found[["manufacturer", "model"]].fillna(NOT_STATED)
    wide = images.pivot(index="case", columns="sequence", values=["matrix", *FIELDS.values()])
    wide.columns = [f"{sequence}_{field}" for field, sequence in wide.columns]
    for name in wide.columns:
        if not name.endswith("_matrix"):
            wide[name] = wide[name].astype(float)
    return found.merge(wide.reset_index(), on="case", how="left")
