"""Stop the study where two cases use the same images."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.ingest.checks.leakage import refuse_shared_images

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        refuse_shared_images(
            series={Path(path).stem: Path(path) for path in snakemake.input.tables},
            records={Path(path).stem: Path(path) for path in snakemake.input.records},
            ledger=Path(snakemake.output.ledger),
        )
