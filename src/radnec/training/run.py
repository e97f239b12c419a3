"""One training run: backbone x inputs x fold x seed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from radnec.core.files import atomic_path, sha256, write_json
from radnec.core.labels import CLASSES
from radnec.core.notices import RESEARCH_USE
from radnec.training.card import write_card
from radnec.training.data import Volumes, fold_cases, require_both_classes
from radnec.training.device import describe_device, prepare_device
from radnec.training.fit import Fitted, Job, fit
from radnec.training.grid import Choice, choose
from radnec.training.history import Recorder
from radnec.training.settings import TrainingSettings
from radnec.training.state import on_cpu


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
    spacing: Sequence[float] | None = None,
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
        Folder of this run's checkpoints. A run killed at any moment and started again with the
        same arguments goes on from there, a finished one takes its weights from there; a
        changed setting, training case, voxel or line of code starts afresh.
    outdir
        Gets weights.safetensors, network.json, history.tsv, card.json, card.md and
        tensorboard/.
    notice
        The sentence of the model card on what the cohort is.
    preprocessing
        JSON of what was done to the volumes, kept in network.json for the next patient.
    spacing
        Millimetres between voxels along x, y and z, which kernels and strides follow (see
        `radnec.networks.anisotropy`); None treats all axes alike.

    Raises
    ------
    InputError
        If the settings, the split or the arrays are wrong, a class has no case, the loss is
        no number or the memory does not suffice; the message says what to change.
    """
    target = prepare_device(device, threads)
    cases = fold_cases(split, packed_cases, fold, ["train"])
    require_both_classes(cases, f"fold {fold!r} of {split}")
    job = Job(
        name=f"{backbone}/{inputs}/{fold} seed {seed}",
        backbone=backbone,
        sequences=sequences,
        seed=seed,
        spacing=(spacing[0], spacing[1], spacing[2]) if spacing else None,
        volumes=Volumes(packed, sequences),
        device=target,
        checkpoints=Path(checkpoints),
    )
    choice = choose(job, cases, settings)
    with Recorder(Path(outdir)) as recorder:
        fitted = fit(
            job,
            cases,
            choice.settings,
            purpose="final",
            before=recorder.start,
            after_epoch=recorder.add,
        )
    described = {
        "backbone": backbone,
        "inputs": inputs,
        "fold": fold,
        "seed": seed,
        "in_channels": job.volumes.channels,
        "sequences": list(sequences),
        "size": list(job.volumes.size),
        "spacing": list(spacing) if spacing else None,
        "classes": list(CLASSES),
        "validation_cases": fitted.validation["case"].tolist(),
        "temperature": choice.temperature,
        "test_time_flips": list(settings.test_time_flips),
        "preprocessing": json.loads(preprocessing),
    }
    _write(Path(outdir), described, fitted, choice, notice, job)
    # What a finished run needs no more is left out. Its network is the averaged one, if any.
    fitted.checkpoint.finish(
        {
            "network": on_cpu(fitted.network),
            "averaged": None,
            "optimiser": None,
            "state": vars(fitted.state),
            "way": vars(fitted.way),
            "device": describe_device(target),
        }
    )


def _write(
    outdir: Path,
    described: dict[str, Any],
    fitted: Fitted,
    choice: Choice,
    notice: str,
    job: Job,
) -> None:
    with atomic_path(outdir / "weights.safetensors") as temporary:
        save_file({key: value.contiguous() for key, value in fitted.weights.items()}, temporary)
    described["weights_sha256"] = sha256(outdir / "weights.safetensors")
    write_json(outdir / "network.json", described)
    write_card(
        outdir,
        described=described,
        fitted=fitted,
        settings=choice.settings,
        tried=choice.tried,
        device=job.device,
        notice=notice,
    )
