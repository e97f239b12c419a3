from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from radnec.core import fingerprint as module

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["collect_cohort", "register_case", "describe_cohort"])
def test_agrees_with_what_python_really_imports(script):
    """Run the imports of a script in a fresh interpreter; every first-party file is listed."""
    path = ROOT / "scripts" / f"{script}.py"
    code = (
        f"import sys, runpy; runpy.run_path({str(path)!r}, run_name='imported')\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'radnec'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    loaded = {Path(name) for name in done.stdout.splitlines()[-1].split()}
    assert loaded <= set(module.code_files(path).values())
    assert len(loaded) > 3


@pytest.fixture
def library(tmp_path, monkeypatch):
    package = tmp_path / "radnec"
    (package / "deep").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "deep/__init__.py": "",
        "a.py": "def f():\n    from radnec.deep import b\n    return b\n",
        "deep/b.py": "import radnec.c\nimport numpy\nX = 1\n",
        "c.py": "import radnec.a  # a ring\n",
        "unused.py": "Y = 1\n",
    }.items():
        (package / name).write_text(text)
    (tmp_path / "script.py").write_text("from radnec.a import f\nf()\n")
    monkeypatch.setattr(module, "_SOURCE", tmp_path)
    return tmp_path


def prints(library):
    module._imported.cache_clear()
    module._parse.cache_clear()
    module._meaning.cache_clear()
    return module.fingerprint(library / "script.py")


def test_imports_inside_functions_and_of_submodules_are_followed(library):
    module._imported.cache_clear()
    module._parse.cache_clear()
    names = set(module.code_files(library / "script.py"))
    assert names == {"script.py", "radnec", "radnec.a", "radnec.c", "radnec.deep", "radnec.deep.b"}


def test_table_beside_a_module_counts(library):
    before = prints(library)
    (library / "radnec" / "c.tsv").write_text("word\none\n")
    with_table = prints(library)
    (library / "radnec" / "c.tsv").write_text("word\ntwo\n")
    (library / "radnec" / "no_module.tsv").write_text("word\none\n")
    assert len({before, with_table, prints(library)}) == 3


def test_table_of_nothing_that_is_imported_does_not_count(library):
    before = prints(library)
    (library / "radnec" / "unused.tsv").write_text("word\none\n")
    assert prints(library) == before


@pytest.mark.parametrize(
    ("name", "text", "same"),
    [
        ("radnec/deep/b.py", "import radnec.c\nimport numpy\nX = 2\n", False),
        ("script.py", "from radnec.a import f\nf(); f()\n", False),
        ("radnec/unused.py", "Y = 2\n", True),
        (
            "radnec/deep/b.py",
            '"""Words."""\nimport radnec.c\nimport numpy\n\nX = (1)  # one\n',
            True,
        ),
        (
            "radnec/a.py",
            'def f():\n    """Words."""\n    from radnec.deep import b\n    return b',
            True,
        ),
    ],
)
def test_only_an_edit_that_may_matter_changes_it(library, name, text, same):
    before = prints(library)
    (library / name).write_text(text)
    assert (prints(library) == before) is same


def test_a_touch_or_another_place_changes_nothing(library, tmp_path_factory, monkeypatch):
    before = prints(library)
    os.utime(library / "radnec" / "a.py", (0, 0))
    assert prints(library) == before
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    library.rename(elsewhere)
    monkeypatch.setattr(module, "_SOURCE", elsewhere)
    assert prints(elsewhere) == before


def test_a_syntax_error_names_the_file(library):
    (library / "radnec" / "c.py").write_text("def (")
    with pytest.raises(SyntaxError, match=r"c\.py"):
        prints(library)
