"""One simulated case: head, lesion, five series of DICOM and the truth beside them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radnec.core.errors import InputError
from radnec.core.files import atomic_dir, write_json
from radnec.core.labels import CLASSES
from radnec.phantom import relaxation
from radnec.phantom.acquisition import receive_field, record
from radnec.phantom.anatomy import Anatomy, load_anatomy
from radnec.phantom.dicom import Series, Study, write_series
from radnec.phantom.lesions import Lesion, draw_lesion
from radnec.phantom.patient import ACQUIRED, Session, draw_session, generator
from radnec.phantom.sampling import Geometry, Sampler
from radnec.phantom.settings import PhantomSettings
from radnec.phantom.signal import SEQUENCE_PARAMETERS, contrast_signal, tissue_signal, washout
from radnec.phantom.truth import write_masks
from radnec.phantom.vendors import style_of

DEFECTS = ("none", "few_slices", "missing_sequence", "truncated_file")

_FEW_SLICES = 20  # the paper needs 32


def simulate_case(
    *,
    case: str,
    label: str,
    defect: str,
    seed: int,
    settings: PhantomSettings,
    dicom: Path,
    truth: Path,
) -> None:
    """Write one simulated study as DICOM, and what is true of it beside.

    Parameters
    ----------
    case
        Safe case id; it and `seed` decide everything that is random.
    label
        Class of the lesion.
    defect
        `none`; `few_slices`: T2 has 20 slices; `missing_sequence`: no T2;
        `truncated_file`: one slice file of T1ce ends in the middle.
    settings
        Noise, movement, deformation, receive field.
    dicom
        Folder of the study, replaced; one folder a series.
    truth
        Folder of the truth, replaced: case.json, lesion.nii.gz (1 enhancing, 2 core,
        3 oedema) and brain.nii.gz on the grid of T1ce, and for each sequence
        `<seq>_to_t1ce.txt`, 4 x 4, from world RAS mm of its scan to that of T1ce.

    Raises
    ------
    InputError
        If `label` or `defect` is unknown.
    """
    for name, value, known in (("label", label, CLASSES), ("defect", defect, DEFECTS)):
        if value not in known:
            raise InputError(f"case {case}: {name} {value!r}, expected one of {', '.join(known)}")
    anatomy = load_anatomy()
    session = draw_session(seed, case, settings)
    lesion = draw_lesion(generator(seed, case, "lesion"), label, anatomy)
    study = Study(case, seed, session.scanner, session.date)
    sequences = [name for name in ACQUIRED if (name, defect) != ("t2", "missing_sequence")]
    with atomic_dir(dicom) as images, atomic_dir(truth) as known_truth:
        _write_localizer(study, session, anatomy, lesion, settings, images / "S0001")
        for number, name in enumerate(sequences, start=2):
            few = defect == "few_slices" and name == "t2"
            sampler = _sampler(session, anatomy, name, _FEW_SLICES if few else None)
            stack = _scan(study, session, sampler, anatomy, lesion, name, settings)
            series = _series(session, name, number, (stack,), session.scanner.thickness)
            paths = write_series(study, series, images / f"S{number:04d}")
            if defect == "truncated_file" and name == "t1ce":
                broken = paths[len(paths) // 2]
                broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])
            to_t1ce = np.linalg.inv(session.movement["t1ce"]) @ session.movement[name]
            np.savetxt(known_truth / f"{name}_to_t1ce.txt", to_t1ce, fmt="%.9f")
        facts: dict[str, Any] = {
            "case": case,
            "label": label,
            "defect": defect,
            "scanner": asdict(session.scanner),
            "sequences": {name: asdict(SEQUENCE_PARAMETERS[name]) for name in sequences},
            "slice_tilt_degrees": session.tilt,
            "lesion": lesion.facts
            | write_masks(_sampler(session, anatomy, "t1ce"), anatomy, lesion, known_truth),
            "settings": settings.to_mapping(),
        }
        write_json(known_truth / "case.json", facts)


def signal_volume(anatomy: Anatomy, lesion: Lesion, name: str) -> NDArray[np.float32]:
    """Return the signal of every template voxel (x, y, z) in one sequence."""
    sequence = SEQUENCE_PARAMETERS[name]
    dosed = name == "t1ce"
    values = [tissue_signal(tissue, sequence) for tissue in relaxation.NORMAL_TISSUES]
    blood = relaxation.NORMAL_TISSUES.index(relaxation.BLOOD)
    pool = relaxation.BLOOD_POOL_MM if dosed else 0.0
    values[blood] = washout(sequence) * float(contrast_signal(relaxation.BLOOD, pool, sequence))
    volume = anatomy.mix(np.array(values))
    enhancing = contrast_signal(relaxation.TUMOUR, lesion.gadolinium if dosed else 0.0, sequence)
    necrotic = tissue_signal(relaxation.NECROSIS, sequence)
    solid = tissue_signal(relaxation.TUMOUR, sequence)
    part = volume[lesion.box]
    part *= 1 - lesion.enhancing - lesion.core - lesion.oedema
    part += lesion.enhancing * enhancing
    part += lesion.core * (necrotic + lesion.debris * (solid - necrotic))
    part += lesion.oedema * tissue_signal(relaxation.OEDEMA, sequence)
    return volume


def _sampler(session: Session, anatomy: Anatomy, name: str, slices: int | None = None) -> Sampler:
    """Return what samples the head along the slices of one sequence."""
    scanner = session.scanner
    geometry = Geometry(
        session.axes,
        session.centre,
        scanner.pixel,
        scanner.columns,
        scanner.frequency,
        scanner.spacing,
        slices or scanner.slices,
    )
    to_template = np.linalg.inv(session.head) @ session.movement[name]
    return Sampler(geometry, to_template, session.deformation, anatomy.origin)


def _scan(
    study: Study,
    session: Session,
    sampler: Sampler,
    anatomy: Anatomy,
    lesion: Lesion,
    name: str,
    settings: PhantomSettings,
) -> tuple[NDArray[np.float32], Geometry]:
    """Acquire one sequence: magnitude pixels (slices, rows, columns) and their place."""
    scanner = session.scanner
    image = sampler.slices(signal_volume(anatomy, lesion, name), scanner.phase, scanner.thickness)
    image *= session.gain / tissue_signal(relaxation.WHITE, SEQUENCE_PARAMETERS[name])
    image *= receive_field(session.receive, image.shape, settings.bias)
    noise = session.gain / settings.snr
    rng = generator(study.seed, study.case, "noise", name)
    return record(rng, image, scanner.columns, noise), sampler.geometry


def _write_localizer(
    study: Study,
    session: Session,
    anatomy: Anatomy,
    lesion: Lesion,
    settings: PhantomSettings,
    folder: Path,
) -> None:
    """Write three orthogonal planes through the middle as one series."""
    volume = signal_volume(anatomy, lesion, "localizer")
    gain = session.gain / tissue_signal(relaxation.WHITE, SEQUENCE_PARAMETERS["localizer"])
    stacks = []
    # Image column and row directions of axial, coronal and sagittal planes, in RAS.
    for plane, (across, down) in enumerate(
        [((-1, 0, 0), (0, -1, 0)), ((-1, 0, 0), (0, 0, -1)), ((0, -1, 0), (0, 0, -1))]
    ):
        axes = np.stack([across, down, np.cross(across, down)], axis=1).astype(float)
        geometry = Geometry(axes, session.centre, 1.0, 256, 256, 10.0, 1)
        sampler = Sampler(
            geometry, np.linalg.inv(session.head), session.deformation, anatomy.origin
        )
        image = sampler.slices(volume, 256, 8.0) * gain
        rng = generator(study.seed, study.case, "noise", "localizer", str(plane))
        stacks.append((record(rng, image, 256, session.gain / settings.snr), geometry))
    write_series(study, _series(session, "localizer", 1, tuple(stacks), 8.0), folder)


def _series(
    session: Session,
    name: str,
    number: int,
    stacks: tuple[tuple[NDArray[np.float32], Geometry], ...],
    thickness: float,
) -> Series:
    """Give a series its number, time and style."""
    start = session.times[ACQUIRED[0]] - 60
    philips = session.scanner.manufacturer.startswith("Philips")
    return Series(
        name=name,
        number=number * 100 + 1 if philips else number,
        seconds=float(session.times.get(name, start)),
        stacks=stacks,
        thickness=thickness,
        style=style_of(session.scanner, name, bare=session.bare, slope=session.slope),
    )
