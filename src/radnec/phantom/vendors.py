"""How each vendor's headers distinguish the sequences."""

from __future__ import annotations

from dataclasses import dataclass

from radnec.phantom.scanners import Scanner

AGENT = "Gd-DTPA"


@dataclass(frozen=True)
class SeriesStyle:
    """Attributes of a series that its vendor writes in its own way.

    `contrast` is None where the attribute is absent and "" where it is there but empty.
    """

    study_description: str
    description: str
    scanning_sequence: tuple[str, ...]
    sequence_variant: tuple[str, ...]
    scan_options: tuple[str, ...]
    sequence_name: str | None
    image_type: tuple[str, ...]
    echo_train: int
    contrast: str | None
    slope: float


_DESCRIPTIONS = {
    "SIEMENS": {
        "localizer": "localizer",
        "t1": "t1_tse_tra",
        "t2": "t2_tse_tra",
        "flair": "t2_tirm_tra_dark-fluid",
        "t1ce": "t1_tse_tra+C",
    },
    "GE MEDICAL SYSTEMS": {
        "localizer": "3-Plane Loc",
        "t1": "Ax T1",
        "t2": "Ax T2 FSE",
        "flair": "Ax T2 FLAIR",
        "t1ce": "Ax T1 +C",
    },
    "Philips Medical Systems": {
        "localizer": "Survey",
        "t1": "T1W_TSE",
        "t2": "T2W_TSE",
        "flair": "sT2W_FLAIR",
        "t1ce": "T1W_TSE_Gd",
    },
    "Philips": {
        "localizer": "SURVEY SHC",
        "t1": "sT1W_TSE ax",
        "t2": "sT2W_TSE ax",
        "flair": "FLAIR_longTR",
        "t1ce": "sT1W_TSE ax GD",
    },
}
_ECHO_TRAIN = {"localizer": 1, "t1": 4, "t1ce": 4, "t2": 16, "flair": 18}
_SIEMENS_NAMES = {
    "localizer": "*fl2d1",
    "t1": "*tse2d1_4",
    "t1ce": "*tse2d1_4",
    "t2": "*tse2d1_16",
    "flair": "*tir2d1_18",
}


def style_of(scanner: Scanner, series: str, *, bare: bool, slope: float) -> SeriesStyle:
    """Return the header style of a series (`localizer` or a sequence).

    Parameters
    ----------
    bare
        The technologist did not enter the contrast agent: the attribute stays empty and
        only description and time tell that a T1 was taken after contrast. GE only, whose
        console leaves it to the user.
    slope
        Rescale slope, used by Philips only; the others store what they show.
    """
    maker = scanner.manufacturer
    siemens, general_electric = maker == "SIEMENS", maker == "GE MEDICAL SYSTEMS"
    scout, inverted = series == "localizer", series == "flair"
    scanning: tuple[str, ...] = ("GR",) if scout else ("SE",)
    variant: tuple[str, ...] = ("SP",) if scout else ("SK",)
    if inverted:
        scanning = ("IR",) if maker.startswith("Philips") else ("SE", "IR")
    image_type: tuple[str, ...]
    if siemens:
        variant = variant if scout else ("SK", "SP", "MP") if inverted else ("SK", "SP")
        image_type = ("ORIGINAL", "PRIMARY", "M", "NORM", "DIS2D", "ND")
    elif general_electric:
        image_type = ("ORIGINAL", "PRIMARY", "OTHER")
    else:
        kind = "FFE" if scout else "IR" if inverted else "SE"
        image_type = ("ORIGINAL", "PRIMARY", f"M_{kind}", "M", kind)
    contrast = None
    if series == "t1ce":
        contrast = "" if bare and general_electric else AGENT
    return SeriesStyle(
        study_description="MR HEAD" if general_electric else "Brain",
        description=_DESCRIPTIONS[maker][series],
        scanning_sequence=scanning,
        sequence_variant=variant,
        scan_options=("FAST_GEMS",) if general_electric and not scout else ("PFP",),
        sequence_name=_SIEMENS_NAMES[series] if siemens else None,
        image_type=image_type,
        echo_train=_ECHO_TRAIN[series],
        contrast=contrast,
        slope=slope if maker.startswith("Philips") else 1.0,
    )
