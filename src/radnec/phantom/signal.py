"""Steady-state signal of spin echo, inversion recovery and spoiled gradient echo.

The echoes keep the excitation angle that the paper prints (15, 12 and 10 degrees); spin echoes
assume a 180 degree refocusing pulse at TE/2. The long trains of a turbo spin echo are represented
by one echo at the effective echo time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radnec.phantom.relaxation import Tissue, with_gadolinium


@dataclass(frozen=True)
class Sequence:
    """Times in milliseconds, flip angle in degrees.

    `ti` is None without inversion; `spoiled` marks a gradient echo.
    """

    tr: float
    te: float
    flip: float
    ti: float | None = None
    spoiled: bool = False


# Ying et al. 2025, "MRI acquisition"; T1 and T1ce share their parameters. The localizer is
# the usual fast gradient echo.
SEQUENCE_PARAMETERS = {
    "t1": Sequence(tr=1900.0, te=8.6, flip=15.0),
    "t1ce": Sequence(tr=1900.0, te=8.6, flip=15.0),
    "t2": Sequence(tr=4600.0, te=111.0, flip=12.0),
    "flair": Sequence(tr=8000.0, te=90.0, flip=10.0, ti=2500.0),
    "localizer": Sequence(tr=20.0, te=5.0, flip=40.0, spoiled=True),
}


def signal(
    density: ArrayLike, t1: ArrayLike, t2: ArrayLike, sequence: Sequence
) -> NDArray[np.float64]:
    """Return the transverse magnetisation at the echo, signed, in units of water's M0.

    With E(t) = exp(-t/T1) and a the flip angle, the steady state before excitation is

    spin echo:
        M = (1 - 2 E(TR - TE/2) + E(TR)) / (1 + cos a E(TR))
    inversion recovery, with Er = E(TR - TI - TE/2), Ea = E(TE/2):
        M = (1 - 2 E(TI) + 2 E(TI) Er - E(TI) Ea Er) / (1 - cos a E(TI) Ea Er)
    spoiled gradient echo:
        M = (1 - E(TR)) / (1 - cos a E(TR))

    and the signal is density * sin a * M * exp(-TE/T2). At a = 90 degrees these are the
    textbook forms (Bernstein, King, Zhou 2004, Handbook of MRI Pulse Sequences).

    Parameters
    ----------
    density, t1, t2
        Proton density (water = 1) and relaxation times in ms; shapes broadcast.
    sequence
        Its repetition, echo and inversion time and flip angle.
    """
    t1 = np.asarray(t1)
    angle = np.deg2rad(sequence.flip)
    repeat = np.exp(-sequence.tr / t1)
    if sequence.spoiled:
        longitudinal = (1 - repeat) / (1 - np.cos(angle) * repeat)
    elif sequence.ti is None:
        late = np.exp(-(sequence.tr - sequence.te / 2) / t1)
        longitudinal = (1 - 2 * late + repeat) / (1 + np.cos(angle) * repeat)
    else:
        inversion = np.exp(-sequence.ti / t1)
        rest = np.exp(-(sequence.tr - sequence.ti - sequence.te / 2) / t1)
        echo = np.exp(-sequence.te / 2 / t1)
        longitudinal = (1 - 2 * inversion + 2 * inversion * rest - inversion * echo * rest) / (
            1 - np.cos(angle) * inversion * echo * rest
        )
    decay = np.exp(-sequence.te / np.asarray(t2))
    return np.asarray(density * np.sin(angle) * longitudinal * decay)


def tissue_signal(tissue: Tissue, sequence: Sequence) -> float:
    """Return the signal of one tissue, see `signal`."""
    return float(signal(tissue.density, tissue.t1, tissue.t2, sequence))


def contrast_signal(
    tissue: Tissue, concentration: ArrayLike, sequence: Sequence
) -> NDArray[np.float64]:
    """Return the signal of a tissue that holds gadolinium (mmol/l, any shape)."""
    return signal(tissue.density, *with_gadolinium(tissue, concentration), sequence)


def washout(sequence: Sequence) -> float:
    """Return the part of blood in a sinus that is still in the slice when it is refocused.

    Blood that leaves a slice of thickness d between excitation and refocusing, TE/2 later,
    gives no echo: 1 - v TE / (2 d) (Axel 1984, AJR 143:1157), here with v = 100 mm/s and
    d = 5 mm. A gradient echo needs no second pulse.
    """
    if sequence.spoiled:
        return 1.0
    return max(0.0, 1.0 - 0.1 * sequence.te / 2 / 5.0)
