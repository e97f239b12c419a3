"""The record of the study: what it was made from, with what, and what came out."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.provenance.crate import write_crate

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        given = snakemake.input
        output = Path(snakemake.output.crate)
        write_crate(
            study=output.parent,
            name=snakemake.params.study,
            notice=snakemake.params.notice,
            # Where the Snakefile lies: a copy of the repository, or the installed package.
            workflow=Path(__file__).parents[1],
            inputs={
                what: Path(path)
                for what, path in zip(snakemake.params.outside, given.outside, strict=True)
            },
            results=[Path(path) for path in given.results],
            output=output,
        )
