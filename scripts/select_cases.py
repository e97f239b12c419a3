"""Decide which cases go on."""

import json
from pathlib import Path

from radnec.cases.table import load_cases
from radnec.cohort.select import select_cases
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        cases = load_cases(
            Path(snakemake.input.table), json.loads(snakemake.params.label_map), labelled=False
        )
        select_cases(
            table=cases.rows,
            records={Path(path).stem: Path(path) for path in snakemake.input.records},
            required=snakemake.params.required,
            min_slices=snakemake.params.min_slices,
            selected=Path(snakemake.output.selected),
        )
