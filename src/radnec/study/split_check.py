"""Whether the cases of a study allow the split that its configuration asks for.

Cases that are excluded on the way only make the sets smaller: what is too few here is too few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from radnec.cohort.design import holdout_counts
from radnec.config.model import StudyConfig
from radnec.core.faults import Fault, found
from radnec.core.labels import CLASSES, POSITIVE
from radnec.study.check import eligible_rows, raise_faults


def check_split(config: StudyConfig, cases: pd.DataFrame) -> None:
    """Refuse a design for which the eligible cases are too few, or that they do not fit.

    Parameters
    ----------
    cases
        The rows of a checked table, see `radnec.cases.table.load_cases`.

    Raises
    ------
    InputError
        With a line for every fault.
    """
    rows = eligible_rows(cases)
    if config.split.design == "given":
        faults = list(_given(config, rows))
    elif config.split.design == "leave_one_site_out":
        faults = list(_by_site(config, rows))
    else:
        faults = list(_drawn(config, rows))
    raise_faults(faults)


def _given(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    table = config.cases
    if not any(row.get("set") for row in rows):
        yield found("split.design", "given", f"a column set in {table}: train or test")
        return
    without = [row["case"] for row in rows if not row.get("set")]
    if without:
        yield Fault(
            "split.design",
            f"given, but {table} has no set for {_few(without)}, expected train or test",
        )
    sets: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sets[row["patient"]].add(row.get("set", ""))
    parted = [patient for patient, parts in sets.items() if {"train", "test"} <= parts]
    if parted:
        yield Fault(
            "split.design",
            f"given, but {table} has patients in both train and test: {_few(parted)}; expected "
            "all cases of a patient in one set",
        )
    for part in ("train", "test"):
        labels = {row["label"] for row in rows if row.get("set") == part}
        for label in CLASSES:
            if label not in labels:
                yield Fault(
                    "split.design",
                    f"given, but set {part} of {table} has no case of {label}, expected both "
                    "classes",
                )
    train = [row for row in rows if row.get("set") == "train"]
    yield from _inner(config, _patients_with(train))


def _by_site(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    sites, table = config.split.sites, config.cases
    without = [row["case"] for row in rows if row.get("site", "") not in sites]
    if without:
        first = next(row for row in rows if row["case"] == without[0]).get("site", "")
        yield found(
            "split.sites",
            list(sites),
            f"the site of every eligible case of {table}, whose case {without[0]} has "
            f"{f'site {first!r}' if first else 'none'} ({len(without)} such cases)",
        )
        return
    at: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        at[row["patient"]].add(row["site"])
    parted = [patient for patient, places in at.items() if len(places) > 1]
    if parted:
        yield Fault(
            "split.design",
            f"leave_one_site_out, but {table} has patients at several sites: {_few(parted)}; "
            "expected all cases of a patient at one site",
        )
    for site in sites:
        if not any(row["site"] == site for row in rows):
            yield found("split.sites", site, f"a site of an eligible case of {table}")
            continue
        train = _patients_with([row for row in rows if row["site"] != site])
        for label, count in train.items():
            if not count:
                yield Fault(
                    "split.sites",
                    f"without site {site} no eligible case of {table} is left of {label}, "
                    "expected both classes to train on",
                )
        yield from _inner(config, train)


def _drawn(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    split = config.split
    positive: dict[str, bool] = defaultdict(bool)
    for row in rows:
        # A patient with both labels is drawn as one of necrosis, see `split_cohort`.
        positive[row["patient"]] |= row["label"] == POSITIVE
    counts = {
        label: sum(one == (label == POSITIVE) for one in positive.values()) for label in CLASSES
    }
    key, needed = ("split.folds", split.folds) if split.design == "kfold" else ("split.design", 2)
    value = getattr(split, key.partition(".")[2])
    few = {label: count for label, count in counts.items() if count < needed}
    for label, count in few.items():
        yield found(
            key,
            value,
            f"at least {needed} patients of {label} for design {split.design}, and {config.cases} "
            f"has {count} that are eligible",
        )
    if few:
        return
    if split.design == "kfold":
        tested = {label: -(-count // split.folds) for label, count in counts.items()}
    else:
        tested = dict(
            zip(counts, holdout_counts(list(counts.values()), split.test_fraction), strict=True)
        )
        for label, count in tested.items():
            if count in (0, counts[label]):
                part = "test" if count == 0 else "training"
                yield found(
                    "split.test_fraction",
                    split.test_fraction,
                    f"a share that leaves patients of {label} in both sets: of {counts[label]} "
                    f"none would be in the {part} set",
                )
                return
    with_label = _patients_with(rows)
    yield from _inner(config, {label: with_label[label] - tested[label] for label in CLASSES})


def _inner(config: StudyConfig, patients: Mapping[str, int]) -> Iterator[Fault]:
    """Give what the training set is too small for: parts of it that validate or choose."""
    training = config.training
    asked: list[tuple[str, object, int]] = []
    if training.validation_fraction > 0:
        parts = max(2, round(1 / training.validation_fraction))
        asked.append(("training.validation_fraction", training.validation_fraction, parts))
    if training.grid or training.temperature:
        asked.append(("training.grid_folds", training.grid_folds, training.grid_folds))
    for key, value, parts in asked:
        for label, count in patients.items():
            if count < parts:
                yield found(
                    key,
                    value,
                    f"at least {parts} patients of {label} in the training set, to take {parts} "
                    f"parts of it, and it has at most {count}",
                )


def _patients_with(rows: list[dict[str, str]]) -> dict[str, int]:
    return {
        label: len({row["patient"] for row in rows if row["label"] == label}) for label in CLASSES
    }


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
