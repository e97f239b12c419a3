"""Training and test sets: stratified by label, never two sets for one patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

from radnec.cohort.collect import included_cases
from radnec.cohort.design import SplitSettings
from radnec.core.errors import InputError
from radnec.core.labels import CLASSES, POSITIVE
from radnec.core.seeding import derive_seed
from radnec.core.tables import write_tsv

COLUMNS = ["case", "patient", "label", "fold", "set"]


def split_cohort(
    *, cohort: Path, given: Mapping[str, str], settings: SplitSettings, seed: int, split: Path
) -> None:
    """Write split/split.tsv: for each fold, each included case's set.

    Parameters
    ----------
    cohort
        cohort/cases.tsv.
    given
        What the table of cases says that the design needs: case to ``train`` or ``test`` for
        ``given``, case to its site for ``leave_one_site_out``.

    Notes
    -----
    The unit that is drawn is the patient; a patient with both labels counts as necrosis,
    the rarer class. The paper's 176 : 58 with 9 necrosis is not a stratified draw (that
    gives 10 or 11), so a study that has to match a published split names it (``given``).

    Raises
    ------
    InputError
        If a class has too few patients for the design, or the given sets are incomplete,
        lack a class, or part a patient.
    """
    cases = included_cases(cohort)
    patients = (
        cases.assign(positive=cases["label"] == POSITIVE)
        .groupby("patient", sort=True)["positive"]
        .any()
    )
    folds = list(_draw(cases, patients, given, settings, seed))
    parts = [
        cases.assign(
            fold=name, set=cases["patient"].map(lambda p, t=test: "test" if p in t else "train")
        )
        for name, test in folds
    ]
    write_tsv(pd.concat(parts)[COLUMNS], split)


def _draw(
    cases: pd.DataFrame,
    patients: pd.Series,
    given: Mapping[str, str],
    settings: SplitSettings,
    seed: int,
) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each fold and the patients in its test set."""
    names = np.asarray(patients.index)
    if settings.design == "given":
        yield "holdout", _given_test(cases, given)
        return
    if settings.design == "leave_one_site_out":
        yield from _by_site(cases, given, settings.sites)
        return
    needed = settings.folds if settings.design == "kfold" else 2
    for label in CLASSES:
        count = int((patients == (label == POSITIVE)).sum())
        if count < needed:
            raise InputError(
                f"split: found {count} included patients with {label}, expected at least {needed} "
                f"for design {settings.design} (who was excluded and why: cohort/cases.tsv)"
            )
    if settings.design == "stratified":
        one = StratifiedShuffleSplit(1, test_size=settings.test_fraction, random_state=seed)
        _, test = next(one.split(names, patients))
        yield "holdout", set(names[test])
        return
    for repeat in range(settings.repeats):
        # A seed for each repeat, so that the first repeats stay what they are when more follow.
        state = derive_seed(seed, "repeat", str(repeat))
        k = StratifiedKFold(settings.folds, shuffle=True, random_state=state)
        for fold, (_, test) in enumerate(k.split(names, patients)):
            yield f"r{repeat}f{fold}", set(names[test])


def _given_test(cases: pd.DataFrame, given: Mapping[str, str]) -> set[str]:
    missing = [case for case in cases["case"] if given.get(case, "") == ""]
    if missing:
        raise InputError(
            f"split: design given: no value in column set for {missing[:5]}, expected train or test"
        )
    sets = cases["case"].map(given)
    parted = cases.assign(set=sets).groupby("patient")["set"].nunique()
    if (parted > 1).any():
        names = list(parted.index[parted > 1])
        raise InputError(f"split: design given: patients {names[:5]} are in both train and test")
    for part in ("train", "test"):
        found = set(cases.loc[sets == part, "label"])
        if found != set(CLASSES):
            raise InputError(
                f"split: design given: {part} holds {sorted(found) or 'no case'}, "
                f"expected both {' and '.join(CLASSES)}"
            )
    return set(cases.loc[sets == "test", "patient"])


def _by_site(
    cases: pd.DataFrame, given: Mapping[str, str], sites: Sequence[str]
) -> Iterator[tuple[str, set[str]]]:
    site = cases["case"].map(given)
    for fold, name in enumerate(sites):
        test = site == name
        if not test.any():
            raise InputError(
                f"split: design leave_one_site_out: no included case of site {name!r}; expected "
                "some, or split.sites without it (who was excluded and why: cohort/cases.tsv)"
            )
        found = set(cases.loc[~test, "label"])
        if found != set(CLASSES):
            raise InputError(
                f"split: design leave_one_site_out: the cases of all sites but {name!r} hold "
                f"{sorted(found) or 'no case'}, expected both {' and '.join(CLASSES)}"
            )
        yield f"r0f{fold}", set(cases.loc[test, "patient"])
