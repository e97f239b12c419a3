"""What breaks, and that nothing is lost: each fault, the next start, and equal results.

docs/faults.md has the outcome of each. Some need root, to mount a small disk; they are
skipped for others.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import pytest
from study_folder import Study
from tiny_study import tiny_study

pytestmark = pytest.mark.slow

# What two undisturbed runs do not share byte for byte: times, and who wrote when.
MAY_DIFFER = ("logs/", "benchmarks/", "checkpoints/", "ro-crate-metadata.json")
MAY_DIFFER_IN_A_RUN = ("card.json", "card.md", "tensorboard")
KILLS = 20


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Study:
    study = tiny_study(tmp_path_factory.mktemp("undisturbed") / "study")
    done = study.snakemake("--cores", "2")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    return study


@pytest.fixture
def study(undisturbed, tmp_path) -> Study:
    """A finished study to break."""
    shutil.copytree(undisturbed.folder, tmp_path / "study", symlinks=True)
    return Study(tmp_path / "study", undisturbed.overlay)


def contents(study: Study) -> dict[str, str]:
    """Checksum of every result, by path, without those that hold times."""
    results = study.folder / "results" / "tiny"
    found = {}
    for path in sorted(results.rglob("*")):
        name = path.relative_to(results).as_posix()
        differs = name.startswith(MAY_DIFFER) or set(MAY_DIFFER_IN_A_RUN) & set(path.parts)
        if path.is_file() and not differs and path.name != ".snakemake_timestamp":
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def require_equal(study: Study, undisturbed: Study) -> None:
    assert study.plan() == {}
    ours, theirs = contents(study), contents(undisturbed)
    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} == set()


def run_with(study: Study, startup: str, *before: str, **environment: str) -> tuple[int, str]:
    """Run the study in Pythons that begin with some code, behind the words of another command."""
    folder = study.folder.parent / "startup"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(startup)
    path = os.pathsep.join([str(folder), os.environ["PYTHONPATH"]])
    done = subprocess.run(
        [*before, *study.command("--cores", "2")],
        cwd=study.folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment, "PYTHONPATH": path},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def run(study: Study, *arguments: str) -> tuple[int, str]:
    done = study.snakemake("--cores", "2", *arguments)
    return done.returncode, done.stdout + done.stderr


def finish(study: Study) -> None:
    code, said = run(study)
    assert code == 0, said[-8000:]


def remove(study: Study, *names: str) -> None:
    for name in names:
        path = study.folder / "results" / "tiny" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def start(study: Study, output: IO[str] | int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        study.command("--cores", "2"), cwd=study.folder, stdout=output, stderr=subprocess.STDOUT
    )


def jobs_of(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes that work for a running Snakemake."""
    try:
        return [
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if any("/.snakemake/scripts/" in word for word in child.cmdline())
        ]
    except psutil.NoSuchProcess:
        return []


def test_kill_9_at_twenty_random_moments(undisturbed, tmp_path):
    """Now Snakemake, its jobs living on, now one of its jobs; in one study, until it is done."""
    chance = random.Random(7)
    study = tiny_study(tmp_path / "study")
    killed = {"snakemake": 0, "job": 0}
    starts = 0
    while sum(killed.values()) < KILLS:
        starts += 1
        with (tmp_path / "said.txt").open("w") as said:
            process = start(study, said)
            while process.poll() is None and sum(killed.values()) < KILLS:
                time.sleep(chance.uniform(0.5, 12.0))
                jobs = jobs_of(process)
                if jobs and chance.random() < 0.5:
                    chance.choice(jobs).kill()
                    killed["job"] += 1
                elif process.poll() is None:
                    process.kill()
                    killed["snakemake"] += 1
            process.kill()
            process.wait()
        said = (tmp_path / "said.txt").read_text()
        if "cannot be locked" in said:
            assert "--unlock" in said
        assert study.snakemake("--unlock").returncode == 0
        assert "Nothing to be done" not in said, f"done after {killed}: the study is too short"
    print(f"kills: {killed}, starts: {starts}")
    while run(study)[0]:
        starts += 1
        assert starts < 3 * KILLS
    require_equal(study, undisturbed)
    assert not list(study.folder.rglob(".writing-*"))


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"cannot mount: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk(undisturbed, tmp_path):
    folder = tmp_path / "study"
    with mounted(folder, "-t", "tmpfs", "-o", "size=400m", "tmpfs"):
        shutil.copytree(undisturbed.folder, folder, symlinks=True, dirs_exist_ok=True)
        study = Study(folder, undisturbed.overlay)
        remove(study, "normalised/S0", "normalised/S1", "records/normalise", "packed", "models")
        filler = folder / "filler"
        free = shutil.disk_usage(folder).free
        with filler.open("wb") as stream:
            for _ in range((free - 600_000) // 2**16):
                stream.write(bytes(2**16))
        code, said = run(study)
        assert code != 0
        assert "No space left on device" in said
        filler.unlink()
        run(study, "--unlock")
        finish(study)
        require_equal(study, undisturbed)


def test_results_that_cannot_be_written(study, undisturbed):
    results = study.folder / "results"
    remove(study, "report.html", "tables/table1.md")
    with mounted(results, "--bind", str(results)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(results)], check=True)
        code, said = run(study)
    assert code != 0
    assert "Write-protected output files" in said and "results/tiny/tables" in said
    run(study, "--unlock")
    finish(study)
    require_equal(study, undisturbed)


def test_an_image_that_vanishes_takes_its_case_out_until_it_is_back(study, undisturbed):
    image = study.folder / "images" / "S0_t1.nii.gz"
    image.rename(image.with_suffix(".away"))
    finish(study)
    line = next(
        line
        for line in (study.folder / "results/tiny/cohort/cases.tsv").read_text().splitlines()
        if line.startswith("S0\t")
    )
    assert "excluded" in line and "t1" in line
    image.with_suffix(".away").rename(image)
    finish(study)
    require_equal(study, undisturbed)


def test_two_at_once(study, undisturbed):
    remove(study, "report.html", "figures/figure1.svg")
    locks = study.folder / ".snakemake" / "locks"
    first = start(study, subprocess.DEVNULL)
    while not list(locks.glob("*.lock")):
        assert first.poll() is None
        time.sleep(0.05)
    code, said = run(study)
    assert code != 0
    assert "cannot be locked" in said and "--unlock" in said
    assert first.wait() == 0
    require_equal(study, undisturbed)


def test_a_clock_that_was_wrong(study, undisturbed):
    """The first stages are dated next year, the weights ten years ago."""
    results = study.folder / "results" / "tiny"
    for names, shift in ((("nifti", "records", "cohort", "packed"), 1), (("models",), -10)):
        for path in (path for name in names for path in (results / name).rglob("*")):
            moment = path.stat().st_mtime + shift * 365 * 86400
            os.utime(path, (moment, moment))
    code, said = run(study)
    assert code == 0, said[-4000:]
    require_equal(study, undisturbed)


# faketime shifts the dates and not the clock by which processes wait: with that one shifted,
# threads wait for ever; without, Python's own sleep, until a moment of it, is refused.
SLEEP = """
import select, time

def sleep(seconds):
    select.select([], [], [], seconds)

time.sleep = sleep
"""


@pytest.mark.parametrize("clock", ["-3d", "+3d"])
def test_a_clock_that_goes_back_or_ahead(study, undisturbed, clock):
    """A clock ahead does nothing; Snakemake itself refuses to work while the clock is behind."""
    faketime = shutil.which("faketime")
    if faketime is None:
        pytest.skip("needs faketime")
    remove(study, "records/normalise/S3.json", "normalised/S3")
    code, said = run_with(study, SLEEP, faketime, "-f", clock, FAKETIME_DONT_FAKE_MONOTONIC="1")
    if clock == "-3d":
        assert code != 0
        assert "older modification time" in said and "clock skew" in said
    else:
        assert code == 0, said[-4000:]
    finish(study)
    require_equal(study, undisturbed)


# As the kernel says it when the server of a network disk has another file now.
STALE = """
import errno, os, sys

def refuse(event, arguments):
    if event == "open" and str(arguments[0]).endswith("brain/S2/t1.nii.gz"):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), arguments[0])

sys.addaudithook(refuse)
"""


def test_a_stale_file_stops_its_job_and_excludes_nobody(study, undisturbed):
    for case in ("S2", "S3"):
        remove(study, f"records/normalise/{case}.json", f"normalised/{case}")
    code, said = run_with(study, STALE)
    assert code != 0
    assert "Stale file handle" in said and "results/tiny/logs/normalise_case/S2.log" in said
    records = study.folder / "results" / "tiny" / "records" / "normalise"
    assert (records / "S3.json").exists() and not (records / "S2.json").exists()
    finish(study)
    require_equal(study, undisturbed)


def test_damaged_files_are_refused_and_made_anew(study, undisturbed):
    results = study.folder / "results" / "tiny"
    run_folder = "models/resnet10/fused/holdout_seed1"
    damaged = {
        "registered/S0/t1.nii.gz": "records/strip/S0.json",
        "brain/S1/t2.nii.gz": "records/normalise/S1.json",
        "normalised/S2/t1ce.nii.gz": "packed/t1ce.npy",
        "packed/t2.npy": f"{run_folder}/weights.safetensors",
        "models/resnet10/t1ce/holdout_seed1/weights.safetensors": (
            "models/resnet10/t1ce/holdout_seed1/predictions.tsv"
        ),
    }
    for name in damaged:
        path = results / name
        moment = path.stat().st_mtime
        data = bytearray(path.read_bytes())
        if name.startswith("packed"):
            data[-1000] ^= 1
        else:
            del data[len(data) // 2 :]
        path.write_bytes(data)
        os.utime(path, (moment, moment))
    # Nobody reads them, so nobody knows.
    assert study.plan() == {}
    # The last first: what one reader has lost would be made before the next one reads.
    for name, reader in reversed(damaged.items()):
        remove(study, reader)
        code, said = run(study, f"results/tiny/{reader}")
        assert code != 0
        assert f"results/tiny/{name} is not what" in said
        assert "Delete" in said and "start again" in said
    for name in damaged:
        remove(study, name if name.startswith(("packed", "models")) else str(Path(name).parent))
    finish(study)
    require_equal(study, undisturbed)


def test_results_of_an_older_radnec(study, undisturbed):
    """Records of another form, as a later version may have them, and no memory of what ran."""
    results = study.folder / "results" / "tiny"
    record = results / "records" / "register" / "S4.json"
    record.write_text('{"case": "S4", "stage": "register", "version": 0}')
    code, said = run(study)
    assert code != 0
    assert "records/register/S4.json is not a record of a stage" in said
    assert "delete it and start again" in said
    record.unlink()
    finish(study)
    require_equal(study, undisturbed)


def test_a_change_whose_job_failed_is_not_forgotten(study, undisturbed):
    """Snakemake deletes what the failed job had made, and would call what is below up to date."""
    results = study.folder / "results" / "tiny"
    shutil.copy(results / "brain" / "S4" / "mask.nii.gz", study.folder / "images")
    table = study.folder / "cases.tsv"
    before = table.read_text().splitlines()
    # Of all jobs, this concerns the one that strips S4.
    after = [f"{line}\t{'images/mask.nii.gz' * line.startswith('S4')}" for line in before]
    table.write_text("\n".join([f"{before[0]}\tmask", *after[1:]]) + "\n")
    assert study.plan()["strip_case"] == 1
    process = start(study, subprocess.DEVNULL)
    while not (jobs := jobs_of(process)):
        time.sleep(0.01)
    jobs[0].kill()
    assert process.wait() != 0
    assert not (results / "records" / "strip" / "S4.json").exists()
    assert study.plan()["strip_case"] == 1
    table.write_text("\n".join(before) + "\n")
    finish(study)
    require_equal(study, undisturbed)


def test_whatever_a_job_has_made_is_made_again_when_it_is_gone(study):
    """Of every rule one job's results are moved away: the plan has the rule."""
    said = study.snakemake("--summary").stdout.splitlines()
    names = said[0].split("\t")
    made: dict[str, dict[str, list[str]]] = {}
    for line in said[1:]:
        row = dict(zip(names, line.split("\t"), strict=True))
        jobs = made.setdefault(row["rule"], {})
        jobs.setdefault(row["log-file(s)"], []).append(row["output_file"])
    assert len(made) > 30
    for rule, jobs in made.items():
        paths = [study.folder / name for name in next(iter(jobs.values()))]
        for path in paths:
            path.rename(path.with_name(f"{path.name}.away"))
        assert rule in study.plan(), paths
        for path in paths:
            path.with_name(f"{path.name}.away").rename(path)
    assert study.plan() == {}


def test_a_lost_dot_snakemake_makes_nothing_again(study, undisturbed):
    """As after moving results/ to another machine: files and their dates are enough."""
    shutil.rmtree(study.folder / ".snakemake")
    assert study.plan() == {}
    require_equal(study, undisturbed)
