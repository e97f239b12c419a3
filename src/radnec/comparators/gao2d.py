"""The 2D network of Gao et al. 2020: single slices are judged, and joined to an answer for a case.

Gao et al. 2020, JMIR Med Inform 8(11):e19805, doi 10.2196/19805. Taken from its abstract: a light
network of its own (ERN-Net) on 2D slices of T1, T2 and T1ce together, judged per image and per
subject. Its layers, the slices it was given, how slices were joined and how it was trained are not
in what could be read of the paper: those are choices of this module, listed in docs/comparators.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from nibabel.processing import resample_from_to
from safetensors.torch import save_file
from torch import nn

from radnec.comparators.output import write_model, write_predictions
from radnec.comparators.settings import Gao2dSettings
from radnec.core.files import atomic_path, sha256
from radnec.core.labels import CLASSES, POSITIVE
from radnec.core.seeding import derive_seed
from radnec.training.data import Volumes, fold_cases, require_both_classes
from radnec.training.device import prepare_device

WIDTHS = (16, 32, 64, 128)
DROPOUT = 0.3


class LightNetwork(nn.Module):
    """Four convolutions of 3 x 3, each with normalisation, ReLU and pooling; mean; one layer.

    98 thousand parameters for three sequences. Takes (slices, sequences, x, y), each axis at least
    16, and returns logits (slices, 2) in the order of `radnec.core.labels.CLASSES`.
    """

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for given, width in zip((in_channels, *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [
                nn.Conv2d(given, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(WIDTHS[-1], len(CLASSES)))

    def forward(self, slices: torch.Tensor) -> torch.Tensor:
        """Return the logits of each slice."""
        logits: torch.Tensor = self.classifier(self.features(slices).mean(dim=(2, 3)))
        return logits


def choose_slices(lesion: npt.NDArray[np.bool_], count: int) -> list[int]:
    """Return the axial slices with most of the lesion, ascending; no label is asked.

    Parameters
    ----------
    lesion
        Array (x, y, z).
    count
        How many at most. Slices without any of the lesion are not taken.
    """
    areas = lesion.sum(axis=(0, 1))
    order = np.argsort(-areas, kind="stable")[:count]
    return sorted(int(z) for z in order if areas[z] > 0)


def train_gao2d(
    *,
    inputs: str,
    sequences: Sequence[str],
    fold: str,
    seed: int,
    split: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    normalised: Path,
    lesions: Path,
    settings: Gao2dSettings,
    device: str,
    threads: int,
    notice: str,
    outdir: Path,
) -> None:
    """Train on the slices of a fold's training cases, and write the answer for each case.

    Parameters
    ----------
    inputs, sequences, fold, seed, split, packed_cases, packed
        As `radnec.training.run.train_run` takes them.
    normalised, lesions
        Folders with one folder a case: the normalised images, for their grid, and lesion.nii.gz.
    settings
        Slices, epochs, learning rate, batch size.
    outdir
        Gets weights.safetensors, predictions.tsv, model.json and card.md. The probability of a
        case is the mean over its slices.
    """
    target = prepare_device(device, threads)
    cases = fold_cases(split, packed_cases, fold, ["train", "test"])
    training = cases[cases["set"] == "train"]
    require_both_classes(training, f"fold {fold!r} of {split}")
    volumes = Volumes(packed, sequences)
    slices = {
        case: _slices(volumes, row, normalised / case, lesions / case, settings.slices)
        for case, row in zip(cases["case"], cases["row"], strict=True)
    }
    torch.manual_seed(derive_seed(seed, "gao2d"))
    network = LightNetwork(volumes.channels).to(target)
    images = torch.cat([slices[case] for case in training["case"]])
    classes = torch.tensor(
        [
            index
            for case, index in zip(training["case"], training["target"], strict=True)
            for _ in slices[case]
        ]
    )
    loss = _train(network, images, classes, settings, derive_seed(seed, "slices"), target)
    network.eval()
    answers = {}
    with torch.no_grad():
        for case in cases["case"]:
            logits = network(slices[case].to(target)).double()
            answers[case] = float(torch.softmax(logits, dim=1)[:, CLASSES.index(POSITIVE)].mean())
    weights = outdir / "weights.safetensors"
    with atomic_path(weights) as temporary:
        save_file(
            {name: one.cpu().contiguous() for name, one in network.state_dict().items()}, temporary
        )
    write_predictions(cases, pd.Series(answers), fold, seed, outdir / "predictions.tsv")
    described: dict[str, Any] = {
        "comparator": "gao2d",
        "inputs": inputs,
        "fold": fold,
        "seed": seed,
        "sequences": list(sequences),
        "parameters": sum(one.numel() for one in network.parameters()),
        "training_slices": len(images),
        "last_training_loss": loss,
        "weights_sha256": sha256(weights),
    }
    write_model(described, notice, outdir)


def _slices(volumes: Volumes, row: int, normalised: Path, lesion: Path, count: int) -> torch.Tensor:
    """Return the slices of a case (slices, sequences, x, y), of the brain where no lesion lies."""
    like = nib.Nifti1Image.from_filename(next(iter(sorted(normalised.glob("*.nii.gz")))))
    stored = nib.Nifti1Image.from_filename(lesion / "lesion.nii.gz")
    mask = nib.Nifti1Image(np.asarray(stored.dataobj, dtype=np.float32), stored.affine)
    carried = resample_from_to(mask, (like.shape, like.affine), order=1)
    volume = volumes.batch([row])[0]
    chosen = choose_slices(np.asarray(carried.dataobj) > 0.5, count)
    chosen = chosen or choose_slices((volume != 0).any(dim=0).numpy(), count)
    return volume[..., chosen].permute(3, 0, 1, 2).contiguous()


def _train(
    network: nn.Module,
    images: torch.Tensor,
    classes: torch.Tensor,
    settings: Gao2dSettings,
    seed: int,
    device: torch.device,
) -> float:
    """Train with Adam, both classes drawn alike, slices mirrored; return the last mean loss."""
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    rng = np.random.default_rng(seed)
    shares = np.bincount(classes.numpy(), minlength=len(CLASSES))[classes.numpy()]
    chance = (1 / shares) / (1 / shares).sum()
    total = 0.0
    network.train()
    for _ in range(settings.epochs):
        drawn = rng.choice(len(images), size=len(images), p=chance)
        total, steps = 0.0, 0
        for start in range(0, len(drawn), settings.batch_size):
            batch = drawn[start : start + settings.batch_size]
            if len(batch) == 1 and steps:
                continue  # one slice has no spread to normalise by
            given = images[batch].to(device)
            flipped = torch.from_numpy(rng.random(len(batch)) < 0.5).to(device)
            given = torch.where(flipped[:, None, None, None], given.flip(2), given)
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(network(given), classes[batch].to(device))
            loss.backward()
            optimiser.step()
            total, steps = total + float(loss.detach()), steps + 1
        total /= steps
    return total
