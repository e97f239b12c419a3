"""The order of the packages: who may import whom, as pyproject.toml states it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(source: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package below a folder against the contracts."""
    command = "from importlinter.cli import lint_imports_command as run; run()"
    contracts = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(
        [sys.executable, "-c", command, *contracts],
        cwd=source,
        env={"PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_module_imports_from_a_layer_above_its_own_and_there_is_no_circle():
    done = lint_imports(ROOT / "src")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("evaluate/measures/auc.py", "radnec.figures.style", "Packages"),
        ("figures/roc.py", "radnec.report.html", "Packages"),
        ("preprocess/volumes.py", "radnec.networks.registry", "Packages"),
        ("ingest/reading/walk.py", "radnec.ingest.identification.words", "Ingest"),
        ("evaluate/tables/output.py", "radnec.evaluate.audit.ttests", "Evaluation"),
        ("networks/layers.py", "radnec.networks.registry", "No circle"),
        ("newcomer.py", "radnec.core.files", "Packages"),
    ],
)
def test_an_import_against_the_order_is_refused(tmp_path, module, imported, contract):
    shutil.copytree(ROOT / "src" / "radnec", tmp_path / "radnec")
    with (tmp_path / "radnec" / module).open("a") as stream:
        stream.write(f"\nimport {imported}\n")
    done = lint_imports(tmp_path)
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert done.returncode == 1
    assert any(line.startswith(contract) for line in broken), done.stdout
