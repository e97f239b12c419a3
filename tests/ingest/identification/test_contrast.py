"""With or without contrast agent, from tags, names, and the order of a whole study."""

import pytest
from ingest_builders import header_slices

from radnec.ingest.identification.choose import choose
from radnec.ingest.identification.identify import identify
from radnec.ingest.identification.missing import reasons_missing
from radnec.ingest.identification.types import CHOSEN
from radnec.ingest.reading.grouping import volumes_of

SE = {"ScanningSequence": ("SE",), "RepetitionTime": 500.0, "EchoTime": 10.0, "FlipAngle": 90.0}
T2 = {
    "ScanningSequence": ("SE",),
    "RepetitionTime": 5000.0,
    "EchoTime": 100.0,
    "SeriesDescription": "t2",
}
MPRAGE = {
    "ScanningSequence": ("GR", "IR"),
    "RepetitionTime": 1900.0,
    "EchoTime": 2.5,
    "InversionTime": 900.0,
    "FlipAngle": 9.0,
}


def study(*series):
    """Identify series given as dicts; return the identities in that order."""
    slices = [s for i, header in enumerate(series, start=1) for s in header_slices(i, **header)]
    found = {one.volume.header["SeriesNumber"]: one for one in identify(volumes_of(slices), 0.7)}
    return [found[float(i)] for i in range(1, len(series) + 1)]


def names(found):
    return [one.sequence for one in found]


def test_single_t1_without_any_evidence_is_t1():
    (found,) = study(SE | {"SeriesDescription": "ax t1"})
    assert (found.sequence, found.contrast) == ("t1", "unknown")


@pytest.mark.parametrize("empty", [{}, {"ContrastBolusAgent": None}, {"ContrastBolusAgent": " "}])
def test_empty_tag_says_nothing(empty):
    (found,) = study(SE | {"SeriesDescription": "ax t1"} | empty)
    assert found.sequence == "t1"
    assert "contrast tag" not in " ".join(found.reasons)


@pytest.mark.parametrize("agent", ["Gadovist", "10 ml DOTAREM", "YES", "MULTIHANCE", "钆喷酸葡胺"])
def test_filled_tag_makes_t1ce(agent):
    (found,) = study(SE | {"SeriesDescription": "ax t1", "ContrastBolusAgent": agent})
    assert (found.sequence, found.contrast) == ("t1ce", "yes")


@pytest.mark.parametrize(
    "denial", ["NONE", "no", "Kein", "W/O", "0", "N/A", "ohne", "无", "no contrast"]
)
def test_tag_that_denies(denial):
    (found,) = study(SE | {"SeriesDescription": "ax t1", "ContrastBolusAgent": denial})
    assert (found.sequence, found.contrast) == ("t1", "no")


def test_volume_alone_counts():
    (found,) = study(SE | {"SeriesDescription": "ax t1", "ContrastBolusVolume": 10.0})
    assert found.sequence == "t1ce"


def test_order_of_two_equal_t1_series_decides_where_tags_are_empty():
    found = study(
        SE | {"SeriesDescription": "t1", "time": "100000"},
        T2 | {"time": "100500"},
        SE | {"SeriesDescription": "t1", "time": "101500"},
    )
    assert names(found) == ["t1", "t2", "t1ce"]
    assert "the later of two equal T1 series" in found[2].reasons


def test_order_by_series_number_where_times_are_removed():
    found = study(SE | {"SeriesDescription": "t1"}, T2, SE | {"SeriesDescription": "t1"})
    assert names(found) == ["t1", "t2", "t1ce"]


def test_two_equal_t1_in_a_row_may_be_a_repeat_and_are_not_guessed():
    found = study(
        SE | {"SeriesDescription": "t1", "time": "100000"},
        SE | {"SeriesDescription": "t1", "time": "100200"},
    )
    assert names(found) == ["ambiguous", "ambiguous"]
    absent = reasons_missing(choose(found, {})[0], "P1")
    assert absent["t1"] == absent["t1ce"]
    assert all(f"'P1 {one.volume.series} t1" in absent["t1"] for one in found)
    # the line that the message asks for decides
    series = [one.volume.series for one in found]
    decisions, _ = choose(found, {series[0]: "t1", series[1]: "t1ce"})
    assert [(one.sequence, one.status) for one in decisions] == [("t1", CHOSEN), ("t1ce", CHOSEN)]


def test_equal_t1_of_two_studies_are_not_before_and_after():
    found = study(
        SE
        | {
            "SeriesDescription": "t1",
            "time": "100000",
            "StudyInstanceUID": "1.1",
            "StudyDate": "20200101",
        },
        SE
        | {
            "SeriesDescription": "t1",
            "time": "110000",
            "StudyInstanceUID": "1.2",
            "StudyDate": "20200101",
        },
    )
    assert names(found) == ["t1", "t1"]


def test_t1_after_a_series_with_agent_is_t1ce_even_when_nobody_says_so():
    found = study(
        SE | {"SeriesDescription": "t1 tra", "time": "100000"},
        SE | {"SeriesDescription": "t1 sag KM", "time": "101000", "RepetitionTime": 450.0},
        MPRAGE | {"SeriesDescription": "mprage", "time": "101500"},
    )
    assert names(found) == ["t1", "t1ce", "t1ce"]
    assert "acquired after a series with contrast agent" in found[2].reasons
    assert "acquired before the contrast agent" in found[0].reasons


def test_t1_after_bolus_perfusion_is_t1ce_but_not_after_spin_labelling():
    def perfusion(name):
        return {"SeriesDescription": name, "ScanningSequence": ("EP",), "RepetitionTime": 1500.0,
                "EchoTime": 30.0, "time": "100000"}  # fmt: skip

    t1 = SE | {"SeriesDescription": "t1 tra", "time": "101000"}
    assert names(study(perfusion("ep2d_perf DSC"), t1))[1] == "t1ce"
    assert names(study(perfusion("3D pCASL"), t1))[1] == "t1"


def test_name_says_before_although_the_tag_was_filled_at_registration():
    found = study(
        SE | {"SeriesDescription": "AX T1 PRE", "ContrastBolusAgent": "Gadavist", "time": "100000"},
        SE
        | {"SeriesDescription": "AX T1 POST", "ContrastBolusAgent": "Gadavist", "time": "101000"},
    )
    assert names(found) == ["t1", "t1ce"]


@pytest.mark.parametrize("name", ["T1 teho", "AX T1 POST OP", "T1 顯像後"])
def test_t1_with_words_that_no_table_knows_is_not_guessed(name):
    (found,) = study(SE | {"SeriesDescription": name})
    assert (found.sequence, found.candidates) == ("ambiguous", ("t1ce", "t1"))


def test_order_in_the_session_decides_where_words_are_unknown():
    exam = SE | {"SeriesDescription": "T1 teho"}
    found = study(
        exam | {"time": "100000"},
        SE | {"SeriesDescription": "T1 cor +C", "time": "101000"},
        exam | {"SeriesDescription": "T1 teho sag", "time": "102000"},
    )
    assert names(found) == ["t1", "t1ce", "t1ce"]


def test_stereotactic_t1_with_an_empty_tag_is_not_guessed():
    found = study(
        T2 | {"time": "100000"},
        MPRAGE
        | {"SeriesDescription": "T1 3D STEREOTACTIC", "ContrastBolusAgent": None, "time": "101000"},
    )
    assert names(found) == ["t2", "ambiguous"]
    assert found[1].candidates == ("t1ce", "t1")
    absent = reasons_missing(choose(found, {})[0], "P1")
    assert set(absent) == {"t1ce", "t1", "flair"}
    assert "may be t1ce or t1" in absent["t1ce"] == absent["t1"]
    assert f"'P1 {found[1].volume.series} t1ce'" in absent["t1ce"]


def test_stereotactic_t1_is_t1ce_where_the_study_shows_that_agent_was_given():
    found = study(
        SE | {"SeriesDescription": "t1 tra", "time": "100000"},
        SE | {"SeriesDescription": "t1 cor KM", "RepetitionTime": 450.0, "time": "101000"},
        MPRAGE | {"SeriesDescription": "navigation t1", "time": "101500"},
    )
    assert names(found) == ["t1", "t1ce", "t1ce"]


def test_ambiguous_series_does_not_matter_where_its_places_are_taken():
    twin = MPRAGE | {"SeriesDescription": "t1"}
    plain = SE | {"SeriesDescription": "t1 nativ", "time": "090000"}
    repeated = [twin | {"time": "100000"}, twin | {"time": "100100"}]
    absent = reasons_missing(choose(study(plain, *repeated), {})[0], "P1")
    assert absent["t1ce"].count("may be t1") == 2
    assert "t1" not in absent
    # removed times: whether it came before or after is open
    enhanced = SE | {"SeriesDescription": "t1 KM", "time": None}
    found = study(plain, *repeated, enhanced)
    decisions, _ = choose(found, {})
    assert names(found) == ["t1", "ambiguous", "ambiguous", "t1ce"]
    assert set(reasons_missing(decisions, "P1")) == {"t2", "flair"}
    assert [one.status for one in decisions] == ["chosen", "not used", "not used", "chosen"]


def test_exam_named_with_contrast_but_no_series_is():
    (found,) = study(
        SE | {"SeriesDescription": "ax t1", "StudyDescription": "MRI BRAIN W/WO CONTRAST"}
    )
    assert found.sequence == "ambiguous"


def test_protocol_of_the_whole_exam_does_not_name_its_series():
    exam = {"ProtocolName": "BRAIN TUMOR WITH CONTRAST", "Manufacturer": "GE MEDICAL SYSTEMS"}
    found = study(
        SE | exam | {"SeriesDescription": "Ax T1", "time": "100000"},
        T2 | exam | {"time": "100500"},
        SE | exam | {"SeriesDescription": "Ax T1 +C", "time": "101500"},
    )
    assert names(found) == ["t1", "t2", "t1ce"]


def test_protocol_name_fills_in_for_a_silent_description():
    (found,) = study(SE | {"SeriesDescription": "AX 5MM", "ProtocolName": "t1_se_tra_KM"})
    assert found.sequence == "t1ce"


@pytest.mark.parametrize("name", ["T2 POST OP", "t2 tra postop", "T2 post RT"])
def test_after_surgery_is_not_after_contrast(name):
    (found,) = study(T2 | {"SeriesDescription": name})
    assert (found.sequence, found.contrast) == ("t2", "unknown")


def test_flair_before_contrast_is_preferred():
    flair = {"ScanningSequence": ("SE", "IR"), "RepetitionTime": 9000.0, "EchoTime": 90.0,
             "InversionTime": 2500.0}  # fmt: skip
    found = study(
        flair | {"SeriesDescription": "FLAIR", "time": "100000"},
        flair | {"SeriesDescription": "FLAIR KM", "n": 30, "time": "110000"},
    )
    decisions, _ = choose(found, {})
    assert [one.status for one in decisions] == ["chosen", "not chosen"]
    assert "without contrast agent" in decisions[1].reason
