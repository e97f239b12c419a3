"""Lesions: recurrence and radiation necrosis as the paper distinguishes them.

Recurrence enhances heterogeneously and irregularly and sends infiltrative oedema along the
white matter; necrosis is a ring of enhancement around a core, with focal oedema
(Ying et al. 2025, "Model interpretability"). Size, place and strength of both overlap, a
recurrence may have a necrotic centre and a necrosis an open ring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from radnec.core.labels import POSITIVE
from radnec.phantom.anatomy import Anatomy
from radnec.phantom.fields import Floats, smooth_noise
from radnec.phantom.oedema import infiltrate

_HALF = 60  # mm, half the edge of the box that holds a lesion and its oedema

ENHANCING, CORE, OEDEMA = 1, 2, 3


@dataclass(frozen=True)
class Lesion:
    """A lesion on a box of the template grid.

    Attributes
    ----------
    box
        Slices into the template grid.
    enhancing, core, oedema
        float32 fractions (x, y, z) of the box; together at most 1.
    gadolinium
        float32, mmol/l in the enhancing part.
    debris
        float32, part of solid tissue within the fluid of the core.
    facts
        What was drawn, for the record of truth.
    """

    box: tuple[slice, slice, slice]
    enhancing: Floats
    core: Floats
    oedema: Floats
    gadolinium: Floats
    debris: Floats
    facts: dict[str, float]


def draw_lesion(rng: np.random.Generator, label: str, anatomy: Anatomy) -> Lesion:
    """Draw one lesion of class `label` somewhere in the white matter of a hemisphere."""
    centre = _draw_centre(rng, anatomy)
    x, y, z = (
        slice(max(c - _HALF, 0), min(c + _HALF, n))
        for c, n in zip(centre, anatomy.shape, strict=True)
    )
    box = (x, y, z)
    white, grey = (part[box] / np.float32(255) for part in (anatomy.white, anatomy.grey))
    offset = [c - s.start for c, s in zip(centre, box, strict=True)]
    room = np.clip(2.5 * (white + grey) - 0.25, 0, 1)  # keeps out of the ventricles
    draw = _draw_necrosis if label == POSITIVE else _draw_recurrence
    solid, core, gadolinium, spread, facts = draw(rng, offset, white, grey)
    enhancing = solid * (1 - core) * room
    core = solid * core * room
    outside = np.clip(1 - enhancing - core, 0, 1)
    oedema: Floats = spread.clip(0, 1) * outside * np.clip(white + 0.3 * grey, 0, 1)
    facts |= {f"centre_{axis}": float(c) for axis, c in zip("xyz", centre, strict=True)}
    debris = np.clip(0.15 + 0.2 * smooth_noise(rng, white.shape, 5.0), 0, 0.8)
    return Lesion(box, enhancing, core, oedema, gadolinium, debris, facts)


def _draw_centre(rng: np.random.Generator, anatomy: Anatomy) -> tuple[int, int, int]:
    """Draw a voxel of deep cerebral white matter, off the midline."""
    step = 4
    white, grey = (m[::step, ::step, ::step] / 255 for m in (anatomy.white, anatomy.grey))
    surrounded = ndimage.uniform_filter(white + grey, size=7) > 0.85  # a cube of 28 mm
    voxels = np.argwhere((white > 0.7) & surrounded) * step
    mni = voxels + anatomy.origin
    allowed = (np.abs(mni[:, 0]) > 18) & (mni[:, 2] > -12)
    x, y, z = rng.choice(voxels[allowed]) + rng.integers(0, step, size=3)
    return int(x), int(y), int(z)


def _draw_recurrence(
    rng: np.random.Generator,
    offset: list[int],
    white: Floats,
    grey: Floats,
) -> tuple[
    Floats,
    Floats,
    Floats,
    Floats,
    dict[str, float],
]:
    """Lobulated nodules, patchy enhancement, oedema that has spread along white matter."""
    radius = rng.uniform(14.0, 24.0)
    lobes = int(rng.integers(2, 5))
    distance = _ellipsoid(rng, white.shape, offset, radius, 0.25)
    for _ in range(lobes):
        aside = rng.normal(size=3)
        aside *= rng.uniform(0.6, 1.1) * radius / np.linalg.norm(aside)
        lobe = _ellipsoid(rng, white.shape, offset + aside, radius * rng.uniform(0.4, 0.7), 0.25)
        distance = np.minimum(distance, lobe)
    ragged = rng.uniform(0.22, 0.38)
    distance += ragged * radius * smooth_noise(rng, white.shape, 9.0) * 0.6
    solid = _inside(distance, 1.0)

    patchy = rng.uniform(0.45, 0.8)
    texture = np.exp(patchy * smooth_noise(rng, white.shape, 5.0) - 0.5 * patchy**2)
    strength = rng.uniform(0.25, 0.6)
    centre = radius * (rng.uniform(0.4, 0.8) if rng.random() < 0.35 else 0.0)
    core = np.zeros_like(solid)
    if centre > 0:
        hollow = _ellipsoid(rng, white.shape, offset, centre, 0.3)
        core = _inside(hollow + 0.3 * centre * smooth_noise(rng, white.shape, 6.0), 1.5)

    oedema_ml = rng.uniform(40.0, 150.0)
    oedema = infiltrate(rng, solid, white, grey, oedema_ml)
    facts = {
        "radius_mm": radius,
        "lobes": lobes,
        "necrotic_centre_mm": centre,
        "gadolinium_mmol_l": strength,
        "oedema_drawn_ml": oedema_ml,
    }
    return solid, core, (strength * texture).astype(np.float32), oedema, facts


def _draw_necrosis(
    rng: np.random.Generator,
    offset: list[int],
    white: Floats,
    grey: Floats,
) -> tuple[
    Floats,
    Floats,
    Floats,
    Floats,
    dict[str, float],
]:
    """Ring around a core, sometimes open on one side; a compact halo of oedema."""
    radius = rng.uniform(15.0, 25.0)
    ring = rng.uniform(2.2, 4.2)
    distance = _ellipsoid(rng, white.shape, offset, radius, 0.2)
    distance += rng.uniform(0.04, 0.12) * radius * smooth_noise(rng, white.shape, 14.0)
    solid = _inside(distance, 1.0)
    thickness = ring * np.clip(1 + 0.25 * smooth_noise(rng, white.shape, 12.0), 0.5, 1.6)
    core = _inside(distance + thickness, 0.7)

    strength = rng.uniform(0.15, 0.4)
    gadolinium = strength * np.exp(0.2 * smooth_noise(rng, white.shape, 10.0))
    opening = 0.0
    if rng.random() < 0.3:  # an open ring enhances weakly on one side
        opening = rng.uniform(0.3, 0.7)
        side = _direction_cosine(rng, white.shape, offset)
        gadolinium = gadolinium * np.where(side > 1 - opening, 0.25, 1.0)

    halo = rng.uniform(3.0, 9.0)
    edge = distance - halo * (1 + 0.25 * smooth_noise(rng, white.shape, 16.0))
    facts = {
        "radius_mm": radius,
        "ring_mm": ring,
        "ring_opening": opening,
        "gadolinium_mmol_l": strength,
        "halo_mm": halo,
    }
    return solid, core, gadolinium.astype(np.float32), _inside(edge, 2.0), facts


def _ellipsoid(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    centre: list[int] | Floats,
    radius: float,
    stretch: float,
) -> Floats:
    """Return about the signed distance (mm, negative inside) to an ellipsoid's surface."""
    axes = np.exp(stretch * rng.uniform(-1, 1, size=3)).astype(np.float32)
    i, j, k = (
        ((np.arange(n, dtype=np.float32) - c) * a) ** 2
        for n, c, a in zip(shape, centre, axes, strict=True)
    )
    return np.asarray(np.sqrt(i[:, None, None] + j[:, None] + k) - np.float32(radius))


def _direction_cosine(
    rng: np.random.Generator, shape: tuple[int, ...], centre: list[int]
) -> Floats:
    """Return the cosine between a random direction and each voxel as seen from the centre."""
    towards = rng.normal(size=3)
    towards /= np.linalg.norm(towards)
    i, j, k = np.ogrid[tuple(slice(-c, n - c) for n, c in zip(shape, centre, strict=True))]
    length = np.sqrt(i**2 + j**2 + k**2) + 1e-3
    along = (i * towards[0] + j * towards[1] + k * towards[2]) / length
    return np.asarray(along, dtype=np.float32)


def _inside(distance: Floats, width: float) -> Floats:
    """Turn a signed distance into a fraction that falls from 1 to 0 over about 2 `width`."""
    return np.clip(0.5 - distance / (2 * width), 0, 1).astype(np.float32)
