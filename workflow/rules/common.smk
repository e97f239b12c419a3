# What the rules share: the checked configuration and cases, and the plan of the study.
# What computes is in src/radnec/study; here is what has to speak Snakemake.

import os
import re
import sys
from pathlib import Path

sys.path.insert(0, f"{workflow.basedir}/src")

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

import radnec
from radnec.cases.overrides import overrides_by_case
from radnec.cases.table import require_rows
from radnec.study.cases import load_table
from radnec.cohort.select import required_sequences
from radnec.comparators.catalogue import NO_IMAGES, READS
from radnec.config.check import check_config
from radnec.config.doubled import refuse_doubled_keys
from radnec.config.study_record import read_study_record
from radnec.core.errors import InputError
from radnec.core.fingerprint import fingerprint, fingerprint_of_files
from radnec.core.library_path import export_library_path
from radnec.core.notices import cohort_kind, notice
from radnec.core.sequences import SEQUENCES
from radnec.core.settings import canonical_json
from radnec.study import dependencies
from radnec.study.cases import read_included_cases
from radnec.study.check import check_study
from radnec.study.network_check import check_external_networks
from radnec.study.paths import StudyPaths
from radnec.study.plan import StudyPlan
from radnec.study.resources import (
    gpus,
    images_mb,
    memory_mb,
)
from radnec.study.split_check import check_split

export_library_path()

ROOT = Path(workflow.basedir)
# Below ROOT in the repository; around it where the workflow came with the installed package.
LIBRARY = Path(radnec.__file__).parent

try:
    if workflow.is_main_process:
        for file in workflow.configfiles:
            refuse_doubled_keys(Path(file))
    CONFIG = check_config(config)
    # The rules read values, not what text on the command line spells.
    config.update(CONFIG.to_mapping())
    TABLE = load_table(CONFIG)
    CASES = TABLE.rows
    OVERRIDES = overrides_by_case(config["series_overrides"], set(CASES.index))
    # What the jobs' own processes read again has been checked by then.
    if workflow.is_main_process:
        check_study(CONFIG, CASES)
        check_external_networks(CONFIG)
        read_study_record(Path(record) if (record := CONFIG.study_record) else None)
except InputError as error:
    raise WorkflowError(str(error))

# Each job's process reads this file anew; what was normalised is reported once.
if TABLE.changes and workflow.is_main_process:
    logger.info(TABLE.changes)

STUDY = StudyPlan(CONFIG, CASES, EXTERNAL)
REQUIRED = required_sequences(CONFIG.selection, CONFIG.sequences_used())
PHANTOM = STUDY.phantom
NOTICE = notice(PHANTOM)
DEVICE = config["resources"]["device"]


wildcard_constraints:
    case="[A-Za-z0-9][A-Za-z0-9_-]*",
    sequence="|".join(SEQUENCES),
    backbone="[^/]+",
    inputs="[a-z0-9_-]+",
    fold="holdout|r[0-9]+f[0-9]+",
    seed="[0-9]+",


# Paths

results = STUDY.paths.result
run_folder = STUDY.paths.run
explained = STUDY.paths.explanation
explained_run = STUDY.of_explained_run
of_figures = STUDY.of_explanation_in_figures


# What invalidates


def section(name, without=()):
    """A section of the configuration as text that is equal when the values are."""
    return dependencies.section(config, name, without=without)


def code(script):
    """Fingerprint of a script and of the library behind it: an edit reruns its jobs."""
    return fingerprint(ROOT / "scripts" / f"{script}.py")


def code_of_workflow():
    """Changes when the workflow itself does: what its drawing depends on."""
    return fingerprint_of_files(
        [
            ROOT / "Snakefile",
            *sorted((ROOT / "workflow" / "rules").glob("*.smk")),
            *sorted((LIBRARY / "study").glob("*.py")),
        ]
    )


def code_of_template():
    """Changes when the template of the report does."""
    folder = LIBRARY / "report" / "templates"
    return fingerprint_of_files(
        sorted(path for path in folder.iterdir() if path.is_file())
    )


# Resources


def growing(mem_mb):
    """Memory of a job: as much again at each attempt, where the profile allows `retries`."""
    return lambda wildcards, attempt: memory_mb(mem_mb, attempt)


def growing_with_images(mem_mb, factor):
    """As `growing`, and `factor` times what the images of the case take on disk (compressed)."""

    def memory(wildcards, attempt):
        images = images_mb(Path(results(f"nifti/{wildcards.case}")), factor)
        return memory_mb(mem_mb, attempt, images_mb=images)

    return memory


def group_of_registration():
    """HD-BET's batches stand between registration and stripping: one job cannot hold both."""
    return "register" if STUDY.hdbet else "prepare"


def threads_of(stage):
    return config["resources"]["threads"][stage]


# Cases


def phantom_of(wildcards):
    """The simulated case that has to exist first; nothing for patients."""
    return results(f"phantom/truth/{wildcards.case}") if PHANTOM else []


def source(wildcards):
    return STUDY.cases.source(wildcards.case)


def images_present(wildcards):
    """Whether the images are there now: a case is looked at again when its folder appears."""
    return PHANTOM or STUDY.cases.images_present(wildcards.case)


def overrides_path(wildcards):
    """The table of overrides where it names the case; "" where it does not."""
    return config["series_overrides"] if wildcards.case in OVERRIDES else ""


def of_eligible(path):
    """Input function: a file of every case that is looked at; a table without any is refused."""

    def files(wildcards):
        require_some_case()
        return STUDY.of_cases(path, STUDY.cases.eligible)

    return files


def require_some_case():
    try:
        require_rows(CASES, config["cases"])
    except InputError as error:
        raise WorkflowError(str(error))


def cohort_to_split(wildcards):
    """Input function: the included cases; a design for which they are too few is refused."""
    require_some_case()
    try:
        check_split(CONFIG, CASES)
    except InputError as error:
        raise WorkflowError(str(error))
    return results("cohort/cases.tsv")


def selected_cases():
    """Cases that passed the selection, known once its checkpoint has run."""
    selected = checkpoints.select_cases.get().output.selected
    return read_included_cases(selected, os.stat(selected).st_mtime_ns)


def of_selected(path):
    """Input function: a file of every selected case."""
    return lambda wildcards: STUDY.of_cases(path, selected_cases())


def case_records(stage):
    """Input function: the record of a stage for every selected case."""
    return of_selected(f"records/{stage}/{{case}}.json")


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


# What a target names: see `StudyPlan`.


def require_network(wildcards):
    """Nothing, where the study has a network to be trained; a study of images alone is refused."""
    if not config["models"]["backbones"]:
        raise WorkflowError(
            "config: models.backbones: found [], expected the name of a backbone: a study of "
            "images alone has the target preprocessed"
        )
    return []


def of_every_case(wildcards):
    """Something of every job of preprocessing."""
    require_some_case()
    return STUDY.preprocessing_results(selected_cases())


# Lesions


def drawn_lesion(wildcards):
    """The mask that somebody has drawn, where it is there; a simulated one has no date of its own."""
    path = STUDY.cases.lesion(wildcards.case)
    return path if path and not PHANTOM and os.path.isfile(path) else []


def located_where_drawn(wildcards):
    """Input function: the records of where lesions are, in a study in which some are drawn."""
    return case_records("locate")(wildcards) if STUDY.drawn and not PHANTOM else []


# Brain masks


def scans_of_drawn_mask(wildcards):
    """The images that a mask of the table of cases may have been drawn on; nothing without one."""
    drawn = STUDY.cases.mask(wildcards.case)
    return [ancient(results(f"nifti/{wildcards.case}"))] if drawn else []


def cases_of_batch(wildcards):
    """The selected cases of one batch that need a mask."""
    return STUDY.cases_of_batch(int(wildcards.batch), selected_cases())


def hdbet_masks(wildcards):
    """HD-BET's masks of the batch of a case; nothing where it needs none."""
    # Not ancient, though another case's new mask is no news for this one: Snakemake looks for no
    # reason of their own in jobs below a job that runs, and would miss a changed setting here.
    return STUDY.hdbet_masks(wildcards.case)


# Models


def runs_of(path):
    """Input function: a file of each run (fold and seed) of one backbone and input set."""
    return lambda wildcards: STUDY.runs.files_of_model(
        run_folder(path), backbone=wildcards.backbone, inputs=wildcards.inputs
    )


def runs_of_study(path):
    """A file of every run of a network."""
    return STUDY.runs.files(run_folder(path))


def predictions_of_runs():
    """The predictions of every run, of comparators as well."""
    return STUDY.runs.files_of_all(run_folder("predictions.tsv"))


# Comparators

A_COMPARATOR = "|".join(re.escape(name) for name in READS)
A_NETWORK = rf"(?!(?:{A_COMPARATOR})/)[^/]+"
FITTED = "|".join(re.escape(name) for name, reads in READS.items() if not reads.volumes)


def sources_of_comparator(wildcards):
    """Input function: the tables that a comparator reads."""
    reads = READS[wildcards.backbone]
    tables = {
        name: results(f"comparators/{name}.tsv")
        for name in ("clinical", "scanner", "radiomics")
        if getattr(reads, name)
    }
    if reads.encoder:
        tables["encoder"] = expand(
            results("comparators/encoder/{sequence}.tsv"),
            sequence=config["input_sets"][wildcards.inputs],
        )
    if reads.network:
        tables["network"] = run_folder("predictions.tsv").format(
            **{**wildcards, "backbone": config["comparators"]["network"]}
        )
        tables["inner"] = run_folder("inner.tsv").format(**wildcards)
    return tables


def fits_of_radiomics():
    """What each radiomics model learned, in every run; nothing where a study has none."""
    return [
        path
        for name, inputs in STUDY.runs.comparators
        if READS[name].radiomics
        for path in STUDY.runs.files_of_model(
            run_folder("model.json"), backbone=name, inputs=inputs
        )
    ]


def sequences_of_comparator(wildcards):
    """The sequences of an input set, joined; none where a comparator reads no image."""
    if wildcards.inputs == NO_IMAGES:
        return ""
    return ",".join(config["input_sets"][wildcards.inputs])
