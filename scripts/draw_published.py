"""The published figures alone."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.forest import draw_forest_table

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_forest_table(
            audit=Path(snakemake.input.audit),
            tables=None,
            output=Path(snakemake.output.svg).with_suffix(""),
            notice=snakemake.params.notice,
            dpi=snakemake.params.dpi,
        )
