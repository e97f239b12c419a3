"""Describe how one network's features are distributed over its training cases."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.novelty.features import describe_features

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        describe_features(
            model=Path(snakemake.input.weights).parent,
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            split=Path(snakemake.input.split),
            fold=snakemake.wildcards.fold,
            similar_cases=snakemake.params.similar_cases,
            device=snakemake.resources.device,
            threads=snakemake.threads,
            output=Path(snakemake.output.features),
        )
