"""One training run: backbone x inputs x fold x seed."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from radnec.core.files import atomic_path, write_json
from radnec.core.labels import CLASSES
from radnec.core.notices import RESEARCH_USE
from radnec.core.seeding import derive_seed
from radnec.networks.registry import build_network
from radnec.training.card import write_card
from radnec.training.checkpoint import Checkpoint, run_key
from radnec.training.data import Volumes, fold_cases, require_both_classes
from radnec.training.device import prepare_device
from radnec.training.history import Events, write_history
from radnec.training.inner import inner_split
from radnec.training.loop import Trainer
from radnec.training.settings import TrainingSettings

log = logging.getLogger(__name__)


def train_run(
    *,
    backbone: str,
    inputs: str,
    sequences: Sequence[str],
    fold: str,
    seed: int,
    split: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    settings: TrainingSettings,
    device: str,
    threads: int,
    checkpoints: Path,
    outdir: Path,
    notice: str = RESEARCH_USE,
    preprocessing: str = "{}",
) -> None:
    """Train one network on the training set of one fold.

    Parameters
    ----------
    backbone
        A backbone of `radnec.networks.registry.build_network`.
    inputs, sequences
        Name of the input set, and its sequences in the order of the channels.
    fold, seed
        Which rows of `split` to use, and the seed of all that is random.
    split
        Table with case, patient, label, fold, set. Only the fold's rows of set `train` are
        used; nothing of the others reaches the weights.
    packed_cases, packed
        The rows of the packed arrays, and the array (N, x, y, z) of each sequence.
    device, threads
        Where the run happens (see `radnec.training.device.prepare_device`).
    checkpoints
        Folder of the running checkpoints. A run killed at any moment and started again
        with the same arguments goes on from there; any other argument starts afresh.
    outdir
        Gets weights.safetensors, network.json, history.tsv, card.json, card.md and
        tensorboard/.
    notice
        The sentence of the model card on what the cohort is.
    preprocessing
        JSON of what was done to the volumes, kept in network.json for the next patient.

    Raises
    ------
    InputError
        If the settings, the split or the arrays are wrong, a class has no case, or the loss
        is no number; the message says what to change.
    """
    began = time.time()
    target = prepare_device(device, threads)
    cases = fold_cases(split, packed_cases, fold, ["train"])
    training, validation = inner_split(cases, settings.validation_fraction, seed)
    require_both_classes(training, f"fold {fold!r} of {split}")
    volumes = Volumes(packed, sequences)
    definition = {
        "backbone": backbone,
        "sequences": list(sequences),
        "fold": fold,
        "seed": seed,
        "settings": settings.to_json(),
    }
    checkpoint = Checkpoint(checkpoints, run_key(definition, cases, volumes))
    torch.manual_seed(derive_seed(seed, "weights"))
    network = build_network(backbone, volumes.channels).to(target)
    trainer = Trainer(
        name=f"{backbone}/{inputs}/{fold} seed {seed}",
        network=network,
        training=training,
        validation=validation,
        volumes=volumes,
        settings=settings,
        seed=seed,
        device=target,
        checkpoint=checkpoint,
    )
    events = Events(Path(outdir) / "tensorboard", trainer.state.history)
    try:
        weights = trainer.run(lambda history: events.add(history[-1]))
    finally:
        events.close()
    outdir = Path(outdir)
    with atomic_path(outdir / "weights.safetensors") as temporary:
        save_file({key: value.contiguous() for key, value in weights.items()}, temporary)
    write_history(trainer.state.history, outdir / "history.tsv")
    described: dict[str, Any] = {
        "backbone": backbone,
        "inputs": inputs,
        "in_channels": volumes.channels,
        "sequences": list(sequences),
        "size": list(volumes.size),
        "classes": list(CLASSES),
        "validation_cases": validation["case"].tolist(),
        "preprocessing": json.loads(preprocessing),
    }
    write_json(outdir / "network.json", described)
    write_card(
        outdir,
        definition=definition | {"inputs": inputs},
        network=network,
        training=training,
        validation=validation,
        size=volumes.size,
        settings=settings,
        state=trainer.state,
        device=target,
        seconds=time.time() - began,
        notice=notice,
    )
    checkpoint.remove()
