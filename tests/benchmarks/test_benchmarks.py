"""Each benchmark runs, small, to its end and prints its figures: the docs quote them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import pytest
from trained_study import write_head, write_study

from radnec.preprocess.skullstrip.template import find_template

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": "1"}
NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
OF_STUDY = "--study made --model resnet10/t1ce"

# Command line, and the lines that its output has to have; # stands for a number.
QUICK = {
    "coverage": ("coverage.py --repeats 8", ["interval +sensitivity +.*#", "test +McNemar +.*#"]),
    "evaluate": (
        "evaluate.py --repeats 100",
        [r"tables 3 to 6 and evaluation +# +#", r"DeLong interval +scikit-learn .* +#"],
    ),
    "identification": (
        "identification.py",
        ["right +# +#%", "wrong, silent +# +#%", "warned of what is right +# +#%"],
    ),
    "identification of BIDS": (
        "identification_bids.py datasets --list",
        ["^3 headers in 1 sessions of 1 datasets", "right +# +#%", "^t1ce, T1w +1"],
    ),
    "index": (
        "index.py --files 200 --rounds 1",
        ["index, 1 +# +# +#", "two processes against one: #", "peak memory: # MB"],
    ),
    "phantom": ("phantom.py --cases 1 --repeats 2", [r"\| own \| # \| # \|", "peak memory # MB"]),
    "real heads": (
        "real_heads.py heads --backends deepbet --slice-mm 6",
        [r"template +deepbet +# +# +# +#", r"^deepbet +#"],
    ),
    "predict": (
        f"predict.py {OF_STUDY} --t1ce t1ce.nii.gz --device cpu --repeats 1",
        ["beside +# s wall, +# s of processor", "beside / in one: # of the wall clock, #"],
    ),
    "registration": (
        "registration.py --cases 1 --peer 0 --pairs 1",
        [r"1 registrations, up to # degrees", r"over the brain: mean # mm", "mean #$"],
    ),
    "registration tolerance": (
        "registration_tolerance.py --cases 1",
        ["^phantom degrees +# +# +# +# +# +#", "^phantom B000 t1 +degrees .*#"],
    ),
    "second opinion": (
        "second_opinion.py heads --cases 1",
        ["deepbet +phantom +set +nothing +#", "a hole of 24 mm +#"],
    ),
    "sites": (
        "sites.py --repeats 2",
        ["^sites.cases.spread", "^10.10[+]40.0.8.#.#.#$"],
    ),
    "skullstrip": (
        "skullstrip.py --cases 1 --references t1ce",
        ["t1ce +# +# +#", "flagged: # of 1; peak memory # MB"],
    ),
    "training engine": (
        "training.py engine --size 32 32 32 --cases 4 --turns 1 --backbones resnet10 --epochs 1",
        [r"\| resnet10 \| # \| # \| # "],
    ),
}
SLOW = {
    "demo seeds": (
        "demo_seeds.py --seeds 1 --patients 10 --epochs 1 --folder phantoms",
        ["seed 1 +n # +AUC # +balanced accuracy #"],
    ),
    "preprocess": ("preprocess.py", [r"\| register \| # \| # \| # \|", r"\| whole case \| # \|"]),
    "scale": (
        "scale.py --cases 5 --run 1",
        ["an empty Snakemake job: # s", "5 finished cases: nothing to do +# +# +#"],
    ),
    "unlike the study": (
        f"unlike_study.py {OF_STUDY} --folder out --patients 1 --changes 1",
        [r"\| untouched \| new patient \| # of 1 \| 0 \|", "2 answered, median # s a patient"],
    ),
    "training loop": (
        "training.py loop --size 32 32 32 --grid 32 32 32 --cases 4 --turns 1 --epochs 1",
        [r"\| engine \| # \| # \|", r"\| CacheDataset \| # \| # \|"],
    ),
    "training memory": ("training.py memory", ["5,000 / 500: #"]),
}
CASES = [
    *(pytest.param(*case, id=name) for name, case in QUICK.items()),
    *(pytest.param(*case, id=name, marks=pytest.mark.slow) for name, case in SLOW.items()),
]


def write_heads(folder: Path) -> None:
    """One head with its mask: the template that the atlas backend comes with."""
    template = find_template("", "")
    reference = folder / "masks" / "reference"
    reference.mkdir(parents=True)
    for source, target in ((template.head, folder), (template.mask, reference)):
        nib.save(nib.load(source), target / "template.nii.gz")


def write_dataset(folder: Path) -> None:
    """Sidecars of one session: T1, T1 after contrast agent, FLAIR."""
    anat = folder / "ds1" / "sub-01" / "anat"
    anat.mkdir(parents=True)
    t1 = {"Manufacturer": "GE", "ScanningSequence": "SE", "EchoTime": 0.01, "RepetitionTime": 0.5}
    flair = {
        "ScanningSequence": "SE\\IR",
        "EchoTime": 0.1,
        "RepetitionTime": 9,
        "InversionTime": 2.5,
    }
    for name, header in {
        "T1w": {"SeriesDescription": "t1 nativ"},
        "ce-gd_T1w": {"SeriesDescription": "t1 +C"},
        "FLAIR": {"SeriesDescription": "FLAIR"} | flair,
    }.items():
        (anat / f"sub-01_{name}.json").write_text(json.dumps(t1 | header))


@pytest.mark.parametrize(("command", "lines"), CASES)
def test_it_runs_and_prints_its_figures(tmp_path, command, lines):
    script, *arguments = command.split()
    if "datasets" in arguments:
        write_dataset(tmp_path / "datasets")
    if "heads" in arguments:
        write_heads(tmp_path / "heads")
    if "--study" in arguments:
        overlay = {"skull_strip": {"backend": "none"}}
        write_study(
            tmp_path / "made", backbone="resnet10", inputs="t1ce", networks=1, overlay=overlay
        )
        write_head(tmp_path / "t1ce.nii.gz", 1)
    done = subprocess.run(
        [sys.executable, str(FOLDER / script), *arguments],
        cwd=tmp_path,
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for line in lines:
        pattern = line.replace("#", f"({NUMBER})")
        assert re.search(pattern, done.stdout, re.MULTILINE), f"{line!r} not in\n{done.stdout}"


def test_every_benchmark_is_run():
    scripts = {path.name for path in FOLDER.glob("*.py") if "__main__" in path.read_text()}
    scripts.remove("gpu.py")  # test_gpu_script.py
    assert scripts == {command.split()[0] for command, _ in (*QUICK.values(), *SLOW.values())}


def test_every_benchmark_that_the_docs_name_is_there():
    named = {
        name
        for page in [*ROOT.glob("docs/*.md"), ROOT / "README.md"]
        for name in re.findall(r"benchmarks/(\w+\.py)", page.read_text())
    }
    assert named and named <= {path.name for path in FOLDER.glob("*.py")}
