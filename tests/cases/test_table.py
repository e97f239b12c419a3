from __future__ import annotations

import pytest

from radnec.cases.sources import CaseSource, source_of
from radnec.cases.table import load_cases
from radnec.core.errors import InputError


def table(folder, *rows, columns=("case", "label", "dicom")):
    path = folder / "cases.tsv"
    path.write_text("\n".join("\t".join(row) for row in (columns, *rows)) + "\n")
    return path


def load(path, label_map=None):
    return load_cases(path, label_map or {}).rows


def test_labels_in_any_case_and_patients_default_to_the_case(tmp_path):
    cases = load(table(tmp_path, ("A", "Necrosis", "d/a"), ("B", " RECURRENCE ", "d/b")))
    assert list(cases["label"]) == ["necrosis", "recurrence"]
    assert list(cases["patient"]) == ["A", "B"]


def test_images_alone_need_no_label_and_a_label_that_is_there_is_checked(tmp_path):
    without = table(tmp_path, ("A", "d/a"), ("B", "d/b"), columns=("case", "dicom"))
    assert list(load_cases(without, {}, labelled=False).rows["label"]) == ["", ""]
    with pytest.raises(InputError, match="label"):
        load(without)
    some = table(tmp_path, ("A", "", "d/a"), ("B", "Necrosis", "d/b"))
    assert list(load_cases(some, {}, labelled=False).rows["label"]) == ["", "necrosis"]
    with pytest.raises(InputError, match=r"row 2 .*label: found an empty cell"):
        load(some)
    wrong = table(tmp_path, ("A", "oedema", "d/a"))
    with pytest.raises(InputError, match="'oedema'"):
        load_cases(wrong, {}, labelled=False)


def test_codes_need_a_declared_mapping(tmp_path):
    path = table(tmp_path, ("A", "1", "d/a"), ("B", "0", "d/b"))
    with pytest.raises(InputError, match=r"row 2 .*'1'.*label_map"):
        load(path)
    cases = load(path, {"0": "recurrence", "1": "necrosis"})
    assert list(cases["label"]) == ["necrosis", "recurrence"]


def test_codes_and_words_in_one_table_are_refused(tmp_path):
    path = table(tmp_path, ("A", "1", "d/a"), ("B", "necrosis", "d/b"))
    with pytest.raises(InputError, match=r"row 3 .*'necrosis'.*mixed"):
        load(path, {"0": "recurrence", "1": "necrosis"})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("../x", "necrosis", "d"), ["row 2", "'../x'", "letters"]),
        (("a b", "necrosis", "d"), ["row 2", "'a b'"]),
        ((".hidden", "necrosis", "d"), ["row 2", "'.hidden'"]),
        (("$(rm)", "necrosis", "d"), ["row 2", "letters"]),
        (("é", "necrosis", "d"), ["row 2", "letters"]),
        (('"A\nB"', "necrosis", "d"), ["row 2", "letters"]),
        (("A" * 65, "necrosis", "d"), ["row 2", "64"]),
        (("A", "edema", "d"), ["row 2", "label", "'edema'", "necrosis, recurrence"]),
        (("A", "", "d"), ["row 2", "label: found an empty cell"]),
        (("A", "necrosis", ""), ["row 2", "no images", "exactly one of"]),
    ],
)
def test_a_faulty_row_is_named_with_value_and_expectation(tmp_path, row, expected):
    with pytest.raises(InputError) as caught:
        load(table(tmp_path, row))
    for text in ("cases.tsv", *expected):
        assert text in str(caught.value)


def test_ids_that_one_folder_could_not_hold_apart_are_refused(tmp_path):
    path = table(tmp_path, ("p1", "necrosis", "a"), ("P1", "recurrence", "b"))
    with pytest.raises(InputError, match="rows 2, 3: case: found 'p1' and 'P1' which differ only"):
        load(path)


def test_an_unknown_column_is_refused_and_a_marked_one_is_carried(tmp_path):
    columns = ("case", "label", "dicom", "lable")
    with pytest.raises(
        InputError, match=r"row 1: found the column 'lable', expected one of .* \(label\?\)"
    ):
        load(table(tmp_path, ("A", "necrosis", "d", "x"), columns=columns))
    columns = ("case", "label", "dicom", "x_site")
    cases = load(table(tmp_path, ("A", "necrosis", "d", "north"), columns=columns))
    assert cases.loc["A", "x_site"] == "north"


def test_two_sources_for_one_case_are_refused(tmp_path):
    columns = ("case", "label", "dicom", "t1")
    path = table(tmp_path, ("A", "necrosis", "d", "t1.nii.gz"), columns=columns)
    with pytest.raises(InputError, match="dicom and NIfTI columns"):
        load(path)


def test_a_case_called_na_stays_what_it_is(tmp_path):
    assert list(load(table(tmp_path, ("NA", "necrosis", "d")))["case"]) == ["NA"]


def test_an_empty_or_missing_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="no rows"):
        load(table(tmp_path))
    with pytest.raises(InputError, match="not found"):
        load(tmp_path / "none.tsv")


def test_sources_survive_json():
    assert source_of({"dicom": "d"}, None) == CaseSource("dicom", "d", {})
    assert source_of({"t1": "a", "flair": "b"}, None).files == {"t1": "a", "flair": "b"}
    bids = source_of({"bids_subject": "sub-1", "bids_session": "2"}, "root")
    assert bids == CaseSource("bids", "root", {"subject": "sub-1", "session": "2"})
    assert CaseSource.from_json(bids.to_json()) == bids
