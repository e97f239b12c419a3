"""Draw the training and test sets."""

import json
from pathlib import Path

from radnec.cohort.design import SplitSettings
from radnec.cohort.split import split_cohort
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        split_cohort(
            cohort=Path(snakemake.input.cohort),
            given=json.loads(snakemake.params.given),
            settings=SplitSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            split=Path(snakemake.output.split),
        )
