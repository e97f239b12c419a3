"""Cut the volumes of one case out around its lesion, and bring them to one size and scale."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.lesion.crop import normalise_lesion
from radnec.preprocess.settings.normalisation import NormalisationSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        normalise_lesion(
            case=snakemake.wildcards.case,
            brain=Path(snakemake.input.brain),
            strip_record=Path(snakemake.input.record),
            lesion=Path(snakemake.input.lesion),
            locate_record=Path(snakemake.input.located),
            settings=NormalisationSettings.from_json(snakemake.params.settings),
            margin=snakemake.params.margin,
            normalised=Path(snakemake.output.normalised),
            record=Path(snakemake.output.record),
        )
