"""Simulate one case of the physics phantom."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.phantom.case import simulate_case
from radnec.phantom.settings import PhantomSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        simulate_case(
            case=snakemake.wildcards.case,
            label=snakemake.params.label,
            defect=snakemake.params.defect,
            seed=snakemake.params.seed,
            settings=PhantomSettings.from_json(snakemake.params.settings),
            dicom=Path(snakemake.output.dicom),
            truth=Path(snakemake.output.truth),
        )
