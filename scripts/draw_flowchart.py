"""Figure 1: the flow of cases."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.flowchart import draw_flowchart

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_flowchart(
            cohort=Path(snakemake.input.cohort),
            split=Path(snakemake.input.split),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
            dpi=snakemake.params.dpi,
        )
