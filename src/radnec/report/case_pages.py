"""All cases in one table, and a page of its own for each that was preprocessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from radnec.core.files import atomic_dir
from radnec.core.tables import read_tsv
from radnec.evaluate.cohort.errors import shared_by_errors
from radnec.explain.spaces import SUMMARY
from radnec.report.case_page import FIELDS, CaseFiles, write_case
from radnec.report.case_table import StudyCase, errors_of, study_cases
from radnec.report.embed import require, table
from radnec.report.pages import write_report_page
from radnec.report.readable import p_value
from radnec.viewer.html import write_shared_script


def write_cases(
    *,
    study: str,
    notice: str,
    cohort: Path,
    predictions: Mapping[str, Path],
    ranking: Path,
    covariates: pd.DataFrame,
    explained: str,
    files: CaseFiles,
    page: Path,
    folder: Path,
) -> None:
    """Write the table of all cases and a page a case.

    Parameters
    ----------
    study, notice
        Name of the study, and what every reader must know about the data.
    cohort
        cohort/cases.tsv.
    predictions
        ``backbone / input set`` to the test predictions of the model.
    ranking
        evaluation/ranking.tsv: the errors of its first model are compared.
    covariates
        See :func:`radnec.evaluate.cohort.covariates.case_covariates`.
    explained
        The model whose maps are shown, as ``backbone / input set``.
    files
        Where the files of the cases lie.
    page, folder
        Written: the HTML of the table, and beside it the folder of the cases' pages: <case>.html,
        <case>.png and the viewer that they share.

    Notes
    -----
    The pages of the cases hold their images. They load the viewer's script from the file beside
    them and the picture of the quality control from the study's folder, and nothing else.
    """
    cases = study_cases(cohort=cohort, predictions=predictions, quality=files.quality / "cases.tsv")
    context = {"study": study, "notice": notice, "models": list(predictions)}
    shown = [one for one in cases if (files.records / "normalise" / f"{one.case}.json").exists()]
    known = covariates.astype({"case": str}).set_index("case")
    zero = _zero_maps(files.maps / SUMMARY)
    with atomic_dir(folder) as made:
        write_shared_script(made / "viewer.js")
        for place, case in enumerate(shown):
            around = {
                "previous": shown[place - 1].case if place else None,
                "following": shown[place + 1].case if place + 1 < len(shown) else None,
            }
            write_case(case, context | around, files, known, explained, zero, made)
        pictures = {path.stem for path in made.glob("*.png")}
    best = read_tsv(require(ranking)).iloc[0]
    model = f"{best['backbone']} / {best['input_set']}"
    errors = errors_of(cases, model)
    write_report_page(
        "cases.html.j2",
        context
        | {
            "cases": cases,
            "pages": {one.case for one in shown},
            "pictures": pictures,
            "folder": folder.name,
            "best": model,
            "errors": [case for case, wrong in errors.items() if wrong],
            "tested": len(errors),
            "shared": _shared(cases, errors, known),
        },
        page,
    )


def _shared(cases: Sequence[StudyCase], errors: pd.Series, known: pd.DataFrame) -> Markup | None:
    """Return what the misclassified cases have in common; None where none is misclassified."""
    if not errors.any():
        return None
    fields = known.reindex(errors.index)[[name for name in FIELDS if name in known]].copy()
    flagged = {case.case: "yes" if case.flags else "no" for case in cases}
    fields["remark of quality control"] = [flagged[str(case)] for case in errors.index]
    found = shared_by_errors(fields, errors)
    for name in ("p", "holm_p"):
        found[name] = found[name].map(p_value)
    found["share_wrong"] = [f"{100 * share:.0f} %" for share in found["share_wrong"]]
    found["wrong"] = [f"{row.n_wrong} of {row.n}" for row in found.itertuples()]
    for name in ("field", "level"):
        found[name] = found[name].str.replace("_", " ")
    return table(
        found,
        {
            "field": "Field",
            "level": "Level",
            "wrong": "Misclassified",
            "share_wrong": "Share",
            "p": "p (Fisher)",
            "holm_p": "Holm p",
        },
    )


def _zero_maps(summary: Path) -> set[str]:
    """Return the cases in which nothing spoke for the chosen class."""
    rows = read_tsv(require(summary), dtype=str)
    return set(rows.loc[rows["zero"] == "yes", "case"])
