"""Join the test cases of all runs of one model."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.training.gather import gather_predictions

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        gather_predictions(
            runs=[Path(path) for path in snakemake.input.runs],
            notice=snakemake.params.notice,
            predictions=Path(snakemake.output.predictions),
        )
