"""What is read from users decides no command: names, paths and files with traps in them."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]

# Folders in folders, for each case its own.
TRAPS = [
    'two words/it\'s "quoted"/$(touch owned)/`touch owned`',
    "; touch owned #/{config} {wildcards.case}/* ? [a]/-n --help",
    "Zweitgrößtes 胶质瘤/line\nbreak",
]


def write_volume(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.random.default_rng(0).random((12, 12, 34)).astype(np.float32)
    nib.save(nib.Nifti1Image(data, np.diag([2.0, 2.0, 5.0, 1.0])), path)


def test_traps_in_paths_are_only_paths(study, tmp_path):
    """Every case's images lie in folders named by traps, and so does the whole study."""
    study = dataclasses.replace(study, folder=tmp_path / 'a study\'s $(touch owned) "folder"')
    study.folder.mkdir()
    study.overlay = {"study": "trial", "cases": "the cases; touch owned.tsv"}
    rows = []
    for number, trap in enumerate(TRAPS):
        files = {name: f"images/{trap}/{name}.nii.gz" for name in ("t1ce", "t1", "t2")}
        for path in files.values():
            write_volume(study.folder / path)
        # As spreadsheets write them: quotes doubled, the cell in quotes.
        cells = {name: '"' + path.replace('"', '""') + '"' for name, path in files.items()}
        rows.append({"case": f"C{number}", "label": "necrosis", **cells})
    study.write_cases(rows)
    (study.folder / "cases.tsv").rename(study.folder / study.overlay["cases"])
    wanted = [f"results/trial/nifti/C{number}" for number in range(len(TRAPS))]
    done = study.snakemake(*wanted, "--cores", "2")
    assert done.returncode == 0, done.stderr[-4000:]
    for number in range(len(TRAPS)):
        record = (study.folder / f"results/trial/records/convert/C{number}.json").read_text()
        assert '"status": "ok"' in record, record
        made = nib.load(study.folder / f"results/trial/nifti/C{number}/t1.nii.gz")
        assert made.shape == (12, 12, 34)
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize(
    "text",
    [
        'study: !!python/object/apply:os.system ["touch owned"]',
        'study: !!python/object/new:os.system ["touch owned"]',
        "study: trial; touch owned",
        "study: ../elsewhere",
        'study: "{workflow.basedir}"',
    ],
)
def test_a_configuration_with_code_in_it_is_refused(study, text):
    study.write_cases([{"case": "C0", "label": "necrosis", "dicom": "d"}])
    (study.folder / "hostile.yaml").write_text(f"cases: cases.tsv\n{text}\n")
    command = [sys.executable, "-m", "snakemake", "-n", "-s", str(ROOT / "Snakefile")]
    done = subprocess.run(
        [*command, "--configfile", "hostile.yaml"],
        cwd=study.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Config file is not valid" in said or "config: study" in said
    assert not list(study.folder.rglob("owned"))
    assert not (study.folder / "results").exists()


# What runs text as code, or makes objects of any kind from a file.
FORBIDDEN = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads",
    "yaml.load", "yaml.unsafe_load", "yaml.full_load", "joblib.load", "marshal.loads",
    "shelve.open", "subprocess.getoutput",
}  # fmt: skip


def calls_of(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_call_runs_text_or_unpickles():
    looked_at = 0
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]:
        for name, call in calls_of(ast.parse(path.read_text(encoding="utf-8"))):
            looked_at += 1
            where = f"{path}:{call.lineno} {name}"
            given = {word.arg: ast.unparse(word.value) for word in call.keywords}
            assert name not in FORBIDDEN, where
            assert given.get("shell") != "True", where
            assert given.get("allow_pickle") != "True", where
            if name == "torch.load":
                assert given.get("weights_only") == "True", where
    assert looked_at > 1000


def test_no_rule_builds_a_shell_command():
    for path in [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        assert not [line for line in lines if line.startswith(("shell:", "run:"))], path
