"""Recompute the published study's intervals and tests."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.evaluate.audit.published import audit_published

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        audit_published(
            published=Path(__file__).parents[1] / "config" / "published",
            outdir=Path(snakemake.output.audit),
        )
