from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from radnec.core import code_files as module

ROOT = Path(__file__).parents[2]


def test_agrees_with_what_python_really_imports():
    """Import a stage in a fresh interpreter; every first-party file it loads must be listed."""
    target = "radnec.cohort.collect"
    script = (
        f"import sys, {target}\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'radnec'))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin"},
    ).stdout.split()
    assert {Path(p).resolve() for p in module.code_files(target)} == {Path(p) for p in loaded}


def test_imports_inside_functions_and_of_submodules_are_followed(tmp_path, monkeypatch):
    package = tmp_path / "radnec"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "deep" / "__init__.py").write_text("")
    (package / "a.py").write_text("def f():\n    from radnec.deep import b\n")
    (package / "deep" / "b.py").write_text("import radnec.c\nimport numpy\n")
    (package / "c.py").write_text("import radnec.a  # a ring\n")
    (package / "unused.py").write_text("")
    monkeypatch.setattr(module, "_SOURCE", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert module.code_files("radnec.a") == [
        "radnec/__init__.py",
        "radnec/a.py",
        "radnec/c.py",
        "radnec/deep/__init__.py",
        "radnec/deep/b.py",
    ]
    with pytest.raises(ModuleNotFoundError, match=r"radnec\.nothing"):
        module.code_files("radnec.nothing")
