"""What the demo shows, over several cohorts of the physics phantom.

For each seed, 20 patients (8 with necrosis) are simulated, converted, aligned and stripped by the
simulation's own truth, normalised, and tested once each in the demo's three folds with the
demo's recipe and maps. Prints, for each seed, AUC and balanced accuracy over all cases, and how
the maps of the test cases lie to the lesions.

    OMP_NUM_THREADS=1 python benchmarks/demo_seeds.py --seeds 1 2 3 4 5 --folder /tmp/phantoms

Patients that are in the folder already are not simulated again.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nibabel as nib
import numpy as np
import pandas as pd
import torch
from nibabel.processing import resample_from_to
from phantom_heads import PhantomHead, phantom_heads
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from radnec.config.load import load_config
from radnec.config.model import StudyConfig
from radnec.core.files import write_checksum
from radnec.core.labels import class_index
from radnec.explain.cam import class_activation_map, find_layer, scaled_map
from radnec.explain.lesion import score_map
from radnec.explain.spaces import mask_on_grid
from radnec.preprocess.normalise import normalise_volume, scaling_region, target_grid
from radnec.preprocess.volumes import to_ras
from radnec.training.predict import load_network
from radnec.training.run import train_run

ROOT = Path(__file__).parents[1]
LABELS = ("recurrence", "necrosis", "recurrence", "necrosis", "recurrence")
PATIENTS = 20


def normalised(head: PhantomHead, sequence: str, config: StudyConfig) -> nib.Nifti1Image:
    """Return a sequence as the network reads it, aligned and stripped by the truth."""
    t1ce = nib.Nifti1Image.from_filename(head.image("t1ce"))
    moving = nib.Nifti1Image.from_filename(head.image(sequence))
    back = np.linalg.inv(head.movement("t1ce", sequence)) @ moving.affine
    aligned = resample_from_to(
        nib.Nifti1Image(moving.get_fdata(dtype=np.float32), back), (t1ce.shape, t1ce.affine), 1
    )
    brain = nib.Nifti1Image.from_filename(head.brain()).get_fdata(dtype=np.float32)
    mask, affine = to_ras(brain, t1ce.affine)
    data, _ = to_ras(aligned.get_fdata(dtype=np.float32) * (brain > 0), t1ce.affine)
    settings = config.normalisation
    grid = target_grid(mask > 0, affine, settings)
    region = scaling_region(mask, affine, grid, settings)
    volume = normalise_volume(data, affine, region, grid, settings, sequence)
    return nib.Nifti1Image(volume, grid)


def answer_fold(
    network: torch.nn.Module, cases: dict[str, torch.Tensor], folder: Path, config: StudyConfig
) -> list[dict[str, Any]]:
    """Return the probability and the score of the map of each test case of a fold."""
    settings = config.explain
    layer = find_layer(network, settings.layer)
    rows = []
    for case, volume in cases.items():
        found = class_activation_map(network, volume[None], layer=layer, method=settings.method)
        like = folder / f"{case}_grid.nii.gz"
        shown, _ = scaled_map(found.evidence, tuple(volume.shape[1:]))
        score = score_map(
            shown,
            mask_on_grid(folder / case / "lesion.nii.gz", like),
            mask_on_grid(folder / case / "brain.nii.gz", like),
            nib.Nifti1Image.from_filename(like).header.get_zooms()[:3],
            settings.tolerance_mm,
        )
        rows.append({"case": case, "p": found.probabilities[class_index("necrosis")]} | vars(score))
    return rows


def write_study(
    heads: list[PhantomHead], images: Path, work: Path, config: StudyConfig
) -> dict[str, np.ndarray]:
    """Write the packed arrays and their table of cases, and each case's grid beside its images.

    Returns
    -------
    Sequence to array (case, x, y, z).
    """
    arrays = {}
    for name in config.input_sets[config.explain.inputs]:
        volumes = [normalised(head, name, config) for head in heads]
        arrays[name] = np.stack([volume.get_fdata(dtype=np.float32) for volume in volumes])
        np.save(work / f"{name}.npy", arrays[name])
        write_checksum(work / f"{name}.npy")
        for head, volume in zip(heads, volumes, strict=True):
            nib.save(volume, images / f"{head.name}_grid.nii.gz")
    rows = [
        {"row": row, "case": head.name, "label": label, "target": class_index(label)}
        for row, (head, label) in enumerate(zip(heads, itertools.cycle(LABELS)))
    ]
    pd.DataFrame(rows).to_csv(work / "cases.tsv", sep="\t", index=False)
    return arrays


def train_fold(
    number: int, labels: pd.Series, test: np.ndarray, images: Path, work: Path, config: StudyConfig
) -> torch.nn.Module:
    """Train the network of a fold on all cases but the rows `test`."""
    split = pd.DataFrame({"case": labels.index, "patient": labels.index, "label": labels.array})
    split = split.assign(fold="r0f0", set="train")
    split.loc[test, "set"] = "test"
    split.to_csv(work / "split.tsv", sep="\t", index=False)
    grid = nib.Nifti1Image.from_filename(images / f"{labels.index[0]}_grid.nii.gz")
    inputs = config.explain.inputs
    sequences = config.input_sets[inputs]
    model = work / f"fold{number}"
    train_run(
        backbone=config.explain.backbone,
        inputs=inputs,
        sequences=sequences,
        fold="r0f0",
        seed=1,
        split=work / "split.tsv",
        packed_cases=work / "cases.tsv",
        packed={name: work / f"{name}.npy" for name in sequences},
        settings=config.training,
        device="cpu",
        threads=1,
        checkpoints=work / "checkpoints" / model.name,
        outdir=model,
        spacing=[float(size) for size in grid.header.get_zooms()[:3]],
    )
    return load_network(model, "cpu")


def run_seed(seed: int, folder: Path, config: StudyConfig, patients: int) -> pd.DataFrame:
    """Simulate a cohort, train the demo's folds on it and return one row a case."""
    heads = phantom_heads(
        folder, patients, movement_mm=3.0, movement_degrees=3.0, seed=seed, labels=LABELS
    )
    named = zip((head.name for head in heads), itertools.cycle(LABELS))
    labels = pd.Series(dict(named))
    folds = StratifiedKFold(config.split.folds, shuffle=True, random_state=seed)
    rows = []
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        arrays = write_study(heads, folder, work, config)
        for number, (_, test) in enumerate(folds.split(labels, labels)):
            network = train_fold(number, labels, test, folder, work, config)
            cases = {
                labels.index[row]: torch.from_numpy(np.stack([a[row] for a in arrays.values()]))
                for row in test
            }
            rows += answer_fold(network, cases, folder, config)
    table = pd.DataFrame(rows)
    return table.assign(label=table["case"].map(labels), seed=seed)


def summary(table: pd.DataFrame) -> dict[str, float]:
    """Return what the networks of the folds reached over all cases of one cohort."""
    truth = table["label"] == "necrosis"
    return {
        "n": len(table),
        "AUC": roc_auc_score(truth, table["p"]),
        "balanced accuracy": balanced_accuracy_score(truth, table["p"] > 0.5),
        "peak in lesion": table["hit"].astype(float).mean(),
        "near": table["near"].astype(float).mean(),
        "energy in lesion": table["energy"].mean(),
        "energy outside": table["outside"].mean(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--folder", type=Path, required=True, help="where the phantoms are kept")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--epochs", type=int, help="other than the demo's")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    config = load_config([ROOT / "config" / "config.yaml", ROOT / "config" / "demo.yaml"])
    if arguments.epochs:
        training = config.training.model_copy(update={"epochs": arguments.epochs})
        config = config.model_copy(update={"training": training})
    for seed in arguments.seeds:
        table = run_seed(seed, arguments.folder / str(seed), config, arguments.patients)
        values = "  ".join(f"{k} {v:.2f}" for k, v in summary(table).items())
        print(f"seed {seed}  {values}", flush=True)


if __name__ == "__main__":
    main()
