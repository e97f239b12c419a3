"""Train one network."""

import json
from pathlib import Path

from radnec.core.jobs import job_log
from radnec.training.run import train_run
from radnec.training.settings import TrainingSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        train_run(
            backbone=snakemake.wildcards.backbone,
            inputs=snakemake.wildcards.inputs,
            sequences=sequences,
            fold=snakemake.wildcards.fold,
            seed=int(snakemake.wildcards.seed),
            split=Path(snakemake.input.split),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            settings=TrainingSettings.from_json(snakemake.params.settings),
            notice=snakemake.params.notice,
            preprocessing=snakemake.params.preprocessing,
            spacing=json.loads(snakemake.params.spacing),
            device=snakemake.resources.device,
            threads=snakemake.threads,
            checkpoints=Path(snakemake.params.checkpoints),
            outdir=Path(snakemake.output.weights).parent,
        )
