"""Signals against a step-by-step simulation of the magnetisation and figures by hand."""

import math

import pytest

from radnec.phantom import relaxation
from radnec.phantom.relaxation import Tissue, with_gadolinium
from radnec.phantom.signal import (
    SEQUENCE_PARAMETERS,
    Sequence,
    contrast_signal,
    signal,
    tissue_signal,
)


def simulate(tissue: Tissue, sequence: Sequence) -> float:
    """Follow one isochromat through a hundred repetitions: pulses and relaxation in turn."""
    angle = math.radians(sequence.flip)

    def relax(m: float, time: float) -> float:
        return 1 + (m - 1) * math.exp(-time / tissue.t1)

    m, echo = 1.0, 0.0
    for _ in range(100):
        left = sequence.tr
        if sequence.ti is not None:
            m = relax(-m, sequence.ti)
            left -= sequence.ti
        echo = m * math.sin(angle) * math.exp(-sequence.te / tissue.t2)
        m *= math.cos(angle)
        if not sequence.spoiled:
            m = -relax(m, sequence.te / 2)
            left -= sequence.te / 2
        m = relax(m, left)
    return tissue.density * echo


@pytest.mark.parametrize("name", SEQUENCE_PARAMETERS)
@pytest.mark.parametrize("tissue", [relaxation.WHITE, relaxation.FLUID, relaxation.FAT])
def test_signal_is_the_steady_state_of_the_pulse_train(name: str, tissue: Tissue) -> None:
    sequence = SEQUENCE_PARAMETERS[name]
    assert tissue_signal(tissue, sequence) == pytest.approx(simulate(tissue, sequence), rel=1e-6)


def test_right_angle_gives_the_textbook_spin_echo() -> None:
    # TR 500, TE 20, T1 1000, T2 100: (1 - 2 exp(-0.49) + exp(-0.5)) exp(-0.2), by hand.
    by_hand = (1 - 2 * 0.6126264 + 0.6065307) * 0.8187308
    assert signal(1.0, 1000.0, 100.0, Sequence(500.0, 20.0, 90.0)) == pytest.approx(
        by_hand, rel=1e-6
    )


def test_paper_s_parameters() -> None:
    # Ying et al. 2025, "MRI acquisition": TR, TE, flip angle, TI.
    printed = {
        "t1": (1900, 8.6, 15, None),
        "t1ce": (1900, 8.6, 15, None),
        "t2": (4600, 111, 12, None),
        "flair": (8000, 90, 10, 2500),
    }
    for name, (tr, te, flip, ti) in printed.items():
        sequence = SEQUENCE_PARAMETERS[name]
        assert (sequence.tr, sequence.te, sequence.flip, sequence.ti) == (tr, te, flip, ti)


def test_contrast_order_is_the_one_radiologists_know() -> None:
    def order(name: str, *tissues: Tissue) -> bool:
        values = [tissue_signal(tissue, SEQUENCE_PARAMETERS[name]) for tissue in tissues]
        return values == sorted(values)

    r = relaxation
    assert order("t1", r.FLUID, r.GREY, r.WHITE, r.FAT)
    assert order("t2", r.MUSCLE, r.WHITE, r.GREY, r.TUMOUR, r.OEDEMA, r.FLUID)
    assert order("flair", r.FLUID, r.WHITE, r.GREY, r.OEDEMA)
    # The inversion time nulls fluid: a third of white matter is the most that may be left.
    flair = SEQUENCE_PARAMETERS["flair"]
    assert abs(tissue_signal(r.FLUID, flair)) < tissue_signal(r.WHITE, flair) / 3


def test_gadolinium_shortens_both_times() -> None:
    # 1 / (1 / 1.863 s + 3.7 / mM / s * 0.5 mM) = 0.41898 s; 1 / (1 / 0.115 + 2.6) = 0.08853 s.
    t1, t2 = with_gadolinium(relaxation.TUMOUR, 0.5)
    assert float(t1) == pytest.approx(418.98, abs=0.1)
    assert float(t2) == pytest.approx(88.53, abs=0.1)


def test_enhancement_rises_with_concentration_on_t1() -> None:
    values = contrast_signal(relaxation.TUMOUR, [0.0, 0.1, 0.2, 0.4], SEQUENCE_PARAMETERS["t1ce"])
    assert list(values) == sorted(values)
    assert values[0] == pytest.approx(
        tissue_signal(relaxation.TUMOUR, SEQUENCE_PARAMETERS["t1"]), rel=1e-6
    )
    assert values[3] > tissue_signal(relaxation.WHITE, SEQUENCE_PARAMETERS["t1"])
