"""What every DICOM result says about where it comes from, and its place in the study."""

from __future__ import annotations

import dataclasses
from typing import Any

from radnec.apply.dicom.source import SourceSeries, derived_uid
from radnec.apply.software import MANUFACTURER, software_version


@dataclasses.dataclass(frozen=True)
class Series:
    """Identity of one series of results.

    Attributes
    ----------
    name
        Short, as in ``report``; also the name of its file.
    number
        Series number, high, so that viewers list results behind the images of the scanner.
    """

    name: str
    number: int
    description: str


REPORT = Series("report", 9001, "radnec report (research only)")
MAP = Series("map", 9002, "radnec activation map (research only)")
BRAIN = Series("brain", 9003, "radnec brain mask (research only)")
SUMMARY = Series("summary", 9004, "radnec summary (research only)")


def identity(series: Series, source: SourceSeries, model: str, digest: str) -> dict[str, Any]:
    """Return the arguments that name an object, as all of highdicom's constructors take them.

    Parameters
    ----------
    digest
        Of the answer and its images: the same result gets the same UIDs, a changed one others.
    """
    first = source.images[0]
    uid = str(first.SeriesInstanceUID)
    return {
        "series_instance_uid": derived_uid("series", uid, model, series.name, digest),
        "series_number": series.number,
        "sop_instance_uid": derived_uid("instance", uid, model, series.name, digest),
        "instance_number": 1,
        "manufacturer": MANUFACTURER,
        "series_description": series.description,
    }


def device() -> dict[str, Any]:
    """Return the arguments that name this software where an object asks for a device."""
    return {
        "manufacturer_model_name": "radnec predict",
        "software_versions": software_version(),
        "device_serial_number": "none",
    }
