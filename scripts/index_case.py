"""Find and identify the series of one case."""

from pathlib import Path

from radnec.cases.sources import CaseSource
from radnec.core.jobs import job_log
from radnec.ingest.index import index_case

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        overrides = snakemake.params.overrides
        index_case(
            case=snakemake.wildcards.case,
            source=CaseSource.from_json(snakemake.params.source),
            min_confidence=snakemake.params.min_confidence,
            overrides=Path(overrides) if overrides else None,
            series=Path(snakemake.output.series),
            record=Path(snakemake.output.record),
        )
