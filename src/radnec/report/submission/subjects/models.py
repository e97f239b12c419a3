"""Networks and their training."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import Link


def models_subjects(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return what was trained and how, subject to answer in Markdown."""
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
