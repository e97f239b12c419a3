"""A map for every test case of one trained network."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from radnec.core.errors import InputError
from radnec.core.files import atomic_dir
from radnec.core.labels import CLASSES, NEGATIVE, POSITIVE
from radnec.core.tables import read_tsv, write_tsv
from radnec.explain.cam import class_activation_map, find_layer, peak_voxel, scaled_map
from radnec.explain.spaces import (
    REFERENCE_FOLDER,
    SUMMARY,
    carry_map,
    reference_image,
    write_map,
)
from radnec.training.data import Volumes, fold_cases
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, probabilities, read_description

log = logging.getLogger(__name__)

# The map is made in float32 from one forward pass, as the prediction was: they differ by less
# than this unless network and predictions belong to different runs.
_TOLERANCE = 0.02


def explain_run(
    *,
    model: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    split: Path,
    fold: str,
    seed: int,
    predictions: Path,
    normalised: Path,
    registered: Path,
    method: str,
    layer: str,
    device: str,
    threads: int,
    outdir: Path,
) -> None:
    """Write the class activation map of every test case of a fold.

    The class explained is the predicted one, its score the logit, as in the code the paper
    names; whether the case is positive or negative, a map shows what spoke for the answer given.

    Parameters
    ----------
    model
        Folder of the trained network.
    packed_cases, packed
        Rows of the packed arrays, and the array (N, x, y, z) of each sequence.
    split, fold, seed
        Which cases were tested, and which run of the predictions is explained.
    predictions
        Predictions of this backbone and input set.
    normalised
        Folder with ``<case>/<sequence>.nii.gz``, whose affines say where the maps lie.
    registered
        Folder with ``<case>/<reference>.nii.gz``, the grid on which maps are laid over scans.
    method, layer
        See `radnec.explain.settings.ExplainSettings`.
    device, threads
        Where it happens (see `radnec.training.device.prepare_device`).
    outdir
        Replaced as a whole. ``<case>.nii.gz``: map in [0, 1] on the normalised grid;
        ``reference/<case>.nii.gz``: the same on the grid of the reference scan (T1ce where the
        case has one); ``summary.tsv``: one row a case with columns

        - case, label, fold, seed, p_necrosis, p_recurrence, predicted: as predicted;
        - target: the class explained; method, layer, layer_grid: how;
        - maximum: what 1 in the map stands for, in units of the logit per voxel of the layer;
        - positive_share: share of the evidence, by amount, that speaks for the class;
        - zero: whether nothing spoke for the class, so that the map is zero everywhere;
        - peak_x, peak_y, peak_z: voxel of the peak on the normalised grid, from 0.

    Raises
    ------
    InputError
        If predictions lack a case, or are not those of this network.
    """
    target = prepare_device(device, threads)
    described = read_description(model)
    volumes = Volumes(packed, described["sequences"])
    cases = fold_cases(split, packed_cases, fold, ["test"])
    predicted = read_predictions(predictions, fold, seed)
    network = load_network(model, target)
    looked_at = find_layer(network, layer)
    rows = []
    one_cell = False
    with atomic_dir(outdir) as folder:
        for case, row in tqdm(
            list(zip(cases["case"], cases["row"], strict=True)), desc="explain", unit="case"
        ):
            if case not in predicted.index:
                raise InputError(f"{predictions}: no row of case {case}, fold {fold}, seed {seed}")
            images = volumes.batch([row]).to(target)
            found = class_activation_map(network, images, layer=looked_at, method=method)
            expected = float(predicted.loc[case, "p_necrosis"])
            # With the temperature and flips of the model, which the map is drawn without.
            answer = probabilities(network, images, described)
            probability = float(answer[0, CLASSES.index(POSITIVE)])
            if abs(probability - expected) > _TOLERANCE:
                raise InputError(
                    f"{predictions}: case {case} has p_necrosis {expected:.4f}, but {model} gives "
                    f"{probability:.4f}: expected predictions of this network"
                )
            shown, maximum = scaled_map(found.evidence, volumes.size)
            peak = peak_voxel(found.evidence, volumes.size)
            if peak is None:
                log.warning("case %s: nothing speaks for the class, the map is zero", case)
            like = normalised / case / f"{described['sequences'][0]}.nii.gz"
            write_map(shown, like, folder / f"{case}.nii.gz")
            carry_map(
                folder / f"{case}.nii.gz",
                reference_image(registered / case),
                folder / REFERENCE_FOLDER / f"{case}.nii.gz",
            )
            rows.append(
                {
                    "case": case,
                    "label": predicted.loc[case, "label"],
                    "fold": fold,
                    "seed": seed,
                    "p_necrosis": expected,
                    "p_recurrence": 1.0 - expected,
                    "predicted": predicted.loc[case, "predicted"],
                    "target": CLASSES[found.target],
                    "method": method,
                    "layer": looked_at,
                    "layer_grid": "x".join(map(str, found.evidence.shape)),
                    "maximum": maximum,
                    "positive_share": found.positive_share,
                    "zero": "yes" if peak is None else "no",
                    **dict(zip(("peak_x", "peak_y", "peak_z"), peak or (None,) * 3, strict=True)),
                }
            )
            one_cell = found.evidence.size == 1
        if one_cell:
            log.warning(
                "explain.layer: the grid of %s is one voxel for volumes of %s: such a map is the "
                "same everywhere; name an earlier layer",
                layer,
                volumes.size,
            )
        write_tsv(pd.DataFrame(rows), folder / SUMMARY)


def read_predictions(path: Path, fold: str, seed: int) -> pd.DataFrame:
    """Return the test predictions of one run, indexed by case.

    Raises
    ------
    InputError
        If the table has none of that fold and seed, or one case twice.
    """
    table = read_tsv(path, dtype={"case": str, "fold": str})
    found = table[(table["fold"] == fold) & (table["seed"] == seed) & (table["set"] == "test")]
    if found.empty or found["case"].duplicated().any():
        runs = sorted({f"{f} seed {s}" for f, s in zip(table["fold"], table["seed"], strict=True)})
        raise InputError(
            f"{path}: {len(found)} test rows of fold {fold}, seed {seed}, expected one a case; "
            f"the table has {', '.join(runs)}"
        )
    labels = {NEGATIVE, POSITIVE}
    if not set(found["label"]) <= labels:
        raise InputError(f"{path}: labels {sorted(set(found['label']))}, expected {sorted(labels)}")
    return found.set_index("case", drop=False)
