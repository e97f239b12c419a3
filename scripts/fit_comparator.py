"""Fit one comparator on one fold."""

from pathlib import Path

from radnec.comparators.fit import Sources, fit_comparator
from radnec.comparators.settings import ComparatorsSettings
from radnec.core.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        sources = {
            name: Path(path)
            for name, path in snakemake.input.items()
            if name in ("clinical", "scanner", "radiomics", "network", "inner")
        }
        encoder = tuple(Path(path) for path in snakemake.input.get("encoder", []))
        fit_comparator(
            comparator=snakemake.wildcards.backbone,
            inputs=snakemake.wildcards.inputs,
            sequences=tuple(filter(None, snakemake.params.sequences.split(","))),
            fold=snakemake.wildcards.fold,
            seed=int(snakemake.wildcards.seed),
            split=Path(snakemake.input.split),
            packed_cases=Path(snakemake.input.cases),
            sources=Sources(**sources, encoder=encoder),
            settings=ComparatorsSettings.from_json(snakemake.params.settings),
            notice=snakemake.params.notice,
            outdir=Path(snakemake.output.predictions).parent,
        )
