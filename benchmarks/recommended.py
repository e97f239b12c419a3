"""What each choice of config/recommended.yaml does, on the skull-stripped cases of a study.

The choices are made in small: one backbone, few epochs, volumes of the study's size. Each variant
differs from them in one choice. Two halves of the cases, alike in the share of necrosis, test
each other once for each seed; what is printed is over all cases, a mean over the seeds.

    OMP_NUM_THREADS=1 python benchmarks/recommended.py --study results/reference

Variants that stand in the output file already are not run again.
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
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from radnec.cohort.collect import included_cases
from radnec.core.files import write_checksum
from radnec.core.labels import class_index
from radnec.preprocess.intensity import scale
from radnec.preprocess.normalise import resample, target_grid
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.volumes import to_ras
from radnec.training.predict import load_network
from radnec.training.run import train_run
from radnec.training.settings import TrainingSettings

SEQUENCES = ("t1", "t1ce", "t2")
MIN_MAX = {"intensity": "min-max", "region": "volume"}

# What differs from the recommended choices: in the training, the normalisation, the strides.
VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "recommended": ({}, {}, True),
    "min-max": ({}, MIN_MAX, True),
    "isotropic strides": ({}, {}, False),
    "shuffled, not balanced": ({"sampling": "shuffled"}, {}, True),
    "no augmentation": ({"augmentation": ()}, {}, True),
    "constant rate": ({"schedule": "constant"}, {}, True),
    "running statistics": ({"batch_norm": "running"}, {}, True),
    "epoch chosen by a fifth": ({"validation_fraction": 0.2, "patience": 5}, {}, True),
    "as the paper": (
        {
            "sampling": "shuffled",
            "augmentation": (),
            "schedule": "constant",
            "batch_norm": "running",
        },
        MIN_MAX,
        True,
    ),
}


class Cohort:
    """The volumes of a study's cases, as a normalisation makes them.

    Attributes
    ----------
    cases
        Columns case and label of the cases that stayed in the study.
    """

    def __init__(self, study: Path, size: tuple[int, int, int], work: Path) -> None:
        self._study, self._size, self._work = study, size, work
        self.cases = included_cases(study / "cohort" / "cases.tsv")[["case", "label"]]
        self.cases = self.cases.reset_index(drop=True)
        self.spacing: tuple[float, ...] = (1.0, 1.0, 1.0)

    def packed(self, changes: dict[str, Any]) -> dict[str, Path]:
        """Return the array (case, x, y, z) of each sequence, made where it is missing."""
        settings = NormalisationSettings(
            size=self._size, **{"intensity": "z-score", "region": "brain"} | changes
        )
        files = {name: self._work / f"{settings.intensity}_{name}.npy" for name in SEQUENCES}
        spacings = []
        volumes: dict[str, list[np.ndarray]] = {name: [] for name in SEQUENCES}
        for case in self.cases["case"]:
            folder = self._study / "brain" / case
            mask_image = nib.Nifti1Image.from_filename(folder / "mask.nii.gz")
            mask, affine = to_ras(mask_image.get_fdata(dtype=np.float32), mask_image.affine)
            grid = target_grid(mask > 0.5, affine, settings)
            spacings.append(np.linalg.norm(grid[:3, :3], axis=0))
            inside = resample(mask, affine, grid, settings.size) > 0.5
            region = inside if settings.region == "brain" else np.ones(settings.size, dtype=bool)
            for name in SEQUENCES:
                image = nib.Nifti1Image.from_filename(folder / f"{name}.nii.gz")
                data, own = to_ras(image.get_fdata(dtype=np.float32), image.affine)
                volumes[name].append(
                    scale(
                        resample(data, own, grid, settings.size),
                        region,
                        method=settings.intensity,
                        percentiles=settings.percentiles,
                        name=name,
                    ).astype(np.float16)
                )
        self.spacing = tuple(float(size) for size in np.median(spacings, axis=0))
        for name, file in files.items():
            np.save(file, np.stack(volumes[name]))
            write_checksum(file)
        return files


def answers(
    cohort: Cohort,
    packed: dict[str, Path],
    settings: TrainingSettings,
    *,
    backbone: str,
    anisotropic: bool,
    seed: int,
    work: Path,
) -> np.ndarray:
    """Return the probability of necrosis of each case, from the network of the other half."""
    cases = cohort.cases
    cases.assign(row=range(len(cases)), target=cases["label"].map(class_index)).to_csv(
        work / "cases.tsv", sep="\t", index=False
    )
    arrays = [np.load(packed[name], mmap_mode="r") for name in SEQUENCES]
    found = np.full(len(cases), np.nan)
    halves = StratifiedKFold(2, shuffle=True, random_state=seed)
    for number, (_, test) in enumerate(halves.split(cases, cases["label"])):
        split = cases.assign(patient=cases["case"], fold="holdout", set="train")
        split.loc[test, "set"] = "test"
        split.to_csv(work / "split.tsv", sep="\t", index=False)
        with TemporaryDirectory() as scratch:
            model = Path(scratch) / "model"
            train_run(
                backbone=backbone,
                inputs="fused",
                sequences=SEQUENCES,
                fold="holdout",
                seed=seed,
                split=work / "split.tsv",
                packed_cases=work / "cases.tsv",
                packed=packed,
                settings=settings,
                device="cpu",
                threads=1,
                checkpoints=Path(scratch) / f"checkpoints{number}",
                outdir=model,
                spacing=cohort.spacing if anisotropic else None,
            )
            network = load_network(model, "cpu")
            with torch.no_grad():
                for row in test:
                    volume = np.stack([array[row] for array in arrays]).astype(np.float32)[None]
                    found[row] = network(torch.from_numpy(volume)).softmax(1)[0, 1]
    return found


def measures(label: pd.Series, probability: np.ndarray) -> dict[str, float]:
    """Return how well probabilities of necrosis fit the labels; threshold 0.5."""
    truth = (label == "necrosis").to_numpy()
    called = probability > 0.5
    sensitivity, specificity = called[truth].mean(), (~called[~truth]).mean()
    return {
        "AUC": roc_auc_score(truth, probability),
        "sensitivity": sensitivity,
        "specificity": specificity,
        "balanced": (sensitivity + specificity) / 2,
        "log loss": log_loss(truth, probability),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path, required=True, help="its brain/ is read")
    parser.add_argument("--output", type=Path, default=Path("recommended.tsv"))
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--backbone", default="resnet10")
    parser.add_argument("--size", type=int, nargs=3, default=[48, 48, 24])
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    done = pd.read_csv(arguments.output, sep="\t") if arguments.output.exists() else None
    rows = [] if done is None else done.to_dict("records")
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        cohort = Cohort(arguments.study, tuple(arguments.size), work)
        for name in arguments.variants:
            if any(row["variant"] == name for row in rows):
                continue
            training, normalisation, anisotropic = VARIANTS[name]
            settings = TrainingSettings(
                learning_rate=arguments.learning_rate,
                epochs=arguments.epochs,
                **{
                    "sampling": "balanced",
                    "augmentation": ("flip",),
                    "schedule": "cosine",
                    "batch_norm": "recomputed",
                }
                | training,
            )
            packed = cohort.packed(normalisation)
            found = [
                answers(
                    cohort,
                    packed,
                    settings,
                    backbone=arguments.backbone,
                    anisotropic=anisotropic,
                    seed=seed,
                    work=work,
                )
                for seed in arguments.seeds
            ]
            single = pd.DataFrame([measures(cohort.cases["label"], one) for one in found]).mean()
            rows.append({"variant": name, "n": len(cohort.cases), **single})
            if name == "recommended" and len(found) > 1:
                joined = measures(cohort.cases["label"], np.mean(found, axis=0))
                rows.append({"variant": "mean of the seeds", "n": len(cohort.cases), **joined})
            pd.DataFrame(rows).round(3).to_csv(arguments.output, sep="\t", index=False)
    print(pd.DataFrame(rows).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
