"""List the included cases in the order of the packed arrays."""

from pathlib import Path

from radnec.cohort.pack import list_packed
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        list_packed(cohort=Path(snakemake.input.cohort), cases=Path(snakemake.output.cases))
