"""What is known of the cases without their images, as one table for all folds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.tables import write_tsv
from radnec.evaluate.cohort.covariates import CLINICAL, SCANNER, case_covariates
from radnec.evaluate.cohort.describe import included_cases

_NOT_FIELDS = {"case", "label", "age_group", "site"}


def write_fields(
    *,
    cases_table: Path,
    cohort: Path,
    nifti: Path,
    columns: Sequence[str],
    clinical: Path,
    scanner: Path,
) -> None:
    """Write the clinical fields and those of scanner and acquisition, one row an included case.

    Parameters
    ----------
    cases_table, cohort, nifti
        The study's table of cases, cohort/cases.tsv, and the folder of the sidecars.
    columns
        The clinical columns.
    clinical, scanner
        Tables to write: `case`, then the fields as they are; an empty cell is not known.

    Raises
    ------
    InputError
        If the table of cases lacks one of the columns.
    """
    table = included_cases(cases_table, cohort)
    if missing := [name for name in columns if name not in table]:
        raise InputError(
            f"config: comparators.clinical: found {missing[0]}, expected columns of {cases_table}"
        )
    write_tsv(table[["case", *columns]], clinical)
    covariates = case_covariates(cases_table, cohort, nifti)
    names = [name for name in covariates if name not in {*_NOT_FIELDS, *CLINICAL}]
    order = [*SCANNER, *(name for name in names if name not in SCANNER)]
    write_tsv(covariates[["case", *order]], scanner)
