"""What is generated from the model of the configuration is as the model says."""

from __future__ import annotations

import csv
from pathlib import Path

import jsonschema
import pytest
import yaml

from radnec.cli.main import main
from radnec.config.describe import describe
from radnec.config.model import StudyConfig
from radnec.config.reference import as_yaml, generated, write_stale

ROOT = Path(__file__).parents[2]
PROJECT = (
    "config/config.yaml",
    "config/README.md",
    "workflow/schemas/config.schema.yaml",
    "workflow/schemas/cases.schema.yaml",
)


@pytest.mark.parametrize("path", PROJECT)
def test_generated_files_are_as_the_model_says(path):
    assert (ROOT / path).read_text() == generated(ROOT)[ROOT / path], "run `radnec config --write`"


def test_a_stale_file_is_written_anew_and_the_others_are_left(tmp_path):
    for path in (*PROJECT, "docs/reruns.tsv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text((ROOT / path).read_text())
    defaults = tmp_path / "config" / "config.yaml"
    defaults.write_text(defaults.read_text().replace("epochs: 300", "epochs: 301"))
    assert write_stale(generated(tmp_path)) == [defaults]
    assert defaults.read_text() == (ROOT / "config" / "config.yaml").read_text()
    assert write_stale(generated(tmp_path)) == []


def test_the_defaults_file_holds_the_defaults_in_the_order_of_the_model():
    values = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    assert values == StudyConfig().to_mapping()
    assert list(values) == list(StudyConfig.model_fields)


def test_every_key_has_a_comment_a_reason_to_change_it_and_a_row_of_the_readme():
    readme = (ROOT / "config" / "README.md").read_text()
    for key in describe(StudyConfig()):
        assert key.comment
        if not key.is_section:
            assert key.change, key.name
            assert f"| `{key.name}` |" in readme


def test_the_readme_says_of_every_key_what_the_table_of_reruns_says():
    with (ROOT / "docs" / "reruns.tsv").open() as stream:
        rows = {row["change"]: row["reruns_from"] for row in csv.DictReader(stream, delimiter="\t")}
    for line in (ROOT / "config" / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.replace("\\|", "/").split("|")]
        name = cells[1].strip("`") if len(cells) == 8 else ""
        if name in rows:
            for rule in rows[name].replace("*", "everything").replace("-", "nothing").split():
                assert rule in cells[6], name


def test_the_schema_takes_the_study_and_the_demo_and_refuses_a_wrong_bound():
    schema = yaml.safe_load((ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text())
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    for name in ("config.yaml", "demo.yaml"):
        assert not list(check.iter_errors(yaml.safe_load((ROOT / "config" / name).read_text())))
    for wrong in (
        {"training": {"learning_rate": 0}},
        {"training": {"grid": {"epochs": []}}},
        {"models": {"seeds": [1, 1]}},
        {"input_sets": {}},
        {"study": "a/b"},
        {"trainig": {}},
    ):
        assert len(list(check.iter_errors(wrong))) == 1, wrong


def test_any_configuration_written_as_yaml_is_read_as_the_same():
    config = StudyConfig.from_mapping(
        {
            "study": "on", "label_map": {"0": "recurrence"}, "qc": {"exclude": {"007": "a: b # c"}},
            "training": {"grid": {"learning_rate": [1e-5, 123456.0]}, "weight_decay": 1e-12},
            "series_overrides": "null ",
            "skull_strip": {"atlas_head": "~x: y", "atlas_mask": "- z"},
        }
    )  # fmt: skip
    assert StudyConfig.from_mapping(yaml.safe_load(as_yaml(config))) == config


def test_the_command_prints_the_configuration_that_overlays_make(tmp_path, capsys):
    (tmp_path / "a.yaml").write_text("training: {epochs: 5, learning_rate: 1e-3}\nseed: 1\n")
    (tmp_path / "b.yaml").write_text("training: {epochs: 6}\n")
    assert main(["config", "--check", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    expected = StudyConfig().to_mapping() | {"seed": 1}
    expected["training"] |= {"epochs": 6, "learning_rate": 1e-3}
    assert printed == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("training: {epochs: 0}\nsed: 1\n", ["training.epochs: found 0", "sed: unknown key"]),
        ("training: [", ["not readable as YAML"]),
        (
            "seed: 1\ntraining: {epochs: 5}\ntraining:\n  patience: 1\n  patience: 2\nseed: 1\n",
            [
                "training: found in line 2 and line 3, expected once",
                "training.patience: found in line 4 and line 5, expected once",
                "seed: found in line 1 and line 6, expected once",
            ],
        ),
        ("- a\n", ["found list, expected keys"]),
    ],
)
def test_the_command_reports_every_fault(text, expected, tmp_path, capsys):
    (tmp_path / "a.yaml").write_text(text)
    assert main(["config", "--check", str(tmp_path / "a.yaml")]) == 1
    said = capsys.readouterr().err
    assert all(one in said for one in expected) and "Traceback" not in said
