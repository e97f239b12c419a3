"""Train the 2D network of Gao et al. on one fold."""

from pathlib import Path

from radnec.comparators.gao2d import train_gao2d
from radnec.comparators.settings import Gao2dSettings
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        train_gao2d(
            inputs=snakemake.wildcards.inputs,
            sequences=sequences,
            fold=snakemake.wildcards.fold,
            seed=int(snakemake.wildcards.seed),
            split=Path(snakemake.input.split),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            normalised=Path(snakemake.params.normalised),
            lesions=Path(snakemake.params.lesions),
            settings=Gao2dSettings.from_json(snakemake.params.settings),
            device=snakemake.resources.device,
            threads=snakemake.threads,
            notice=snakemake.params.notice,
            outdir=Path(snakemake.output.predictions).parent,
        )
