"""Situations of public bug reports: which series must, and must never, be taken for which."""

import pytest
from ingest_builders import header_slices
from test_contrast import MPRAGE, SE, T2, names, study

from radnec.ingest.identification.choose import choose
from radnec.ingest.identification.identify import identify
from radnec.ingest.identification.types import CHOSEN
from radnec.ingest.reading.grouping import volumes_of

EPI = {"ScanningSequence": ("EP",), "RepetitionTime": 4600.0, "EchoTime": 15.0}
FLAIR = {
    "ScanningSequence": ("SE", "IR"),
    "RepetitionTime": 9000.0,
    "EchoTime": 90.0,
    "InversionTime": 2500.0,
}
SPGR = {
    "ScanningSequence": ("GR",),
    "SequenceVariant": ("SP",),
    "RepetitionTime": 6.7,
    "EchoTime": 2.4,
    "FlipAngle": 12.0,
}
M = ("ORIGINAL", "PRIMARY", "M")


def chosen(*series):
    decisions, _ = choose(study(*series), {})
    return {
        one.sequence: int(one.identity.volume.header["SeriesNumber"])
        for one in decisions
        if one.status == CHOSEN
    }


@pytest.mark.parametrize(
    "labelled",
    [
        {"SeriesDescription": "relCBF", "ImageType": ("DERIVED", "PRIMARY", "ASL", "RELCBF")},
        {"SeriesDescription": "Perfusion_Weighted", "ImageType": ("DERIVED", "PRIMARY", "ASL")},
        {"SeriesDescription": "pcASL_rest"},
        {"SeriesDescription": "WIP pASL tra"},
        # GE: spin labelling by its timing alone
        {"SeriesDescription": "Cerebral Blood Flow", "EchoTime": 10.5, "RepetitionTime": 4800.0},
    ],
)
def test_t1_after_spin_labelling_is_native(labelled):
    found = study(
        EPI | labelled | {"time": "100000"}, MPRAGE | {"SeriesDescription": "t1", "time": "101000"}
    )
    assert names(found)[1] == "t1"


def test_t1_after_perfusion_of_unknown_kind_is_not_guessed():
    perfusion = {"SeriesDescription": "CBF", "ScanningSequence": ("EP",), "time": "100000"}
    found = study(perfusion, MPRAGE | {"SeriesDescription": "t1", "time": "101000"})
    assert names(found)[1] == "ambiguous"


def test_tag_on_the_localizer_says_nothing_about_a_single_series():
    tag = {"ContrastBolusAgent": "Gadavist"}
    scout = {"SeriesDescription": "localizer", "ScanningSequence": ("GR",), "time": "090000"}
    plain = SE | {"SeriesDescription": "ax t1", "time": "100000"}
    assert names(study(scout | tag, plain | tag))[1] == "ambiguous"
    assert names(study(scout, plain | tag))[1] == "t1ce"
    # before and after are distinguished by the order, though all of the exam has the tag
    later = plain | {"time": "103000"}
    assert names(study(scout | tag, plain | tag, T2 | tag | {"time": "101500"}, later | tag))[
        1::2
    ] == ["t1", "t1ce"]


def _times(*times, **kinds):
    return [
        MPRAGE | {"SeriesDescription": "t1_mprage", "time": time} | kinds.get(f"k{i}", {})
        for i, time in enumerate(times)
    ]


def test_three_equal_t1_the_last_is_never_chosen_as_t1():
    found = study(*_times("100000", "101500", "103000"))
    assert names(found) == ["t1", "ambiguous", "t1ce"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ((*M, "ND"), (*M, "NORM", "DIS2D")),
        ((*M, "NORM"), ("ORIGINAL", "PRIMARY", "P", "NORM")),
        (M, M),
    ],
)
def test_one_acquisition_stored_twice_is_no_before_and_after(one, two):
    series = _times("100000", "100000", k0={"ImageType": one}, k1={"ImageType": two})
    assert names(study(*series))[0] == "t1"


def test_each_acquisition_stored_twice_before_and_after():
    series = _times(
        "100000", "100000", "102500", "102500",
        k0={"ImageType": (*M, "ND")}, k1={"ImageType": (*M, "NORM")},
        k2={"ImageType": (*M, "ND")}, k3={"ImageType": (*M, "NORM")},
    )  # fmt: skip
    assert names(study(*series)) == ["t1", "t1", "t1ce", "t1ce"]
    # the corrected copy of each
    assert chosen(*series) == {"t1": 2, "t1ce": 4}


@pytest.mark.parametrize(
    "dates", [("20200101", "20200102"), (None, None), ("20200101", "20200101")]
)
def test_order_across_midnight(dates):
    first, second = _times("235500", "000900")
    found = study(first | {"AcquisitionDate": dates[0]}, second | {"AcquisitionDate": dates[1]})
    assert names(found) == ["t1", "t1ce"]


@pytest.mark.parametrize("name", ["pd+t2_tse_tra", "Ax PD/T2 FSE", "DUAL ECHO"])
def test_echoes_of_a_dual_echo_acquisition(name):
    def echo(te):
        return T2 | {"SeriesDescription": name, "RepetitionTime": 4320.0, "EchoTime": te}

    assert names(study(echo(11.0), echo(92.0))) == ["proton density", "t2"]


@pytest.mark.parametrize(
    "parts",
    [
        (("_in", "IN_PHASE"), ("_opp", "OPP_PHASE"), ("_F", "FAT"), ("_W", "WATER")),
        (("_in", "X"), ("_opp", "X"), ("_F", "X"), ("_W", "X")),
        (("", "IP"), ("", "OP"), ("", "F"), ("", "W")),
    ],
    ids=["Siemens", "by name", "Philips"],
)
@pytest.mark.parametrize("turn", range(4))
def test_of_dixon_images_the_ordinary_one(parts, turn):
    turned = [*parts[turn:], *parts[:turn]]
    series = [
        SPGR
        | {"SeriesDescription": "t1_dixon" + end, "ImageType": ("DERIVED", "PRIMARY", code, code)}
        for end, code in turned
    ]
    assert turned[chosen(*series)["t1"] - 1] == parts[0]
    # without the in-phase image the water image, and never the fat image
    rest = [one for one, part in zip(series, turned, strict=True) if part != parts[0]]
    kept = [part for part in turned if part != parts[0]]
    assert kept[chosen(*rest)["t1"] - 1] == parts[3]
    fat = series[turned.index(parts[2])]
    assert "t1" not in chosen(fat)


def test_fat_saturation_is_no_fat_image():
    assert (
        names(study(SE | {"SeriesDescription": "T1 FAT SAT"}, SE | {"SeriesDescription": "t1 fs"}))[
            0
        ]
        == "t1"
    )


def _placed(number, gap, n, **header):
    slices = header_slices(number, n=n, **header)
    return [one._replace(position=(0.0, 0.0, gap * k)) for k, one in enumerate(slices)]


def test_the_whole_head_comes_before_many_thin_slices():
    whole = _placed(1, 6.0, 26, **T2)
    slab = _placed(2, 0.5, 64, **(T2 | {"SeriesDescription": "t2_space_iac"}))
    decisions, _ = choose(identify(volumes_of([*whole, *slab]), 0.7), {})
    assert {one.identity.volume.header["SeriesNumber"]: one.status for one in decisions} == {
        1.0: "chosen",
        2.0: "not chosen",
    }


@pytest.mark.parametrize(
    ("name", "timing"),
    [("t2_tse_tra", SE), ("FLAIR", SE), ("t1_tse_tra", T2), ("t2_tse_tra", FLAIR), ("t2 ax", SPGR)],
)
def test_name_against_the_timing_is_not_guessed(name, timing):
    (found,) = study(timing | {"SeriesDescription": name})
    assert found.sequence == "ambiguous", found.reasons


@pytest.mark.parametrize(
    ("name", "timing", "sequence"),
    [
        # headers that are silent about the inversion
        (
            "Ax T2 FLAIR",
            {"ScanningSequence": ("SE",), "RepetitionTime": 9000.0, "EchoTime": 120.0},
            "flair",
        ),
        (
            "Ax T1 FLAIR",
            {"ScanningSequence": ("SE",), "RepetitionTime": 2500.0, "EchoTime": 12.0},
            "t1",
        ),
        ("T1 CUBE", {"ScanningSequence": ("SE",), "RepetitionTime": 600.0, "EchoTime": 20.0}, "t1"),
    ],
)
def test_name_that_the_timing_does_not_exclude(name, timing, sequence):
    assert names(study(timing | {"SeriesDescription": name})) == [sequence]


@pytest.mark.parametrize(
    "field",
    [
        {"StudyDescription": "ORANGE COUNTY MRI BRAIN"},
        {"StudyDescription": "IRM cerebrale SERVICE NEURO"},
        {"PatientID": "QC-017"},
        {"PatientComments": "QC passed"},
        {"StudyDescription": "PHANTOM LIMB PAIN, BRAIN"},
        {"StudyDescription": "PINEAPPLE VALLEY HOSPITAL"},
        {"PatientName": "OBST^ANNA"},
    ],
)
def test_words_that_are_places_and_surnames_exclude_no_case(field):
    assert names(study(SE | {"SeriesDescription": "t1 tra"} | field)) == ["t1"]


@pytest.mark.parametrize("field", [{"StudyDescription": "Phantom"}, {"PatientName": "ACR^PHANTOM"}])
def test_a_phantom_is_no_head(field):
    assert names(study(SE | {"SeriesDescription": "t1 tra"} | field)) == ["not a head"]


def test_studies_without_a_date_are_one_visit_in_one_frame_of_reference():
    one = SE | {
        "SeriesDescription": "t1 nativ",
        "StudyInstanceUID": "1.1",
        "FrameOfReferenceUID": "5",
    }
    two = T2 | {"StudyInstanceUID": "1.2", "FrameOfReferenceUID": "5"}
    decisions, trouble = choose(study(one, two), {})
    assert [one.status for one in decisions] == ["chosen", "chosen"]
    assert trouble == []
