"""Opening, closing and distance of a mask in millimetres, on voxels of any shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from radnec.preprocess.volumes import Volume

Mask = npt.NDArray[np.bool_]
Spacing = npt.NDArray[np.float64]


def signed_distance(mask: Mask, spacing: Spacing) -> Volume:
    """Return the distance to a mask in mm, negative inside."""
    outside = ndimage.distance_transform_edt(~mask, sampling=spacing)
    inside = ndimage.distance_transform_edt(mask, sampling=spacing)
    return np.asarray(outside - inside, dtype=np.float32)


def opened(mask: Mask, radius: float, spacing: Spacing) -> Mask:
    """Take out what a ball of `radius` mm does not fit into."""
    eroded = ndimage.distance_transform_edt(mask, sampling=spacing) > radius
    return np.asarray(ndimage.distance_transform_edt(~eroded, sampling=spacing) <= radius)


def closed(mask: Mask, radius: float, spacing: Spacing) -> Mask:
    """Fill what a ball of `radius` mm does not fit into from outside."""
    border = [(int(np.ceil(radius / step)) + 1,) * 2 for step in spacing]
    padded = np.pad(mask, border)
    grown = ndimage.distance_transform_edt(~padded, sampling=spacing) <= radius
    shrunk = ndimage.distance_transform_edt(grown, sampling=spacing) > radius
    inner = tuple(slice(before, -after) for before, after in border)
    return np.asarray(shrunk[inner])
