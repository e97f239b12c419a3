"""One row of the table of cases: its columns, what each may hold, and how it is normalised.

The JSON schema of a row and the list of columns in config/README.md are made from this model
(`radnec.cases.reference`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from radnec.cases import values

OWN = "x_"
"""What the name of a column of the study's own begins with."""

ID_COLUMNS = ("case", "patient", "bids_subject", "bids_session", "site")
"""Columns whose cells are names, though they may look like numbers."""

_OLDEST = 120.0


def _plausible(age: str) -> str:
    if float(age) > _OLDEST:
        raise ValueError("nobody is that old")
    return age


CaseId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Pseudonym = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
PathText = Annotated[str, Field(min_length=1)]
YesNo = Annotated[Literal["yes", "no"], BeforeValidator(values.yes_or_no)]
Sex = Annotated[Literal["male", "female"], BeforeValidator(values.sex)]
Age = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,3}(\.[0-9]+)?$"),
    BeforeValidator(values.age),
    AfterValidator(_plausible),
]
Primary = Annotated[
    Literal["glioma_grade_2", "glioma_grade_3", "glioma_grade_4", "unknown"],
    BeforeValidator(values.keyword),
]
Recurrent = Annotated[
    Literal["glioma_grade_2", "glioma_grade_3", "glioma_grade_4", "necrosis", "unknown"],
    BeforeValidator(values.keyword),
]
Set = Annotated[Literal["train", "test"], BeforeValidator(values.keyword)]


def _column(
    expected: str, what: str, *, accepts: str = "", default: Any = None, needed: str = "no"
) -> Any:
    """Describe a column: what is expected in a cell, and what the reference says of it."""
    return Field(
        default,
        description=expected,
        json_schema_extra={"x-what": what, "x-accepts": accepts, "x-needed": needed},
    )


_NIFTI = "one of the three sources"


class CaseRow(BaseModel):
    """A row of the table of cases: text in every cell, a cell that is empty is absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="one row of the table of cases")

    case: CaseId = _column(
        "an id of 1 to 64 letters, digits, '_' or '-' that starts with a letter or digit",
        "id; the only name that a case has in the results",
        default=...,
        needed="yes",
    )
    label: str | None = _column(
        "recurrence or necrosis, or a code of label_map",
        "the diagnosis to be predicted",
        accepts="any case",
        needed="yes, but not for images alone (`models.backbones: []`)",
    )
    dicom: PathText | None = _column(
        "a folder", "folder with all DICOM of the case, any layout below it", needed=_NIFTI
    )
    t1ce: PathText | None = _column("a NIfTI file", "contrast-enhanced T1 image", needed=_NIFTI)
    t1: PathText | None = _column("a NIfTI file", "T1 image", needed=_NIFTI)
    t2: PathText | None = _column("a NIfTI file", "T2 image", needed=_NIFTI)
    flair: PathText | None = _column("a NIfTI file", "FLAIR image", needed=_NIFTI)
    bids_subject: Annotated[str, Field(pattern=r"^(sub-)?[A-Za-z0-9]+$")] | None = _column(
        "a BIDS subject label: letters and digits",
        "subject in the dataset of the key `bids`",
        needed=_NIFTI,
    )
    bids_session: Annotated[str, Field(pattern=r"^(ses-)?[A-Za-z0-9]+$")] | None = _column(
        "a BIDS session label: letters and digits", "session of that subject"
    )
    patient: Pseudonym | None = _column(
        "a pseudonym of 1 to 64 letters, digits, '_', '.' or '-'",
        "pseudonym; cases of one patient never part into training and test",
    )
    site: Pseudonym | None = _column(
        "a name of 1 to 64 letters, digits, '_', '.' or '-'",
        "hospital or centre; performance is given for each, see "
        "[docs/centres.md](../docs/centres.md)",
    )
    mask: PathText | None = _column(
        "a NIfTI file", "brain mask on the grid of the reference sequence"
    )
    lesion: PathText | None = _column(
        "a NIfTI file",
        "mask of the lesion on the grid of any of the case's sequences, see "
        "[docs/comparators.md](../docs/comparators.md#the-lesion)",
    )
    age: Age | None = _column(
        "age in years, a number from 0 to 120, or an empty cell",
        "age in years, for table 1",
        accepts="`52`, `52.5`, `52,5`, `52Y`, `052Y`, `52 years`",
    )
    sex: Sex | None = _column(
        "male or female, or an empty cell", "for table 1", accepts="`M`, `F`, `男`, `女`"
    )
    primary_diagnosis: Primary | None = _column(
        "glioma_grade_2, glioma_grade_3, glioma_grade_4 or unknown, or an empty cell",
        "for table 1",
        accepts="`Glioma grade 2`",
    )
    recurrent_diagnosis: Recurrent | None = _column(
        "glioma_grade_2, glioma_grade_3, glioma_grade_4, necrosis or unknown, or an empty cell",
        "for table 1",
        accepts="`Glioma grade 2`",
    )
    pathology: YesNo | None = _column(
        "yes or no, or an empty cell",
        "whether the diagnosis is pathological; `no` excludes, as in the paper",
        accepts="`Y`, `TRUE`, `1`, `是`",
    )
    radiotherapy: YesNo | None = _column(
        "yes or no, or an empty cell",
        "whether there was radiotherapy; `no` excludes, as in the paper",
        accepts="`Y`, `TRUE`, `1`, `是`",
    )
    primary_glioma: YesNo | None = _column(
        "yes or no, or an empty cell",
        "whether the lesion is the primary glioma; `yes` excludes, as in the paper",
        accepts="`Y`, `TRUE`, `1`, `是`",
    )
    set: Set | None = _column(
        "train or test, or an empty cell", "the study's own split, for `split.design: given`"
    )


COLUMNS = tuple(CaseRow.model_fields)
