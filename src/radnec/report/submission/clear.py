"""What the run answers to the items of CLEAR that no other checklist asks."""

from __future__ import annotations

from radnec.comparators.catalogue import READS
from radnec.report.readable import interval
from radnec.report.submission.facts import RunFacts
from radnec.report.submission.radiomics import RadiomicsFacts
from radnec.report.submission.subjects.phrases import RANKING, Link

COMPARISONS = "evaluation/models/comparisons.tsv"
FEATURES = "comparators/radiomics.tsv"
_REGIONS = {
    "drawn": "with a drawn mask",
    "enhancement": "with the largest enhancing part, found without a mask",
    "brain": "with the whole brain in its place",
}


def radiomic_answers(facts: RunFacts, found: RadiomicsFacts, link: Link) -> dict[str, str]:
    """Return subject to answer in Markdown, as `radnec.report.submission.answers.answers` does."""
    return {
        **_images(facts, found, link),
        **_features(facts, found, link),
        **_models(facts, found, link),
        **_results(facts, found, link),
    }


def _images(facts: RunFacts, found: RadiomicsFacts, link: Link) -> dict[str, str]:
    settings, lesion = facts.config.comparators.radiomics, facts.config.lesion
    regions = ", ".join(
        f"{link(number, 'quality/lesions.tsv')} {_REGIONS[region]}"
        for region, number in found.regions.items()
    )
    how = (
        f" An enhancing part is at least {link(f'{lesion.threshold:g}', 'config.yaml')} robust "
        "standard deviations brighter on T1ce than on T1."
        if "enhancement" in found.regions
        else ""
    )
    return {
        "radiomic_kind": f"Hand-crafted features of MRI ({', '.join(found.models)}), compared with "
        "3D convolutional neural networks.",
        "radiomic_purpose": "Radiomics is a comparator: it shows what a simpler model reaches on "
        "the same cases and the same divisions.",
        "radiomic_steps": "Registration, skull stripping, region of the lesion, standardisation, "
        "resampling, features, choice of stable ones, choice of few, logistic regression: "
        f"{link('figure 2', 'figures/figure2.svg')}.",
        "radiomic_region": f"Three-dimensional region of the lesion. Cases: {regions}.{how}",
        "radiomic_images": "Registered, skull-stripped images, each standardised by mean and "
        "standard deviation within the brain.",
        "radiomic_resampling": f"Cubic voxels of {link(f'{settings.spacing:g}', 'config.yaml')} "
        "mm: the image by cubic spline, the mask linearly with a threshold of one half.",
        "radiomic_bins": f"{link(settings.bins, 'config.yaml')} bins of equal width within the "
        "region (fixed bin number).",
        "radiomic_filters": "Original images alone; no filter and no transform.",
    }


def _features(facts: RunFacts, found: RadiomicsFacts, link: Link) -> dict[str, str]:
    settings = facts.config.comparators.radiomics
    version = f" {found.version}" if found.version else ""
    stability = (
        "Regions shrunk and grown by "
        f"{link(f'{settings.perturbation:g}', 'config.yaml')} mm; a feature is stable from "
        f"ICC(1,1) {link(f'{settings.stability:g}', 'config.yaml')} among the training cases. No "
        "second delineation by a person was compared."
        if settings.perturbation
        else "None: regions were not varied."
    )
    return {
        "radiomic_software": f"MIRP{version}, whose features follow IBSI.",
        "radiomic_families": f"{', '.join(settings.families)}; shape once a case, all others for "
        "each sequence.",
        "radiomic_count": f"{link(found.features(), FEATURES)} features a case, by input set.",
        "radiomic_defaults": "All parameters that are not named here are the defaults of MIRP.",
        "radiomic_missing": "A missing feature or number became the median of the training cases, "
        "a missing word a category of its own.",
        "radiomic_imbalance": "No class is weighted or resampled in these models; divisions are "
        "stratified. Training cases of each class: every model.json (models/).",
        "radiomic_stability": stability,
        "radiomic_scaling": "Each kept feature is standardised by mean and standard deviation of "
        "the training cases.",
        "radiomic_reduction": "In the training cases alone: stable features, ordered by how far "
        "their AUC lies from one half; of two with a Spearman correlation above "
        f"{link(f'{settings.correlation:g}', 'config.yaml')} the first stays; at most "
        f"{link(' or '.join(map(str, settings.most)), 'config.yaml')} in all.",
        "radiomic_values": f"All values: {link('table of features', FEATURES)}.",
    }


def _models(facts: RunFacts, found: RadiomicsFacts, link: Link) -> dict[str, str]:
    settings = facts.config.comparators
    penalties = ", ".join(f"{penalty:g}" for penalty in settings.penalties)
    combined = [name for name in found.models if READS[name].clinical]
    others = [name for name in settings.models if name not in found.models]
    columns = ", ".join(settings.clinical)
    return {
        "radiomic_fields": (
            f"{', '.join(combined)}: {link(columns, 'config.yaml')}, from the table of cases."
            if combined
            else "None in a model with radiomics."
        ),
        "radiomic_algorithm": "Logistic regression with an L2 penalty (scikit-learn).",
        "radiomic_tuning": f"{link(settings.inner_folds, 'config.yaml')} inner folds of the "
        "training set, stratified and by patient, choose inverse penalty "
        f"({link(penalties, 'config.yaml')}) and number of features by log loss; features are "
        "chosen anew in each.",
        "radiomic_choice": "No model was chosen by its test results: each radiomics model is "
        "reported, with what its training set chose.",
        "radiomic_others": "Without radiomics: networks "
        f"({', '.join(facts.config.models.backbones)})"
        + (f", {', '.join(others)}" if others else "")
        + f". Combined: {', '.join(combined) or 'none'}.",
        "radiomic_explanation": "Coefficients of standardised features, in every model.json "
        "(models/).",
        "radiomic_files": f"{link(len(found.fits), next(iter(found.fits)))} fits, each as plain "
        "numbers (model.json, the first is linked).",
        "radiomic_tool": "`radnec predict` applies the networks; it does not apply the radiomics "
        "models.",
    }


def _results(facts: RunFacts, found: RadiomicsFacts, link: Link) -> dict[str, str]:
    ranking = facts.ranking[facts.ranking["backbone"].isin(found.models)]
    reached = "; ".join(
        f"{row['backbone']} / {row['input_set']}: AUC "
        f"{link(interval(row['auc'], row['auc_lo'], row['auc_hi']) or 'not defined', RANKING)}"
        for row in ranking.to_dict("records")
    )
    return {
        "radiomic_kept": f"Over {len(found.fits)} fits: {found.features()} features, "
        f"{found.stable()} of them stable, {found.kept()} kept; names and coefficients in every "
        f"model.json ({link('the first', next(iter(found.fits)))}).",
        "radiomic_performance": f"{reached}. All measures: "
        f"{link('tables 3 and 4', 'tables/table4.md')}.",
        "radiomic_tests": "Pairs of models: DeLong's and McNemar's tests, Holm's correction, "
        f"{link('comparisons.tsv', COMPARISONS)}; over folds "
        f"{link('resampled.tsv', 'evaluation/models/resampled.tsv')}.",
    }
