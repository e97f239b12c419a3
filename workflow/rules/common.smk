# What the rules share: the checked configuration and cases, paths, and what invalidates.

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, f"{workflow.basedir}/src")

from snakemake.exceptions import WorkflowError

from radnec.cohort.design import SplitSettings, fold_names
from radnec.cohort.eligibility import ineligible
from radnec.cohort.select import SelectionSettings, required_sequences
from radnec.core.cases import load_cases, require_rows, source_of
from radnec.core.config import sequences_used, validate_config
from radnec.core.errors import InputError
from radnec.core.fingerprint import fingerprint, fingerprint_of_files
from radnec.core.library_path import export_library_path
from radnec.core.notices import cohort_kind, notice
from radnec.core.overrides import overrides_by_case
from radnec.core.settings import canonical_json
from radnec.preprocess.standard_grid import typical_spacing

export_library_path()

HOUSE = Path(workflow.basedir)
SCHEMAS = HOUSE / "workflow" / "schemas"

try:
    validate_config(config, SCHEMAS / "config.schema.yaml")
    CASES = load_cases(
        Path(config["cases"]),
        SCHEMAS / "cases.schema.yaml",
        config["label_map"],
        may_be_empty=True,
    )
    OVERRIDES = overrides_by_case(config["series_overrides"], set(CASES.index))
except InputError as error:
    raise WorkflowError(str(error))

# Plain dictionaries: every job of every case looks its row up.
ROWS = CASES.to_dict("index")
ELIGIBLE = [case for case, row in ROWS.items() if not ineligible(row)]
FOLDS = fold_names(SplitSettings.from_mapping(config["split"]))
REQUIRED = required_sequences(
    SelectionSettings.from_mapping(config["selection"]), sequences_used(config)
)
PHANTOM = config["cohort"] == "phantom"
HDBET = config["skull_strip"]["backend"] == "hd-bet"
NOTICE = notice(PHANTOM)


wildcard_constraints:
    case="[A-Za-z0-9][A-Za-z0-9_-]*",
    sequence="t1ce|t1|t2|flair",
    backbone="[^/]+",
    inputs="[a-z0-9_-]+",
    fold="holdout|r[0-9]+f[0-9]+",
    seed="[0-9]+",


# Paths


def results(path):
    """Path of a result of this study."""
    return f"results/{config['study']}/{path}"


def run_folder(path):
    """Path below the folder of one training run."""
    return results(f"models/{{backbone}}/{{inputs}}/{{fold}}_seed{{seed}}/{path}")


def explained(path):
    """Path of the explanation of one backbone and input set."""
    return results(f"explain/{{backbone}}/{{inputs}}/{path}")


def explained_run(path):
    """Path below the folder of the run that is explained: the first fold and seed."""
    run = f"{FOLDS[0]}_seed{config['models']['seeds'][0]}"
    return results(f"models/{{backbone}}/{{inputs}}/{run}/{path}")


def of_figures(path):
    """Path below the explanation that figures 4 and 5 show."""
    chosen = config["explain"]
    return results(f"explain/{chosen['backbone']}/{chosen['inputs']}/{path}")


# What invalidates


def section(name, without=()):
    """A section of the configuration as text that is equal when the values are."""
    return canonical_json({k: v for k, v in config[name].items() if k not in without})


def code(script):
    """Fingerprint of a script and of the library behind it: an edit reruns its jobs."""
    return fingerprint(HOUSE / "scripts" / f"{script}.py")


def code_of_workflow():
    """Changes when the workflow itself does: what its drawing depends on."""
    return fingerprint_of_files(
        [HOUSE / "Snakefile", *sorted((HOUSE / "workflow" / "rules").glob("*.smk"))]
    )


def code_of_template():
    """Changes when the template of the report does."""
    folder = HOUSE / "src" / "radnec" / "report" / "templates"
    return fingerprint_of_files(
        sorted(path for path in folder.iterdir() if path.is_file())
    )


def preprocessing():
    """The settings that made the volumes of a network: kept in its description."""
    names = [
        "ingest",
        "selection",
        "registration",
        "skull_strip",
        "normalisation",
        "pack",
    ]
    return canonical_json({name: config[name] for name in names})


def spacing():
    """Millimetres between voxels where kernels and strides follow them; else null."""
    if config["models"]["strides"] == "isotropic":
        return canonical_json(None)
    made = config["normalisation"]
    return canonical_json(typical_spacing(made["size"], made["margin"]))


# Resources


def growing(mem_mb):
    """Memory of a job: as much again at each attempt, where the profile allows `retries`."""
    return lambda wildcards, attempt: mem_mb * attempt


def growing_with_images(mem_mb, factor):
    """As `growing`, and `factor` times what the images of the case take on disk (compressed)."""

    def memory(wildcards, attempt):
        folder = Path(results(f"nifti/{wildcards.case}"))
        images = sum(path.stat().st_size for path in folder.glob("*.nii.gz"))
        return attempt * (mem_mb + factor * images // 10**6)

    return memory


def group_of_registration():
    """HD-BET's batches stand between registration and stripping: one job cannot hold both."""
    return "register" if HDBET else "prepare"


def threads_of(stage):
    return config["resources"]["threads"][stage]


def gpus():
    """How many GPUs a job of the networks takes from the limit `--resources gpu=`."""
    return 0 if config["resources"]["device"] == "cpu" else 1


# Cases


def phantom_of(wildcards):
    """The simulated case that has to exist first; nothing for patients."""
    return results(f"phantom/truth/{wildcards.case}") if PHANTOM else []


def source(wildcards):
    return source_of(ROWS[wildcards.case], config["bids"]).to_json()


def source_found(wildcards):
    """Whether the images are there now: a case is looked at again when its folder appears."""
    row = ROWS[wildcards.case]
    doors = [
        row[door] for door in ("dicom", "t1ce", "t1", "t2", "flair") if row.get(door)
    ]
    return PHANTOM or all(os.path.exists(path) for path in doors)


def overrides_path(wildcards):
    """The table of overrides where it names the case; "" where it does not."""
    return config["series_overrides"] if wildcards.case in OVERRIDES else ""


def given_sets(wildcards):
    """The study's own split, where the design asks for it."""
    if config["split"]["design"] != "given" or "set" not in CASES:
        return canonical_json({})
    return canonical_json(CASES["set"].to_dict())


def facts_that_select():
    """A short text that changes when a case, its label, patient or eligibility does."""
    rows = [
        [case, row["label"], row["patient"], ineligible(row)]
        for case, row in ROWS.items()
    ]
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()[:16]


def of_eligible(path):
    """Input function: a file of every case that is looked at; a table without any is refused."""

    def files(wildcards):
        try:
            require_rows(CASES, config["cases"])
        except InputError as error:
            raise WorkflowError(str(error))
        return expand(results(path), case=ELIGIBLE)

    return files


def selected_cases():
    """Cases that passed the selection, known once its checkpoint has run."""
    selected = checkpoints.select_cases.get().output.selected
    return included(selected, os.stat(selected).st_mtime_ns)


@cache
def included(selected, written):
    """The included cases of the table that the checkpoint wrote at a moment: read once."""
    with open(selected, encoding="utf-8") as stream:
        header, *rows = [line.rstrip("\n").split("\t") for line in stream]
    case, status = header.index("case"), header.index("status")
    return [row[case] for row in rows if row[status] == "included"]


def case_records(stage):
    """Input function: the record of a stage for every selected case."""
    return lambda wildcards: expand(
        results("records/{stage}/{case}.json"), stage=stage, case=selected_cases()
    )


def normalised_volumes(wildcards):
    return expand(results("normalised/{case}"), case=selected_cases())


def packed_inputs(wildcards):
    """The packed arrays of the sequences of one input set, in the order of the channels.

    Their dates do not count: what is new about them is in their checksums.
    """
    return [
        ancient(results(f"packed/{sequence}.npy"))
        for sequence in config["input_sets"][wildcards.inputs]
    ]


def packed_checksums(wildcards):
    """The checksums of those arrays."""
    return expand(
        results("packed/{sequence}.sha256"),
        sequence=config["input_sets"][wildcards.inputs],
    )


def quality_of_selected(ending):
    """Input function: the picture or the measures of quality control of every selected case."""
    return lambda wildcards: expand(
        results("quality/{case}.{ending}"), case=selected_cases(), ending=ending
    )


# What a target names. Snakemake looks for missing files among those alone: it deletes what a failed
# job had made before, remembers the job's new settings, and calls an older result that was made
# from it up to date. So a target names something of every job (docs/faults.md).


def of_every_case(wildcards):
    """Something of every job of preprocessing."""
    if HDBET:
        batches = {batch_of(case) for case in selected_cases() if not given_mask(case)}
    else:
        batches = set()
    return [
        *of_eligible("records/index/{case}.json")(wildcards),
        *of_eligible("records/convert/{case}.json")(wildcards),
        *(of_eligible("phantom/truth/{case}")(wildcards) if PHANTOM else []),
        results("cohort/images.tsv"),
        results("cohort/selected.tsv"),
        *case_records("register")(wildcards),
        *([results("hd_bet_network.json")] if batches else []),
        *expand(results("hd_bet/batch{batch}.json"), batch=sorted(batches)),
        *case_records("strip")(wildcards),
        *case_records("normalise")(wildcards),
        *quality_of_selected("json")(wildcards),
    ]


def of_every_run():
    """Something of every job of training, evaluation and explanation."""
    return [
        results("packed/cases.tsv"),
        expand(results("packed/{sequence}.sha256"), sequence=sequences_used(config)),
        runs_of_study("weights.safetensors"),
        runs_of_study("predictions.tsv"),
        predictions_of_study(),
        expand(
            results("evaluation/{name}"),
            name=["models", "subgroups.tsv", "confounding.tsv", "published"],
        ),
        of_figures("maps"),
        of_figures("tests"),
    ]


# HD-BET

# Cases that one HD-BET process works on, so that its network is loaded once for them.
HDBET_BATCH = 10


def network_of_hdbet():
    """What tells which network HD-BET has; nothing for the other backends."""
    return [results("hd_bet_network.json")] if HDBET else []


def given_mask(case):
    """The brain mask that the table of cases names; "" where it names none."""
    return ROWS[case].get("mask") or ""


PLACES = {case: place for place, case in enumerate(ELIGIBLE)}


def batch_of(case):
    return PLACES[case] // HDBET_BATCH


def cases_of_batch(wildcards):
    """The selected cases of one batch that need a mask."""
    first = int(wildcards.batch) * HDBET_BATCH
    selected = set(selected_cases())
    return [
        case
        for case in ELIGIBLE[first : first + HDBET_BATCH]
        if case in selected and not given_mask(case)
    ]


def hdbet_masks(wildcards):
    """HD-BET's masks of the batch of a case; nothing where it needs none."""
    if not HDBET or given_mask(wildcards.case):
        return []
    # Not ancient, though another case's new mask is no news for this one: Snakemake looks for no
    # reason of their own in jobs below a job that runs, and would miss a changed setting here.
    return results(f"hd_bet/batch{batch_of(wildcards.case)}.json")


# Models


def of_channels(several):
    """The trained input sets of one sequence, or of several, with their sequences."""
    chosen = {name: config["input_sets"][name] for name in config["models"]["inputs"]}
    return canonical_json({k: v for k, v in chosen.items() if (len(v) > 1) == several})


def runs_of(path):
    """Input function: a file of each run (fold and seed) of one backbone and input set."""
    return lambda wildcards: expand(
        run_folder(path),
        backbone=wildcards.backbone,
        inputs=wildcards.inputs,
        fold=FOLDS,
        seed=config["models"]["seeds"],
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


def files_from_outside():
    """What a study reads beside its images: what it is, and the file."""
    files = {
        "cases": config["cases"],
        "series_overrides": config["series_overrides"],
        "atlas_head": config["skull_strip"]["atlas_head"],
        "atlas_mask": config["skull_strip"]["atlas_mask"],
    }
    for backbone, path in sorted(config["training"]["pretrained"].items()):
        files[f"pretrained_{backbone}"] = path
    return {what: path for what, path in files.items() if path}


def predictions_of_study():
    return expand(
        results("predictions/{backbone}/{inputs}.tsv"),
        backbone=config["models"]["backbones"],
        inputs=config["models"]["inputs"],
    )
