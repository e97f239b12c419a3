"""Measure one prepared case, for comparison with the next patient."""

import json
from pathlib import Path

from radnec.core.files import write_json
from radnec.core.jobs import job_log
from radnec.novelty.measures import measure_case

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        quality = json.loads(Path(snakemake.input.quality).read_text(encoding="utf-8"))
        measures = measure_case(
            case=snakemake.wildcards.case,
            nifti=Path(snakemake.input.nifti),
            brain=Path(snakemake.input.brain),
            records={
                stage: Path(snakemake.input[stage]) for stage in ("convert", "register", "strip")
            },
            snr=quality["snr"],
        )
        write_json(Path(snakemake.output.measures), measures)
