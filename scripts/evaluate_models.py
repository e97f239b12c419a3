"""Tables 3 to 6, and the statistics beside them."""

import json
from pathlib import Path

from radnec.core.by_model import by_model
from radnec.core.files import atomic_dir
from radnec.core.jobs import job_log
from radnec.evaluate.performance import evaluate_models
from radnec.evaluate.settings import EvaluationSettings

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        predictions = by_model(snakemake.input.predictions)
        runs: dict[str, list[Path]] = {key: [] for key in predictions}
        for path in snakemake.input.runs:
            runs["/".join(Path(path).parts[-4:-2])].append(Path(path))
        with atomic_dir(Path(snakemake.output.evaluation)) as evaluation:
            evaluate_models(
                predictions=predictions,
                runs=runs,
                split=Path(snakemake.input.split),
                single_inputs=json.loads(snakemake.params.single),
                fused_inputs=json.loads(snakemake.params.fused),
                settings=EvaluationSettings.from_json(snakemake.params.settings),
                seed=snakemake.params.seed,
                notice=snakemake.params.notice,
                tables=Path(snakemake.output[0]).parent,
                evaluation=evaluation,
                ledger=Path(snakemake.params.ledger),
                readers=Path(snakemake.input.readers) if snakemake.input.readers else None,
            )
