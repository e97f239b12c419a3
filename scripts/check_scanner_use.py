"""Whether predictions go with the scanner once the label is given."""

from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.jobs import job_log
from radnec.evaluate.cohort.scanner_use import check_scanner_use

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        check_scanner_use(
            predictions=by_model(snakemake.input.predictions),
            cases_table=Path(snakemake.input.table),
            cohort=Path(snakemake.input.cohort),
            nifti=Path(snakemake.params.nifti),
            repeats=snakemake.params.repeats,
            seed=snakemake.params.seed,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.use),
        )
