from __future__ import annotations

import pandas as pd
import pytest

from radnec.cohort.design import SplitSettings, fold_names
from radnec.cohort.split import split_cohort
from radnec.core.errors import InputError
from radnec.core.tables import read_tsv, write_tsv


def settings(**changes):
    values = {"design": "stratified", "test_fraction": 0.25, "folds": 4, "repeats": 2}
    return SplitSettings.from_mapping({**values, **changes})


def split(tmp_path, cases, *, given=None, seed=1, **changes):
    cases = cases.assign(status="included").sample(frac=1, random_state=3)
    write_tsv(cases, tmp_path / "cases.tsv")
    split_cohort(
        cohort=tmp_path / "cases.tsv",
        given=given or {},
        settings=settings(**changes),
        seed=seed,
        split=tmp_path / "split.tsv",
    )
    return read_tsv(tmp_path / "split.tsv", dtype=str)


def cohort(necrosis, recurrence):
    n = necrosis + recurrence
    case = [f"P{i:03}" for i in range(n)]
    label = ["necrosis"] * necrosis + ["recurrence"] * recurrence
    return pd.DataFrame({"case": case, "patient": case, "label": label})


def test_the_papers_cohort_gives_what_a_plain_stratified_draw_gives(tmp_path):
    """234 cases, 42 necrosis: scikit-learn draws 59 with 11 necrosis, not the printed 58 with 9."""
    table = split(tmp_path, cohort(42, 192))
    test = table[table["set"] == "test"]
    assert len(test) == 59
    assert (test["label"] == "necrosis").sum() in (10, 11)


def test_no_patient_is_in_two_sets(tmp_path):
    cases = cohort(20, 40)
    cases["patient"] = [f"Q{i // 3}" for i in range(60)]
    for changes in ({}, {"design": "kfold"}):
        table = split(tmp_path, cases, **changes)
        sets = table.groupby(["fold", "patient"])["set"].nunique()
        assert (sets == 1).all()


def test_each_case_is_tested_once_in_each_repeat(tmp_path):
    table = split(tmp_path, cohort(13, 40), design="kfold")
    assert list(table["fold"].unique()) == fold_names(settings(design="kfold"))
    test = table[table["set"] == "test"].assign(repeat=lambda t: t["fold"].str[:2])
    assert (test.groupby(["repeat", "case"]).size() == 1).all()
    necrosis = test[test["label"] == "necrosis"].groupby("fold").size()
    assert set(necrosis) == {3, 4}
    first, second = (set(test[test["fold"] == f]["case"]) for f in ("r0f0", "r1f0"))
    assert first != second


def test_more_repeats_leave_the_first_ones_as_they_were(tmp_path):
    one = split(tmp_path, cohort(10, 30), design="kfold", repeats=1)
    two = split(tmp_path, cohort(10, 30), design="kfold", repeats=2)
    pd.testing.assert_frame_equal(one, two[two["fold"].isin(set(one["fold"]))])


def test_seed_decides(tmp_path):
    a, b, c = (split(tmp_path, cohort(10, 30), seed=s)["set"].tolist() for s in (1, 1, 2))
    assert a == b != c


def test_a_given_split_is_taken_as_it_is(tmp_path):
    cases = cohort(2, 2)
    given = {"P000": "train", "P001": "test", "P002": "train", "P003": "test"}
    table = split(tmp_path, cases, given=given, design="given")
    assert dict(zip(table["case"], table["set"], strict=True)) == given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"P000": "train"}, "no value in column set for"),
        (dict.fromkeys(["P000", "P001", "P002", "P003"], "train"), "test holds no case"),
        (
            {"P000": "train", "P001": "train", "P002": "train", "P003": "test"},
            r"test holds \['recurrence'\]",
        ),
    ],
)
def test_an_unfit_given_split_is_refused(tmp_path, given, expected):
    with pytest.raises(InputError, match=expected):
        split(tmp_path, cohort(2, 2), given=given, design="given")


def test_a_given_split_may_not_part_a_patient(tmp_path):
    cases = cohort(2, 2).assign(patient=["A", "A", "B", "C"])
    given = {"P000": "train", "P001": "test", "P002": "train", "P003": "test"}
    with pytest.raises(InputError, match=r"\['A'\] are in both"):
        split(tmp_path, cases, given=given, design="given")


def test_too_few_of_a_class_are_refused(tmp_path):
    with pytest.raises(InputError, match="found 1 included patients with necrosis"):
        split(tmp_path, cohort(1, 30))
    with pytest.raises(InputError, match=r"found 3 .* expected at least 4"):
        split(tmp_path, cohort(3, 30), design="kfold")


def test_each_site_is_left_out_once(tmp_path):
    cases = cohort(9, 21)
    sites = dict(zip(cases["case"], ["leeds", "kyoto", "bern"] * 10, strict=True))
    named = {"design": "leave_one_site_out", "sites": ["kyoto", "leeds", "bern"]}
    table = split(tmp_path, cases, given=sites, **named)
    assert list(table["fold"].unique()) == fold_names(settings(**named)) == ["r0f0", "r0f1", "r0f2"]
    test = table[table["set"] == "test"]
    of_folds = test.groupby("fold")["case"].agg(lambda names: {sites[name] for name in names})
    assert list(of_folds) == [{"kyoto"}, {"leeds"}, {"bern"}]
    assert sorted(test["case"]) == sorted(cases["case"])


@pytest.mark.parametrize(
    ("sites", "words"),
    [
        (["bern", "kyoto", "leeds"], "no included case of site 'leeds'"),
        (["kyoto", "bern"], "all sites but 'kyoto' hold .'recurrence'., expected both"),
    ],
)
def test_a_site_that_cannot_be_left_out_is_named(tmp_path, sites, words):
    cases = cohort(3, 9)
    at = {case: "kyoto" if n < 3 else "bern" for n, case in enumerate(cases["case"])}
    if "leeds" in sites:  # else the other fault comes first
        at |= {"P000": "bern", "P003": "kyoto"}
    with pytest.raises(InputError, match=words):
        split(tmp_path, cases, given=at, design="leave_one_site_out", sites=sites)
