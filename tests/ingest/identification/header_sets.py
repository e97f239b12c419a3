"""Header sets of six vendors and what a neuroradiographer would call each of them.

Values follow the vendors' conformance statements and product protocols (names, codes, timing
at 1.5 and 3 T), not the rules of this project.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    vendor: str
    sequence: str
    header: dict[str, object]


def _row(vendor: str, sequence: str, description: str, /, **header: object) -> Row:
    names = {"tr": "RepetitionTime", "te": "EchoTime", "ti": "InversionTime", "fa": "FlipAngle"}
    full = {names.get(name, name): value for name, value in header.items()}
    for name in names.values():
        if name in full:
            full[name] = float(full[name])  # type: ignore[arg-type]
    if "scan" in full:
        full["ScanningSequence"] = tuple(str(full.pop("scan")).split("/"))
    if "variant" in full:
        full["SequenceVariant"] = tuple(str(full.pop("variant")).split("/"))
    if "kind" in full:
        full["ImageType"] = tuple(str(full.pop("kind")).split("/"))
    return Row(vendor, sequence, {"SeriesDescription": description, **full})


def ge(sequence: str, description: str, /, **header: object) -> Row:
    # GE writes the protocol of the whole exam, and OTHER as the image type.
    header.setdefault("kind", "ORIGINAL/PRIMARY/OTHER")
    return _row("GE", sequence, description, **header)


def siemens(sequence: str, description: str, /, **header: object) -> Row:
    header.setdefault("ProtocolName", description)
    header.setdefault("kind", "ORIGINAL/PRIMARY/M/ND/NORM")
    return _row("Siemens", sequence, description, **header)


def philips(sequence: str, description: str, /, **header: object) -> Row:
    # Philips writes the contrast agent element empty when none was entered.
    header.setdefault("ContrastBolusAgent", None)
    return _row("Philips", sequence, description, **header)


def uih(sequence: str, description: str, /, **header: object) -> Row:
    header.setdefault("kind", "ORIGINAL/PRIMARY/M/UCA/IF")
    return _row("UIH", sequence, description, **header)


def canon(sequence: str, description: str, /, **header: object) -> Row:
    return _row("Canon", sequence, description, **header)


def hitachi(sequence: str, description: str, /, **header: object) -> Row:
    header.setdefault("kind", "ORIGINAL/PRIMARY/OTHER")
    return _row("Hitachi", sequence, description, **header)


SE_T1 = {"scan": "SE", "variant": "SK", "tr": 550, "te": 9, "fa": 90}
TSE_T2 = {"scan": "SE", "variant": "SK/SP", "tr": 5000, "te": 98, "fa": 150}
TIRM = {"scan": "SE/IR", "variant": "SK/SP/MP", "tr": 9000, "te": 90, "ti": 2500, "fa": 150}
MPRAGE = {"scan": "GR/IR", "variant": "SK/SP/MP", "tr": 1900, "te": 2.5, "ti": 900, "fa": 9}
SPGR = {"scan": "GR", "variant": "SS/SP/SK", "tr": 8.2, "te": 3.2, "ti": 450, "fa": 12}
EPI_DIFFUSION = {"scan": "EP/SE", "variant": "SK", "tr": 5600, "te": 90, "fa": 90}

ROWS: list[Row] = [
    # --- Siemens
    siemens("t1", "t1_se_tra", SequenceName="*se2d1", **SE_T1),
    siemens("t1", "t1_mprage_sag_p2_iso", SequenceName="*tfl3d1_16ns", **MPRAGE),
    # Siemens calls MPRAGE "mpr" as well: not a reformatted plane
    siemens("t1", "t1_mpr_ns_sag_p2_iso", SequenceName="*tfl3d1_ns", **MPRAGE),
    siemens("t1ce", "t1_mprage_tra_KM", ContrastBolusAgent="Gadovist", **MPRAGE),
    siemens("t1ce", "T1 SE tra nach KM", **SE_T1),
    siemens("t1", "T1 tra nativ", **SE_T1),
    siemens("t1ce", "t1_vibe_tra_fs+C", scan="GR", variant="SP/OSP", tr=6.2, te=2.4, fa=10),
    siemens(
        "t1", "t1_tirm_tra_dark-fluid", scan="SE/IR", variant="SK/SP/MP", tr=2000, te=9, ti=860
    ),
    siemens("t1", "t1_fl2d_tra", scan="GR", variant="SP", tr=250, te=2.5, fa=70),
    siemens("t2", "t2_tse_tra_512", SequenceName="*tse2d1_15", **TSE_T2),
    siemens("t2", "t2_space_sag_p2_iso", scan="SE", variant="SK/SP", tr=3200, te=408, fa=120),
    # contrast agent was given before, and the tag says so: still T2
    siemens("t2", "t2_tse_tra", ContrastBolusAgent="Gadovist", **TSE_T2),
    siemens("flair", "t2_tirm_tra_dark-fluid_fs", SequenceName="*tir2d1rr25", **TIRM),
    siemens(
        "flair",
        "t2_spc_da-fl_sag_p2_iso",
        scan="SE/IR",
        variant="SK/SP/MP",
        tr=5000,
        te=388,
        ti=1800,
    ),
    siemens("flair", "FLAIR tra KM", ContrastBolusAgent="Dotarem", **TIRM),
    siemens("localizer", "localizer", scan="GR", variant="SP", tr=8.6, te=4, fa=20),
    siemens(
        "localizer", "AAHead_Scout_64ch-head-coil", scan="GR", variant="SP", tr=3.2, te=1.4, fa=8
    ),
    siemens(
        "diffusion",
        "ep2d_diff_3scan_trace_p2_TRACEW",
        kind="DERIVED/PRIMARY/DIFFUSION/TRACEW/ND",
        **EPI_DIFFUSION,
    ),
    siemens(
        "ADC map",
        "ep2d_diff_3scan_trace_p2_ADC",
        kind="DERIVED/PRIMARY/DIFFUSION/ADC/ND",
        **EPI_DIFFUSION,
    ),
    siemens(
        "perfusion",
        "ep2d_perf_p2",
        scan="EP",
        variant="SK",
        tr=1600,
        te=30,
        fa=90,
        ContrastBolusAgent="Gadovist",
    ),
    siemens(
        "perfusion", "relCBV", kind="DERIVED/PRIMARY/PERFUSION/RELCBV", scan="EP", tr=1600, te=30
    ),
    siemens("perfusion", "t1_vibe_dynamic_TWIST", scan="GR", variant="SP", tr=5, te=1.8, fa=12),
    siemens("susceptibility", "t2_swi3d_tra_p2", scan="GR", variant="SP", tr=28, te=20, fa=15),
    siemens(
        "projection",
        "mIP_Images(SW)",
        kind="DERIVED/PRIMARY/M/NORM/SW/MNIP",
        scan="GR",
        tr=28,
        te=20,
    ),
    siemens(
        "angiography",
        "tof_fl3d_tra_p2_multi-slab",
        SequenceName="*fl3d1r_t70",
        scan="GR",
        variant="SP/MTC",
        tr=22,
        te=3.6,
        fa=18,
    ),
    # time of flight by the scanner's own name only
    siemens(
        "angiography", "arterien kopf", SequenceName="*fl3d1r_t70", scan="GR", tr=22, te=3.6, fa=18
    ),
    siemens("T2*", "t2_fl2d_tra_hemo", scan="GR", variant="SP", tr=620, te=20, fa=20),
    siemens("spectroscopy", "svs_se_135", scan="SE", tr=1500, te=135),
    siemens("functional MRI or field map", "gre_field_mapping", scan="GR", tr=400, te=4.9, fa=60),
    siemens("steady state", "t2_ci3d_tra_ciss", scan="GR", variant="SS", tr=5.4, te=2.4, fa=70),
    siemens("subtraction", "t1_mprage_SUB", kind="DERIVED/PRIMARY/M/ND/SUB", **MPRAGE),
    siemens(
        "t1ce",
        "t1_mprage_sag_KM_MPR_Tra",
        kind="DERIVED/SECONDARY/MPR/CSA MPR//CSAPARALLEL",
        **MPRAGE,
    ),
    # --- GE
    ge("t1", "Ax T1", scan="SE", variant="NONE", tr=600, te=12, fa=90),
    ge("t1ce", "AX T1 FSE +C", scan="SE", variant="SK", tr=700, te=11),
    ge("t1ce", "AX T1 POST GD FLAIR", scan="SE/IR", variant="SK", tr=2500, te=9, ti=1050),
    ge("t1", "Sag T1 FLAIR", scan="SE/IR", variant="SK", tr=2200, te=24, ti=780),
    ge("t1ce", "3D-T1-G", **SPGR),
    ge("t1", "AX T1 SANS INJECTION", scan="SE", variant="NONE", tr=600, te=12),
    ge("t1ce", "AX T1 APRES INJECTION", scan="SE", variant="NONE", tr=600, te=12),
    ge("t1ce", "SAG 3D BRAVO +C", **SPGR),
    ge("t1", "3D SPGR AX", scan="GR", variant="SS/SP", tr=34, te=8, fa=45),
    ge("t2", "Ax T2 FSE PROPELLER", scan="RM", variant="NONE", tr=5200, te=94),
    ge("t2", "SAG CUBE T2", scan="SE", variant="SK", tr=2500, te=79),
    ge("flair", "Ax T2 FLAIR", scan="SE/IR", variant="SK", tr=9000, te=120, ti=2250),
    ge("flair", "Sag CUBE FLAIR FS", scan="SE/IR", variant="SK", tr=6500, te=125, ti=1830),
    # no name at all: the inversion nulls fluid
    ge("flair", "AX", scan="SE/IR", variant="SK", tr=8802, te=124, ti=2200),
    ge("localizer", "3-Plane Loc", scan="GR", tr=5.4, te=1.8, fa=30),
    ge("localizer", "ASSET calibration", scan="GR", tr=4, te=1.1, fa=1),
    ge("diffusion", "Ax DWI 1000b", **EPI_DIFFUSION),
    ge(
        "ADC map",
        "Apparent Diffusion Coefficient (mm2/s)",
        kind="DERIVED/PRIMARY/ADC",
        scan="EP/SE",
    ),
    ge("susceptibility", "Ax 3D SWAN", scan="GR", tr=42, te=25, fa=15),
    ge("T2*", "Ax T2* GRE", scan="GR", variant="SS/SK", tr=620, te=15, fa=20),
    ge("angiography", "3D TOF COW", scan="GR", variant="SS/SP", tr=24, te=3.4, fa=20),
    ge(
        "projection",
        "PJN:COL: 3D TOF",
        kind="DERIVED/SECONDARY/PROJECTION IMAGE",
        scan="GR",
        tr=24,
        te=3,
    ),
    ge("spectroscopy", "PROBE-SV 35", scan="RM", tr=1500, te=35),
    ge("arterial spin labelling", "3D ASL (non-contrast)", scan="RM", tr=4800, te=10.5, ti=2025),
    ge(
        "screenshot or report",
        "Screen Save",
        kind="DERIVED/SECONDARY/SCREEN SAVE",
        SamplesPerPixel=1.0,
    ),
    # --- Philips
    philips("t1", "sT1W_SE", scan="SE", variant="SK", tr=450, te=10),
    philips("t1ce", "T1W_3D_TFE_Gd", scan="GR", variant="MP", tr=7.5, te=3.4, fa=8),
    philips("t1", "WIP T1 3D TFE SENSE", scan="GR", variant="MP", tr=7.5, te=3.4, fa=8),
    philips("t2", "T2W_TSE_DRIVE", scan="SE", variant="SK", tr=3000, te=80),
    philips("flair", "FLAIR_longTR SENSE", scan="IR", variant="SK", tr=11000, te=125, ti=2800),
    philips("flair", "3D BrainVIEW_FLAIR", scan="IR", variant="SK", tr=4800, te=340, ti=1650),
    philips("localizer", "Survey_SHC", scan="GR", tr=11, te=4.6, fa=20),
    philips(
        "diffusion", "DWI_SSh", scan="SE", variant="SK", tr=3200, te=88, DiffusionBValue=1000.0
    ),
    # diffusion by the b value only
    philips(
        "diffusion", "AX b-wert", scan="SE", variant="SK", tr=3200, te=88, DiffusionBValue=800.0
    ),
    philips("ADC map", "dADC", kind="DERIVED/PRIMARY/ADC/ADC/UNSPECIFIED"),
    philips(
        "susceptibility",
        "SWIp",
        scan="GR",
        tr=31,
        te=7.2,
        kind="ORIGINAL/PRIMARY/SW_M_FFE/SW_M/FFE",
    ),
    philips("angiography", "s3DI_MC_HR", scan="GR", tr=23, te=3.5, fa=18),
    philips("angiography", "sPC_venous", AngioFlag="Y", scan="GR", tr=9, te=5, fa=10),
    philips("proton density", "PDW_TSE", scan="SE", tr=3000, te=15),
    philips("steady state", "3D_bFFE", scan="GR", variant="SS", tr=5.5, te=2.7, fa=50),
    philips(
        "mask or segmentation", "Tumor_mask", kind="DERIVED/SECONDARY", scan="GR", tr=7.5, te=3.4
    ),
    philips("mask", "lesion 1", BitsAllocated=8.0, BitsStored=1.0, scan="GR", tr=7.5, te=3.4),
    # --- UIH
    uih(
        "t1",
        "t1_gre_fsp_3d_sag",
        SequenceName="gre_fsp",
        scan="GR/IR",
        tr=7.2,
        te=3.1,
        ti=750,
        fa=10,
    ),
    uih("t1", "T1平扫", SequenceName="fse", scan="SE", tr=500, te=11),
    uih("t1ce", "t1_fse_tra+C", SequenceName="fse", scan="SE", tr=500, te=11),
    uih("t1ce", "T1加权 增强", SequenceName="fse", scan="SE", tr=500, te=11),
    uih("t2", "t2_fse_tra", SequenceName="fse", scan="SE", tr=4500, te=105),
    uih("flair", "T2压水 横轴位", SequenceName="fse", scan="SE/IR", tr=8500, te=110, ti=2400),
    uih("localizer", "定位像", SequenceName="gre_loc", scan="GR", tr=8, te=2.6, fa=15),
    uih("diffusion", "弥散 b1000", SequenceName="epi_dwi", scan="EP", tr=3500, te=75),
    uih("perfusion", "灌注", SequenceName="epi", scan="EP", tr=1500, te=30),
    # --- Canon / Toshiba
    canon("t1", "T1 SE AX", SequenceName="SE2D", scan="SE", tr=480, te=12),
    canon("t1ce", "T1 SE AX CE", SequenceName="SE2D", scan="SE", tr=480, te=12),
    canon("t2", "T2 FSE AX", SequenceName="FSE2D", scan="SE", tr=4600, te=108),
    canon("flair", "FLAIR AX", SequenceName="FIR2D", scan="SE/IR", tr=10000, te=105, ti=2700),
    canon("echo-planar", "AX PA", SequenceName="SEEPI2D+0.7", scan="SE/EP", tr=10000, te=79),
    canon("t1ce", "3D MPRAGE Gd", SequenceName="FFE3D", scan="GR", tr=6.5, te=2.7, ti=900, fa=9),
    # --- Hitachi
    hitachi("t1", "T1 AX", scan="SE", tr=450, te=15),
    hitachi("t1ce", "T1 AX GAD", scan="SE", tr=450, te=15),
    hitachi("t2", "T2 FSE", scan="SE", tr=4500, te=100),
    hitachi("flair", "FIR FLAIR", scan="SE/IR", tr=9000, te=105, ti=2200),
    hitachi("susceptibility", "BSI", scan="GR", tr=52, te=40, fa=20),
    hitachi("t1", "RSSG 3D", scan="GR", tr=18, te=6.9, fa=25),
]
