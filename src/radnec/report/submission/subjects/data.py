"""Cases, images and their division."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import Link, divided, scaled, sentence


def data_subjects(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return how cases were chosen, prepared and divided, subject to answer in Markdown."""
    selection = facts.config.selection
    needed = ", ".join(selection.required_sequences) or "any one sequence"
    left = ", ".join(
        f"{link(number, 'cohort/cases.tsv')} at {stage}" for stage, number in facts.left.items()
    )
    scanners = ", ".join(
        f"{name} {link(number, 'tables/table2.tsv')}" for name, number in facts.scanners.items()
    )
    removed = facts.config.qc.exclude
    by_hand = (
        f"{link(len(removed), 'config.yaml')} cases were taken out by hand, each with a reason."
        if removed
        else "No case was taken out by hand."
    )
    sequences = ", ".join(facts.config.sequences_used())
    no_lesion = "Not applicable: no lesion was segmented, networks read whole brains."
    no_features = "Not applicable: networks are trained end to end, without hand-crafted features."
    if facts.radiomics:
        at = link("CLEAR", "submission/clear.md")
        no_lesion = f"Networks read whole brains; the region of the radiomic features: {at}, 19."
        no_features = f"Networks need none; those of the radiomics comparators: {at}, 22 to 33."
    return {
        "eligibility": "Criteria: a diagnosis by pathology, radiotherapy, no primary glioma; scans "
        f"of at least {link(selection.min_slices, 'config.yaml')} slices; {needed} present. "
        f"Left: {left or 'none'}.",
        "subset": f"All cases that met the criteria were used. {by_hand}",
        "identity": "Cases are known by pseudonyms; no name, number or birth date was read from "
        "the image headers into any result.",
        "missing": "A case without a required sequence, or with too few slices, was excluded "
        f"({link(facts.left.get('select', 0), 'cohort/cases.tsv')} at selection); no image was "
        f"imputed. Missing clinical values: {link('table 1 whole', 'tables/table1_whole.md')}.",
        "acquisition": f"Cases by manufacturer: {scanners}; slice thickness, spacing and matrix in "
        f"{link('table 2', 'tables/table2.md')}, every series in "
        f"{link('series.tsv', 'cohort/series.tsv')}.",
        "labels": "Two classes, recurrence and necrosis, as given in the table of cases.",
        "preprocessing": f"{sentence(scaled(facts, link))} The same for all cases.",
        "quality": f"Registration, masks and signal were measured for every case "
        f"({link('quality', 'quality/cases.tsv')}); a picture and a viewer for each in "
        f"{link('the pages of the cases', 'cases.html')}.",
        "predictors": f"For the networks the voxels of {sequences}; no clinical variable, no "
        "choice of features by hand.",
        "no_reader": "No reader: the networks take the images as they are.",
        "routine": "Routine structural MRI.",
        "no_segmentation": no_lesion,
        "no_features": no_features,
        "partition": sentence(divided(facts, link)),
        "disjoint": "At the level of patients: no patient is in training and test set at once.",
        "imbalance": f"Sampling {facts.config.training.sampling}, loss "
        f"{facts.config.training.loss}; no recalibration afterwards"
        + (", but temperature scaling." if facts.config.training.temperature else "."),
    }
