"""What is known of each included case without its images."""

from pathlib import Path

from radnec.comparators.tabulate import write_fields
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        write_fields(
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            nifti=Path(snakemake.params.nifti),
            columns=list(filter(None, snakemake.params.columns.split(","))),
            clinical=Path(snakemake.output.clinical),
            scanner=Path(snakemake.output.scanner),
        )
