"""Make sure that the networks of the skull stripping are there."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.skullstrip.hdbet_weights import fetch_hdbet

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        fetch_hdbet(
            backend=snakemake.params.backend,
            settings=HdBetWeightsSettings.from_json(snakemake.params.settings),
            output=Path(snakemake.output.network),
        )
