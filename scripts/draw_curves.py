"""The curves beside figure 3."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.curves import draw_calibration, draw_decision, draw_precision_recall
from radnec.figures.patients import draw_distribution, draw_instability
from radnec.figures.roc import draw_roc_bands

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        for draw, name in (
            (draw_roc_bands, "roc_bands"),
            (draw_calibration, "calibration"),
            (draw_precision_recall, "precision_recall"),
            (draw_decision, "decision"),
            (draw_distribution, "distribution"),
            (draw_instability, "instability"),
        ):
            draw(
                tables=Path(snakemake.input.tables[0]).parent,
                evaluation=Path(snakemake.input.evaluation),
                output=Path(snakemake.output[0]).with_name(name),
                notice=snakemake.params.notice,
                dpi=snakemake.params.dpi,
            )
