"""Figure 4: the map over every slice of one test case."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.cam_slices import draw_figure4

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        lesions = snakemake.params.lesions
        draw_figure4(
            maps=Path(snakemake.input.maps),
            brains=Path(snakemake.params.brains),
            lesions=Path(lesions) if lesions else None,
            slices=snakemake.params.slices,
            dpi=snakemake.params.dpi,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
        )
