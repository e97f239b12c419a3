"""The first screen says what the tables say, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from radnec.report.answer import answer

COUNTS = {"all": 60, "included": 58, "excluded": 2, "recurrence": 49, "necrosis": 9}
FACTS = {"phantom": False, "counts": COUNTS, "design": "kfold", "planned": True, "warned": 0}
FACTS["external"] = False
RANKING = (
    "backbone\tinput_set\trank\tauc\tauc_lo\tauc_hi\tsimultaneous_lo\tsimultaneous_hi\t"
    "corrected\tcorrected_lo\tcorrected_hi\tnotes\n"
)
COMPARISONS = (
    "family\tfirst_backbone\tfirst_input_set\tsecond_backbone\tsecond_input_set\t"
    "auc_difference\tdelong_holm_p\n"
)
GROUPS = "kind\tname\tauc\tauc_lo\tauc_hi\tp_value\n"


def asked(
    folder: Path,
    *,
    ranking: str,
    comparisons: str = "",
    groups: str = "",
    **facts: object,
):
    (folder / "ranking.tsv").write_text(RANKING + ranking)
    (folder / "comparisons.tsv").write_text(COMPARISONS + comparisons)
    (folder / "confounding.tsv").write_text(GROUPS + groups)
    confounding = folder / "confounding.tsv" if groups else None
    return answer(folder, confounding, networks=["net"], confidence=0.95, facts=FACTS | facts)


TWO = (
    "net\tfused\t1\t0.88\t0.7\t0.95\t0.62\t0.97\t0.81\t0.6\t0.93\t\n"
    "net\tt1\t2\t0.71\t0.5\t0.9\t0.45\t0.92\t\t\t\t\n"
)


def test_the_corrected_estimate_is_reported_not_the_largest(tmp_path) -> None:
    found = asked(tmp_path, ranking=TWO)
    assert found.estimate == "AUC 0.81 (0.60 to 0.93), 95 % CI"
    assert found.best == "net / fused" and found.models == 2
    assert found.verdict.startswith("Better than chance")
    assert "about 81 of 100 pairs" in found.meaning and "best of 2" in found.meaning


def test_without_a_corrected_one_the_interval_holds_for_all(tmp_path) -> None:
    text = TWO.replace("0.81\t0.6\t0.93\t", "1.0\t\t\tnot defined: perfect")
    found = asked(tmp_path, ranking=text)
    assert found.estimate == "AUC 0.88 (0.62 to 0.97), 95 % CI"
    assert "simultaneously for all 2 models" in found.meaning
    assert "could not be corrected for" in found.meaning


def test_models_tested_on_other_cases_have_their_own_interval(tmp_path) -> None:
    text = "net\tfused\t1\t0.88\t0.4\t0.95\t\t\t\t\t\t\nnet\tt1\t2\t0.7\t0.5\t0.9\t\t\t\t\t\t\n"
    found = asked(tmp_path, ranking=text)
    assert found.estimate == "AUC 0.88 (0.40 to 0.95), 95 % CI"
    assert found.verdict.startswith("Not shown") and "Not corrected" in found.meaning


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ("0.51\t0.9", "Better than chance"),
        ("0.5\t0.9", "Not shown"),
        ("0.1\t0.4", "Worse than chance"),
        ("\t", "Not determined"),
    ],
)
def test_verdict_follows_the_interval(tmp_path, limits, verdict) -> None:
    text = f"net\tfused\t1\t0.7\t{limits}\t\t\t\t\t\t\n"
    assert asked(tmp_path, ranking=text).verdict.startswith(verdict)


def pair(family: str, p: str) -> str:
    return f"{family}\tnet\tfused\tnet\tt1\t0.17\t{p}\n"


def test_whether_models_differ_is_read_from_corrected_p(tmp_path) -> None:
    found = asked(tmp_path, ranking=TWO, comparisons=pair("inputs", "0.08"))
    assert found.differ == "Not shown: 1 comparison on the same cases, smallest corrected p 0.08."
    found = asked(
        tmp_path, ranking=TWO, comparisons=pair("inputs", "0.01") + pair("backbones", "0.9")
    )
    assert found.differ.startswith("Yes, in 1 of 2 comparisons") and "0.17" in found.differ
    found = asked(tmp_path, ranking=TWO, comparisons=pair("inputs", ""))
    assert found.differ.startswith("Not determined")
    assert asked(tmp_path, ranking=TWO).differ.startswith("There is only one model")


MIXED = TWO + (
    "clinical\tno-images\t3\t0.68\t0.5\t0.9\t0.4\t0.9\t\t\t\t\n"
    "scanner\tno-images\t4\t0.6\t0.5\t0.9\t0.4\t0.9\t\t\t\t\n"
)


def test_other_models_are_comparators_of_the_best_network(tmp_path) -> None:
    """Whichever side of the pair the network is on."""
    text = (
        pair("inputs", "0.3")
        + "images\tclinical\tno-images\tnet\tfused\t-0.2\t0.03\n"
        + "images\tnet\tt1\tclinical\tno-images\t0.03\t0.001\n"
        + "images\tnet\tfused\tscanner\tno-images\t0.28\t0.2\n"
    )
    found = asked(tmp_path, ranking=MIXED, comparisons=text)
    assert found.comparators == (
        "net / fused against clinical / no-images: better, AUC difference 0.20, corrected p 0.03."
    )
    assert "1 comparison on" in found.differ  # those with comparators are not counted there
    assert found.scanner.startswith("net / fused against scanner / no-images: not shown to differ")
    assert asked(tmp_path, ranking=TWO).comparators == ""


def test_a_comparison_without_a_test_is_said_to_have_none(tmp_path) -> None:
    text = "images\tnet\tfused\tclinical\tno-images\t0.2\t\n"
    found = asked(tmp_path, ranking=MIXED, comparisons=text)
    assert found.comparators.endswith("AUC difference 0.20, not tested.")
    assert found.differ.startswith("There is only one network")


@pytest.mark.parametrize(
    ("scanner", "expected"),
    [
        ("0.9\t0.8\t0.95\t0.001", "Caution"),
        ("0.55\t0.45\t0.59\t0.4", "Yes"),
        ("0.55\t0.4\t0.7\t0.4", "Scanner and acquisition are not shown"),
    ],
)
def test_the_scanner_alone(tmp_path, scanner, expected) -> None:
    found = asked(tmp_path, ranking=TWO, groups=f"group\tscanner\t{scanner}\n")
    assert found.scanner.startswith(expected)
    assert scanner.split("\t")[0] in found.scanner


def test_the_gravest_caveats_come_first(tmp_path) -> None:
    told = "group\tscanner\t0.9\t0.8\t0.95\t0.001\n"
    found = asked(tmp_path, ranking=TWO, groups=told, phantom=True, design="stratified")
    assert [one.anchor for one in found.caveats] == ["limits", "confounding", "planning"]
    assert "simulated" in found.caveats[0].text and "9 cases of necrosis" in found.caveats[2].text
    many = COUNTS | {"necrosis": 200, "recurrence": 300, "all": 900, "excluded": 400}
    found = asked(tmp_path, ranking=TWO, counts=many)
    assert [one.anchor for one in found.caveats] == ["limits", "excluded"]
