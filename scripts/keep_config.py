"""Keep the configuration, as used, beside the results."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.provenance.config import keep_config

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        keep_config(used=snakemake.params.used, path=Path(snakemake.output.config))
