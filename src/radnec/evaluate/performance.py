"""The evaluation of all models: tables 3 to 6 and everything that belongs beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.seeding import derive_seed
from radnec.evaluate.auc import area, delong_interval, newcombe_interval
from radnec.evaluate.bootstrap import auc_of_samples, bca_interval
from radnec.evaluate.intervals import wald
from radnec.evaluate.operating_point import HIGHER_PROBABILITY, count, measures
from radnec.evaluate.output import write_results
from radnec.evaluate.paper_tables import Model, write_performance_table, write_table5, write_table6
from radnec.evaluate.predictions import Pooled, pool, read_predictions
from radnec.evaluate.roc import roc_with_band
from radnec.evaluate.settings import EvaluationSettings


def evaluate_models(
    *,
    predictions: Mapping[str, Path],
    runs: Mapping[str, Sequence[Path]],
    single_inputs: Mapping[str, Sequence[str]],
    fused_inputs: Mapping[str, Sequence[str]],
    settings: EvaluationSettings,
    seed: int,
    notice: str,
    tables: Path,
    evaluation: Path,
) -> None:
    """Write tables 3 to 6 and the evaluation beside them.

    Parameters
    ----------
    predictions
        ``"<backbone>/<inputs>"`` to the test predictions of all its runs.
    runs
        The same keys to the predictions of each run with the rows of all its sets, from which
        thresholds are chosen; a key may be missing.
    single_inputs, fused_inputs
        Name of each input set to its sequences: those of one sequence go into table 3, those
        of several into tables 4 to 6.
    tables
        Folder of table3 ... table6 (.tsv, .md, .tex).
    evaluation
        Folder of the other results; docs/statistics.md lists its files.

    Raises
    ------
    InputError
        If a table of predictions is wrong, or names an input set that is not known.
    """
    sequences = {name: tuple(found) for name, found in {**single_inputs, **fused_inputs}.items()}
    models: list[Model] = []
    curves: list[pd.DataFrame] = []
    for key, path in predictions.items():
        backbone, _, input_set = key.partition("/")
        if input_set not in sequences:
            raise InputError(
                f"{path}: input set {input_set!r}, expected one of {sorted(sequences)}"
            )
        pooled = pool(read_predictions(path))
        model = _measure(backbone, input_set, sequences[input_set], pooled, settings, seed)
        models.append(model)
        curves.append(
            roc_with_band(
                pooled.positive,
                pooled.score,
                confidence=settings.confidence,
                repeats=settings.bootstrap_repeats,
                seed=derive_seed(seed, "roc", key),
            ).assign(**model.key)
        )
    single = [model for model in models if model.input_set in single_inputs]
    fused = [model for model in models if model.input_set in fused_inputs]
    options: dict[str, Any] = {"confidence": settings.confidence, "notice": notice}
    titles = {
        "table3": "Table 3. Performance of the networks on single sequences",
        "table4": "Table 4. Performance of the networks on several sequences together",
    }
    for name, chosen in (("table3", single), ("table4", fused)):
        write_performance_table(chosen, tables / f"{name}.tsv", title=titles[name], **options)
    write_table5(fused, tables / "table5.tsv", **options)
    write_table6(fused, tables / "table6.tsv", **options)
    write_results(pd.concat(curves, ignore_index=True), evaluation / "roc.tsv", notice)


def _measure(
    backbone: str,
    input_set: str,
    sequences: tuple[str, ...],
    pooled: Pooled,
    settings: EvaluationSettings,
    seed: int,
) -> Model:
    """Return one model's figures for tables 3 to 6."""
    positive, score, level = pooled.positive, pooled.score, settings.confidence
    counts = count(positive, score > HIGHER_PROBABILITY)
    found = measures(counts, level)
    value = area(positive, score)
    delong = delong_interval(positive, score, level)
    newcombe = newcombe_interval(value, int(positive.sum()), int((~positive).sum()), level)
    bca = bca_interval(
        auc_of_samples,
        score[positive],
        score[~positive],
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
        recommended={**wilson, "auc": delong if delong.defined else newcombe},
        further={"delong": delong, "bca": bca, "newcombe": newcombe},
    )
