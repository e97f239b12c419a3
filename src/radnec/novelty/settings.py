"""The section ``novelty`` of the configuration."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, Lt

from radnec.core.expectations import Expected
from radnec.core.settings import Flag, Number, Settings


class NoveltySettings(Settings):
    """What `radnec predict` may say of a patient against the cases of the study."""

    false_alarms: Annotated[Number, Gt(0), Lt(0.5), Expected("a share above 0 and below 0.5")] = (
        0.05
    )
    """share of patients like the study's that are called unlike it

    All checks together.

    Change: where missing an unlike patient costs more than looking at one in vain
    """
    similar_cases: Flag = False
    """whether `radnec predict` may name the most similar training cases

    By the case ids of the table, with their outcomes; the results then hold a few features of each
    training case.

    Change: where whoever gets the model may see ids and outcomes
    """
