"""Simulated cases for tests; each takes some seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from radnec.phantom.case import simulate_case
from radnec.phantom.patient import draw_session
from radnec.phantom.settings import PhantomSettings

SEED = 20
SETTINGS = PhantomSettings(
    snr=30.0, movement_mm=4.0, movement_degrees=4.0, deformation_mm=3.0, bias=0.15
)


@dataclass(frozen=True)
class Simulated:
    """A case that was simulated with `SEED` and `SETTINGS`."""

    case: str
    label: str
    dicom: Path
    truth: Path


def scanned_by(manufacturer: str) -> str:
    """Return a case id whose seed sends it to this manufacturer's scanner, slices oblique."""
    for number in range(1000):
        session = draw_session(SEED, f"T{number}", SETTINGS)
        if session.scanner.manufacturer == manufacturer and abs(session.tilt) > 3:
            return f"T{number}"
    raise AssertionError(f"no case among 1000 is scanned by {manufacturer}")


def simulate(case: str, label: str, folder: Path, defect: str = "none") -> Simulated:
    simulated = Simulated(case, label, folder / "dicom" / case, folder / "truth" / case)
    simulate_case(
        case=case,
        label=label,
        defect=defect,
        seed=SEED,
        settings=SETTINGS,
        dicom=simulated.dicom,
        truth=simulated.truth,
    )
    return simulated
