"""Remove everything but the brain from one case."""

from pathlib import Path

from radnec.core.jobs import job_log
from radnec.preprocess.settings.skull_strip import SkullStripSettings
from radnec.preprocess.skullstrip.strip import strip_case

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        strip_case(
            case=snakemake.wildcards.case,
            registered=Path(snakemake.input.registered),
            register_record=Path(snakemake.input.record),
            images=Path(snakemake.input.images[0]) if snakemake.input.images else None,
            hdbet_masks=Path(snakemake.input.masks[0]) if snakemake.input.masks else None,
            given_mask=Path(snakemake.params.mask) if snakemake.params.mask else None,
            settings=SkullStripSettings.from_json(snakemake.params.settings),
            seed=snakemake.params.seed,
            brain=Path(snakemake.output.brain),
            record=Path(snakemake.output.record),
        )
