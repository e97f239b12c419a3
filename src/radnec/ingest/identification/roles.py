"""Series that are not a structural image of the head, each kind with its rule."""

from __future__ import annotations

from radnec.ingest.identification.dixon import FAT
from radnec.ingest.identification.facts import Facts
from radnec.ingest.identification.subject import not_a_head
from radnec.ingest.reading.headers import ENHANCED
from radnec.ingest.reading.volume import Volume

_MR = frozenset({"1.2.840.10008.5.1.4.1.1.4", *ENHANCED})
_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.4.2": "spectroscopy",
    "1.2.840.10008.5.1.4.1.1.7": "secondary capture",
    "1.2.840.10008.5.1.4.1.1.66.4": "segmentation",
    "1.2.840.10008.5.1.4.1.1.481.3": "radiotherapy contours",
    "1.2.840.10008.5.1.4.1.1.30": "parametric map",
    "1.2.840.10008.5.1.4.1.1.66": "raw data",
}
# Modalities of DICOM PS3.3 C.7.3.1.1.1 that turn up beside MR; others are not written out.
_MODALITIES = frozenset(
    "CT PT NM US CR DX XA RF MG OT SC SR SEG RTSTRUCT RTPLAN RTDOSE RTIMAGE PR KO REG DOC".split()  # noqa: SIM905
)
# Echo-planar readouts are used for these alone; more than this many volumes are a time series.
_DIFFUSION_B = 50.0


def role(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    """Return the kind of a series that cannot be T1, T1ce, T2 or FLAIR, and why; else None."""
    for rule in (_not_an_mr_image, _by_name, _by_header, _by_image_type, _no_head):
        found = rule(volume, facts)
        if found is not None:
            return found
    return None


def _not_an_mr_image(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    sop_class = str(volume.header.get("SOPClassUID", ""))
    if facts.modality and facts.modality != "MR":
        code = facts.modality if facts.modality in _MODALITIES else "another one"
        return "not MR", f"modality is {code}, not MR"
    if sop_class in _CLASSES:
        return _CLASSES[sop_class], f"a {_CLASSES[sop_class]} object, not an MR image"
    if not volume.header.get("Rows") or not volume.header.get("Columns"):
        return "no image", "no image matrix in the headers"
    if volume.header.get("SamplesPerPixel", 1.0) != 1.0:
        return "colour", "colour images: screenshots or colour maps"
    if volume.header.get("BitsAllocated") == 1.0 or volume.header.get("BitsStored") == 1.0:
        return "mask", "one bit a voxel: a mask"
    if not facts.modality and sop_class not in _MR:
        return "not MR", "neither modality nor object class says MR"
    return None


_NAMED = (
    ("localizer", "localizer"),
    ("adc", "ADC map"),
    ("diffusion", "diffusion"),
    ("spin labelling", "arterial spin labelling"),
    ("perfusion", "perfusion"),
    ("bolus", "perfusion"),
    ("spectroscopy", "spectroscopy"),
    ("projection", "projection"),
    ("angiography", "angiography"),
    ("susceptibility", "susceptibility"),
    ("functional", "functional MRI or field map"),
    ("mask", "mask or segmentation"),
    ("subtraction", "subtraction"),
    ("screenshot", "screenshot or report"),
    ("map", "parametric map"),
)
_BY_SEQUENCE = (
    ("localizer", "localizer"),
    ("echo-planar", "echo-planar"),
    ("angiography", "angiography"),
    ("susceptibility", "susceptibility"),
    ("field map", "field map"),
    ("spectroscopy", "spectroscopy"),
)


def _by_name(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    for meaning, kind in _NAMED:
        if meaning in facts.words:
            return kind, f"named as {kind}"
    for meaning, kind in _BY_SEQUENCE:
        if meaning in facts.sequence:
            return kind, f"{kind} by the scanner's sequence name"
    return None


def _by_header(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    kinds = set(facts.image_type)
    if "MOSAIC" in kinds:
        return "mosaic", "Siemens mosaic: echo-planar time series or diffusion"
    if facts.b_value and facts.b_value >= _DIFFUSION_B:
        return "diffusion", f"b value {facts.b_value:g} s/mm2"
    if "EP" in facts.scanning or "EPI_GEMS" in facts.options:
        return "echo-planar", "echo-planar readout: diffusion, perfusion or BOLD"
    frames = volume.header.get("NumberOfFrames", 1.0)
    if frames != 1.0 and volume.slices[0].frame is None:
        return "multi-frame", "several frames in a file that does not say where they lie"
    if facts.repeats > 1:
        return "time series", f"{facts.repeats} volumes in one series (4-D)"
    if facts.angio or facts.contrast_kind in ("TIME_OF_FLIGHT", "FLOW_ENCODED"):
        return "angiography", "flagged as angiography in the headers"
    if facts.contrast_kind in ("DIFFUSION", "PERFUSION"):
        return facts.contrast_kind.lower(), f"acquisition contrast {facts.contrast_kind}"
    transfer = "MTC" in facts.variant or "magnetization transfer" in facts.words
    if facts.gradient and transfer and "t1" not in facts.words:
        return "magnetization transfer", "a gradient echo with a pulse for magnetization transfer"
    if facts.dixon == FAT:
        return "Dixon fat image", "the fat image of a Dixon acquisition shows no brain"
    if facts.component != "M":
        part = {"P": "phase", "R": "real", "I": "imaginary"}[facts.component]
        return "phase", f"{part} part of the signal, not its magnitude"
    return None


_IMAGE_TYPES = (
    ({"LOCALIZER"}, "localizer"),
    ({"ADC", "DIFFUSION", "TRACEW", "FA", "TENSOR", "TENSOR_B0", "EADC"}, "diffusion map"),
    ({"PERFUSION", "CBF", "CBV", "RCBV", "RCBF", "RELCBV", "RELCBF"}, "perfusion"),
    ({"ASL", "PASL", "PCASL", "CASL"}, "arterial spin labelling"),
    ({"MTT", "TTP", "PBP", "GBP", "RELMTT", "TMAX"}, "perfusion"),
    ({"SUBTRACTION", "SUBTRACT", "SUB", "SUBTRACTED"}, "subtraction"),
    ({"PROJECTION IMAGE", "MIP", "MNIP", "MIN_IP", "MINIP", "VOLUME_RENDERING"}, "projection"),
    ({"SCREEN SAVE", "SCREENSAVE", "SCREENSHOT", "SCREEN CAPTURE"}, "screenshot or report"),
    ({"T1 MAP", "T2 MAP", "T1MAP", "T2MAP", "T1_MAP", "T2_MAP", "T2_STAR MAP", "R2"}, "map"),
    ({"B0", "B1", "FIELD_MAP", "B0 MAP", "MTR", "FF", "FAT_FRACTION", "QMAP", "RGB"}, "map"),
    ({"MASK", "SEGMENTATION", "BINARY", "LABEL", "ROI"}, "mask"),
    ({"SWI", "SW_M_FFE", "SW_M", "QSM"}, "susceptibility"),
    ({"M_PCA", "PCA", "FLOW", "VELOCITY", "PC"}, "angiography"),
)


def _by_image_type(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    kinds = set(facts.image_type)
    for codes, kind in _IMAGE_TYPES:
        if found := sorted(codes & kinds):
            return kind, f"image type says {found[0]}"
    return None


def _no_head(volume: Volume, facts: Facts) -> tuple[str, str] | None:
    why = not_a_head(volume.header)
    return ("not a head", why) if why else None
