"""The page on the published study."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.report.published import write_published

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        write_published(
            audit=Path(snakemake.input.audit),
            figure=Path(snakemake.input.figure),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.page),
        )
