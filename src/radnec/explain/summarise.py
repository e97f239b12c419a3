"""From the tests of single maps to one table of metrics with intervals."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from radnec.core.labels import CLASSES
from radnec.core.seeding import derive_seed
from radnec.explain.lesion import pointing_p_value
from radnec.explain.metrics import Metric, mean_interval, paired_p_value, rate_interval
from radnec.explain.settings import ExplainSettings

NAN = float("nan")


def summarise(
    summary: pd.DataFrame, tables: Mapping[str, pd.DataFrame], settings: ExplainSettings, seed: int
) -> pd.DataFrame:
    """Return the metrics of all tests, one row each (see `Metric`).

    Parameters
    ----------
    summary
        summary.tsv of the maps.
    tables
        The tables lesions, curves and randomisation of the single cases.
    settings
        For the tolerance, which is part of a name.
    seed
        Seed of the bootstrap intervals.
    """
    metrics: list[Metric] = []
    for group in ("all", *CLASSES):
        metrics += _zero_maps(_of(summary, group), group)
        metrics += _outside(_of(tables["lesions"], group), group, seed)
        for part, lesions in _of(tables["lesions"], group).groupby("part", sort=False):
            metrics += _pointing(lesions, str(part), group, settings.tolerance_mm)
            metrics += _energy(lesions, str(part), group, seed)
    metrics += _curves(tables["curves"], seed)
    metrics += _randomisation(tables["randomisation"], seed)
    fields = [field.name for field in dataclasses.fields(Metric)]
    return pd.DataFrame([dataclasses.asdict(metric) for metric in metrics], columns=fields)


def _of(table: pd.DataFrame, group: str) -> pd.DataFrame:
    return table if group == "all" else table[table["label"] == group]


def _zero_maps(summary: pd.DataFrame, group: str) -> Iterator[Metric]:
    zeros = int((summary["zero"] == "yes").sum())
    estimate = rate_interval(zeros, len(summary))
    yield Metric("zero maps", "cases without a map", group, len(summary), *estimate, NAN, NAN)


def _outside(lesions: pd.DataFrame, group: str, seed: int) -> Iterator[Metric]:
    shares = lesions.drop_duplicates("case")["outside"].dropna()
    if len(shares):
        yield Metric(
            test="energy",
            measure="share of the map outside of the brain",
            group=group,
            n=len(shares),
            **_bounds(mean_interval(shares, derive_seed(seed, "outside", group))),
            chance=NAN,
            p=NAN,
        )


def _pointing(lesions: pd.DataFrame, part: str, group: str, tolerance: float) -> Iterator[Metric]:
    for column, where in (("hit", "in"), ("near", f"within {tolerance:g} mm of")):
        chances = lesions["chance" if column == "hit" else "chance_near"].to_numpy(float)
        hits, n = int(lesions[column].sum()), len(lesions)
        yield Metric(
            test="pointing game",
            measure=f"peak {where} the {part}",
            group=group,
            n=n,
            **_bounds(rate_interval(hits, n)),
            chance=float(chances.mean()),
            p=pointing_p_value(hits, chances),
        )
        foreign = lesions[f"foreign_{column}"].dropna()
        if len(foreign):
            yield Metric(
                test="pointing game",
                measure=f"peak of other cases' maps {where} the {part}",
                group=group,
                n=len(foreign),
                value=float(foreign.mean()),
                lower=NAN,
                upper=NAN,
                chance=float(chances.mean()),
                p=NAN,
            )


def _energy(lesions: pd.DataFrame, part: str, group: str, seed: int) -> Iterator[Metric]:
    known = lesions.dropna(subset=["energy"])
    yield Metric(
        test="energy",
        measure=f"share of the map in the brain that lies in the {part}",
        group=group,
        n=len(known),
        **_bounds(mean_interval(known["energy"], derive_seed(seed, "energy", part, group))),
        chance=float(known["chance"].mean()) if len(known) else NAN,
        p=paired_p_value(known["energy"] - known["chance"]),
    )


def _curves(curves: pd.DataFrame, seed: int) -> Iterator[Metric]:
    areas = curves.drop_duplicates(["case", "direction", "map"])
    for direction, table in areas.groupby("direction", sort=False):
        wide = table.pivot(index="case", columns="map", values="area")
        # Positive means better than another case's map, for both directions.
        sign = 1.0 if direction == "insertion" else -1.0
        gain = sign * (wide["own"] - wide["foreign"])
        yield Metric(
            test=str(direction),
            measure="area under the curve, own map",
            group="all",
            n=len(wide),
            **_bounds(mean_interval(wide["own"], derive_seed(seed, "curve", str(direction)))),
            chance=float(wide["foreign"].mean()),
            p=paired_p_value(gain),
        )
        yield Metric(
            test=str(direction),
            measure="gain over another case's map",
            group="all",
            n=len(wide),
            **_bounds(mean_interval(gain, derive_seed(seed, "gain", str(direction)))),
            chance=0.0,
            p=paired_p_value(gain),
        )


def _randomisation(table: pd.DataFrame, seed: int) -> Iterator[Metric]:
    for share, rows in table.groupby("share", sort=True):
        amount = "output layer" if share == 0 else f"{float(str(share)):.0%} of the layers"
        yield Metric(
            test="randomisation",
            measure=f"rank correlation with the map after loss of {amount}",
            group="all",
            n=len(rows),
            **_bounds(mean_interval(rows["similarity"], derive_seed(seed, "destroy", str(share)))),
            chance=0.0,
            p=NAN,
        )


def _bounds(estimate: tuple[float, float, float]) -> dict[str, float]:
    value, lower, upper = (float(np.round(number, 6)) for number in estimate)
    return {"value": value, "lower": lower, "upper": upper}
