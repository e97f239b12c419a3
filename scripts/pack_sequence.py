"""Stack the normalised volumes of one sequence."""

from pathlib import Path

from radnec.cohort.pack import pack_sequence
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        pack_sequence(
            sequence=snakemake.wildcards.sequence,
            cases=Path(snakemake.input.cases),
            volumes={Path(path).name: Path(path) for path in snakemake.input.volumes},
            records={Path(path).stem: Path(path) for path in snakemake.input.records},
            dtype=snakemake.params.dtype,
            packed=Path(snakemake.output.packed),
        )
