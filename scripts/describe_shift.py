"""How an external cohort differs from the cases of the study."""

from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.jobs import job_log
from radnec.novelty.shift import describe_shift

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        describe_shift(
            measures=[Path(path) for path in snakemake.input.measures],
            cohort=Path(snakemake.input.cohort),
            references=[Path(path) for path in snakemake.input.references],
            likeness=by_model(snakemake.input.likeness),
            notice=snakemake.params.notice,
            images=Path(snakemake.output.images),
            checks=Path(snakemake.output.checks),
        )
