"""Where the lesion of each case is taken to be, in one table."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.lesion.table import tabulate_lesions

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        tabulate_lesions(
            records=[Path(path) for path in snakemake.input.records],
            cohort=snakemake.params.kind,
            output=Path(snakemake.output.table),
        )
