"""The box that brains are brought to, and how large the voxels in it are."""

from __future__ import annotations

from collections.abc import Sequence

# The box around the brain mask of MNI152NLin6Asym, mm along x, y, z.
STANDARD_BOX = (143.0, 180.0, 154.0)


def typical_spacing(size: Sequence[int], margin: float) -> tuple[float, float, float]:
    """Return the millimetres between voxels along x, y and z of a standard brain.

    Parameters
    ----------
    size
        Voxels along x, y and z (`normalisation.size`).
    margin
        Millimetres around the brain (`normalisation.margin`).

    Notes
    -----
    With `normalisation.keep_aspect` a case is scaled by one factor along all axes: its
    voxels are larger or smaller than these, but of the same shape. Without it each axis has
    a factor of its own, and the shape differs from case to case as brains do.

    Examples
    --------
    >>> [round(step, 2) for step in typical_spacing((160, 160, 32), 4.0)]
    [0.94, 1.18, 5.06]
    """
    x, y, z = (
        (length + 2 * margin) / voxels for length, voxels in zip(STANDARD_BOX, size, strict=True)
    )
    return x, y, z
