"""Prediction sets that hold the true class of a new case at a stated rate, class by class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from crepes import ConformalClassifier

from radnec.core.errors import InputError
from radnec.core.labels import CLASSES, NEGATIVE, POSITIVE

UNDECIDED = "undecided"
# 1 - 0.9 is a little off 0.1; p values are multiples of 1 / (cases + 1).
_ROUNDING = 1e-12


@dataclasses.dataclass(frozen=True)
class ConformalSets:
    """Class-conditional (Mondrian) conformal prediction from out-of-fold predictions.

    Attributes
    ----------
    confidence
        Of all new cases of a class, at least this share has the class in its set, if they are
        like the cases of the study (exchangeable with them).
    scores
        Probability of necrosis of the study's cases, by true class.

    Notes
    -----
    Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World, section 4.5, by the
    package ``crepes``, without the random smoothing of ties: the same patient gets the same set.
    The nonconformity of a case to a class is 1 minus the probability of that class. Only the order
    of probabilities matters, so a recalibration changes no set. With one split the networks are
    fixed, and the rate holds exactly; the cases of a cross-validation were predicted by other
    networks than the mean that a new case gets (Vovk 2015, Ann Math Artif Intell 74:9), for
    which it holds nearly.
    """

    confidence: float
    scores: Mapping[str, tuple[float, ...]]

    def p_values(self, score: np.ndarray) -> dict[str, np.ndarray]:
        """Return how usual each case would be in each class.

        Parameters
        ----------
        score
            Probabilities of necrosis of new cases, shape (cases,).

        Returns
        -------
        dict
            Class to p values, shape (cases,): the share of the study's cases of that class, and
            the new case itself, that fit the class no better than the new case.
        """
        asked = np.asarray(score, dtype=float)
        found = {}
        for label in CLASSES:
            known = _nonconformity(label, np.asarray(self.scores[label], dtype=float))
            if not known.size:
                found[label] = np.ones(asked.shape)
                continue
            classifier = ConformalClassifier().fit(known)
            p = classifier.predict_p(_nonconformity(label, asked), smoothing=False)
            found[label] = np.asarray(p)
        return found

    def predict(self, score: np.ndarray) -> list[tuple[str, ...]]:
        """Return the set of each new case: one class, both, or none.

        A class is left out where its p is at most 1 - `confidence` (Vovk's definition).
        Read one class as the call, and both or none as "undecided": see :func:`name_of_set`.
        """
        p = self.p_values(score)
        error = 1 - self.confidence + _ROUNDING
        return [
            tuple(label for label in CLASSES if p[label][case] > error)
            for case in range(len(np.asarray(score)))
        ]

    def never_left_out(self) -> list[str]:
        """Return the classes with too few cases to be left out of any set at this confidence."""
        return [
            label
            for label in CLASSES
            if 1 / (len(self.scores[label]) + 1) > 1 - self.confidence + _ROUNDING
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as they stand in a file: no case is named."""
        return {
            "confidence": self.confidence,
            "p_necrosis": {label: list(self.scores[label]) for label in CLASSES},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], where: str) -> Self:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        InputError
            Naming `where`, the key, the value found and what was expected.
        """
        confidence = values.get("confidence")
        if not isinstance(confidence, float) or not 0 < confidence < 1:
            raise InputError(
                f"{where}: confidence: found {confidence!r}, expected a number between 0 and 1"
            )
        found = values.get("p_necrosis")
        if not isinstance(found, Mapping) or set(found) != set(CLASSES):
            raise InputError(f"{where}: p_necrosis: expected lists of {' and '.join(CLASSES)}")
        for label in CLASSES:
            for p in found[label]:
                if not isinstance(p, (int, float)) or not 0 <= p <= 1:
                    raise InputError(
                        f"{where}: p_necrosis: {label}: found {p!r}, expected a number from 0 to 1"
                    )
        return cls(confidence, {label: tuple(map(float, found[label])) for label in CLASSES})


def fit_sets(positive: np.ndarray, score: np.ndarray, confidence: float) -> ConformalSets:
    """Return the prediction sets that follow from cases the networks have not learned from.

    Parameters
    ----------
    positive
        Boolean, shape (cases,): is the true class necrosis.
    score
        Probabilities of necrosis, shape (cases,).
    """
    members = {POSITIVE: positive, NEGATIVE: ~positive}
    scores = {label: tuple(sorted(map(float, score[members[label]]))) for label in CLASSES}
    return ConformalSets(confidence, scores)


def cross_fitted_sets(
    positive: np.ndarray, score: np.ndarray, parts: np.ndarray, confidence: float
) -> list[tuple[str, ...]]:
    """Return each case's set, made from the cases of the other parts."""
    found: list[tuple[str, ...]] = [()] * len(score)
    for part in np.unique(parts):
        held = parts == part
        sets = fit_sets(positive[~held], score[~held], confidence).predict(score[held])
        for case, members in zip(np.flatnonzero(held), sets, strict=True):
            found[case] = members
    return found


def name_of_set(members: Sequence[str]) -> str:
    """Return the call that a set stands for.

    Examples
    --------
    >>> name_of_set(("necrosis",)), name_of_set(("recurrence", "necrosis")), name_of_set(())
    ('necrosis', 'undecided', 'undecided')
    """
    return members[0] if len(members) == 1 else UNDECIDED


def _nonconformity(label: str, score: np.ndarray) -> np.ndarray:
    return 1 - score if label == POSITIVE else score
