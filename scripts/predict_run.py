"""Apply one trained network to all cases of its fold."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.training.predict import predict_run

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        predict_run(
            model=Path(snakemake.input.weights).parent,
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            split=Path(snakemake.input.split),
            fold=snakemake.wildcards.fold,
            seed=int(snakemake.wildcards.seed),
            device=snakemake.resources.device,
            threads=snakemake.threads,
            output=Path(snakemake.output.predictions),
        )
