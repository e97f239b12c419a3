"""Test the class activation maps of one run."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.core.records import Record
from radnec.explain.evaluate import evaluate_maps
from radnec.explain.probe import DRAWN, SIMULATED
from radnec.explain.settings import ExplainSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sequences = snakemake.params.sequences.split(",")
        truth = snakemake.params.truth
        # A phantom knows where its lesions are; of patients only what was drawn counts.
        located = [Record.read(Path(path)) for path in snakemake.input.located]
        drawn = [one.case for one in located if one.measures.get("region") == "drawn"]
        known = [Path(record).stem for record in snakemake.input.records] if truth else drawn
        folder = Path(truth or snakemake.params.lesions)
        evaluate_maps(
            model=Path(snakemake.input.weights).parent,
            maps=Path(snakemake.input.maps),
            packed_cases=Path(snakemake.input.cases),
            packed=dict(zip(sequences, map(Path, snakemake.input.packed), strict=True)),
            brains=Path(snakemake.params.brains),
            lesions={case: folder / case / "lesion.nii.gz" for case in known},
            parts=SIMULATED if truth else DRAWN,
            settings=ExplainSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            device=snakemake.resources.device,
            threads=snakemake.threads,
            cohort=snakemake.params.cohort,
            outdir=Path(snakemake.output.tests),
        )
