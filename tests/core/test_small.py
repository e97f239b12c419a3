"""Names, seeds, tables, logs: the small things everything rests on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from radnec.core.by_model import by_model
from radnec.core.labels import CLASSES, NEGATIVE, POSITIVE, called, class_index
from radnec.core.notices import notice
from radnec.core.seeding import derive_seed
from radnec.core.sequences import reference_of
from radnec.core.tables import read_tsv, write_latex, write_markdown, write_tsv


def test_necrosis_is_positive_and_channel_one():
    assert (POSITIVE, NEGATIVE) == ("necrosis", "recurrence")
    assert CLASSES[1] == POSITIVE and class_index("necrosis") == 1
    with pytest.raises(ValueError, match="'tumour'"):
        class_index("tumour")


@pytest.mark.parametrize(
    ("p_necrosis", "expected"), [(0.0, NEGATIVE), (0.5, NEGATIVE), (0.5001, POSITIVE)]
)
def test_a_tie_is_called_the_commoner_class(p_necrosis, expected):
    assert called(p_necrosis) == expected


def test_files_are_found_by_backbone_and_inputs():
    path = Path("results/demo/predictions/torchvision.models:resnet18/t1.tsv")
    assert by_model([str(path)]) == {"torchvision.models:resnet18/t1": path}


def test_reference_follows_the_papers_order():
    assert reference_of(["flair", "t2", "t1", "t1ce"]) == "t1ce"
    assert reference_of(["flair", "t2", "t1"]) == "t1"
    assert reference_of(["flair", "t2"]) == "t2"
    assert reference_of(["flair"]) == "flair"
    with pytest.raises(ValueError, match="t1ce, t1, t2, flair"):
        reference_of(["dwi"])


def test_seeds_are_the_same_in_another_process():
    code = "from radnec.core.seeding import derive_seed; print(derive_seed(7, 'P001', 't1'))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(other.stdout) == derive_seed(7, "P001", "t1")
    seeds = {derive_seed(base, f"P{n:03}") for base in range(20) for n in range(100)}
    assert len(seeds) == 2000 and all(0 <= seed < 2**31 for seed in seeds)


def test_tables_keep_na_and_mark_only_empty_cells_missing(tmp_path):
    write_tsv(pd.DataFrame({"case": ["NA", "null"], "age": [1.5, None]}), tmp_path / "t.tsv")
    table = read_tsv(tmp_path / "t.tsv")
    assert list(table["case"]) == ["NA", "null"] and table["age"].isna().tolist() == [False, True]


def test_readable_tables_carry_title_notice_and_escaped_text(tmp_path):
    table = pd.DataFrame({"p_value": ["<0.05 & 5%", None]})
    write_markdown(table, tmp_path / "t.md", title="Table 1", notice=notice(phantom=True))
    text = (tmp_path / "t.md").read_text()
    assert text.startswith("# Table 1") and "phantom" in text and "Research use only" in text
    assert "nan" not in text.lower().replace("tenance", "")
    write_latex(table, tmp_path / "t.tex", title="Table_1", notice="n")
    text = (tmp_path / "t.tex").read_text()
    assert r"<0.05 \& 5\%" in text and r"p\_value" in text and r"Table\_1" in text


def test_a_jobs_log_holds_what_python_and_compiled_code_say(tmp_path):
    script = f"""
import os, logging, warnings
from radnec.core.jobs import job_log
with job_log({str(tmp_path / "first.log")!r}):
    print("first")
print("between")
with job_log({str(tmp_path / "job.log")!r}):
    print("printed")
    logging.info("logged")
    warnings.warn("warned")
    os.write(1, b"from C\\n")
    raise RuntimeError("broke")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    log = (tmp_path / "job.log").read_text()
    for text in ("printed", "logged", "warned", "from C", "RuntimeError: broke"):
        assert text in log
    assert done.returncode == 1 and "broke" in done.stderr and done.stdout == "between\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does it")
def test_a_job_ends_when_the_snakemake_that_started_it_is_killed(tmp_path):
    job = f"""
import os, time
from radnec.core.jobs import job_log
with job_log({str(tmp_path / "job.log")!r}):
    open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
    time.sleep(60)
"""
    waiting = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {job!r}])"
    parent = subprocess.Popen([sys.executable, "-c", waiting])
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        assert parent.poll() is None
        time.sleep(0.05)
    child = psutil.Process(int((tmp_path / "pid").read_text()))
    parent.kill()
    parent.wait()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
