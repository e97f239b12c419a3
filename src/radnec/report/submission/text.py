"""Methods and results as a first draft in plain English, every number linked to its file."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import (
    METRICS,
    RANKING,
    Link,
    counted,
    divided,
    scaled,
    sentence,
)


def methods(facts: RunFacts, answers: dict[str, str], link: Link) -> list[tuple[str, str]]:
    """Return heading and paragraph (Markdown) of the methods."""
    inputs = "; ".join(
        f"{name} ({', '.join(facts.config.input_sets[name])})"
        for name in facts.config.models.inputs
    )
    return [
        ("Cases", f"{counted(facts, link)}. {answers['eligibility']} {answers['labels']}"),
        (
            "Images",
            f"{answers['acquisition']} {sentence(scaled(facts, link))} {answers['quality']}",
        ),
        (
            "Networks",
            f"We trained {answers['kind'][len('Deep learning: ') :]} They read {inputs}. "
            f"{answers['architecture']} {answers['training']} {answers['selection']}",
        ),
        (
            "Evaluation",
            f"The design was {divided(facts, link)}. {answers['disjoint']} {answers['output']} "
            f"{answers['uncertainty']}",
        ),
        ("Explanation", answers["explanation"]),
        ("Software", f"{answers['software']} {answers['settings']}"),
    ]


def results(facts: RunFacts, answers: dict[str, str], link: Link) -> list[tuple[str, str]]:
    """Return heading and paragraph (Markdown) of the results."""
    first = facts.first
    return [
        ("Cases", f"{answers['flow']} {answers['demographics']}"),
        (
            "Performance",
            f"{answers['accuracy']} {answers['calibration']} The measures of all models are in "
            f"{link('metrics.tsv', METRICS)}, their order in {link('ranking.tsv', RANKING)}.",
        ),
        (
            "Comparison of the models",
            f"Do the models differ? {first.differ}"
            + (f" Against other methods: {first.comparators}" if first.comparators else ""),
        ),
        ("Confounding", f"{answers['confounding']}"),
        ("Subgroups", f"{answers['subgroups']}"),
        ("Errors", f"{answers['failures']}"),
    ]
