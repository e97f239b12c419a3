"""The same images under two case ids stop the study before anything is computed from them."""

import pytest
from ingest_builders import T1, T2, write_series

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.ingest.checks.leakage import refuse_shared_images


def test_same_study_series_or_pixels_under_two_cases_stop(ingest, tmp_path):
    first = write_series(write_series(tmp_path / "study", 1, **T1), 2, **T2)
    one, same = ingest(first), ingest(first)
    other = write_series(tmp_path / "other", 9, StudyInstanceUID="1.2.7", **T2)
    apart = ingest(other)

    def check(**cases):
        refuse_shared_images(
            series={name: found.out / "series" / "P1.tsv" for name, found in cases.items()},
            records={name: found.out / "convert" / "P1.json" for name, found in cases.items()},
            ledger=tmp_path / "images.tsv",
        )

    check(A=one, B=apart)
    ledger = read_tsv(tmp_path / "images.tsv", dtype=str)
    assert ledger["case"].value_counts().to_dict() == {"A": 5, "B": 3}
    assert ledger["name"].str.fullmatch("[0-9a-f]{10,16}(-[0-9]+)?").all()
    expected = "cases 'A' and 'C' use the same study and series and pixel data"
    with pytest.raises(InputError, match=expected):
        check(A=one, B=apart, C=same)
    # the same pixels under new UIDs
    new = write_series(
        tmp_path / "new", 9, StudyInstanceUID="1.2.8", SeriesInstanceUID="1.2.8.1", **T2
    )
    with pytest.raises(InputError, match="cases 'A' and 'B' use the same pixel data"):
        check(A=apart, B=ingest(new))


def test_workflow_stops_before_the_selection_and_names_both(study):
    """A and B are one study, C and D the same pixels under other UIDs, E is apart."""
    uids = {"A": "1.2.1", "B": "1.2.1", "C": "1.2.3", "D": "1.2.4", "E": "1.2.5"}
    seeds = {"A": 0, "B": 0, "C": 7, "D": 7, "E": 8}
    for case, uid in uids.items():
        write_series(
            study.folder / "dicom" / case, 1, seed=seeds[case], StudyInstanceUID=uid,
            SeriesInstanceUID=f"{uid}.1", PatientName=f"Nobody^{case}", **T1,
        )  # fmt: skip
    rows = [{"case": case, "label": "necrosis", "dicom": f"dicom/{case}"} for case in sorted(uids)]
    study.write_cases(rows)
    selected = "results/trial/cohort/selected.tsv"
    done = study.snakemake(selected, "--cores", "1")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "cases 'A' and 'B' use the same study and series and pixel data" in said
    assert "cases 'C' and 'D' use the same pixel data" in said
    assert "'E'" not in said
    assert "Nobody" not in said
    assert not (study.folder / selected).exists()
    study.write_cases([row for row in rows if row["case"] in "ACE"])
    done = study.snakemake(selected, "--cores", "1")
    assert done.returncode == 0, done.stderr
    ledger = read_tsv(study.folder / "results" / "trial" / "cohort" / "images.tsv", dtype=str)
    assert sorted(ledger["case"]) == sorted("ACE" * 3)
