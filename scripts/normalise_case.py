"""Bring the volumes of one case to one size and scale."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.normalise import normalise_case
from radnec.preprocess.settings.normalisation import NormalisationSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        normalise_case(
            case=snakemake.wildcards.case,
            brain=Path(snakemake.input.brain),
            strip_record=Path(snakemake.input.record),
            settings=NormalisationSettings.from_json(snakemake.params.settings),
            normalised=Path(snakemake.output.normalised),
            record=Path(snakemake.output.record),
        )
