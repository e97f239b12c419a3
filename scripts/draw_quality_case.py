"""Draw and measure what preprocessing made of one case, for a person to look at."""

from pathlib import Path

from radnec.core.files import write_json
from radnec.core.jobs import job_log
from radnec.figures.quality.case import draw_quality_case
from radnec.preprocess.quality.images import STAGES, read_case
from radnec.preprocess.quality.measures import measure_case, remarks_of
from radnec.preprocess.quality.second_opinion import second_opinion

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        case = read_case(
            case=snakemake.wildcards.case,
            scanned=Path(snakemake.input.scanned),
            registered=Path(snakemake.input.registered),
            brain=Path(snakemake.input.brain),
            normalised=Path(snakemake.input.normalised),
            records={stage: Path(snakemake.input[stage]) for stage in STAGES},
        )
        measures = measure_case(case)
        if snakemake.params.second_opinion:
            measures["mask"] = second_opinion(
                case,
                registered=Path(snakemake.input.registered),
                brain=Path(snakemake.input.brain),
                backend=snakemake.params.backend,
                seed=snakemake.params.seed,
            )
        draw_quality_case(
            case,
            remarks=remarks_of(measures),
            notice=snakemake.params.notice,
            picture=Path(snakemake.output.picture),
        )
        write_json(Path(snakemake.output.measures), measures)
