"""What the run answers to the items of reporting checklists, one short text a subject."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.data import data_subjects
from radnec.report.submission.subjects.evaluation import evaluation_subjects
from radnec.report.submission.subjects.models import models_subjects
from radnec.report.submission.subjects.phrases import Link
from radnec.report.submission.subjects.results import results_subjects
from radnec.report.submission.subjects.study import study_subjects


def answers(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return subject to answer in Markdown; the keys are those of the checklists' files."""
    return {
        **study_subjects(facts, link),
        **data_subjects(facts, link),
        **models_subjects(facts, link),
        **evaluation_subjects(facts, link),
        **results_subjects(facts, link),
    }
