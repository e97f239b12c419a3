"""A network's answers for its training cases, from networks that have not seen them."""

import json
from pathlib import Path

from radnec.comparators.inner import inner_predictions
from radnec.core.jobs import job_log
from radnec.training.settings import TrainingSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        inner_predictions(
            backbone=snakemake.params.backbone,
            sequences=sequences,
            fold=snakemake.wildcards.fold,
            seed=int(snakemake.wildcards.seed),
            folds=snakemake.params.folds,
            split=Path(snakemake.input.split),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            settings=TrainingSettings.from_json(snakemake.params.settings),
            spacing=json.loads(snakemake.params.spacing),
            device=snakemake.resources.device,
            threads=snakemake.threads,
            checkpoints=Path(snakemake.params.checkpoints),
            output=Path(snakemake.output.inner),
        )
