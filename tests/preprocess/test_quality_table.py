"""The order of the table of quality control, and what it says."""

from __future__ import annotations

import json

import pytest

from radnec.core.errors import InputError
from radnec.core.records import Record
from radnec.core.tables import read_tsv
from radnec.preprocess.quality.table import tabulate_quality


def measures(**changed):
    return {
        "reference": "t1ce",
        "t1_similarity_before": 1.05,
        "t1_similarity_after": 1.25,
        "t1_rotation": 2.0,
        "t1_translation": 3.0,
        "t1_overlap": 0.99,
        "t1_distinctness": 6.0,
        "t2_similarity_before": 1.03,
        "t2_similarity_after": 1.08,
        "t2_rotation": 2.5,
        "t2_translation": 2.0,
        "t2_overlap": 0.99,
        "t2_distinctness": 3.5,
    } | changed


CASES = {
    "P1": {},
    "P2": {"t2_distinctness": 3.4},
    "P3": {"t1_rotation": 2.1},
    "P4": {"t2_distinctness": 1.9},  # far below the others
    "P5": {},
    "P6": {},
    "P7": {},
}


@pytest.fixture
def study(tmp_path):
    """Seven cases: P4 is odd, P5 flagged, P6 excluded by hand, P7 left at strip."""
    rows = ["case\tstatus\tstage\treason"]
    paths = {"records": [], "measures": []}
    for case, changed in CASES.items():
        status = {
            "P6": "excluded\tqc\tmoved between the scans",
            "P7": "excluded\tstrip\tno brain",
        }.get(case, "included\t\t")
        rows.append(f"{case}\t{status}")
        warnings = ["registration of t2 is doubtful"] if case == "P5" else []
        register = tmp_path / f"{case}_register.json"
        Record(case, "register", "ok", "", warnings, {}, measures(**changed)).write(register)
        strip = tmp_path / f"{case}_strip.json"
        volume = {"mask_volume_ml": 1500.0 + 5 * len(rows)}
        if case == "P7":
            Record(case, "strip", "excluded", "no brain", [], {}, {}).write(strip)
        else:
            Record(case, "strip", "ok", "", [], {}, volume).write(strip)
        seen = tmp_path / f"{case}.json"
        seen.write_text(json.dumps({"case": case, "snr": {"t1ce": 20.0, "t2": None}}))
        paths["records"] += [register, strip]
        paths["measures"].append(seen)
    (tmp_path / "cases.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path, paths


def tabulate(folder, paths):
    tabulate_quality(
        cohort=folder / "cases.tsv", kind="physics phantom", output=folder / "qc.tsv", **paths
    )
    return read_tsv(folder / "qc.tsv", dtype=str).fillna("")


def test_worst_first(study):
    table = tabulate(*study)
    assert list(table["case"][:4]) == ["P6", "P7", "P5", "P4"]
    assert sorted(table["case"]) == sorted(CASES)
    assert set(table["cohort"]) == {"physics phantom"}


def test_what_it_says(study):
    table = tabulate(*study).set_index("case")
    assert table.loc["P6", "outcome"] == "left at qc: moved between the scans"
    assert table.loc["P5", "remarks"] == "registration of t2 is doubtful"
    # The median is 3.5 and the deviations' median 0, so 2 % of 3.5 is taken: 1.6 / 0.07 = 22.9.
    assert table.loc["P4", "unusual"] == "t2 distinctness 1.9 (22.9 SD from the median)"
    assert table.loc["P1", "similarity gain"] == "0.050 (t2)"
    assert table.loc["P1", "rotation (degrees)"] == "2.5 (t2)"
    assert table.loc["P1", "movement (mm)"] == "3.0 (t1)"
    assert table.loc["P1", "brain (ml)"] == "1510"
    assert table.loc["P7", "brain (ml)"] == ""
    assert table.loc["P1", "SNR"] == "20.0 (t1ce)"


def test_a_case_of_another_table_is_refused(study):
    folder, paths = study
    (folder / "cases.tsv").write_text("case\tstatus\tstage\treason\nP1\tincluded\t\t\n")
    with pytest.raises(InputError, match="'P2'"):
        tabulate(folder, paths)


def test_a_mask_that_a_second_method_doubts_is_remarked(study):
    folder, paths = study
    doubt = "brain mask: a piece of 7 ml is not brain for deepbet, look at it"
    seen = json.loads((folder / "P1.json").read_text())
    seen["mask"] = {"method": "deepbet", "dice": 0.9512, "remarks": [doubt]}
    (folder / "P1.json").write_text(json.dumps(seen))
    table = tabulate(folder, paths).set_index("case")
    assert table.loc["P1", "remarks"] == doubt
    assert table.loc["P1", "mask (Dice)"] == "0.951"
    assert table.loc["P3", "mask (Dice)"] == ""


def test_noise_is_remarked(study):
    folder, paths = study
    seen = json.loads((folder / "P1.json").read_text())
    seen["snr"] = {"t1ce": 21.0, "t2": 0.5, "t1": None}
    (folder / "P1.json").write_text(json.dumps(seen))
    table = tabulate(folder, paths).set_index("case")
    assert table.loc["P1", "remarks"] == "t2: SNR 0.5, at least 5 expected"
