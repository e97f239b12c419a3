"""Ask Snakemake for the graph of the rules."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.figures.rulegraph import write_rulegraph

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        write_rulegraph(
            snakefile=Path(__file__).parents[1] / "Snakefile",
            config=Path(snakemake.input.config),
            output=Path(snakemake.output.graph),
        )
