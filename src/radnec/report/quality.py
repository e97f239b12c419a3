"""The page of the cases as preprocessing left them, for a look before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from radnec.core.tables import read_tsv
from radnec.report.embed import require, table
from radnec.report.pages import write_report_page


def write_quality(
    *,
    study: str,
    notice: str,
    cohort: Path,
    quality: Path,
    pictures: Sequence[Path],
    page: Path,
) -> None:
    """Write the table of quality control and the picture of every case on one page.

    Parameters
    ----------
    study, notice
        Name of the study, and what every reader must know about the data.
    cohort
        cohort/cases.tsv.
    quality
        quality/cases.tsv, whose order the pictures follow.
    pictures
        quality/<case>.png of the cases that were preprocessed.
    page
        HTML to write. It loads the pictures from the folder beside it, by their relative names,
        and nothing else.

    Raises
    ------
    InputError
        If a file is missing.
    """
    cases = read_tsv(require(cohort), dtype=str).fillna("")
    rows = read_tsv(require(quality), dtype=str).fillna("")
    drawn = {path.stem: require(path).relative_to(page.parent) for path in pictures}
    before = cases[~cases["case"].isin(rows["case"])]
    write_report_page(
        "quality.html.j2",
        {
            "study": study,
            "notice": notice,
            "found": len(cases),
            "prepared": int((cases["status"] == "included").sum()),
            "quality": table(rows.drop(columns="cohort")),
            "before": table(before[["case", "stage", "reason"]]) if len(before) else None,
            "pictures": {case: drawn[case].as_posix() for case in rows["case"]},
        },
        page,
    )
