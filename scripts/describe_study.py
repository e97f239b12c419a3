"""Write what the next patient is compared with before a model's answer is believed."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.novelty.describe import describe_study

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        runs = [tuple(name.split("_seed")) for name in snakemake.params.runs.split(",")]
        describe_study(
            cases=[Path(path) for path in snakemake.input.measures],
            split=Path(snakemake.input.split),
            features={
                (fold, int(seed)): Path(path)
                for (fold, seed), path in zip(runs, snakemake.input.features, strict=True)
            },
            sequences=snakemake.params.sequences.split(","),
            false_alarm_share=snakemake.params.false_alarms,
            notice=snakemake.params.notice,
            output=Path(snakemake.output.reference),
        )
