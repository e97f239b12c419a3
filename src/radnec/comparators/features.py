"""Radiomic features of one region, by MIRP, with the region undisturbed, shrunk and grown."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radnec.comparators.settings import FeatureSettings
from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.core.tables import read_tsv, write_tsv
from radnec.preprocess.volumes import read_mask, read_volume, write_volume

SHAPE = "morphology"
"""The one family that does not depend on the image: it is computed once a case."""

SHAPE_PREFIX = "shape"
_IN_COMMON = {"morph_integ_int", "morph_com", "morph_moran_i", "morph_geary_c"}


def extract_features(
    *,
    case: str,
    brain: Path,
    lesion: Path,
    records: Sequence[Path],
    settings: FeatureSettings,
    output: Path,
) -> None:
    """Write the features of a case's region, one row a perturbation.

    Parameters
    ----------
    brain, lesion
        The case's folders of stripped images and of its region, lesion.nii.gz.
    records
        The records of the stages that made them.
    settings
        Families, voxels, bins and perturbation.
    output
        Table with case, perturbation (mm; 0 is the region itself), and one column for each
        feature, ``<sequence>_<name>``, or ``shape_<name>`` for those of the region's shape.
        Names are MIRP's, which follow IBSI. A case that left has the header alone.

    Notes
    -----
    Each image is standardised by mean and SD of the brain, for MRI has no unit. The region is
    brought to cubic voxels with the image (cubic spline; the mask linear, at one half).
    IBSI: Zwanenburg et al. 2020, doi 10.1148/radiol.2020191145. MIRP: Zwanenburg et al. 2024,
    doi 10.21105/joss.06413.
    """
    found = [Record.read(path) for path in records]
    if not all(one.ok for one in found):
        write_tsv(pd.DataFrame(columns=["case", "perturbation"]), output)
        return
    for one, folder in zip(found, (brain, lesion), strict=True):
        one.verify(folder)
    mask, grid = read_mask(lesion / "lesion.nii.gz")
    inside, _ = read_mask(brain / "mask.nii.gz")
    present = [name for name in SEQUENCES if (brain / f"{name}.nii.gz").is_file()]
    textures = [name for name in settings.families if name != SHAPE]
    parts: list[pd.DataFrame] = []
    with tempfile.TemporaryDirectory() as temporary:
        region = Path(temporary) / "region.nii.gz"
        write_volume(region, mask.astype(np.uint8), grid)
        for index, name in enumerate(present):
            data, affine = read_volume(brain / f"{name}.nii.gz")
            image = Path(temporary) / f"{name}.nii.gz"
            scaled = (data - data[inside].mean()) / data[inside].std()
            write_volume(image, scaled.astype(np.float32), affine)
            if textures:
                parts.append(_compute(image, region, textures, settings).add_prefix(f"{name}_"))
            if index == 0 and SHAPE in settings.families:
                shape = _compute(image, region, [SHAPE], settings)
                shape = shape.drop(columns=[one for one in shape if one in _IN_COMMON])
                parts.append(shape.add_prefix(f"{SHAPE_PREFIX}_"))
    table = pd.concat(parts, axis=1).rename_axis("perturbation").reset_index()
    table.insert(0, "case", case)
    write_tsv(table, output)


def gather_features(tables: Sequence[Path], output: Path) -> None:
    """Join the features of all cases; a feature that a case lacks is empty there."""
    parts = [read_tsv(path, dtype={"case": str}) for path in tables]
    write_tsv(pd.concat([one for one in parts if len(one)], ignore_index=True), output)


def read_features(path: Path, sequences: Sequence[str]) -> pd.DataFrame:
    """Return the features of some sequences, and of the region's shape.

    Returns
    -------
    DataFrame
        Index (case, perturbation), columns sorted by name.
    """
    table = read_tsv(path, dtype={"case": str}).set_index(["case", "perturbation"])
    wanted = {*sequences, SHAPE_PREFIX}
    return table[sorted(name for name in table if str(name).partition("_")[0] in wanted)]


def _compute(
    image: Path, region: Path, families: Sequence[str], settings: FeatureSettings
) -> pd.DataFrame:
    """Return features with the perturbation as index."""
    steps = [0.0]
    if settings.perturbation:
        steps = [-settings.perturbation, 0.0, settings.perturbation]
    with _quiet():
        (found,) = _mirp()(
            image=str(image),
            mask=str(region),
            image_modality="mr",
            new_spacing=settings.spacing,
            base_feature_families=list(families),
            base_discretisation_method="fixed_bin_number",
            base_discretisation_n_bins=settings.bins,
            perturbation_roi_adapt_type="distance",
            perturbation_roi_adapt_size=steps,
        )
    features = found.loc[:, [name for name in found if not _describes(str(name))]]
    return pd.DataFrame(features.astype(float).to_numpy(), index=steps, columns=features.columns)


def _describes(name: str) -> bool:
    """Return whether a column of MIRP says what was computed, and holds no feature."""
    return name == "sample_name" or name.startswith("image_")


def _mirp() -> Any:
    try:
        from mirp import extract_features as compute  # over a gigabyte with what it needs
    except ImportError as error:
        raise InputError(
            f"config: comparators.models: radiomics needs the package mirp ({error}): "
            "pip install 'radnec[radiomics]'"
        ) from error
    return compute


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep MIRP's progress out of the log; it sets up logging of its own."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
