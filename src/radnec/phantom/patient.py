"""What makes one patient and one session differ from the next, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from radnec.core.seeding import derive_seed
from radnec.phantom.sampling import Deformation
from radnec.phantom.scanners import SCANNERS, Scanner
from radnec.phantom.settings import PhantomSettings

# In the order they are acquired; contrast is given before the last.
ACQUIRED = ("t1", "t2", "flair", "t1ce")

_PIVOT = np.array([0.0, -18.0, 8.0])  # middle of the head in the template's world
_MIDDLE = np.array([0.0, -18.0, 3.0, 1.0])  # middle of the slices


@dataclass(frozen=True)
class Session:
    """One patient on one scanner.

    Attributes
    ----------
    head
        4 x 4, template world to scanner world (RAS mm): size, shape, pose.
    deformation
        Smooth change of shape beyond `head`.
    axes, centre, tilt
        Slice axes (see `Geometry`), middle of the slices, oblique angle in degrees.
    movement
        For each sequence 4 x 4, world of its scan to the world at the session's start.
    date
        YYYYMMDD.
    times
        Seconds since midnight at which each sequence starts.
    gain
        Signal of white matter in the images.
    bare, slope
        See `radnec.phantom.vendors.style_of`.
    receive
        Coarse receive field, within -1 and 1.
    """

    scanner: Scanner
    head: NDArray[np.float64]
    deformation: Deformation
    axes: NDArray[np.float64]
    centre: NDArray[np.float64]
    tilt: float
    movement: dict[str, NDArray[np.float64]]
    date: str
    times: dict[str, float]
    gain: float
    bare: bool
    slope: float
    receive: NDArray[np.float64]


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the random numbers of one named purpose."""
    return np.random.default_rng(derive_seed(seed, *names))


def draw_session(seed: int, case: str, settings: PhantomSettings) -> Session:
    """Draw the patient's head, the scanner, the planning of slices and the movements."""
    rng = generator(seed, case, "session")
    head = _pose(rng)
    tilt = rng.uniform(-12, 12) if rng.random() < 0.5 else 0.0
    axes = Rotation.from_euler("x", tilt, degrees=True).as_matrix() @ np.diag([-1.0, -1.0, 1.0])
    gaps = rng.uniform(150, 260, size=len(ACQUIRED)) + np.array([60, 0, 0, 300])  # circulation
    start = rng.integers(8 * 3600, 17 * 3600)
    receive = rng.standard_normal((4, 4, 4))
    return Session(
        scanner=SCANNERS[int(rng.integers(len(SCANNERS)))],
        head=head,
        deformation=_deform(rng, settings.deformation_mm),
        axes=axes,
        centre=(head @ _MIDDLE)[:3] + rng.uniform(-2, 2, size=3),
        tilt=tilt,
        movement={name: _move(generator(seed, case, "move", name), settings) for name in ACQUIRED},
        date=_date(rng),
        times=dict(zip(ACQUIRED, start + np.cumsum(gaps), strict=True)),
        gain=rng.uniform(450, 650),
        bare=bool(rng.random() < 0.5),
        slope=round(rng.uniform(0.6, 1.8), 4),
        receive=receive / np.abs(receive).max(),
    )


def _pose(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw scale, shear, rotation and shift of the head."""
    scale = np.diag(rng.uniform(0.95, 1.05, size=3))
    shear = np.eye(3) + np.triu(rng.uniform(-0.03, 0.03, size=(3, 3)), 1)
    turn = Rotation.from_euler("xyz", rng.uniform(-1, 1, size=3) * [8, 4, 5], degrees=True)
    pose = np.eye(4)
    pose[:3, :3] = turn.as_matrix() @ shear @ scale
    pose[:3, 3] = rng.uniform(-6, 6, size=3) - pose[:3, :3] @ _PIVOT
    return pose


def _move(rng: np.random.Generator, settings: PhantomSettings) -> NDArray[np.float64]:
    """Draw a rigid movement about the isocentre."""
    movement = np.eye(4)
    angles = rng.uniform(-1, 1, size=3) * settings.movement_degrees
    movement[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    movement[:3, 3] = rng.uniform(-1, 1, size=3) * settings.movement_mm
    return movement


def _deform(rng: np.random.Generator, spread: float) -> Deformation:
    """Draw a smooth deformation of the template's world."""
    spacing, nodes = 55.0, 7
    origin = _PIVOT - spacing * (nodes - 1) / 2
    return Deformation(origin, spacing, spread * rng.standard_normal((3, nodes, nodes, nodes)))


def _date(rng: np.random.Generator) -> str:
    """Draw a date within the paper's years, 2012 to 2022."""
    year, month, day = rng.integers([2012, 1, 1], [2023, 13, 29])
    return f"{year:04d}{month:02d}{day:02d}"
