"""What the run answers to the items of reporting checklists, one short text a subject."""

from __future__ import annotations

from collections.abc import Callable

from radnec.explain.settings import METHODS
from radnec.report.readable import interval, level_text, p_value
from radnec.report.submission.facts import RunFacts

Link = Callable[[object, str], str]
"""Text and path below the study's folder to a link, so that every number shows its file."""

METRICS = "evaluation/models/metrics.tsv"
RANKING = "evaluation/models/ranking.tsv"


def answers(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return subject to answer in Markdown; the keys are those of the checklists' files."""
    return {
        **_study(facts, link),
        **_data(facts, link),
        **_models(facts, link),
        **_evaluation(facts, link),
        **_results(facts, link),
    }


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
    tested = link(sum(facts.tested.values()), path)
    how = "drawn at random, stratified by class" if split.design == "stratified" else "as given"
    return f"one division with {tested} test cases, {how}"


def _study(facts: RunFacts, link: Link) -> dict[str, str]:
    backbones = ", ".join(facts.config.models.backbones)
    guidelines = (
        "CLAIM 2024, TRIPOD+AI and CLEAR" if facts.radiomics else "CLAIM 2024 and TRIPOD+AI"
    )
    return {
        "kind": f"Deep learning: 3D convolutional neural networks ({backbones}).",
        "aim": "Development of networks that tell glioma recurrence from radiation necrosis, and "
        "their evaluation on cases that they were not trained on; diagnostic, not prognostic.",
        "data": f"{counted(facts, link)}."
        + (" The cases are simulated (physics phantom)." if facts.phantom else ""),
        "guidelines": f"{guidelines}, filled from the run, are beside this file.",
        "settings": f"Every setting is in {link('config.yaml', 'config.yaml')}; inputs, code and "
        f"results with checksums in {link('the record', 'ro-crate-metadata.json')}.",
        "limits": f"Listed in {link('the report', 'report.html#limits')}: "
        + " ".join(one.text for one in facts.first.caveats),
        "users": "The model is applied with one command to a folder of DICOM or NIfTI; the result "
        "is for research only. Reading it needs knowledge of neuroradiology.",
        "poor_input": "A case whose images are missing, too few or fail registration or skull "
        "stripping is refused with the reason; a dubious one gets a remark.",
    }


def _data(facts: RunFacts, link: Link) -> dict[str, str]:
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


def _models(facts: RunFacts, link: Link) -> dict[str, str]:
    training = facts.config.training
    parameters = {card["model"]["backbone"]: card["model"]["parameters"] for card in facts.cards}
    sizes = ", ".join(
        f"{name} {link(f'{count:,}', 'report.html#training')} parameters"
        for name, count in parameters.items()
    )
    starts = ", ".join(sorted({str(card["model"]["start"]) for card in facts.cards}))
    runs = link(len(facts.cards), "report.html#training")
    augmentation = ", ".join(training.augmentation) or "none"

    def set_to(value: object) -> str:
        return link(value, "config.yaml")

    seeds = len(facts.config.models.seeds)
    return {
        "architecture": f"{sizes}; layers and strides in each run's network.json and card.json "
        "(models/).",
        "software": f"{facts.versions()}; all pins in requirements.lock.",
        "start": f"Weights began from: {starts}.",
        "training": f"{runs} runs of {set_to(training.epochs)} epochs; {training.optimiser}, "
        f"learning rate {set_to(f'{training.learning_rate:g}')} ({training.schedule}), batch "
        f"{set_to(training.batch_size)}, loss {training.loss}, augmentation: {augmentation}. "
        f"All settings: {link('config.yaml', 'config.yaml')}; loss curves: "
        f"{link('figure', 'figures/training.svg')}.",
        "selection": (
            "Weights of the best epoch on validation cases kept out of training."
            if training.validation_fraction > 0
            else "Weights of the last epoch. Test cases had no part in any choice."
        ),
        "ensemble": (
            f"Probabilities are averaged over {seeds} networks that differ in their seed."
            if seeds > 1
            else "None: each prediction is that of one network."
        ),
        "output": "Probabilities of recurrence and necrosis that add up to 1; the higher one "
        "decides (threshold 0.5), fixed beforehand.",
        "model_files": "Weights (safetensors), network definition and model card of every run are "
        "in models/; `radnec predict` applies them to a new patient.",
        "updating": "None.",
        "inputs": f"Input sets {', '.join(facts.config.models.inputs)} were compared "
        f"({link('comparisons', 'evaluation/models/comparisons.tsv')}).",
    }


def _evaluation(facts: RunFacts, link: Link) -> dict[str, str]:
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
        "calibration": f"Brier score {_measure(facts, link, 'brier')}, ECE "
        f"{_measure(facts, link, 'expected_calibration_error')} (first model); curves: "
        f"{link('figure', 'figures/calibration.svg')}.",
        "comparators": facts.first.comparators
        or f"Clinical and scanner fields alone: {alone}. No other comparator was run.",
    }


def _measure(facts: RunFacts, link: Link, name: str, point: str | None = None) -> str:
    value, low, high = facts.metric(name, point)
    return link(interval(value, low, high) or "not defined", METRICS)


def _results(facts: RunFacts, link: Link) -> dict[str, str]:
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
        f"{_measure(facts, link, 'sens', decided)}, specificity "
        f"{_measure(facts, link, 'spec', decided)}, accuracy "
        f"{_measure(facts, link, 'acc', decided)}.",
        "failures": f"{link(facts.wrong, 'cases.html#errors')} of "
        f"{link(sum(facts.tested.values()), 'split/split.tsv')} test cases misclassified by the "
        "first model; each with its images, and what they share, on that page.",
    }
