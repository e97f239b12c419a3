"""How the models were evaluated."""

from __future__ import annotations

from radnec.explain.settings import METHODS
from radnec.report.readable import interval, level_text, p_value
from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import METRICS, Link, divided, measure


def evaluation_subjects(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return how performance was measured and tested, subject to answer in Markdown."""
    evaluation = facts.config.evaluation
    ece = link("calibration", METRICS)
    groups = facts.confounding[facts.confounding["kind"] == "group"]
    alone = "; ".join(
        f"{row['name']}: AUC "
        f"{link(interval(row['auc'], row['auc_lo'], row['auc_hi']), 'evaluation/confounding.tsv')}"
        f", p {link(p_value(row['p_value']), 'evaluation/confounding.tsv')}"
        for row in groups.to_dict("records")
    )
    pointing, shown = facts.pointing, facts.config.explain
    tested = ""
    if pointing is not None:
        found = interval(pointing["value"], pointing["lower"], pointing["upper"])
        path, chance = "report.html#explanation", pointing["chance"]
        tested = (
            f" The peak lies in the lesion in {link(found, path)} of the maps, "
            f"{link(f'{chance:.2f}', path)} by chance."
        )
    fixed = "Each of the best model's differences from another counts only after Holm's correction."
    return {
        "measures": "AUC, sensitivity, specificity, accuracy, balanced accuracy, MCC, average "
        f"precision; {ece}: Brier score, slope, ECE; net benefit. ROC, precision-recall, "
        "calibration and decision curves.",
        "published": "Beside the published study in "
        f"{link('the forest plot', 'figures/forest.svg')}.",
        "uncertainty": f"{level_text(evaluation.confidence)} for every estimate: Wilson for "
        "proportions, the wider of DeLong's and Newcombe's for the AUC, selection-corrected for "
        f"the best model. Patients are the unit. {fixed}",
        "robustness": f"{facts.folds} division{'' if facts.folds == 1 else 's'} and "
        f"{len(facts.config.models.seeds)} seed(s); results per fold in "
        f"{link('resampled.tsv', 'evaluation/models/resampled.tsv')}, per scanner, sex and age in "
        f"{link('subgroups.tsv', 'evaluation/subgroups.tsv')}.",
        "explanation": f"{METHODS[shown.method]} of {shown.backbone} / {shown.inputs}; "
        "tested by pointing game, insertion, deletion and "
        f"randomisation of the weights.{tested}",
        "internal": "Cases that the network was not trained on, from the same cohort "
        f"({divided(facts, link)}).",
        "external": "None: no data of another origin were tested.",
        "size": "Widths of the intervals and the smallest difference that this number of cases can "
        f"show: {link('planning.tsv', 'evaluation/models/planning.tsv')}.",
        "clusters": f"AUC by manufacturer: {link('subgroups', 'evaluation/subgroups.tsv')}; "
        f"without the image: {alone}.",
        "confounding": f"Scanner, acquisition and clinical fields against the label: {alone}.",
        "fairness": "Performance by sex and age group: "
        f"{link('subgroups', 'evaluation/subgroups.tsv')}. No other approach was used.",
        "calibration": f"Brier score {measure(facts, link, 'brier')}, ECE "
        f"{measure(facts, link, 'expected_calibration_error')} (first model); curves: "
        f"{link('figure', 'figures/calibration.svg')}.",
        "comparators": facts.first.comparators
        or f"Clinical and scanner fields alone: {alone}. No other comparator was run.",
    }
