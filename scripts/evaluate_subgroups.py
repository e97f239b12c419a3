"""Every model within groups of cases."""

from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.jobs import job_log
from radnec.evaluate.cohort.subgroups import evaluate_subgroups

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        evaluate_subgroups(
            predictions=by_model(snakemake.input.predictions),
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            nifti=Path(snakemake.params.nifti),
            confidence=snakemake.params.confidence,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.subgroups),
            across=Path(snakemake.output.sites),
        )
