"""The report of the study."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.report.html import write_report
from radnec.report.inputs import ReportInputs

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        given = snakemake.input
        beside = {Path(path).stem: Path(path) for path in given.beside}
        write_report(
            inputs=ReportInputs(
                study=snakemake.params.study,
                phantom=snakemake.params.phantom,
                notice=snakemake.params.notice,
                cohort=Path(given.cohort),
                tables={Path(path).stem: Path(path) for path in given.tables},
                figures={Path(path).stem: Path(path) for path in [*given.figures, *given.pictures]},
                whole=Path(given.whole),
                config=Path(given.config),
                model=snakemake.params.model,
                training_figure=beside["training"],
                cards=[Path(path) for path in given.cards],
                evaluation=Path(given.evaluation),
                evaluation_figures={
                    "ROC curves with bands": beside["roc_bands"],
                    "Calibration": beside["calibration"],
                    "Precision and recall": beside["precision_recall"],
                    "Net benefit": beside["decision"],
                },
                patient_figures={
                    "Predicted probability of every test case, by its true class": beside[
                        "distribution"
                    ],
                    "Range of each case's probability over the runs": beside["instability"],
                },
                scanner_use=Path(given.scanner_use),
                subgroups=Path(given.subgroups),
                sites=Path(given.sites),
                confounding=Path(given.confounding),
                audit=Path(given.audit),
                audit_figures={"This study beside the published one": beside["forest"]},
                explanation=Path(given.tests),
                explanation_figure=beside["explanation"],
                maps_summary=Path(given.maps) / "summary.tsv",
                quality=Path(given.quality),
                quality_pages=[Path(path) for path in given.quality_pages],
                strip_network=Path(given.strip_network[0]) if given.strip_network else None,
                case_pictures=sorted(Path(given.cases).glob("*.png")),
                external={
                    # tables/performance.md of the cohort's folder
                    folder.name: folder
                    for folder in (Path(path).parents[1] for path in given.external)
                },
                pages={
                    "All cases, one by one": "cases.html",
                    "Checklists and draft of the text": "submission.html",
                },
            ),
            output=Path(snakemake.output.report),
        )
