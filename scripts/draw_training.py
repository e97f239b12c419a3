"""The learning curves of all runs."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.training import draw_training

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_training(
            histories={
                "/".join(Path(path).parts[-4:-1]): Path(path) for path in snakemake.input.histories
            },
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
            dpi=snakemake.params.dpi,
        )
