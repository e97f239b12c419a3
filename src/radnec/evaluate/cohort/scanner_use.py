"""Whether the networks' predictions go with scanner and acquisition once the label is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.seeding import derive_seed
from radnec.evaluate.cohort.confounding import encode, groups_of_fields
from radnec.evaluate.cohort.covariates import case_covariates
from radnec.evaluate.comparisons.multiplicity import holm
from radnec.evaluate.measures.partial_permutation import partial_test, permutations_within
from radnec.evaluate.models.predictions import pool, read_patients, read_predictions
from radnec.evaluate.tables.output import write_results


def check_scanner_use(
    *,
    predictions: Mapping[str, Path],
    cases_table: Path,
    cohort: Path,
    nifti: Path,
    repeats: int,
    seed: int,
    notice: str,
    output: Path,
) -> None:
    """Write evaluation/scanner_use.tsv: each model against each group of fields.

    That scanner and label go together (confounding.tsv) does not say that a network uses it;
    here the label is held fixed, and only what the predictions follow beyond it counts.

    Parameters
    ----------
    predictions
        ``"<backbone>/<inputs>"`` to its test predictions.
    cases_table, cohort, nifti
        The study's table of cases, cohort/cases.tsv, and the folder of the sidecars.
    repeats
        Permutations behind a p-value.

    Notes
    -----
    Columns: backbone, input_set, name (scanner, acquisition, clinical), fields, n, r2 (share of
    the variance of the predictions within the classes), r2_by_chance (mean over the
    permutations), p_value, holm_p over all rows, notes.
    """
    covariates = case_covariates(cases_table, cohort, nifti).set_index("case")
    groups = groups_of_fields(covariates)
    rows: list[dict[str, Any]] = []
    for key, path in predictions.items():
        backbone, _, input_set = key.partition("/")
        frame = read_predictions(path)
        pooled = pool(frame, read_patients(cohort, frame["case"]))
        orders = permutations_within(
            pooled.positive, pooled.patients, repeats, derive_seed(seed, "scanner use")
        )
        own = covariates.reindex(pooled.cases["case"])
        for name, fields in groups.items():
            features, used = encode(own[fields])
            found = partial_test(pooled.positive, pooled.score, features, orders)
            rows.append(
                {
                    "backbone": backbone,
                    "input_set": input_set,
                    "name": name,
                    "fields": ", ".join(used),
                    "n": len(pooled.cases),
                    "r2": found.r2,
                    "r2_by_chance": found.expected,
                    "p_value": found.p,
                    "test": f"{repeats} permutations within the label",
                    "notes": found.note,
                }
            )
    table = pd.DataFrame(rows)
    table["holm_p"] = holm(table["p_value"].to_numpy(dtype=float))
    write_results(table, output, notice)
