"""The edge of a brain against balls whose true edge is known."""

from __future__ import annotations

import numpy as np
import pytest

from radnec.preprocess.skullstrip.edge import refine_edge

STEP = 2.0
AFFINE = np.diag([STEP, STEP, STEP, 1.0])
BRAIN, SCALP, SKIN = 50.0, 53.0, 62.0


def head(bone):
    """Return image, distance from the centre and height (mm): brain, bone, bright scalp, air.

    The rim of the brain is darker, as cortex and fluid are on T1.
    """
    axes = np.indices((70, 70, 70)) * STEP - 69.0
    away = np.linalg.norm(axes, axis=0)
    noise = np.random.default_rng(0).normal(0, 2, away.shape)
    parts = [away < BRAIN - 5, away < BRAIN, away < SCALP, away < SKIN]
    image = np.select(parts, [100.0, 80.0, bone, 260.0], 5.0) + noise
    # All of it is above the base, where the edge may move outwards furthest.
    return image.astype(np.float32), away, np.full(away.shape, 40.0, np.float32)


@pytest.mark.parametrize("bone", [20.0, 80.0], ids=["dark bone", "bone as bright as brain"])
@pytest.mark.parametrize("carried", [48.0, 50.0])
def test_the_edge_does_not_run_on_to_the_scalp(bone, carried):
    image, away, height = head(bone)
    found = refine_edge(image, AFFINE, away < carried, height)
    assert found.sum() * STEP**3 == pytest.approx(4 / 3 * np.pi * BRAIN**3, rel=0.1)
    assert away[found].max() < SCALP
