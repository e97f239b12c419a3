"""The section of the report on external cohorts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from report_inputs import NOTICE
from test_html import write

from radnec.evaluate.external import evaluate_external
from radnec.evaluate.settings import EvaluationSettings


def cohort(folder):
    """Ten cases whose probabilities are all 0.25, and one that was excluded."""
    for name in ("cohort", "tables"):
        (folder / name).mkdir(parents=True)
    labels = ["necrosis"] * 4 + ["recurrence"] * 6
    rows = [(f"E{k}", label, "included", "", "") for k, label in enumerate(labels)]
    rows.append(("E10", "necrosis", "excluded", "select", "missing sequence: t2"))
    columns = ["case", "label", "status", "stage", "reason"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "cohort/cases.tsv", sep="\t", index=False)
    table = pd.DataFrame({"case": [row[0] for row in rows[:10]], "label": labels})
    table["patient"] = table["case"]
    table = table.assign(p_necrosis=0.25, p_recurrence=0.75, networks=3, same_images="")
    table.to_csv(folder / "predictions.tsv", sep="\t", index=False)
    evaluate_external(
        name="elsewhere",
        predictions={"resnet10/fused": folder / "predictions.tsv"},
        input_sets={"fused": ["t1", "t1ce"]},
        settings=EvaluationSettings(bootstrap_repeats=100),
        seed=1,
        notice=NOTICE,
        performance=folder / "tables/performance.tsv",
        calibration=folder / "tables/calibration.tsv",
    )
    pd.DataFrame(
        [("resnet10/fused", "scanner", 10, 9, 0.9, 0.6, 0.98, "phantom")],
        columns=["model", "check", "cases", "outside", "share", "share_lo", "share_hi", "cohort"],
    ).to_csv(folder / "tables/shift_checks.tsv", sep="\t", index=False)
    pd.DataFrame(
        [("scanner", "t1", "Manufacturer", "Siemens (9)", "<GE> (10)", 1.0, "phantom")],
        columns=["group", "sequence", "property", "study", "external", "difference", "cohort"],
    ).to_csv(folder / "tables/shift_images.tsv", sep="\t", index=False)
    return folder


def test_a_cohort_is_shown_and_the_report_no_longer_says_that_there_is_none(inputs, tmp_path):
    _, without = write(inputs, tmp_path)
    assert "external" not in without.ids and "no external validation" in without.text
    folder = cohort(tmp_path / "external" / "elsewhere")
    _, page = write(dataclasses.replace(inputs, external={"elsewhere": folder}), tmp_path)
    assert not page.open and {"external", "external-elsewhere"} <= set(page.ids)
    assert "no external validation" not in page.text
    assert "Of 11 cases, 10 could be prepared" in page.text
    assert "6 recurrence and 4 necrosis" in page.text
    assert "0.60 (0.31-0.83)" in page.text  # Wilson's interval of 6 of 10, as printed in tables
    # logit(4 / 10) - logit(0.25), by hand, moves the mean probability to the share of necrosis.
    shift = np.log(4 / 6) - np.log(0.25 / 0.75)
    assert "as predicted 0.26" in page.text  # 0.4 x 0.75^2 + 0.6 x 0.25^2 = 0.2625
    assert f"{shift:.2f} (" in page.text
    assert "0.90 (0.60 to 0.98)" in page.text and "<GE> (10)" in page.text
