"""How well scanner and acquisition tell the label."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.evaluate.cohort.confounding import check_confounding

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        check_confounding(
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            nifti=Path(snakemake.params.nifti),
            confidence=snakemake.params.confidence,
            repeats=snakemake.params.repeats,
            seed=snakemake.params.seed,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.confounding),
        )
