"""The tables of an external cohort."""

import json
from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.jobs import job_log
from radnec.evaluate.external import evaluate_external
from radnec.evaluate.settings import EvaluationSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        evaluate_external(
            name=snakemake.params.cohort,
            predictions=by_model(snakemake.input.predictions),
            input_sets=json.loads(snakemake.params.input_sets),
            settings=EvaluationSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            notice=snakemake.params.notice,
            performance=Path(snakemake.output.performance),
            calibration=Path(snakemake.output.calibration),
        )
