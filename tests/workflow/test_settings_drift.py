"""Each section of the configuration is exactly what its stage takes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from radnec.cohort.design import SplitSettings
from radnec.cohort.select import SelectionSettings
from radnec.evaluate.settings import EvaluationSettings
from radnec.explain.settings import ExplainSettings
from radnec.ingest.settings import IngestSettings
from radnec.phantom.settings import PhantomSettings
from radnec.preprocess.normalise import NormalisationSettings
from radnec.preprocess.register import RegistrationSettings
from radnec.preprocess.skullstrip.hdbet_weights import HdBetWeightsSettings
from radnec.preprocess.skullstrip.strip import SkullStripSettings
from radnec.training.settings import TrainingSettings

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
DEMO = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text())
SCHEMA = yaml.safe_load((ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text())

SECTIONS = {
    "phantom": PhantomSettings,
    "ingest": IngestSettings,
    "selection": SelectionSettings,
    "registration": RegistrationSettings,
    "skull_strip": SkullStripSettings,
    "hd_bet_weights": HdBetWeightsSettings,
    "normalisation": NormalisationSettings,
    "split": SplitSettings,
    "training": TrainingSettings,
    "evaluation": EvaluationSettings,
    "explain": ExplainSettings,
}
# Keys that the workflow itself reads: which model the figures show.
OF_WORKFLOW = {"explain": {"backbone", "inputs"}}


@pytest.mark.parametrize("section", SECTIONS)
def test_settings_schema_and_defaults_have_the_same_keys(section):
    for overlay in ({}, DEMO.get(section, {})):
        values = {**CONFIG[section], **overlay}
        own = {k: v for k, v in values.items() if k not in OF_WORKFLOW.get(section, set())}
        SECTIONS[section].from_mapping(own)
    assert set(SCHEMA["properties"][section]["required"]) == set(CONFIG[section])
    assert set(SCHEMA["properties"][section]["properties"]) == set(CONFIG[section])


def test_every_key_is_required_so_that_defaults_have_one_place():
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == set(CONFIG)
