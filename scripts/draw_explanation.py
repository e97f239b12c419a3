"""What the tests of the maps found."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.explanation import draw_explanation_tests

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_explanation_tests(
            tests=Path(snakemake.input.tests),
            notice=snakemake.params.notice,
            output=Path(snakemake.output.svg).with_suffix(""),
            dpi=snakemake.params.dpi,
        )
