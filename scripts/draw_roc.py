"""Figure 3: the ROC curves."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.roc import draw_roc

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_roc(
            tables=Path(snakemake.input.tables[0]).parent,
            evaluation=Path(snakemake.input.evaluation),
            output=Path(snakemake.output.svg).with_suffix(""),
            notice=snakemake.params.notice,
            dpi=snakemake.params.dpi,
        )
