"""Sentences and numbers that more than one part of a submission needs."""

from __future__ import annotations

from collections.abc import Callable

from radnec.report.readable import interval
from radnec.report.submission.facts import RunFacts

Link = Callable[[object, str], str]
"""Text and path below the study's folder to a link, so that every number shows its file."""

METRICS = "evaluation/models/metrics.tsv"
RANKING = "evaluation/models/ranking.tsv"


def counted(facts: RunFacts, link: Link) -> str:
    """Return how many cases came in and were analysed."""
    c = {name: link(number, "cohort/cases.tsv") for name, number in facts.counts.items()}
    return (
        f"{c['all']} cases were screened, {c['excluded']} left with a stated reason, "
        f"{c['included']} were analysed ({c['recurrence']} recurrence, {c['necrosis']} necrosis)"
    )


def scaled(facts: RunFacts, link: Link) -> str:
    """Return what was done to the images, from registration to scaling."""
    config = facts.config
    steps = []
    if config.registration.method == "given":
        steps.append("the sequences came registered to each other")
    else:
        steps.append("sequences registered rigidly to the first of T1ce, T1, T2, FLAIR (ANTs)")
    strip = {"given": "brain masks came with the images", "none": "images taken as brains"}
    backend = config.skull_strip.backend
    steps.append(strip.get(backend, f"skull stripped by {backend}"))
    size = " x ".join(map(str, config.normalisation.size))
    steps.append(f"resampled to {link(size, 'config.yaml')} voxels around the brain")
    steps.append(f"intensities scaled by {config.normalisation.intensity}")
    return "; ".join(steps)


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital first, a full stop last."""
    return f"{text[0].upper()}{text[1:]}."


def divided(facts: RunFacts, link: Link) -> str:
    """Return how the cases were divided."""
    split, path = facts.config.split, "split/split.tsv"
    if split.design == "kfold":
        repeats = "" if split.repeats == 1 else f", {split.repeats} repeats"
        return f"{link(split.folds, path)}-fold cross-validation, stratified by class{repeats}"
    if split.design == "leave_one_site_out":
        return f"each of {link(len(split.sites), path)} sites left out once and tested"
    tested = link(sum(facts.tested.values()), path)
    how = "drawn at random, stratified by class" if split.design == "stratified" else "as given"
    return f"one division with {tested} test cases, {how}"


def measure(facts: RunFacts, link: Link, name: str, point: str | None = None) -> str:
    """Return a measure of the first model with its interval."""
    value, low, high = facts.metric(name, point)
    return link(interval(value, low, high) or "not defined", METRICS)
