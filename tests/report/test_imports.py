"""The report and its figures are drawn where no network can run."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import radnec.figures
import radnec.report


def test_report_needs_no_torch() -> None:
    packages = (radnec.figures, radnec.report)
    names = [
        module.name
        for package in packages
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    assert len(names) > 15
    lines = [f"import {name}" for name in names]
    lines += ["import sys", "print(sorted({'torch', 'monai', 'ants'} & set(sys.modules)))"]
    result = subprocess.run(
        [sys.executable, "-c", "; ".join(lines)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
