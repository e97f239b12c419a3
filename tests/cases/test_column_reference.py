from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from radnec.cases import reference
from radnec.cases.row import COLUMNS

ROOT = Path(__file__).parents[2]
ANEW = "stale: run `radnec config --write`"
ROW = {"case": "P1", "label": "necrosis", "dicom": "d", "age": "52.5", "sex": "male", "x_a": "b"}


def test_what_is_made_from_the_model_is_not_stale():
    schema = (ROOT / reference.SCHEMA).read_text(encoding="utf-8")
    readme = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    assert schema == reference.schema_text(), ANEW
    assert readme == reference.with_columns(readme), ANEW
    assert all(f"| `{name}` |" in readme for name in COLUMNS)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"age": "52,5"}, False),
        ({"sex": "M"}, False),
        ({"case": "a b"}, False),
        ({"lable": "x"}, False),
        ({"set": "train"}, True),
        ({"label": None}, True),  # images alone
        ({"case": None}, False),
    ],
)
def test_the_schema_holds_for_normalised_rows(change, allowed):
    validator = jsonschema.Draft202012Validator(yaml.safe_load(reference.schema_text()))
    row = {name: value for name, value in (ROW | change).items() if value is not None}
    assert validator.is_valid(row) == allowed
