"""Draw the class activation map of every test case of one run."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.explain.run import explain_run

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        explain_run(
            model=Path(snakemake.input.weights).parent,
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            split=Path(snakemake.input.split),
            fold=snakemake.params.fold,
            seed=snakemake.params.seed,
            predictions=Path(snakemake.input.predictions),
            normalised=Path(snakemake.params.normalised),
            registered=Path(snakemake.params.registered),
            method=snakemake.params.method,
            layer=snakemake.params.layer,
            device=snakemake.resources.device,
            threads=snakemake.threads,
            outdir=Path(snakemake.output.maps),
        )
