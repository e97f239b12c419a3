"""Figure 2: the workflow."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.workflow import draw_workflow

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_workflow(
            rulegraph=Path(snakemake.input.graph),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
            dpi=snakemake.params.dpi,
        )
