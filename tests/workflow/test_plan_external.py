"""What Snakemake plans for external cohorts, and what it refuses."""

from __future__ import annotations

from collections import Counter

from test_plan import rows


def test_a_cohort_is_prepared_by_the_studys_rules_and_trains_nothing(study):
    study.write_cases(rows(9))
    (study.folder / "cases.tsv").rename(study.folder / "elsewhere.tsv")
    study.write_cases(rows(20))
    alone = study.plan()
    study.overlay["external"] = {"elsewhere": "elsewhere.tsv"}
    both = study.plan()
    own = Counter(
        {
            name.removeprefix("external_elsewhere__"): count
            for name, count in both.items()
            if name.startswith("external_")
        }
    )
    assert {name: count for name, count in both.items() if "external_" not in name} == alone
    # 6 backbones on 4 input sets, of 3 sequences.
    assert own["index_case"] == own["convert_case"] == 9
    assert own["predict_external"] == 24 and own["pack_sequence"] == 3
    assert own["evaluate_external"] == own["describe_shift"] == own["describe_scanners"] == 1
    assert not {"train_run", "split_cohort", "predict_run", "write_report"} & set(own)


def test_a_missing_or_misnamed_cohort_is_refused_by_name(study):
    study.write_cases(rows(20))
    study.overlay["external"] = {"elsewhere": "nowhere.tsv"}
    done = study.snakemake("-n", "--cores", "1")
    assert done.returncode != 0 and "nowhere.tsv" in done.stderr + done.stdout
    study.overlay["external"] = {"Else where": "cases.tsv"}
    done = study.snakemake("-n", "--cores", "1")
    assert done.returncode != 0 and "Else where" in done.stderr + done.stdout
