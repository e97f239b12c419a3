"""Table 2: the scanners."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.evaluate.cohort.describe import describe_scanners

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        describe_scanners(
            cohort=Path(snakemake.input.cohort),
            nifti=Path(snakemake.params.nifti),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.tsv),
        )
