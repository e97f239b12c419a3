"""Say for every case whether it is in the study, and why not."""

import json
from pathlib import Path

from radnec.cohort.collect import collect_cohort
from radnec.core.jobs import job_log

STAGES = ("index", "register", "strip", "normalise")

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        stages = [snakemake.input[name] for name in STAGES]
        collect_cohort(
            selected=Path(snakemake.input.selected),
            records=[Path(path) for stage in stages for path in stage],
            excluded_by_hand=json.loads(snakemake.params.excluded_by_hand),
            cohort=Path(snakemake.output.cohort),
        )
