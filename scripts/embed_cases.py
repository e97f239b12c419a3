"""Features of a frozen encoder for every case, of one sequence."""

from pathlib import Path

from radnec.comparators.encoder import embed_cases
from radnec.comparators.settings import EncoderSettings
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        embed_cases(
            sequence=snakemake.wildcards.sequence,
            packed_cases=Path(snakemake.input.cases),
            packed=Path(snakemake.input.packed),
            settings=EncoderSettings.from_json(snakemake.params.settings),
            device=snakemake.resources.device,
            threads=snakemake.threads,
            output=Path(snakemake.output.features),
            card=Path(snakemake.output.card),
        )
