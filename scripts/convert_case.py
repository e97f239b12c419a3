"""Write the chosen series of one case as NIfTI."""

from pathlib import Path

from radnec.cases.sources import CaseSource
from radnec.core.jobs import job_log
from radnec.ingest.convert import convert_case
from radnec.ingest.settings import IngestSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        convert_case(
            case=snakemake.wildcards.case,
            source=CaseSource.from_json(snakemake.params.source),
            series=Path(snakemake.input.series),
            index_record=Path(snakemake.input.record),
            settings=IngestSettings.from_json(snakemake.params.settings),
            images=Path(snakemake.output.images),
            record=Path(snakemake.output.record),
        )
