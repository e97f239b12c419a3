"""What was found."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import RANKING, Link, counted, measure


def results_subjects(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return the results, subject to answer in Markdown."""
    decided = "higher probability"
    per_class = " and ".join(
        f"{link(number, 'split/split.tsv')} {label}" for label, number in facts.tested.items()
    )
    return {
        "flow": f"{counted(facts, link)}; {link('figure 1', 'figures/figure1.svg')}.",
        "demographics": f"{link('Table 1', 'tables/table1.md')}; excluded against included cases, "
        f"by site, and missing values: {link('table 1 whole', 'tables/table1_whole.md')}.",
        "numbers": f"Tested: {per_class}. Trained on, by run: "
        f"{link('the table of networks', 'report.html#training')}.",
        "performance": f"All models: {link('tables 3 and 4', 'tables/table4.md')}.",
        "subgroups": f"By sex, age, diagnosis and manufacturer: "
        f"{link('subgroups', 'evaluation/subgroups.tsv')}.",
        "accuracy": f"First of {link(facts.first.models, RANKING)} models, {facts.first.best}: "
        f"{link(facts.first.estimate, RANKING)}; sensitivity "
        f"{measure(facts, link, 'sens', decided)}, specificity "
        f"{measure(facts, link, 'spec', decided)}, accuracy "
        f"{measure(facts, link, 'acc', decided)}.",
        "failures": f"{link(facts.wrong, 'cases.html#errors')} of "
        f"{link(sum(facts.tested.values()), 'split/split.tsv')} test cases misclassified by the "
        "first model; each with its images, and what they share, on that page.",
    }
