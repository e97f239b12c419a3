"""Radiomic features of all cases in one table."""

from pathlib import Path

from radnec.comparators.features import gather_features
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        gather_features(
            tables=[Path(path) for path in snakemake.input.features],
            output=Path(snakemake.output.features),
        )
