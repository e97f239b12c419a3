"""A whole case from NIfTI to normalised, beside the same work by brainles-preprocessing.

Four sequences of a phantom head: registration, atlas skull stripping and normalisation as this
project does them, stage after stage in processes of their own as the workflow runs them. Then the
same images through brainles-preprocessing's ANTs registrator in its own environment: the three
moving sequences to T1ce, T1ce to the atlas that its pipeline uses, and the transforms applied.
Both on one thread, one after the other; CPU seconds and peak memory of the processes.

brainles-preprocessing is not installed by this project. Make an environment for it, and name its
Python:

    python -m venv /tmp/peer && /tmp/peer/bin/pip install brainles-preprocessing antspyx
    python benchmarks/preprocess.py --peer /tmp/peer/bin/python
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from phantom_heads import PhantomHead, phantom_heads

from radnec.core.files import sha256
from radnec.core.records import Record
from radnec.core.sequences import SEQUENCES
from radnec.preprocess.skullstrip.template import find_template

_OURS = """
import sys
from pathlib import Path
import yaml
folder, config = Path(sys.argv[2]), yaml.safe_load(Path(sys.argv[3]).read_text())
if sys.argv[1] == "register":
    from radnec.preprocess.register import register_case
    from radnec.preprocess.settings.registration import RegistrationSettings
    register_case(case="B000", images=folder / "images", convert_record=folder / "convert.json",
        settings=RegistrationSettings.from_mapping(config["registration"]), seed=1,
        registered=folder / "registered", record=folder / "register.json")
elif sys.argv[1] == "strip":
    from radnec.preprocess.skullstrip.strip import strip_case
    from radnec.preprocess.settings.skull_strip import SkullStripSettings
    section = config["skull_strip"] | {"backend": "atlas"}
    strip_case(case="B000", registered=folder / "registered", given_mask=None,
        register_record=folder / "register.json", seed=1, brain=folder / "brain",
        settings=SkullStripSettings.from_mapping(section), record=folder / "strip.json")
else:
    from radnec.preprocess.normalise import normalise_case
    from radnec.preprocess.settings.normalisation import NormalisationSettings
    normalise_case(case="B000", brain=folder / "brain", strip_record=folder / "strip.json",
        settings=NormalisationSettings.from_mapping(config["normalisation"]),
        normalised=folder / "normalised", record=folder / "normalise.json")
"""

_PEER = """
import sys
from pathlib import Path
from brainles_preprocessing.registration import ANTsRegistrator
images, atlas, out = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
registrator = ANTsRegistrator()
def register(fixed, moving, name):
    registrator.register(fixed_image_path=str(fixed), moving_image_path=str(moving),
        transformed_image_path=str(out / f"{name}.nii.gz"), matrix_path=str(out / f"{name}.mat"),
        log_file_path=str(out / f"{name}.log"))
for name in ("t1", "t2", "flair"):
    register(images / "t1ce.nii.gz", images / f"{name}.nii.gz", name)
register(atlas, images / "t1ce.nii.gz", "t1ce")
for name in ("t1", "t2", "flair"):
    registrator.transform(fixed_image_path=str(atlas),
        moving_image_path=str(out / f"{name}.nii.gz"),
        transformed_image_path=str(out / f"{name}_atlas.nii.gz"),
        matrix_path=str(out / "t1ce.mat"), log_file_path=str(out / "apply.log"))
"""


def run(command: list[str]) -> tuple[float, float, float]:
    """Run a command on one thread; return CPU seconds, wall seconds, peak memory in MB."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"), "1")
    # A process of its own, so that the peak of its children is that of this command.
    watch = (
        "import resource, subprocess, sys, time; begin = time.time(); "
        "subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, time.time() - begin, used.ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, *command],
        env=os.environ | one,
        check=True,
        capture_output=True,
        text=True,
    )
    cpu, wall, peak = (float(value) for value in done.stdout.split())
    return cpu, wall, peak


def prepare(head: PhantomHead, folder: Path) -> None:
    """Lay the head's images out as conversion leaves them."""
    (folder / "images").mkdir(parents=True)
    files = {}
    for name in SEQUENCES:
        target = folder / "images" / f"{name}.nii.gz"
        target.symlink_to(head.image(name).resolve())
        files[target.name] = sha256(target)
    Record(head.name, "convert", "ok", "", [], files, {}).write(folder / "convert.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=Path, help="Python with brainles-preprocessing and antspyx")
    parser.add_argument("--folder", type=Path, help="keep the simulated images here")
    arguments = parser.parse_args()
    config = Path(__file__).parents[1] / "config" / "config.yaml"
    with tempfile.TemporaryDirectory() as scratch:
        (head,) = phantom_heads(
            arguments.folder or Path(scratch), 1, movement_mm=3, movement_degrees=3
        )
        folder = Path(scratch) / "case"
        prepare(head, folder)
        rows = [
            (stage, *run([sys.executable, "-c", _OURS, stage, str(folder), str(config)]))
            for stage in ("register", "strip", "normalise")
        ]
        total = sum(row[1] for row in rows)
        rows.append(("whole case", total, sum(r[2] for r in rows), max(r[3] for r in rows)))
        if arguments.peer:
            out = Path(scratch) / "peer"
            out.mkdir()
            atlas = find_template("", "").head
            command = [arguments.peer, "-c", _PEER, folder / "images", atlas, out]
            rows.append(("brainles-preprocessing", *run([str(part) for part in command])))
    print("| what | CPU s | wall s | peak MB |\n|---|---|---|---|")
    for name, cpu, wall, peak in rows:
        print(f"| {name} | {cpu:.1f} | {wall:.1f} | {peak:.0f} |")
    if arguments.peer:
        print(
            f"{rows[-1][1] / total:.1f} times less CPU time, stripping and normalisation included"
        )


if __name__ == "__main__":
    main()
