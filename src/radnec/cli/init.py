"""Sub-command `radnec init`: a folder for a new study, with all that it needs to be run."""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from radnec.cases.row import CaseRow
from radnec.cli.project import find_project
from radnec.config.load import merged
from radnec.core.errors import InputError
from radnec.core.files import write_text

# As the demo: a share of necrosis with which a small cohort can be split.
_SEED, _NECROSIS = 1573700, 0.4
_OWN = """\
# What differs from the paper's study. `radnec config --check config.yaml` says what is wrong with
# it, or prints the whole configuration, every key with the value that results.
study: {study}
cases: cases.tsv

# Networks that are installed with radnec. hd-bet, the paper's, fetches its own once (see
# docs/preprocessing.md).
skull_strip: {{backend: deepbet}}

# The paper's is one split in 3:1; each case is tested once, twice over, with:
# split: {{design: kfold, folds: 5, repeats: 2}}

# The paper's are six backbones and four input sets, 300 epochs each:
# models: {{backbones: [resnet10, densenet121], inputs: [t1ce, fused]}}
"""
# Of the demo, what takes least: one backbone of two, and no other kind of model.
_TRIAL = {
    "cases": "cases.tsv",
    "models": {"backbones": ["resnet10"]},
    "comparators": {"models": []},
    "explain": {"backbone": "resnet10", "inputs": "fused", "layer": "last"},
}


def add_commands(subparsers: Any) -> None:
    """Add `init` to the sub-commands of `radnec`."""
    parser = subparsers.add_parser(
        "init",
        help="make a folder for a new study",
        description=(
            "Make a folder with a configuration (config.yaml), a table of cases (cases.tsv) and a "
            "profile of Snakemake (profile/config.yaml), in which `radnec run` runs the study. "
            "Nothing that is there is overwritten."
        ),
    )
    parser.add_argument("folder", type=Path, help="the study's folder, new or empty of these files")
    parser.add_argument(
        "--phantom",
        type=int,
        metavar="N",
        help="a trial with N simulated patients in place of a study of your own",
    )
    parser.add_argument(
        "--profile",
        choices=("default", "slurm"),
        default="default",
        help="run on this machine, or on a Slurm cluster (default: %(default)s)",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    folder: Path = arguments.folder
    targets = [folder / "config.yaml", folder / "cases.tsv", folder / "profile" / "config.yaml"]
    if there := [path for path in targets if path.exists()]:
        raise InputError(f"{there[0]} is there already, expected a folder without it")
    project = find_project(Path.cwd())
    study = name_of_study(folder)
    folder.mkdir(parents=True, exist_ok=True)
    targets[2].parent.mkdir(exist_ok=True)
    if arguments.phantom is None:
        write_text(targets[0], _OWN.format(study=study))
        write_text(targets[1], "\t".join(CaseRow.model_fields) + "\n")
        then = "radnec cases FOLDER_OF_IMAGES --output cases.tsv"
    else:
        _write_trial(project, study, arguments.phantom, targets[0], targets[1])
        then = "radnec run --dry-run"
    shutil.copyfile(project / "profiles" / arguments.profile / "config.yaml", targets[2])
    print(f"{folder}: config.yaml, cases.tsv and profile/config.yaml for the study {study!r}.")
    print(f"Next: cd {folder} && {then}")


def name_of_study(folder: Path) -> str:
    """Return a name for results/<study>, made from the name of the study's folder."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_")
    return name[:64] or "study"


def _write_trial(project: Path, study: str, count: int, config: Path, cases: Path) -> None:
    """Write the configuration and the table of a study on simulated patients."""
    # Pandas takes a moment to import.
    from radnec.core.tables import write_tsv
    from radnec.phantom.cohort import draft_cases

    demo = yaml.safe_load((project / "config" / "demo.yaml").read_text(encoding="utf-8"))
    overlay = merged(demo, {"study": study, **_TRIAL})
    table = draft_cases(count, _SEED, f"results/{study}/phantom/dicom", _NECROSIS)
    text = yaml.safe_dump(overlay, sort_keys=False)
    write_text(config, f"# A trial on simulated patients: config/demo.yaml, made smaller.\n{text}")
    write_tsv(table, cases)
