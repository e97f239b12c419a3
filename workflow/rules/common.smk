# What the rules share: the checked configuration and cases, paths, and what invalidates.

import os
import sys
from pathlib import Path

# The library beside this workflow, also in jobs on other machines and in conda environments.
SOURCE = str(Path(workflow.basedir) / "src")
sys.path.insert(0, SOURCE)
os.environ["PYTHONPATH"] = os.pathsep.join(
    dict.fromkeys(
        [SOURCE, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    )
)

from snakemake.exceptions import WorkflowError

from radnec.cohort.eligibility import ineligible
from radnec.cohort.split import SplitSettings, fold_names
from radnec.core.cases import load_cases, overrides_by_case, source_of
from radnec.core.config import sequences_used, validate_config
from radnec.core.errors import InputError
from radnec.core.fingerprint import fingerprint
from radnec.core.notices import cohort_kind, notice
from radnec.core.settings import canonical_json

SCHEMAS = Path(workflow.basedir) / "workflow" / "schemas"

try:
    validate_config(config, SCHEMAS / "config.schema.yaml")
    CASES = load_cases(
        Path(config["cases"]), SCHEMAS / "cases.schema.yaml", config["label_map"]
    )
    OVERRIDES = overrides_by_case(config["series_overrides"], set(CASES.index))
except InputError as error:
    raise WorkflowError(str(error))

ELIGIBLE = [row["case"] for row in CASES.to_dict("records") if not ineligible(row)]
FOLDS = fold_names(SplitSettings.from_mapping(config["split"]))
PHANTOM = config["cohort"] == "phantom"
NOTICE = notice(PHANTOM)


wildcard_constraints:
    case="[A-Za-z0-9][A-Za-z0-9_-]*",
    sequence="t1ce|t1|t2|flair",
    backbone="[^/]+",
    inputs="[a-z0-9_-]+",
    fold="holdout|r[0-9]+f[0-9]+",
    seed="[0-9]+",


def results(path):
    """Path of a result of this study."""
    return f"results/{config['study']}/{path}"


def section(name, without=()):
    """A section of the configuration as text that is equal when the values are."""
    values = config[name]
    if without:
        values = {key: value for key, value in values.items() if key not in without}
    return canonical_json(values)


def code(rule):
    """Fingerprint of a rule's script and of the library behind it: an edit reruns the rule."""
    return fingerprint(Path(workflow.basedir) / "scripts" / f"{rule}.py")


def threads_of(stage):
    return config["resources"]["threads"][stage]


def gpus():
    """How many GPUs a job of the networks takes from the limit `--resources gpu=`."""
    return 0 if config["resources"]["device"] == "cpu" else 1


def selected_cases():
    """Cases that passed the selection, known once its checkpoint has run."""
    with checkpoints.select_cases.get().output.selected.open() as stream:
        header, *rows = [line.rstrip("\n").split("\t") for line in stream]
    case, status = header.index("case"), header.index("status")
    return [row[case] for row in rows if row[status] == "included"]


def case_records(stage):
    """Input function: the record of a stage for every selected case."""

    def paths(wildcards):
        return expand(
            results("records/{stage}/{case}.json"), stage=stage, case=selected_cases()
        )

    return paths


def normalised_volumes(wildcards):
    return expand(results("normalised/{case}"), case=selected_cases())


def run_folder(path=""):
    """Path below the folder of one training run."""
    return results("models/{backbone}/{inputs}/{fold}_seed{seed}/" + path)


def runs_of(path):
    """Input function: a file of each run (fold and seed) of one backbone and input set."""

    def paths(wildcards):
        return expand(
            run_folder(path),
            backbone=wildcards.backbone,
            inputs=wildcards.inputs,
            fold=FOLDS,
            seed=config["models"]["seeds"],
        )

    return paths


def over_models(pattern):
    """A path for each backbone and input set of the study."""
    return expand(
        results(pattern),
        backbone=config["models"]["backbones"],
        inputs=config["models"]["inputs"],
    )


def runs_of_study(path):
    """A file of every run of the study."""
    return expand(
        run_folder(path),
        backbone=config["models"]["backbones"],
        inputs=config["models"]["inputs"],
        fold=FOLDS,
        seed=config["models"]["seeds"],
    )


def predictions_of_study():
    return over_models("predictions/{backbone}/{inputs}.tsv")


def packed_inputs(wildcards):
    """The packed arrays of the sequences of one input set, in the order of the channels."""
    return expand(
        results("packed/{sequence}.npy"),
        sequence=config["input_sets"][wildcards.inputs],
    )
