"""Reporting checklists filled from the run, and a draft of methods and results."""

from pathlib import Path

import yaml

from radnec.config.study_record import read_study_record
from radnec.core.jobs import job_log
from radnec.report.submission.facts import run_facts
from radnec.report.submission.write import write_submission

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        write_submission(
            facts=run_facts(
                config=yaml.safe_load(Path(given.config).read_text(encoding="utf-8")),
                phantom=params.phantom,
                cohort=Path(given.cohort),
                split=Path(given.split),
                evaluation=Path(given.evaluation),
                subgroups=Path(given.subgroups),
                confounding=Path(given.confounding),
                cards=[Path(path) for path in given.cards],
                scanners=Path(given.scanners),
                explanation=Path(given.tests),
                study=Path(snakemake.output.page).parent,
                lesions=Path(str(given.lesions)) if given.lesions else None,
                fits=[Path(path) for path in given.fits],
            ),
            record=read_study_record(Path(str(given.record)) if given.record else None),
            study=params.study,
            notice=params.notice,
            page=Path(snakemake.output.page),
            folder=Path(snakemake.output.folder),
        )
