"""Draw what preprocessing made of one case, for a person to look at."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.quality.case import draw_quality_case

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_quality_case(
            case=snakemake.wildcards.case,
            registered=Path(snakemake.input.registered),
            brain=Path(snakemake.input.brain),
            normalised=Path(snakemake.input.normalised),
            records={
                stage: Path(snakemake.input[stage]) for stage in ("register", "strip", "normalise")
            },
            notice=snakemake.params.notice,
            picture=Path(snakemake.output.picture),
            measures=Path(snakemake.output.measures),
        )
