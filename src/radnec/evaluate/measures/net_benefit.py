"""Net benefit at a stated prevalence: sensitivity and specificity weighed for another clinic."""

from __future__ import annotations

import math

import numpy as np

from radnec.evaluate.measures.estimate import Estimate, undefined
from radnec.evaluate.measures.intervals import paired_difference, proportion

ACT_FROM = (0.25, 0.5, 0.75)
"""Probabilities of necrosis from which somebody acts as if it were one: a wrong act weighs a
third of a right one, as much, and three times as much."""


def benefit_at(
    positive: np.ndarray, called: np.ndarray, prevalence: float, act_from: float, confidence: float
) -> Estimate:
    """Return the net benefit of decisions where a share `prevalence` of the cases is necrosis.

    Parameters
    ----------
    positive, called
        Boolean, shape (cases,): is the true class necrosis, is it called so.
    act_from
        Threshold probability t; a false alarm weighs t / (1 - t) of a necrosis found.

    Notes
    -----
    sensitivity * prevalence - (1 - specificity) * (1 - prevalence) * t / (1 - t) (Vickers and
    Elkin 2006, Med Decis Making 26:565). Limits of two Wilson intervals put together (Zou and
    Donner 2008, Stat Med 27:1693): the two rates come from different cases.
    """
    method = "MOVER of two Wilson intervals"
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) == 0:
        return undefined(method, "one class only")
    found = proportion(int(called[positive].sum()), m, "wilson", confidence)
    alarms = proportion(int(called[~positive].sum()), n, "wilson", confidence)
    return _weighed(
        (found.value, found.low, found.high),
        (alarms.value, alarms.low, alarms.high),
        prevalence,
        act_from,
        method,
    )


def benefit_difference(
    positive: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    prevalence: float,
    act_from: float,
    confidence: float,
) -> Estimate:
    """Return the net benefit of one model's decisions minus another's on the same cases.

    Parameters
    ----------
    positive, first, second
        Boolean, shape (cases,): is the true class necrosis; does each model call it so.

    Notes
    -----
    Differences of paired proportions within each class with the limits of Bonett and Price
    (2012), put together as in :func:`benefit_at`.
    """
    method = "MOVER of two paired differences (Bonett-Price)"
    if positive.all() or not positive.any():
        return undefined(method, "one class only")
    parts = []
    for members in (positive, ~positive):
        more = int((first & ~second & members).sum())
        fewer = int((~first & second & members).sum())
        total = int(members.sum())
        parts.append(((more - fewer) / total, *paired_difference(more, fewer, total, confidence)))
    return _weighed(parts[0], parts[1], prevalence, act_from, method)


def _weighed(
    found: tuple[float, float, float],
    alarms: tuple[float, float, float],
    prevalence: float,
    act_from: float,
    method: str,
) -> Estimate:
    gain, loss = prevalence, (1 - prevalence) * act_from / (1 - act_from)
    value = gain * found[0] - loss * alarms[0]
    down = math.hypot(gain * (found[0] - found[1]), loss * (alarms[2] - alarms[0]))
    up = math.hypot(gain * (found[2] - found[0]), loss * (alarms[0] - alarms[1]))
    return Estimate(value, value - down, value + up, method)
