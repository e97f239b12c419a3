"""The networks of a finished study, applied to a cohort of elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from radnec.apply.likeness import compare_with_study
from radnec.cohort.collect import included_cases
from radnec.core.labels import called
from radnec.core.tables import read_tsv, write_tsv
from radnec.novelty.features import captured_features
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, predict_cases, read_description, volumes_for


def predict_external(
    *,
    networks: Sequence[Path],
    study: Path,
    model: str,
    cohort: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    measures: Iterable[Path],
    device: str,
    threads: int,
    notice: str,
    predictions: Path,
    likeness: Path,
) -> None:
    """Ask every network of a model about every included case of an external cohort.

    The mean of the networks' probabilities is the model's, as for the next patient. No label is
    read before the probabilities are there.

    Parameters
    ----------
    networks
        Folders of the model's networks, one for each fold and seed.
    study
        results/<study>, which has the description of the model's training cases.
    model
        ``<backbone>/<inputs>``.
    cohort
        cohort/cases.tsv of the external cohort.
    packed_cases, packed
        The rows of its packed arrays, and the array (N, x, y, z) of each sequence.
    measures
        See `radnec.novelty.measures.measure_case`: a file of each selected case.
    predictions
        TSV to write, a row a case: case, patient, label, p_necrosis, p_recurrence, predicted,
        lowest and highest probability of necrosis of a network, networks (how many), same_images
        (in words, where an image is one of the study's), notice.
    likeness
        TSV to write, a row a case and check: case, check, verdict, score, limit, found, seen.

    Raises
    ------
    InputError
        If the volumes are not of the size that the networks read.
    """
    target = prepare_device(device, threads)
    rows = read_tsv(packed_cases, dtype={"case": str}).set_index("case")["row"]
    each: dict[str, dict[str, float]] = {str(case): {} for case in rows.index}
    features: dict[str, dict[str, np.ndarray]] = {case: {} for case in each}
    for folder in networks:
        answers = _ask(folder, packed, rows, target)
        for case, (p_necrosis, seen) in answers.items():
            each[case][folder.name], features[case][folder.name] = p_necrosis, seen
    measured = _read_measures(measures)
    table, checks = [], []
    for row in included_cases(cohort).to_dict("records"):
        case = str(row["case"])
        found = compare_with_study(study, model, measured[case], features[case])
        values = list(each[case].values())
        p_necrosis = float(np.mean(values))
        table.append(
            {
                "case": case,
                "patient": row["patient"],
                "label": row["label"],
                "p_necrosis": p_necrosis,
                "p_recurrence": 1.0 - p_necrosis,
                "predicted": called(p_necrosis),
                "lowest": min(values),
                "highest": max(values),
                "networks": len(values),
                "same_images": "; ".join(found["same_images"]),
                "notice": notice,
            }
        )
        keys = ("verdict", "score", "limit", "found", "seen")
        checks += [
            {"case": case, "check": check["title"]} | {key: check[key] for key in keys}
            for check in found["checks"]
        ]
    write_tsv(pd.DataFrame(table), predictions)
    write_tsv(pd.DataFrame(checks), likeness)


def _ask(
    folder: Path, packed: Mapping[str, Path], rows: pd.Series, device: torch.device
) -> dict[str, tuple[float, np.ndarray]]:
    """Return one network's probability of necrosis, and what its last layer read, by case."""
    described = read_description(folder)
    volumes = volumes_for(folder, described, packed)
    network = load_network(folder, device)
    answers = {}
    for case, row in rows.items():
        volume = volumes.batch([int(row)])[0].numpy()
        with captured_features(network) as found:
            said = predict_cases(network, [(str(case), volume)], device, described)
        answers[str(case)] = float(said["p_necrosis"][0]), found[0]
    return answers


def _read_measures(paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Return the measures of each case; the remarks of its stages stand in cohort/cases.tsv."""
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return {content["case"]: content | {"remarks": []} for content in contents}
