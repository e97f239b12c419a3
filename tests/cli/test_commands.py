"""The command line: version, completion, new studies, and what `radnec run` starts."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ingest_builders import T1, write_series

from radnec.cases.table import load_cases
from radnec.cli.completion import script_of
from radnec.cli.main import main, make_parser
from radnec.cli.run import snakemake_command, study_of
from radnec.config.load import load_config

ROOT = Path(__file__).parents[2]


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"radnec {importlib.metadata.version('radnec')}\n"


def test_wrong_words_end_with_2_and_wrong_input_with_1(capsys, tmp_path):
    with pytest.raises(SystemExit) as end:
        main(["inspct"])
    assert end.value.code == 2
    assert main(["status", "--study", str(tmp_path / "results" / "none")]) == 1
    assert "expected results/<study>" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["why", "run"])
def test_several_configuration_files_are_given_as_snakemake_takes_them(command):
    parse = make_parser().parse_args
    both = [Path("a.yaml"), Path("b.yaml")]
    one = parse([command, "--configfile", "a.yaml", "b.yaml"])
    assert (one.configfile, one.targets) == (both, [])
    other = parse([command, "train_run", "--configfile", "a.yaml", "--configfile", "b.yaml"])
    assert (other.configfile, other.targets) == (both, ["train_run"])


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["in"], {"init", "inspect"}),
        (["status", "--w"], {"--watch"}),
        (["predict", "--st"], {"--study"}),
    ],
)
def test_bash_completes(tmp_path, words, expected):
    script = tmp_path / "radnec.bash"
    script.write_text(script_of(make_parser(), "bash"))
    line = " ".join(["radnec", *words])
    ask = f"""source {script}
COMP_WORDS=({line}); COMP_CWORD={len(words)}; COMP_LINE="{line}"; COMP_POINT=${{#COMP_LINE}}
_shtab_radnec; printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert expected <= set(done.stdout.split())


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_study_has_a_valid_configuration_and_a_table_to_fill(elsewhere, capsys):
    assert main(["init", "my study (1)"]) == 0
    folder = elsewhere / "my study (1)"
    config = load_config([folder / "config.yaml"])
    assert (config.study, config.cases) == ("my-study-1", "cases.tsv")
    table = load_cases(folder / "cases.tsv", {}, may_be_empty=True).rows
    assert len(table) == 0 and {"case", "label", "dicom", "mask"} <= set(table.columns)
    default = (ROOT / "profiles" / "default" / "config.yaml").read_bytes()
    assert (folder / "profile" / "config.yaml").read_bytes() == default
    # What is there stays.
    (folder / "cases.tsv").write_text("mine")
    assert main(["init", "my study (1)"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (folder / "cases.tsv").read_text() == "mine"


def test_a_trial_is_simulated_and_says_so(elsewhere):
    assert main(["init", "trial", "--phantom", "9", "--profile", "slurm"]) == 0
    config = load_config([elsewhere / "trial" / "config.yaml"])
    assert config.cohort == "phantom"
    rows = load_cases(elsewhere / "trial" / "cases.tsv", {}).rows
    assert len(rows) == 9 and min(rows["label"].value_counts()) >= config.split.folds
    profile = yaml.safe_load((elsewhere / "trial" / "profile" / "config.yaml").read_text())
    assert profile["executor"] == "slurm"


def command_of(words, folder):
    return snakemake_command(make_parser().parse_args(["run", *words]), folder)


def option(command, name):
    """What follows an option, up to the next."""
    rest = command[command.index(name) + 1 :]
    return rest[: next((n for n, word in enumerate(rest) if word.startswith("--")), len(rest))]


def test_run_in_a_new_study_takes_its_configuration_and_profile(elsewhere):
    main(["init", "new"])
    command = command_of(["preprocessed", "-n"], elsewhere / "new")
    assert command[:4] == [sys.executable, "-m", "snakemake", "preprocessed"]
    assert option(command, "--snakefile") == [str(ROOT / "Snakefile")]
    assert option(command, "--configfile") == [str(elsewhere / "new" / "config.yaml")]
    assert option(command, "--workflow-profile") == [str(elsewhere / "new" / "profile")]
    assert option(command, "--cores") == ["all"]


def test_run_in_the_repository_is_plain_snakemake():
    command = command_of(["--cores", "3", "--gpus", "2"], ROOT)
    assert "--configfile" not in command
    assert option(command, "--workflow-profile") == [str(ROOT / "profiles" / "default")]
    assert option(command, "--cores") == ["3"] and option(command, "--resources") == ["gpu=2"]


def test_options_of_snakemake_follow_a_double_dash(elsewhere):
    command = command_of(["all", "--", "--forcerun", "train_run"], elsewhere)
    assert command[3:6] == ["all", "--forcerun", "train_run"]


def test_a_cluster_counts_jobs_not_cores(elsewhere):
    command = command_of(["--profile", "slurm"], elsewhere)
    assert option(command, "--workflow-profile") == [str(ROOT / "profiles" / "slurm")]
    assert "--cores" not in command


def test_no_color_reaches_snakemake(elsewhere, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "--nocolor" not in command_of([], elsewhere)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "--nocolor" in command_of([], elsewhere)


def test_the_study_is_named_by_the_last_word_on_it(elsewhere):
    (elsewhere / "a.yaml").write_text("study: first\n")
    words = ["run", "--configfile", "a.yaml"]
    assert study_of(make_parser().parse_args(words), elsewhere) == "first"
    words += ["--config", "seed=1", "study=second"]
    assert study_of(make_parser().parse_args(words), elsewhere) == "second"


def test_a_wrong_configuration_is_said_before_anything_starts(elsewhere, capsys):
    (elsewhere / "a.yaml").write_text("training: {epochs: none}\n")
    assert main(["run", "--configfile", "a.yaml"]) == 1
    assert "training.epochs" in capsys.readouterr().err
    assert not (elsewhere / "results").exists()


def test_a_second_run_beside_the_first_is_refused(elsewhere, capsys):
    """It would write over the log that the first one is being watched by."""
    main(["init", "new"])
    folder = elsewhere / "new"
    locks = folder / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.input.lock").write_text("")
    program = elsewhere / "snakemake"
    program.write_text("import time\nprint('here', flush=True)\ntime.sleep(60)\n")
    words = [sys.executable, str(program)]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE) as first:
        first.stdout.readline()
        try:
            assert main(["run", "--directory", str(folder)]) == 1
        finally:
            first.kill()
    assert "at work here already" in capsys.readouterr().err
    assert not (folder / "results").exists()


def test_inspect_for_machines_names_no_folder(tmp_path, capsys):
    folder = write_series(tmp_path / "JOHN_DOE", 1, **T1)
    assert main(["inspect", str(folder.parent), "--processes", "1", "--json"]) == 0
    told = capsys.readouterr().out
    assert "JOHN" not in told
    found = json.loads(told)
    [series] = found["series"]
    assert series["sequence"] == "t1" and found["chosen"] == {"t1": series["series"]}
    assert found["files"]["all"] == len(list(folder.iterdir()))
    assert set(found["missing"]) == {"t1ce", "t2", "flair"}
