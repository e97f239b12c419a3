"""The report is drawn where no network can run."""

from __future__ import annotations

import subprocess
import sys

MODULES = (
    *("figure4", "figure5", "flowchart", "workflow", "html"),
    *("training_figure", "explanation_figure"),
)


def test_report_needs_no_torch() -> None:
    lines = [f"import radnec.report.{name}" for name in MODULES]
    lines += ["import sys", "print(sorted({'torch', 'monai', 'ants'} & set(sys.modules)))"]
    result = subprocess.run(
        [sys.executable, "-c", "; ".join(lines)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
