"""The files that a report cannot do without, as small as they can be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.core.notices import notice
from radnec.report.inputs import ReportInputs

NOTICE = notice(phantom=True)
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path id="p1"/></svg>'

_NET = "backbone\tinput_set\t"
PATIENT_TABLES = {
    "summary.json": '{"looks": {"evaluations": 3, "predictions": 2}}',
    "instability.tsv": f"{_NET}cases\tn\truns\tmape\tmape_largest\tinstability_index\tunstable\n"
    "resnet10\tfused\tall\t58\t5\t0.0512\t0.213\t0.031\t7\n",
    "recalibration.tsv": f"{_NET}method\tbrier\tlog_loss\tcalibration_in_the_large\t"
    "calibration_in_the_large_lo\tcalibration_in_the_large_hi\tcalibration_slope\t"
    "calibration_slope_lo\tcalibration_slope_hi\tnotes\n"
    "resnet10\tfused\tlogistic\t0.1\t0.3\t-0.25\t-0.75\t0.25\t0.81\t0.4\t1.2\t\n",
    # No case of a class: only the reason.
    "prediction_sets.tsv": f"{_NET}label\tnotes\nresnet10\tfused\tnecrosis\tnot defined: why\n",
    "net_benefit.tsv": "kind\tfirst_backbone\tfirst_input_set\tsecond_backbone\tsecond_input_set\t"
    "prevalence\tact_from\tnet_benefit\tnet_benefit_lo\tnet_benefit_hi\n"
    "model\tresnet10\tfused\t\t\t0.179\t0.5\t0.099\t0.02\t0.14\n"
    "model\tresnet10\tfused\t\t\t0.179\t0.75\t0.777\t0.7\t0.8\n"
    "difference\tresnet10\tfused\tvgg11\tfused\t0.179\t0.5\t-0.011\t-0.05\t0.03\n",
    "evaluation_size.tsv": "prevalence\tn_oe\tn_slope\tn_auc\tn_benefit\tn\tn_necrosis\n"
    "0.179\t1768\t2882\t513\t949\t2882\t516\n",
}
"""What the section on patients needs below ``evaluation``: file name and text."""


def required_inputs(folder: Path) -> ReportInputs:
    """A study with the required files only."""
    tables, figures = {}, {}
    for number in range(1, 7):
        path = folder / f"table{number}.md"
        path.write_text(
            f"# Table {number}. Title & more\n\n| Models | AUC (95 % CI) |\n|:--|:--|\n"
            f"| net<{number}> | 0.8{number} (0.70-0.90) |\n\nA remark.\n\n{NOTICE}\n"
        )
        tables[f"table{number}"] = path
    for number in range(1, 6):
        figures[f"figure{number}"] = folder / f"figure{number}.svg"
        figures[f"figure{number}"].write_text(SVG)
    pd.DataFrame(
        [
            ("a", "necrosis", "included", "", ""),
            ("b", "recurrence", "included", "", ""),
            ("c", "recurrence", "excluded", "select", "missing sequence: <t2>"),
        ],
        columns=["case", "label", "status", "stage", "reason"],
    ).to_csv(folder / "cases.tsv", sep="\t", index=False)
    (folder / "config.yaml").write_text("study: demo\nx: <not a tag>\n")
    return ReportInputs(
        study="demo",
        phantom=True,
        notice=NOTICE,
        cohort=folder / "cases.tsv",
        tables=tables,
        figures=figures,
        config=folder / "config.yaml",
        model="densenet121/fused",
    )
