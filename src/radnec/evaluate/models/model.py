"""What tables 3 to 6 say about one backbone on one input set."""

from __future__ import annotations

import dataclasses

from radnec.core.seeding import derive_seed
from radnec.evaluate.measures.auc import area, delong_interval, newcombe_interval
from radnec.evaluate.measures.auc_interval import recommended_interval
from radnec.evaluate.measures.bootstrap import bca_interval, weighted_auc
from radnec.evaluate.measures.estimate import Estimate
from radnec.evaluate.measures.intervals import wald
from radnec.evaluate.measures.operating_point import (
    HIGHER_PROBABILITY,
    Counts,
    count,
    design_effects,
    measures,
)
from radnec.evaluate.models.predictions import Pooled
from radnec.evaluate.settings import EvaluationSettings

METRICS = ("acc", "sens", "spec", "auc")


@dataclasses.dataclass(frozen=True)
class Model:
    """One backbone on one input set, with what tables 3 to 6 say about it.

    Attributes
    ----------
    paper, recommended
        The estimates of :data:`METRICS` with either kind of interval.
    further
        Intervals of the AUC for the TSV, by name: ``recommended``, ``delong``, ``bca``,
        ``newcombe``.
    """

    backbone: str
    input_set: str
    sequences: tuple[str, ...]
    pooled: Pooled
    counts: Counts
    paper: dict[str, Estimate]
    recommended: dict[str, Estimate]
    further: dict[str, Estimate]

    @property
    def scans(self) -> str:
        """What the model reads, for the tables that people read."""
        return ", ".join(self.sequences) or "none"

    @property
    def key(self) -> dict[str, str]:
        """The two columns that name the model in every table of results."""
        return {"backbone": self.backbone, "input_set": self.input_set}


def measure_model(
    backbone: str,
    input_set: str,
    sequences: tuple[str, ...],
    pooled: Pooled,
    settings: EvaluationSettings,
    seed: int,
) -> Model:
    """Return one model's figures for tables 3 to 6."""
    positive, score, level = pooled.positive, pooled.score, settings.confidence
    called = score > HIGHER_PROBABILITY
    counts = count(positive, called)
    effects = design_effects(positive, called, pooled.patients, pooled.inflation)
    found = measures(counts, level, effects)
    value = area(positive, score)
    delong = delong_interval(positive, score, level)
    best = recommended_interval(positive, score, pooled.patients, level, pooled.inflation)
    newcombe = newcombe_interval(value, int(positive.sum()), int((~positive).sum()), level)
    bca = bca_interval(
        weighted_auc,
        positive,
        score,
        pooled.patients,
        confidence=level,
        repeats=settings.bootstrap_repeats,
        seed=derive_seed(seed, "auc", backbone, input_set),
    )
    wilson = {name: found[name][2] for name in ("acc", "sens", "spec")}
    return Model(
        backbone=backbone,
        input_set=input_set,
        sequences=sequences,
        pooled=pooled,
        counts=counts,
        paper={
            "acc": found["acc"][0],
            "sens": found["sens"][1],
            "spec": found["spec"][1],
            "auc": wald(value, counts.n, level),
        },
        recommended={**wilson, "auc": best},
        further={"recommended": best, "delong": delong, "bca": bca, "newcombe": newcombe},
    )
