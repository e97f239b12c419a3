"""Radiomic features of the lesion of one case."""

from pathlib import Path

from radnec.comparators.features import extract_features
from radnec.comparators.settings import FeatureSettings
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        extract_features(
            case=snakemake.wildcards.case,
            brain=Path(snakemake.input.brain),
            lesion=Path(snakemake.input.lesion),
            records=[Path(snakemake.input.stripped), Path(snakemake.input.located)],
            settings=FeatureSettings.from_json(snakemake.params.settings),
            output=Path(snakemake.output.features),
        )
