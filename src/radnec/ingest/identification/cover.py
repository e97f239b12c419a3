"""How much of a head a volume covers, from its grid alone."""

from __future__ import annotations

from radnec.ingest.reading.volume import Volume

# An image this long along an axis counts as whole. A cerebrum is about 17 cm long, 14 cm broad and
# 12 cm high; less is asked for, as thick slices often leave out the vertex or the base.
_NEEDED_MM = {"left-right": 110.0, "front-back": 130.0, "foot-head": 100.0}
_AXES = {
    "axial": ("left-right", "front-back", "foot-head"),
    "coronal": ("left-right", "foot-head", "front-back"),
    "sagittal": ("front-back", "foot-head", "left-right"),
}
_WHOLE, _MOST = 0.95, 0.7


def share(volume: Volume) -> float:
    """Return which part of the needed length is covered, 0 to 1, of the least covered axis.

    A volume whose grid is not known counts as whole: other checks refuse it.
    """
    spacing, plane = volume.geometry.spacing, volume.geometry.plane
    rows, columns = volume.header.get("Rows"), volume.header.get("Columns")
    if spacing is None or plane not in _AXES:
        return 1.0
    if not isinstance(rows, float) or not isinstance(columns, float):
        return 1.0
    lengths = (columns * spacing[0], rows * spacing[1], len(volume.slices) * spacing[2])
    parts = [
        min(1.0, length / _NEEDED_MM[axis])
        for axis, length in zip(_AXES[plane], lengths, strict=True)
    ]
    return round(min(parts), 1)


def grade(volume: Volume) -> int:
    """Return 2 for the whole head, 1 for most of it, 0 for a slab."""
    covered = share(volume)
    return 2 if covered >= _WHOLE else 1 if covered >= _MOST else 0
