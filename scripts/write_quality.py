"""The page of the cases as preprocessing left them."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.report.quality import write_quality

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        write_quality(
            study=snakemake.params.study,
            notice=snakemake.params.notice,
            cohort=Path(snakemake.input.cohort),
            quality=Path(snakemake.input.quality),
            pictures=[Path(path) for path in snakemake.input.pictures],
            page=Path(snakemake.output.page),
        )
