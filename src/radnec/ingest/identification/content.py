"""A look at some pixels of a chosen series: a mask can have the headers of the image it marks."""

from __future__ import annotations

import numpy as np

from radnec.core.errors import CaseExcluded
from radnec.ingest.reading.pixels import clean_slices
from radnec.ingest.reading.volume import Volume

_LOOKED_AT = 5
# A 12-bit image of a head has hundreds of grey values; a label map a handful.
_FEWEST_VALUES = 16


def not_an_image(volume: Volume) -> tuple[str, str] | None:
    """Return the kind and the reason where the pixels are no image; None where they are.

    Five slices over the whole stack are read. A series that cannot be read is left to the
    conversion, which reads all of it and says what is wrong.
    """
    n = len(volume.slices)
    places = np.unique(np.linspace(0, n - 1, min(n, _LOOKED_AT)).round().astype(int))
    try:
        slices = clean_slices([volume.slices[place] for place in places])
    except CaseExcluded:
        return None
    grey = np.unique(np.stack([one.pixel_array for one in slices]))
    if len(grey) == 1:
        return "empty", "all voxels looked at have the same value"
    if len(grey) < _FEWEST_VALUES:
        return "mask", f"{len(grey)} grey values in all: a mask or label map, not an image"
    return None
