"""Register the sequences of one case to its reference."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.register import register_case
from radnec.preprocess.settings.registration import RegistrationSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        register_case(
            case=snakemake.wildcards.case,
            images=Path(snakemake.input.images),
            convert_record=Path(snakemake.input.record),
            settings=RegistrationSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            registered=Path(snakemake.output.registered),
            record=Path(snakemake.output.record),
        )
