"""Apply the networks of one model to an external cohort."""

from pathlib import Path

from radnec.apply.external import predict_external
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        predict_external(
            networks=[Path(path).parent for path in snakemake.input.weights],
            study=Path(snakemake.params.study),
            model=f"{snakemake.wildcards.backbone}/{snakemake.wildcards.inputs}",
            cohort=Path(snakemake.input.cohort),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            measures=[Path(path) for path in snakemake.input.measures],
            device=snakemake.resources.device,
            threads=snakemake.threads,
            notice=snakemake.params.notice,
            predictions=Path(snakemake.output.predictions),
            likeness=Path(snakemake.output.likeness),
        )
