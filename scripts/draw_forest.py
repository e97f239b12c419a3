"""The figures of this study beside the published ones."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.forest import draw_forest

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_forest(
            audit=Path(snakemake.input.audit),
            tables=Path(snakemake.input.tables[0]).parent,
            output=Path(snakemake.output.svg).with_suffix(""),
            notice=snakemake.params.notice,
            dpi=snakemake.params.dpi,
        )
