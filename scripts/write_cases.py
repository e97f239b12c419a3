"""All cases in one table, and a page for each."""

from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.jobs import job_log
from radnec.evaluate.cohort.covariates import case_covariates
from radnec.report.case_page import CaseFiles
from radnec.report.case_pages import write_cases

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        write_cases(
            study=params.study,
            notice=params.notice,
            cohort=Path(given.cohort),
            predictions={
                model.replace("/", " / "): path
                for model, path in by_model(given.predictions).items()
            },
            ranking=Path(given.evaluation) / "ranking.tsv",
            covariates=case_covariates(Path(given.table), Path(given.cohort), Path(params.nifti)),
            explained=params.model,
            files=CaseFiles(
                registered=Path(params.registered),
                brain=Path(params.brains),
                records=Path(params.records),
                maps=Path(given.maps),
                quality=Path(given.quality).parent,
                lesions=Path(params.lesions) if params.lesions else None,
            ),
            page=Path(snakemake.output.page),
            folder=Path(snakemake.output.folder),
        )
