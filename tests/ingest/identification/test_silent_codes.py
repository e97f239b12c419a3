"""Headers of public datasets that were read as a sequence they are not."""

import pytest
from test_contrast import MPRAGE, SE, T2, names, study

GRE = {
    "ScanningSequence": ("GR",),
    "SequenceVariant": ("SP", "MTC"),
    "RepetitionTime": 25.0,
    "EchoTime": 5.0,
    "FlipAngle": 6.0,
}


@pytest.mark.parametrize("name", ["PA_75_sDKI_opt_40", "DKI tra", "ax dki"])
def test_kurtosis_is_diffusion_though_its_timing_is_that_of_a_t2(name):
    header = T2 | {"SeriesDescription": name, "RepetitionTime": 4000.0, "EchoTime": 75.0}
    assert names(study(header)) == ["diffusion"]


def test_two_t1_of_different_inversion_times_are_no_pair():
    """As 7 T centres repeat an MPRAGE at another contrast: nobody was injected."""
    first = MPRAGE | {"SeriesDescription": "t1 mprage", "time": "100000", "InversionTime": 1500.0}
    second = first | {"time": "103000", "InversionTime": 600.0}
    assert names(study(first, second)) == ["t1", "t1"]
    assert names(study(first, first | {"time": "103000"})) == ["t1", "t1ce"]


@pytest.mark.parametrize(("tr", "te"), [(10000.0, 90.0), (5000.0, 395.0)])
def test_t2_or_flair_by_timing_alone_is_open_where_no_code_tells_of_an_inversion(tr, te):
    bare = {"RepetitionTime": tr, "EchoTime": te}
    (found,) = study(bare)
    assert found.sequence == "ambiguous"
    assert set(found.candidates) >= {"t2", "flair"}
    assert names(study(bare | {"ScanningSequence": ("SE",)})) == ["t2"]
    assert names(study(bare | {"SeriesDescription": "t2 tra"})) == ["t2"]
    assert names(study(bare | {"SeriesDescription": "flair"})) == ["flair"]


def test_early_echo_without_a_code_is_no_spin_echo():
    """Nameless, TR 2400 TE 2.28: an MPRAGE; as a spin echo it was called proton density."""
    (found,) = study({"RepetitionTime": 2400.0, "EchoTime": 2.28, "FlipAngle": 8.0})
    assert found.sequence != "proton density"
    named = {"RepetitionTime": 2400.0, "EchoTime": 2.28, "SeriesDescription": "T1w"}
    assert names(study(named)) == ["t1"]


@pytest.mark.parametrize("header", [GRE, GRE | {"SequenceVariant": ("SP",)}])
@pytest.mark.parametrize("name", ["mtw_fl3d", "gre MT on", "3D FFE magnetization transfer"])
def test_magnetization_transfer_of_a_gradient_echo_is_no_t1(header, name):
    assert names(study(header | {"SeriesDescription": name})) == ["magnetization transfer"]


def test_magnetization_transfer_of_a_named_t1_and_of_a_spin_echo_is_a_t1():
    """Centres add the pulse to a T1 after contrast agent, to see more of it."""
    assert names(study(SE | {"SeriesDescription": "T1 MT +C"})) == ["t1ce"]
    assert names(study(GRE | {"SeriesDescription": "T1 FFE MTC +C"})) == ["t1ce"]


@pytest.mark.parametrize("name", ["t1_mprage angulated", "T1 MEMPRAGE RMS", "anat-T1w", "T1 OB-AX"])
def test_words_for_the_scan_are_read(name):
    assert names(study(MPRAGE | {"SeriesDescription": name})) == ["t1"]
