"""Table 1: the patients."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.evaluate.cohort.describe import describe_cohort
from radnec.evaluate.cohort.whole import describe_whole

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        describe_cohort(
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            split=Path(snakemake.input.split),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.tsv),
        )
        describe_whole(
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.whole),
        )
