"""The files that a report cannot do without, as small as they can be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.core.notices import notice
from radnec.report.inputs import ReportInputs

NOTICE = notice(phantom=True)
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path id="p1"/></svg>'


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
