"""Figure 5: one recurrence and one necrosis, input beside map."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.cam_pair import draw_figure5

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        lesions = snakemake.params.lesions
        draw_figure5(
            maps=Path(snakemake.input.maps),
            normalised=Path(snakemake.params.normalised),
            brains=Path(snakemake.params.brains),
            lesions=Path(lesions) if lesions else None,
            sequences=list(snakemake.params.sequences),
            dpi=snakemake.params.dpi,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
        )
