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
from radnec.preprocess.intensity import scale
from radnec.preprocess.normalise import resample, target_grid
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
    inside = resample(mask, affine, grid, settings.size) > 0.5
    scaled = scale(
        resample(data, affine, grid, settings.size),
        inside if settings.region == "brain" else np.ones(settings.size, dtype=bool),
        method=settings.intensity,
        percentiles=settings.percentiles,
        name=sequence,
    )
    return nib.Nifti1Image(scaled, grid)


def answer_fold(
    network: torch.nn.Module, cases: dict[str, torch.Tensor], folder: Path, config: StudyConfig
) -> list[dict[str, Any]]:
    """Return the probability and the score of the map of each test case of a fold."""
    settings = config.explain
    layer = find_layer(network, settings.layer)
    rows = []
    for case, volume in cases.items():
        found = class_activation_map(network, volume, layer=layer, method=settings.method)
        like = folder / f"{case}_grid.nii.gz"
        shown, _ = scaled_map(found.evidence, tuple(volume.shape[2:]))
        score = score_map(
            shown,
            mask_on_grid(folder / case / "lesion.nii.gz", like),
            mask_on_grid(folder / case / "brain.nii.gz", like),
            nib.Nifti1Image.from_filename(like).header.get_zooms()[:3],
            settings.tolerance_mm,
        )
        rows.append({"case": case, "p": found.probabilities[class_index("necrosis")]} | vars(score))
    return rows


def run_seed(seed: int, folder: Path, config: StudyConfig, patients: int) -> pd.DataFrame:
    """Simulate a cohort, train the demo's folds on it and return one row a case and network."""
    heads = phantom_heads(
        folder, patients, movement_mm=3.0, movement_degrees=3.0, seed=seed, labels=LABELS
    )
    labels = pd.Series([LABELS[n % len(LABELS)] for n in range(patients)], [h.name for h in heads])
    inputs = config.models.inputs[0]
    sequences = config.input_sets[inputs]
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        packed = {name: work / f"{name}.npy" for name in sequences}
        arrays = {}
        for name in sequences:
            images = [normalised(head, name, config) for head in heads]
            arrays[name] = np.stack([image.get_fdata(dtype=np.float32) for image in images])
            np.save(packed[name], arrays[name])
            write_checksum(packed[name])
            for head, image in zip(heads, images, strict=True):
                nib.save(image, folder / f"{head.name}_grid.nii.gz")
        pd.DataFrame(
            {"row": range(patients), "case": labels.index, "label": labels.to_numpy()}
        ).assign(target=labels.map(class_index).to_numpy()).to_csv(
            work / "cases.tsv", sep="\t", index=False
        )
        rows = []
        folds = StratifiedKFold(config.split.folds, shuffle=True, random_state=seed)
        for number, (_, test) in enumerate(folds.split(labels, labels)):
            split = pd.DataFrame(
                {"case": labels.index, "patient": labels.index, "label": labels.to_numpy()}
            ).assign(fold="r0f0", set="train")
            split.loc[test, "set"] = "test"
            split.to_csv(work / "split.tsv", sep="\t", index=False)
            for backbone in config.models.backbones:
                model = work / f"{backbone}_{number}"
                train_run(
                    backbone=backbone,
                    inputs=inputs,
                    sequences=sequences,
                    fold="r0f0",
                    seed=1,
                    split=work / "split.tsv",
                    packed_cases=work / "cases.tsv",
                    packed=packed,
                    settings=config.training,
                    device="cpu",
                    threads=1,
                    checkpoints=work / "checkpoints" / model.name,
                    outdir=model,
                    spacing=[
                        float(size)
                        for size in nib.Nifti1Image.from_filename(
                            folder / f"{labels.index[0]}_grid.nii.gz"
                        ).header.get_zooms()[:3]
                    ],
                )
                network = load_network(model, "cpu")
                cases = {
                    labels.index[row]: torch.from_numpy(
                        np.stack([arrays[name][row] for name in sequences])[None]
                    )
                    for row in test
                }
                if backbone != config.explain.backbone:
                    with torch.no_grad():
                        rows += [
                            {"case": case, "p": float(network(volume).softmax(1)[0, 1])}
                            | {"backbone": backbone}
                            for case, volume in cases.items()
                        ]
                    continue
                rows += [
                    row | {"backbone": backbone}
                    for row in answer_fold(network, cases, folder, config)
                ]
    table = pd.DataFrame(rows)
    return table.assign(label=table["case"].map(labels), seed=seed)


def summary(table: pd.DataFrame) -> dict[str, float]:
    """Return what one network reached over all cases of one cohort."""
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
        for backbone, rows in table.groupby("backbone"):
            values = "  ".join(f"{k} {v:.2f}" for k, v in summary(rows).items())
            print(f"seed {seed}  {backbone:<12} {values}", flush=True)


if __name__ == "__main__":
    main()
