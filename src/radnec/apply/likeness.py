"""Whether a patient is like the cases of a study: ranges, distances, the same images."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from radnec.apply.checks import outside
from radnec.novelty.describe import FEATURES, compare
from radnec.novelty.features import read_features, read_gaussian
from radnec.novelty.finding import OUTSIDE, UNKNOWN, WITHIN, Finding
from radnec.training.predict import read_description

CHECKS = {
    "scanner": "scanner",
    "timing": "timing and thickness",
    "quality": "image quality, registration, mask",
    "intensity": "intensities in the brain",
    "order": "each sequence looks like itself",
    FEATURES: "what the networks see",
}
_SIMILAR = 3


def compare_with_study(
    study: Path,
    model: str,
    measured: Mapping[str, Any],
    features: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """Compare a patient with the training cases of a model.

    Parameters
    ----------
    study
        results/<study>.
    model
        ``<backbone>/<inputs>``.
    measured
        From `radnec.apply.prepare.measure.measure_patient`.
    features
        Network, as ``r0f0_seed1``, to what its last layer read, shape (features,).

    Returns
    -------
    dict
        ``unlike``: whether some check is outside, None where the study cannot tell; ``note``;
        ``checks``, each with name, title, verdict, found, seen, score, limit and the false
        alarms counted on held-out cases; ``same_images`` in words; ``learned``, the networks that
        were trained on one of these images; ``similar_cases``, nearest first, where the study
        allows them; ``remarks`` of the stages.
    """
    known = study / "novelty" / f"{model}.json"
    result: dict[str, Any] = {
        "unlike": None,
        "note": "",
        "checks": [],
        "same_images": _same_within(measured["voxels"]),
        "learned": [],
        "similar_cases": [],
        "remarks": list(measured["remarks"]),
    }
    if not known.is_file():
        result["note"] = (
            f"the study has no description of its cases to compare with ({known}): run the "
            "workflow of the study again, which adds it and trains nothing"
        )
        return result
    content = json.loads(known.read_text(encoding="utf-8"))
    findings = compare(content["reference"], dict(measured), content["sequences"])
    stored = {name: read_features(known.with_suffix("") / f"{name}.npz") for name in features}
    findings[FEATURES] = _compare_features(stored, features, content["features"])
    result["checks"] = _judge(findings, content)
    result["unlike"] = bool(outside(result))
    same, folds = _same_as_study(measured["voxels"], content["voxels"])
    result["same_images"] += same
    result["learned"] = sorted(name for name in features if name.rsplit("_seed", 1)[0] in folds)
    result["similar_cases"] = _similar(stored, features)
    alarms = content["false_alarms"]
    result["false_alarms"] = {"any": alarms["any"], "held_out_cases": alarms["held_out_cases"]}
    return result


def models_that_read(study: Path, usable: Iterable[str]) -> list[str]:
    """Return the models of a study that need no other sequences than these."""
    there = set(usable)
    found = set()
    for path in sorted(study.glob("models/*/*/*/network.json")):
        if set(read_description(path.parent)["sequences"]) <= there:
            found.add("/".join(path.parts[-4:-2]))
    return sorted(found)


def _judge(
    findings: Mapping[str, Finding | None], content: Mapping[str, Any]
) -> list[dict[str, Any]]:
    alarms, checks = content["false_alarms"], []
    for name, title in CHECKS.items():
        finding, limit = findings.get(name), content["limits"].get(name)
        check: dict[str, Any] = {"name": name, "title": title, "limit": limit}
        if finding is None:
            check |= {"verdict": UNKNOWN, "found": "nothing stated", "seen": "", "score": None}
        else:
            verdict = UNKNOWN if limit is None else OUTSIDE if finding.score > limit else WITHIN
            check |= {"verdict": verdict, "found": finding.found, "seen": finding.seen}
            check["score"] = round(finding.score, 4)
        check["false_alarms"] = alarms["by_check"].get(name)
        check["held_out_cases"] = alarms["held_out_cases"]
        checks.append(check)
    return checks


def _compare_features(
    stored: Mapping[str, Mapping[str, np.ndarray]],
    features: Mapping[str, np.ndarray],
    centres: Mapping[str, float],
) -> Finding:
    """Return the mean distance over the networks, each less that of its held-out cases."""
    off, usual = [], []
    for name, arrays in stored.items():
        off.append(read_gaussian(arrays).distance(features[name]) - centres[name])
        usual += [float(value) - centres[name] for value in arrays["held_out"]]
    score = float(np.mean(off))
    return Finding(
        score,
        f"distance {np.exp(score / 2):.2f} times that of held-out cases",
        f"{np.exp(min(usual) / 2):.2f} to {np.exp(max(usual) / 2):.2f} times",
    )


def _same_within(voxels: Mapping[str, str]) -> list[str]:
    by_hash: dict[str, list[str]] = defaultdict(list)
    for sequence, name in voxels.items():
        by_hash[name].append(sequence)
    return [
        f"{' and '.join(names)} are the same image, voxel for voxel"
        for names in by_hash.values()
        if len(names) > 1
    ]


def _same_as_study(
    voxels: Mapping[str, str], known: Mapping[str, Any]
) -> tuple[list[str], set[str]]:
    """Return what is the same as an image of the study, and the folds that learned from it."""
    shared: dict[str, list[str]] = defaultdict(list)
    folds: set[str] = set()
    for sequence, name in voxels.items():
        if name not in known:
            continue
        about = known[name]
        folds |= set(about["folds"])
        roles = ["training"] * bool(about["folds"]) + ["test"] * about["test"]
        other = "" if about["sequence"] == sequence else f" (there {about['sequence']})"
        shared[f"a {' and '.join(roles)} case of this study"].append(f"{sequence}{other}")
    said = [
        f"{', '.join(names)}: voxel for voxel as in {where}, so the answer is no test of the model"
        for where, names in shared.items()
    ]
    return said, folds


def _similar(
    stored: Mapping[str, Mapping[str, np.ndarray]], features: Mapping[str, np.ndarray]
) -> list[dict[str, Any]]:
    """Return the training cases nearest in the networks' features, on the mean over networks."""
    apart: dict[tuple[str, str], list[float]] = defaultdict(list)
    for name, arrays in stored.items():
        if "coordinates" not in arrays:
            return []
        own = read_gaussian(arrays).coordinates(features[name])
        distances = np.linalg.norm(arrays["coordinates"] - own, axis=1)
        # Networks have scales of their own.
        relative = distances / max(float(np.median(distances)), 1e-12)
        for case, label, value in zip(arrays["cases"], arrays["labels"], relative, strict=True):
            apart[str(case), str(label)].append(float(value))
    means = {key: float(np.mean(values)) for key, values in apart.items()}
    nearest = sorted(means, key=lambda key: (means[key], key))[:_SIMILAR]
    return [
        {"case": case, "outcome": label, "relative_distance": round(means[case, label], 3)}
        for case, label in nearest
    ]
