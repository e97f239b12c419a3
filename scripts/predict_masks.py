"""Predict the brain masks of a batch of cases with a network."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.skullstrip.hdbet_batch import predict_masks

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        folders = [Path(path) for path in snakemake.input.registered]
        records = [Path(path) for path in snakemake.input.records]
        predict_masks(
            registered={folder.name: folder for folder in folders},
            records={record.stem: record for record in records},
            network=Path(snakemake.input.network),
            mirroring=snakemake.params.mirroring,
            networks=snakemake.params.networks,
            code=snakemake.params.code,
            device=snakemake.resources.device,
            threads=snakemake.threads,
            output=Path(snakemake.output.masks),
        )
