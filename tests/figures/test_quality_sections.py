"""Which way round a section hangs, at which scale, and what is drawn on it."""

from __future__ import annotations

import numpy as np
import pytest

from radnec.figures.quality.sections import (
    draw_edges,
    draw_outline,
    frame_around,
    grey,
)

SPACING = np.array([1.0, 1.0, 4.0])


@pytest.fixture
def ball():
    """A cube of 40 mm: bright at the patient's left, the front and the top."""
    data = np.zeros((40, 40, 10), dtype=np.float32)
    data[:8] = 1.0  # x runs to the right: its low end is the left
    data[:, -8:] += 2.0
    data[:, :, -2:] += 4.0
    return data


def test_sections_hang_as_radiologists_hang_them(ball):
    frame = frame_around(np.ones_like(ball, bool), SPACING, 40)
    axial = frame.section(ball, "axial", 0)
    assert axial[20, -3] == 1.0 and axial[20, 3] == 0.0  # the patient's left is on the right
    assert axial[3, 20] == 2.0 and axial[-3, 20] == 0.0  # front upwards
    coronal = frame.section(ball, "coronal", 0)
    assert coronal[2, 20] == 4.0 and coronal[-3, 20] == 0.0 and coronal[20, -3] == 1.0
    sagittal = frame.section(ball, "sagittal", 20)
    assert sagittal[20, 3] == 2.0 and sagittal[20, -3] == 0.0  # front to the left
    assert sagittal[2, 20] == 4.0


def test_the_frame_holds_what_is_shown_and_keeps_its_shape(ball):
    shown = np.zeros_like(ball, bool)
    shown[10:30, 10:20, 2:5] = True  # 20 x 10 x 12 mm
    frame = frame_around(shown, SPACING, 40)
    section = frame.section(shown.astype(np.float32), "axial", 3)
    rows, columns = np.nonzero(section > 0.5)
    assert np.ptp(columns) + 1 == pytest.approx(40, abs=2)  # 20 mm fill the width
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=2)


def test_outlines_lie_on_the_edges():
    disc = np.hypot(*np.mgrid[-30:30, -30:30]) < 20
    for draw in (draw_edges, draw_outline):
        picture = grey(np.zeros((60, 60), np.float32), 0, 1)
        draw(picture, disc.astype(np.float32), (255, 0, 0))
        radii = np.hypot(*(np.argwhere(picture[..., 0] == 255) - 30).T)
        assert len(radii) > 80
        assert radii.min() > 17.5 and radii.max() < 21.5
