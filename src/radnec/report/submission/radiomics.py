"""What the run answers to the items of CLEAR, where models on radiomic features were fitted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radnec.comparators.catalogue import READS
from radnec.config.model import StudyConfig
from radnec.core.tables import read_tsv
from radnec.core.versions import installed_version
from radnec.report.embed import require


@dataclass(frozen=True)
class RadiomicsFacts:
    """What is known of the radiomics models of a study.

    Attributes
    ----------
    models
        Names of the comparators that read radiomic features.
    regions
        How the region of a case was come by (drawn, enhancement, brain) to the number of cases.
    fits
        model.json of each fit, by its path below the study's folder.
    version
        Of MIRP, where the checklist is written; None where it is not installed.
    """

    models: Sequence[str]
    regions: Mapping[str, int]
    fits: Mapping[str, Mapping[str, Any]]
    version: str | None

    def span(self, counts: Sequence[int]) -> str:
        """Return ``4`` or ``3 to 6``: the range of a number over the fits."""
        low, high = min(counts), max(counts)
        return str(low) if low == high else f"{low} to {high}"

    def features(self) -> str:
        """Return how many features were computed, over the fits."""
        return self.span([fit["features"] for fit in self.fits.values()])

    def stable(self) -> str:
        """Return how many features were stable in the training set, over the fits."""
        return self.span([fit["features_stable"] for fit in self.fits.values()])

    def kept(self) -> str:
        """Return how many radiomic features have a coefficient, over the fits."""
        return self.span(
            [
                sum(name.startswith("features__") for name in fit["coefficients"])
                for fit in self.fits.values()
            ]
        )


def radiomics_models(config: StudyConfig) -> list[str]:
    """Return the comparators of a study that read radiomic features."""
    return [name for name in config.comparators.models if READS[name].radiomics]


def radiomics_facts(
    config: StudyConfig, *, study: Path, lesions: Path | None, fits: Sequence[Path]
) -> RadiomicsFacts | None:
    """Read what is known of the radiomics models; None where the study has none.

    Parameters
    ----------
    study
        results/<study>, that paths are told from.
    lesions
        quality/lesions.tsv.
    fits
        model.json of each fit of a radiomics model.

    Raises
    ------
    InputError
        If a file is missing.
    """
    models = radiomics_models(config)
    if not models or lesions is None:
        return None
    regions = read_tsv(require(lesions), dtype=str)["region"].value_counts()
    return RadiomicsFacts(
        models=models,
        regions={str(region): int(number) for region, number in regions.items()},
        fits={
            path.relative_to(study).as_posix(): json.loads(
                require(path).read_text(encoding="utf-8")
            )
            for path in fits
        },
        version=installed_version("mirp"),
    )
