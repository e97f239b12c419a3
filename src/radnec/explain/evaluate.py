"""The tests of the maps of one model: against lesions, and against the network itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from radnec.core.tables import read_tsv, write_tsv
from radnec.explain.probe import (
    CURVE_COLUMNS,
    LESION_COLUMNS,
    RANDOMISATION_COLUMNS,
    Parts,
    Probe,
    score_lesions,
)
from radnec.explain.settings import ExplainSettings
from radnec.explain.spaces import SUMMARY
from radnec.explain.summarise import summarise
from radnec.training.data import Volumes
from radnec.training.device import prepare_device
from radnec.training.predict import load_network, read_description


def evaluate_maps(
    *,
    model: Path,
    maps: Path,
    packed_cases: Path,
    packed: Mapping[str, Path],
    brains: Path,
    lesions: Mapping[str, Path],
    parts: Parts,
    settings: ExplainSettings,
    seed: int,
    device: str,
    threads: int,
    cohort: str,
    outdir: Path,
) -> None:
    """Test the maps that :func:`radnec.explain.run.explain_run` made.

    Parameters
    ----------
    model
        Folder of the trained network.
    maps
        Folder of the maps with their summary.tsv.
    packed_cases, packed
        Rows of the packed arrays, and the array (N, x, y, z) of each sequence.
    brains
        Folder with the brain masks, ``<case>/mask.nii.gz``.
    lesions
        Lesion mask (NIfTI) of each case that has one, in the space of the reference scan; empty
        where none is known: the tests against lesions are then left out.
    parts
        Which values of these masks are which part of a lesion.
    settings
        Tolerance, steps and number of cases of the tests.
    seed
        Seed of everything random.
    device, threads
        Where it happens.
    cohort
        ``physics phantom`` or ``patients``, the last column of every table.
    outdir
        Gets metrics.tsv (see :class:`radnec.explain.metrics.Metric`) and the single cases
        behind it: lesions.tsv, curves.tsv and randomisation.tsv.

    Raises
    ------
    InputError
        If a mask does not lie on the grid of its case.
    """
    target = prepare_device(device, threads)
    volumes = Volumes(packed, read_description(model)["sequences"])
    summary = read_tsv(maps / SUMMARY, dtype={"case": str, "fold": str})
    rows = read_tsv(packed_cases, dtype={"case": str}).set_index("case")["row"]
    probe = Probe(
        network=load_network(model, target),
        maps=maps,
        brains=brains,
        summary=summary.set_index("case", drop=False),
        settings=settings,
        seed=seed,
    )
    tested = spread(list(summary.loc[summary["zero"] == "no", "case"]), settings.tested_cases)
    curves, randomised = [], []
    for case, other in tqdm(
        list(zip(tested, [*tested[1:], *tested[:1]], strict=True)), desc="test maps", unit="case"
    ):
        volume = volumes.batch([int(rows[case])]).to(target)
        randomised += probe.randomised(case, volume)
        if other != case:
            curves += probe.curves(case, other, volume)
    tables = {
        "lesions": pd.DataFrame(score_lesions(probe, lesions, parts), columns=LESION_COLUMNS),
        "curves": pd.DataFrame(curves, columns=CURVE_COLUMNS),
        "randomisation": pd.DataFrame(randomised, columns=RANDOMISATION_COLUMNS),
    }
    tables["metrics"] = summarise(summary, tables, settings, seed)
    for name, table in tables.items():
        write_tsv(table.assign(cohort=cohort), outdir / f"{name}.tsv")


def spread(cases: list[str], most: int) -> list[str]:
    """Return at most so many cases, evenly taken from the list in its order."""
    if len(cases) <= most:
        return cases
    return [cases[round(i * (len(cases) - 1) / max(1, most - 1))] for i in range(most)]
