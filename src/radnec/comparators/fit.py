"""One comparator on one fold: fitted on its training cases, applied to all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from radnec.comparators.catalogue import READS
from radnec.comparators.features import read_features
from radnec.comparators.fields import read_fields
from radnec.comparators.output import write_model, write_predictions
from radnec.comparators.selection import stable_features
from radnec.comparators.settings import ComparatorsSettings
from radnec.comparators.tabular import Table, fit_tabular
from radnec.core.errors import InputError
from radnec.core.labels import POSITIVE
from radnec.core.seeding import derive_seed
from radnec.core.tables import read_tsv
from radnec.training.data import fold_cases, require_both_classes

NETWORK_FIELD = "network_logit"
_SURE = 1e-6  # a probability of 0 or 1 has no finite logit


@dataclasses.dataclass(frozen=True)
class Sources:
    """Files that a comparator reads; None where it does not.

    Attributes
    ----------
    clinical, scanner
        Tables of fields, see `radnec.comparators.fields`.
    radiomics
        Features of each sequence of the input set, see `radnec.comparators.features`.
    encoder
        Features of a frozen network, one file for each sequence.
    network
        Predictions of the network's run on the same fold and seed.
    inner
        Predictions for the training cases by networks that have not seen them, see
        `radnec.comparators.inner`.
    """

    clinical: Path | None = None
    scanner: Path | None = None
    radiomics: Path | None = None
    encoder: tuple[Path, ...] = ()
    network: Path | None = None
    inner: Path | None = None


def fit_comparator(
    *,
    comparator: str,
    inputs: str,
    sequences: tuple[str, ...],
    fold: str,
    seed: int,
    split: Path,
    packed_cases: Path,
    sources: Sources,
    settings: ComparatorsSettings,
    notice: str,
    outdir: Path,
) -> None:
    """Fit one comparator that is a table's model, and write its probabilities.

    Parameters
    ----------
    comparator
        A name of `radnec.comparators.catalogue`, but for those that read volumes.
    inputs, sequences
        Name of the input set and its sequences; features of no other sequence are read.
    fold, seed
        Which rows of `split` to use, and the seed of the inner folds.
    split, packed_cases
        Table with case, patient, label, fold, set; and the cases that have volumes.
    outdir
        Gets predictions.tsv as networks write it, model.json (what was learned) and card.md.

    Raises
    ------
    InputError
        If a case of the fold is missing in a source, or the training set lacks a class.
    """
    cases = fold_cases(split, packed_cases, fold, ["train", "test"])
    training = cases[cases["set"] == "train"]
    require_both_classes(training, f"fold {fold!r} of {split}")
    described: dict[str, Any] = {
        "comparator": comparator,
        "inputs": inputs,
        "fold": fold,
        "seed": seed,
        "training": {
            label: int((training["label"] == label).sum())
            for label in sorted(set(training["label"]))
        },
    }
    if comparator == "always_recurrence":
        # The share of necrosis in the training set, and never the answer necrosis.
        share = float((training["label"] == POSITIVE).mean())
        probability = pd.Series(min(share, 0.5), index=list(cases["case"]))
        described["p_necrosis"] = float(probability.iloc[0])
    else:
        probability, learned = _tabular(comparator, sequences, cases, sources, settings, seed)
        described |= learned
    write_predictions(cases, probability, fold, seed, outdir / "predictions.tsv")
    write_model(described, notice, outdir)


def _tabular(
    comparator: str,
    sequences: tuple[str, ...],
    cases: pd.DataFrame,
    sources: Sources,
    settings: ComparatorsSettings,
    seed: int,
) -> tuple[pd.Series, dict[str, Any]]:
    reads = READS[comparator]
    names = list(cases["case"])
    training = cases[cases["set"] == "train"]
    learned_from = list(training["case"])
    fields = [
        _rows(read_fields(path), names, path)
        for path, wanted in ((sources.clinical, reads.clinical), (sources.scanner, reads.scanner))
        if wanted and path is not None
    ]
    fields += [_rows(read_fields(path), names, path) for path in sources.encoder]
    if reads.network and sources.network and sources.inner:
        fields.append(_network(cases, sources.network, sources.inner))
    features = pd.DataFrame(index=names)
    considered: dict[str, Any] = {}
    if reads.radiomics and sources.radiomics is not None:
        features, considered = _stable(
            sources.radiomics, sequences, names, learned_from, settings.radiomics.stability
        )
    everyone = Table(pd.concat([pd.DataFrame(index=names), *fields], axis=1), features)
    learned = Table(everyone.fields.loc[learned_from], everyone.features.loc[learned_from])
    model = fit_tabular(
        learned,
        training["target"].to_numpy(),
        list(training["patient"]),
        settings,
        derive_seed(seed, comparator),
    )
    probability = pd.Series(model.probability(everyone), index=names)
    return probability, {**considered, **model.describe()}


def _stable(
    path: Path,
    sequences: tuple[str, ...],
    names: list[str],
    training: list[str],
    least: float,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the features of the undisturbed region that are stable among the training cases."""
    features = read_features(path, sequences)
    missing = sorted(set(names) - set(features.index.get_level_values("case")))
    if missing:
        raise InputError(f"{path}: no features of case {missing[0]}")
    stable = stable_features(features.loc[training], least)
    undisturbed = features.xs(0.0, level="perturbation").loc[names, stable]
    # What is not a number for every training case cannot be learned from.
    known = [name for name in stable if undisturbed.loc[training, name].notna().any()]
    counts = {"features": len(features.columns), "features_stable": len(known)}
    if not known:
        raise InputError(
            f"{path}: no feature reaches comparators.radiomics.stability {least:g} in this fold"
        )
    return undisturbed[known], counts


def _network(cases: pd.DataFrame, network: Path, inner: Path) -> pd.DataFrame:
    """Return the logit of a network's answer, for training cases of one that did not see them."""
    own = read_tsv(network, dtype={"case": str}).set_index("case")["p_necrosis"]
    held = read_tsv(inner, dtype={"case": str}).set_index("case")["p_necrosis"]
    answers: Mapping[str, pd.Series] = {"train": held, "test": own}
    probability = np.array(
        [answers[which][case] for case, which in zip(cases["case"], cases["set"], strict=True)]
    )
    return pd.DataFrame({NETWORK_FIELD: _logit(probability)}, index=list(cases["case"]))


def _logit(probability: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    inside = np.clip(probability, _SURE, 1 - _SURE)
    return np.asarray(np.log(inside / (1 - inside)))


def _rows(table: pd.DataFrame, names: list[str], path: Path) -> pd.DataFrame:
    if missing := sorted(set(names) - set(table.index)):
        raise InputError(f"{path}: no row of case {missing[0]}")
    return table.loc[names]
