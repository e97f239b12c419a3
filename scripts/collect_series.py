"""Join the series found in all cases."""

from pathlib import Path

from radnec.cohort.collect import collect_series
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        collect_series(
            tables=[Path(path) for path in snakemake.input.tables],
            series=Path(snakemake.output.series),
        )
