"""The cases of a study as a model saw them: what the next patient is compared with."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.core.files import write_json
from radnec.core.sequences import SEQUENCES
from radnec.core.tables import read_tsv
from radnec.novelty.acquisition import check_scanner, check_timing, describe_acquisition
from radnec.novelty.features import read_features
from radnec.novelty.finding import Finding
from radnec.novelty.intensity import check_intensity, check_order, describe_intensity
from radnec.novelty.limits import false_alarms, limits
from radnec.novelty.quality import check_quality, describe_quality

FEATURES = "features"


def describe_cases(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return ranges and distributions over some cases: figures of all, of no single voxel.

    Parameters
    ----------
    cases
        See `radnec.novelty.measures.measure_case`.
    """
    return {
        "cases": len(cases),
        "quality": describe_quality(cases),
        "sequences": {
            name: describe_acquisition(cases, name) | {"intensity": describe_intensity(cases, name)}
            for name in SEQUENCES
            if any(name in case["intensity"] for case in cases)
        },
    }


def compare(
    reference: dict[str, Any], case: dict[str, Any], sequences: Collection[str]
) -> dict[str, Finding | None]:
    """Return what each check of the images finds in one case.

    Parameters
    ----------
    reference
        From `describe_cases`.
    case
        See `radnec.novelty.measures.measure_case`.
    sequences
        Those that the model reads.
    """
    known = reference["sequences"]
    read = [name for name in sequences if name in known]
    return {
        "scanner": check_scanner(known, case, read),
        "timing": check_timing(known, case, read),
        "quality": check_quality(reference["quality"], case, read),
        "intensity": check_intensity(known, case, read),
        "order": check_order(known, case, read),
    }


def describe_study(
    *,
    cases: Iterable[Path],
    split: Path,
    features: Mapping[tuple[str, int], Path],
    sequences: Sequence[str],
    false_alarm_share: float,
    notice: str,
    output: Path,
) -> None:
    """Write what the next patient is compared with before a model's answer is believed.

    Every case is compared with the training cases of each fold that held it out, so the limits
    are those of cases that neither a network nor a range has seen.

    Parameters
    ----------
    cases
        Measures of every included case.
    split
        split/split.tsv.
    features
        Fold and seed of each network to the file of `radnec.novelty.features.describe_features`.
    sequences
        Those that the model reads.
    false_alarm_share
        See `radnec.novelty.settings.NoveltySettings`.
    output
        JSON to write: ``reference`` (see `describe_cases`) over the training cases of all folds,
        ``limits`` of each check, ``false_alarms`` counted on the held-out cases, ``features`` (by
        network, the mean distance of its held-out cases), and ``voxels``: a hash of every image
        of the study, with its ``sequence``, the ``folds`` whose networks learned from it and
        whether it was a ``test`` case. No case id, no voxel.
    """
    measured = {}
    for path in cases:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["usable"]:
            measured[content["case"]] = content
    table = read_tsv(split, dtype={"case": str, "fold": str})
    table = table[table["case"].isin(measured)]
    collected: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, fold in table.groupby("fold"):
        trained = [measured[case] for case in fold.loc[fold["set"] == "train", "case"]]
        reference = describe_cases(trained)
        for case in fold.loc[fold["set"] == "test", "case"]:
            for check, finding in compare(reference, measured[case], sequences).items():
                if finding is not None:
                    collected[check][case].append(finding.score)
    centres = {}
    for (fold_name, seed), path in features.items():
        stored = read_features(path)
        centre = float(np.mean(stored["held_out"]))
        centres[f"{fold_name}_seed{seed}"] = centre
        for case, distance in zip(stored["held_out_cases"], stored["held_out"], strict=True):
            collected[FEATURES][str(case)].append(float(distance) - centre)
    held_out = {
        check: {case: float(np.mean(scores)) for case, scores in by_case.items()}
        for check, by_case in collected.items()
    }
    counts, any_of_them, n = false_alarms(held_out, false_alarm_share)
    ever = set(table.loc[table["set"] == "train", "case"])
    write_json(
        output,
        {
            "notice": notice,
            "sequences": list(sequences),
            "reference": describe_cases([measured[case] for case in sorted(ever)]),
            "limits": limits(held_out, false_alarm_share),
            "false_alarms": {
                "wanted": false_alarm_share,
                "held_out_cases": n,
                "any": any_of_them,
                "by_check": counts,
            },
            "features": centres,
            "voxels": _voxels(measured, table),
        },
    )


def _voxels(measured: Mapping[str, dict[str, Any]], table: pd.DataFrame) -> dict[str, Any]:
    """Return who learned from each image, by the hash of its values."""
    known = {}
    for case, rows in table.groupby("case"):
        about = {
            "folds": sorted(set(rows.loc[rows["set"] == "train", "fold"])),
            "test": bool((rows["set"] == "test").any()),
        }
        for sequence, name in measured[str(case)]["voxels"].items():
            known[name] = {"sequence": sequence, **about}
    return dict(sorted(known.items()))
