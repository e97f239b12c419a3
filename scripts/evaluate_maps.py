"""Test the class activation maps of one run."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.explain.evaluate import evaluate_maps
from radnec.explain.settings import ExplainSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        truth = snakemake.params.truth
        evaluate_maps(
            model=Path(snakemake.input.weights).parent,
            maps=Path(snakemake.input.maps),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            brains=Path(snakemake.params.brains),
            # Only a phantom knows where its lesions are.
            lesions={
                Path(record).stem: Path(truth) / Path(record).stem / "lesion.nii.gz"
                for record in snakemake.input.records
                if truth
            },
            settings=ExplainSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            device=snakemake.resources.device,
            threads=snakemake.threads,
            cohort=snakemake.params.cohort,
            outdir=Path(snakemake.output.tests),
        )
