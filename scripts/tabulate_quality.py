"""All cases in one table of quality control, worst first."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.quality.table import tabulate_quality

STAGES = ("index", "register", "strip")

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        tabulate_quality(
            cohort=Path(snakemake.input.cohort),
            records=[Path(p) for stage in STAGES for p in snakemake.input[stage]],
            measures=[Path(path) for path in snakemake.input.measures],
            kind=snakemake.params.kind,
            output=Path(snakemake.output.table),
        )
