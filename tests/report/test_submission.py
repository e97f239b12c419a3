"""The checklists: complete, filled from the run, and honest about what the run cannot know."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest
from browser import barriers, browser, needs_browser

from radnec.config.model import StudyConfig
from radnec.config.study_record import StudyRecord, read_study_record
from radnec.core.errors import InputError
from radnec.core.notices import notice
from radnec.report.answer import Answer
from radnec.report.submission.answers import answers
from radnec.report.submission.clear import radiomic_answers
from radnec.report.submission.facts import RunFacts
from radnec.report.submission.radiomics import RadiomicsFacts
from radnec.report.submission.write import (
    CHECKLISTS,
    RADIOMICS_CHECKLIST,
    TO_WRITE,
    load_checklist,
    write_submission,
)

ROOT = Path(__file__).parents[2]
NOTICE = notice(phantom=True)


@pytest.fixture
def facts() -> RunFacts:
    """A study of 58 tested cases whose best model is resnet10 / t1."""
    metrics = pd.DataFrame(
        [
            ("sens", "higher probability", 7 / 9, 0.45, 0.94, "Wilson"),
            ("spec", "higher probability", 46 / 49, 0.83, 0.98, "Wilson"),
            ("acc", "higher probability", 53 / 58, 0.81, 0.96, "Wilson"),
            ("brier", None, 0.08, 0.05, 0.12, "BCa"),
            ("expected_calibration_error", None, 0.06, 0.02, 0.1, "range"),
        ],
        columns=["metric", "operating_point", "value", "low", "high", "method"],
    ).assign(backbone="resnet10", input_set="t1")
    card = {"model": {"backbone": "resnet10", "parameters": 14356929, "start": "random weights"}}
    first = Answer(
        best="resnet10 / t1",
        models=2,
        verdict="Better than chance on these cases.",
        estimate="AUC 0.81 (0.60 to 0.93), 95 % CI",
        meaning="",
        differ="Not shown: 1 comparison.",
        comparators="",
        scanner="",
        caveats=[],
    )
    return RunFacts(
        config=StudyConfig(),
        phantom=True,
        counts={"all": 60, "included": 58, "excluded": 2, "recurrence": 49, "necrosis": 9},
        left={"select": 2},
        tested={"recurrence": 49, "necrosis": 9},
        folds=1,
        ranking=pd.DataFrame({"backbone": ["resnet10"], "input_set": ["t1"]}),
        metrics=metrics,
        confounding=pd.DataFrame(
            [("group", "scanner", 0.62, 0.4, 0.8, 0.2)],
            columns=["kind", "name", "auc", "auc_lo", "auc_hi", "p_value"],
        ),
        subgroups=pd.DataFrame(),
        first=first,
        cards=[card],
        scanners={"Siemens": 40, "GE": 18},
        wrong=5,
        pointing=None,
        radiomics=None,
    )


@pytest.fixture
def with_radiomics(facts) -> RunFacts:
    """The same study with a radiomics model: two fits, that kept one and two features."""
    fit = {"features": 240, "features_stable": 156}
    fits = {
        "models/radiomics/t1/r0f0_seed1/model.json": {
            **fit,
            "coefficients": {"features__t1_stat_skew": 0.7},
        },
        "models/radiomics/t1/r0f1_seed1/model.json": {
            **fit,
            "features_stable": 149,
            "coefficients": {"features__t1_stat_skew": 0.6, "features__t1_stat_iqr": 0.1},
        },
    }
    own = {"backbone": "radiomics", "input_set": "t1", "auc": 0.7, "auc_lo": 0.5, "auc_hi": 0.8}
    return dataclasses.replace(
        facts,
        config=StudyConfig.model_validate({"comparators": {"models": ["scanner", "radiomics"]}}),
        ranking=pd.concat([facts.ranking, pd.DataFrame([own])], ignore_index=True),
        radiomics=RadiomicsFacts(["radiomics"], {"drawn": 50, "enhancement": 8}, fits, "2.5.0"),
    )


def written(facts: RunFacts, folder: Path, record: StudyRecord | None = None) -> dict[str, str]:
    write_submission(
        facts=facts,
        record=record or StudyRecord(),
        study="trial",
        notice=NOTICE,
        page=folder / "submission.html",
        folder=folder / "submission",
    )
    found = {path.stem: path.read_text() for path in (folder / "submission").iterdir()}
    return found | {"page": (folder / "submission.html").read_text()}


def test_every_item_of_each_checklist_is_there_once() -> None:
    """The numbers are those of the published lists: 44; 27 with 52 parts; 30."""
    numbers = {name: [item["n"] for item in load_checklist(name)["items"]] for name in CHECKLISTS}
    assert numbers["claim_2024"] == [str(at) for at in range(1, 45)]
    assert numbers["metrics"] == [str(at) for at in range(1, 31)]
    tripod = numbers["tripod_ai"]
    assert len(tripod) == len(set(tripod)) == 52
    assert list(dict.fromkeys(int(re.sub(r"\D", "", n)) for n in tripod)) == list(range(1, 28))


def test_every_item_has_an_answer_or_an_author(with_radiomics) -> None:
    def plain(text: object, _: str) -> str:
        return str(text)

    own = set(radiomic_answers(with_radiomics, with_radiomics.radiomics, plain))
    known = set(answers(with_radiomics, plain)) | own
    used = set()
    for name in (*CHECKLISTS, RADIOMICS_CHECKLIST):
        for item in load_checklist(name)["items"]:
            subjects, fields = item.get("answers", []), item.get("authors", [])
            assert subjects or fields, item["n"]
            assert set(subjects) <= known and set(fields) <= set(StudyRecord.model_fields)
            used |= set(subjects) | set(fields)
    assert used >= set(StudyRecord.model_fields) | own


def test_clear_is_filled_where_a_radiomics_model_was_fitted(with_radiomics, tmp_path) -> None:
    """58 items, as published; the numbers are those of the fits and of the table of regions."""
    found = written(with_radiomics, tmp_path)
    lines = [line.split(" | ") for line in found["clear"].splitlines() if re.match(r"\| \d", line)]
    assert [line[0] for line in lines] == [f"| {n}" for n in range(1, 59)]
    answer = {int(line[0][2:]): line[3] for line in lines}
    assert "[50](../quality/lesions.tsv) with a drawn mask" in answer[19]
    assert "240 features, 149 to 156 of them stable, 1 to 2 kept" in answer[46]
    assert "[0.70 (0.50 to 0.80)](../evaluation/models/ranking.tsv)" in answer[47]
    assert f"{TO_WRITE}** (`data_overlap`)" in answer[14]
    assert "[CLEAR](../submission/clear.md), 19" in found["metrics"]
    assert '<h2 id="clear">' in found["page"]


def test_clear_is_left_out_where_none_was(facts, tmp_path) -> None:
    found = written(facts, tmp_path)
    assert "clear" not in found
    assert "CLEAR" not in found["page"]


def test_numbers_come_from_the_run_and_are_linked(facts, tmp_path) -> None:
    found = written(facts, tmp_path)
    flow = next(line for line in found["claim_2024"].splitlines() if line.startswith("| 35 |"))
    assert "[60](../cohort/cases.tsv)" in flow and "[58](../cohort/cases.tsv)" in flow
    assert "[0.78 (0.45 to 0.94)](../evaluation/models/metrics.tsv)" in found["tripod_ai"]
    assert "[5](../cases.html#errors) of [58](../split/split.tsv)" in found["text"]
    assert '<a href="cohort/cases.tsv">60</a>' in found["page"]
    for text in found.values():
        assert NOTICE in text
    other = dataclasses.replace(facts, counts={**facts.counts, "all": 99})
    assert "[99](../cohort/cases.tsv)" in written(other, tmp_path)["text"]


def test_what_only_the_authors_know_is_asked_for_until_it_is_written(facts, tmp_path) -> None:
    open_items = {name: written(facts, tmp_path)[name].count(TO_WRITE) for name in CHECKLISTS}
    assert all(open_items.values())
    record = StudyRecord(ethics="Board *A* | no. 7\nwaived", funding="None.")
    found = written(facts, tmp_path, record)
    line = next(line for line in found["tripod_ai"].splitlines() if line.startswith("| 17 |"))
    assert line == "| 17 | Methods | Ethics | Board \\*A\\* \\| no. 7 waived |"
    assert found["tripod_ai"].count(TO_WRITE) == open_items["tripod_ai"] - 2
    full = StudyRecord(**dict.fromkeys(StudyRecord.model_fields, "said"))
    found = written(facts, tmp_path, full)
    assert not any(TO_WRITE in found[name] for name in CHECKLISTS)


def test_the_record_is_checked_before_anything_runs(tmp_path) -> None:
    assert read_study_record(None) == StudyRecord()
    path = tmp_path / "study.yaml"
    path.write_text("titel: x\n")
    with pytest.raises(InputError, match=r"study_record: .*study\.yaml: .*titel"):
        read_study_record(path)
    path.write_text("[1, 2]")
    with pytest.raises(InputError, match="expected a field and its text"):
        read_study_record(path)
    with pytest.raises(InputError, match=r"gone\.yaml"):
        read_study_record(tmp_path / "gone.yaml")


def test_the_template_has_every_field() -> None:
    path = ROOT / "config" / "study.yaml"
    assert read_study_record(path) == StudyRecord()
    keys = re.findall(r"^(\w+):", path.read_text(), re.MULTILINE)
    assert keys == list(StudyRecord.model_fields)


@needs_browser
def test_the_page_keeps_nobody_out(facts, tmp_path) -> None:
    written(facts, tmp_path)
    with browser(tmp_path / "profile") as driver:
        driver.get((tmp_path / "submission.html").as_uri())
        assert barriers(driver) == []
        assert len(driver.find_elements("css selector", "#claim_2024 ~ .wide tr")) > 44
