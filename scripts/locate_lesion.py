"""Say where the lesion of one case is."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.lesion.locate import locate_lesion
from radnec.preprocess.settings.lesion import LesionSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        locate_lesion(
            case=snakemake.wildcards.case,
            drawn=snakemake.params.drawn,
            settings=LesionSettings.from_json(snakemake.params.settings),
            images=Path(snakemake.input.images),
            registered=Path(snakemake.input.registered),
            brain=Path(snakemake.input.brain),
            strip_record=Path(snakemake.input.record),
            outdir=Path(snakemake.output.lesion),
            record=Path(snakemake.output.record),
        )
