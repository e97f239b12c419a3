"""Which changes of a patient's DICOM `radnec predict` finds, on the physics phantom.

    python benchmarks/unlike_study.py --study results/demo --model densenet121/fused \
        --folder results/unlike

Simulates patients that the study never saw, as its own were simulated and with one thing changed,
writes their DICOM, answers for each by `radnec.apply`, and counts: found outside by some check,
found by which, refused before an answer, and false alarms on untouched patients. The changes happen
in the simulator (contrast, noise, lines of k-space, scanner) or in the files (headers, slices),
never in what is measured of an image.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pydicom
from scipy import fft

from radnec.apply.known import find_model
from radnec.apply.many import predict_many
from radnec.apply.patients import read_patients
from radnec.apply.summary import FAILED
from radnec.core.tables import write_tsv
from radnec.phantom import case as simulator
from radnec.phantom.cohort import draft_cases
from radnec.phantom.patient import ACQUIRED
from radnec.phantom.settings import PhantomSettings
from radnec.phantom.signal import SEQUENCE_PARAMETERS, Sequence

SEED = 20260
"""Of the new patients."""


@dataclasses.dataclass(frozen=True)
class Change:
    """One thing that is changed in a patient.

    Attributes
    ----------
    sequences
        Parameters with which sequences are simulated in place of the study's.
    hidden
        Whether the headers keep the study's parameters all the same.
    headers, scanner, snr, centre
        Fields of every header; of the scanner; signal over noise; shift of the slices, mm up.
    lines
        Movement along the phase encoding, in acquired pixels, for each line of k-space.
    files
        What happens to the written series: sequence to its files in the order of the slices.
    """

    kind: str
    what: str
    sequences: Mapping[str, Sequence] = dataclasses.field(default_factory=dict)
    hidden: bool = False
    headers: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    scanner: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    snr: float = PhantomSettings().snr
    centre: float = 0.0
    lines: Callable[[int], np.ndarray] | None = None
    files: Callable[[Mapping[str, list[Path]]], None] | None = None


def drop(where: Callable[[int], range]) -> Callable[[Mapping[str, list[Path]]], None]:
    """Return what deletes the slices of every series at the places of a stack of n."""

    def delete(series: Mapping[str, list[Path]]) -> None:
        for paths in series.values():
            for place in where(len(paths)):
                paths[place].unlink()

    return delete


def swap(one: str, other: str) -> Callable[[Mapping[str, list[Path]]], None]:
    """Return what exchanges the pixels of two series and leaves their headers."""

    def exchange(series: Mapping[str, list[Path]]) -> None:
        for first, second in zip(series[one], series[other], strict=True):
            a, b = pydicom.dcmread(first), pydicom.dcmread(second)
            a.PixelData, b.PixelData = b.PixelData, a.PixelData
            a.save_as(first)
            b.save_as(second)

    return exchange


def sudden(lines: int) -> np.ndarray:
    """Return one movement by three pixels when 45 % of the lines are acquired."""
    return np.where(np.arange(lines) < 0.45 * lines, 0.0, 3.0)


def periodic(lines: int) -> np.ndarray:
    """Return a movement to and fro by 1.5 pixels, a cycle in ten lines."""
    return 1.5 * np.sin(2 * np.pi * np.arange(lines) / 10)


SHORT_T1 = Sequence(tr=600.0, te=12.0, flip=15.0)
CHANGES = (
    Change(
        "other scanner", "maker and model unseen, 256 x 256",
        headers={"Manufacturer": "CANON_MEC", "ManufacturerModelName": "MRT200PP3"},
        scanner={"frequency": 256, "phase": 224, "phase_fraction": 1.0, "field_of_view": 230.0},
    ),
    Change(
        "other scanner", "model unseen, 1.5 T, SNR 15", snr=15.0,
        headers={"ManufacturerModelName": "Avanto", "MagneticFieldStrength": 1.5},
    ),
    Change("other contrast", "T1 and T1ce with TR 600, TE 12",
           sequences={"t1": SHORT_T1, "t1ce": SHORT_T1}),
    Change("other contrast", "the same, not in the headers", hidden=True,
           sequences={"t1": SHORT_T1, "t1ce": SHORT_T1}),
    Change("other contrast", "TE of T2 180, not in the headers", hidden=True,
           sequences={"t2": Sequence(tr=4600.0, te=180.0, flip=12.0)}),
    Change("wrong sequence", "FLAIR under the headers of T2", hidden=True,
           sequences={"t2": SEQUENCE_PARAMETERS["flair"]}),
    Change("wrong sequence", "T1 and T1ce exchanged", files=swap("t1", "t1ce")),
    Change("movement", "once by three pixels in each scan", lines=sudden),
    Change("movement", "to and fro by 1.5 pixels in each scan", lines=periodic),
    Change("missing slices", "the two highest of each series",
           files=drop(lambda n: range(n - 2, n))),
    Change("missing slices", "the nine highest of each series",
           files=drop(lambda n: range(n - 9, n))),
    Change("missing slices", "two in the middle of each series",
           files=drop(lambda n: range(n // 2, n // 2 + 2))),
    Change("missing slices", "head 45 mm too high for the slices", centre=-45.0),
    Change("noise", "SNR 12 in place of 25", snr=12.0),
    Change("noise", "SNR 8", snr=8.0),
)  # fmt: skip


@contextmanager
def simulated_with(change: Change) -> Iterator[None]:
    """Let the simulator make the change."""
    drawn, recorded = simulator.draw_session, simulator.record

    def session(*args: Any) -> Any:
        found = drawn(*args)
        scanner = dataclasses.replace(found.scanner, **change.scanner)
        up = np.array([0.0, 0.0, change.centre])
        return dataclasses.replace(found, scanner=scanner, centre=found.centre + up)

    def moved(rng: Any, image: np.ndarray, columns: int, noise: float) -> np.ndarray:
        if change.lines is not None:
            count = image.shape[2]
            spectrum = fft.fftshift(fft.fft(image, axis=2), axes=2)
            order = np.arange(count) - count // 2
            spectrum *= np.exp(-2j * np.pi * order / count * change.lines(count))
            image = np.abs(fft.ifft(fft.ifftshift(spectrum, axes=2), axis=2)).astype(np.float32)
        return recorded(rng, image, columns, noise)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(SEQUENCE_PARAMETERS, change.sequences))
        stack.enter_context(mock.patch.object(simulator, "draw_session", session))
        stack.enter_context(mock.patch.object(simulator, "record", moved))
        yield


def write_patient(row: Mapping[str, Any], change: Change, folder: Path) -> None:
    """Simulate one patient with a change."""
    truth = folder.parent.parent / "truth" / folder.name
    with simulated_with(change):
        simulator.simulate_case(
            case=row["case"], label=row["label"], defect="none", seed=SEED,
            settings=PhantomSettings(snr=change.snr),
            dicom=folder, truth=truth,
        )  # fmt: skip
    series: dict[str, list[Path]] = {}
    for number, name in enumerate(ACQUIRED, start=2):
        paths = list((folder / f"S{number:04d}").iterdir())
        series[name] = sorted(paths, key=lambda path: pydicom.dcmread(path).InstanceNumber)
        for path in paths:
            data = pydicom.dcmread(path)
            data.update(dict(change.headers))
            if change.hidden and name in change.sequences:
                stated = SEQUENCE_PARAMETERS[name]
                data.RepetitionTime, data.EchoTime = stated.tr, stated.te
                data.FlipAngle = stated.flip
                if stated.ti is None and "InversionTime" in data:
                    del data.InversionTime
            data.save_as(path)
    if change.files is not None:
        change.files(series)


def simulate(folder: Path, count: int, changes: Collection[Change]) -> pd.DataFrame:
    """Simulate patients that are not there yet; return case, kind, what and dicom.

    Each of `count` patients once untouched, and one after the other with a change.
    """
    patients = draft_cases(count, SEED, "", 0.4).to_dict("records")
    wanted = [("none", Change("untouched", "new patient"), row) for row in patients]
    for number, change in enumerate(changes):
        wanted.append((f"C{number:02d}", change, patients[number % count]))
    rows = []
    for key, change, patient in wanted:
        case = f"{key}_{patient['case']}"
        dicom = folder / "dicom" / case
        if not dicom.is_dir():
            write_patient(patient, change, dicom)
        rows.append({"case": case, "kind": change.kind, "what": change.what, "dicom": str(dicom)})
    return pd.DataFrame(rows)


def report(table: pd.DataFrame, answered: pd.DataFrame, output: Path) -> str:
    """Return a table: what was found of each change, and by which checks."""
    status = dict(zip(answered["case"], answered["status"], strict=True))
    lines = ["| kind | changed | found outside | refused | by |", "|---|---|---|---|---|"]
    for (kind, what), rows in table.groupby(["kind", "what"], sort=False):
        by: dict[str, int] = Counter()
        found = refused = 0
        for case in rows["case"]:
            if status[case] == FAILED:
                refused += 1
                continue
            answer = json.loads((output / case / "prediction.json").read_text(encoding="utf-8"))
            outside = [c["name"] for c in answer["likeness"]["checks"] if c["verdict"] == "outside"]
            by.update(outside)
            found += bool(outside)
        named = ", ".join(f"{name} {count}" for name, count in by.most_common())
        lines.append(f"| {kind} | {what} | {found} of {len(rows)} | {refused} | {named} |")
    return "\n".join(lines)


def main() -> None:
    """Simulate, answer, count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--patients", type=int, default=6, help="new patients")
    parser.add_argument(
        "--changes", type=int, default=len(CHANGES), help="how many, from the first"
    )
    chosen = parser.parse_args()
    known = find_model(chosen.study, chosen.model)
    table = simulate(chosen.folder, chosen.patients, CHANGES[: chosen.changes])
    path = chosen.folder / "patients.tsv"
    write_tsv(table, path)
    output = chosen.folder / "answers"
    answered = predict_many(known, read_patients(path), output, device="cpu", threads=1)
    print(report(table, answered, output))
    seconds = answered.loc[answered["status"] != FAILED, "seconds"]
    print(f"\n{len(seconds)} answered, median {seconds.median():.1f} s a patient")


if __name__ == "__main__":
    main()
