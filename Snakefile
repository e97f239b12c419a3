# radnec: glioma recurrence or radiation necrosis on MRI, from raw DICOM to every table.
# The stages are in workflow/rules, in the order of the data; this file names the targets.

from snakemake.utils import min_version

min_version("9.27")


configfile: f"{workflow.basedir}/config/config.yaml"


report: "workflow/report/workflow.rst"


# This is the study itself; workflow/rules/external_cohort.smk names a cohort.
EXTERNAL = ""


include: "workflow/rules/common.smk"
include: "workflow/rules/phantom.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/preprocess.smk"
include: "workflow/rules/lesion.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/novelty.smk"
include: "workflow/rules/external.smk"
include: "workflow/rules/explain.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


# The whole study: every table and figure of the paper, and the report.
rule all:
    default_target: True
    input:
        require_network,
        of_every_case,
        results("cohort/series.tsv"),
        results("cohort/cases.tsv"),
        results("quality/cases.tsv"),
        results("split/split.tsv"),
        STUDY.model_results(),
        expand(results("tables/table{n}.tsv"), n=range(1, 7)),
        expand(results("figures/figure{n}.svg"), n=range(1, 6)),
        expand(
            results("figures/{name}.svg"),
            name=["training", "roc_bands", "forest", "explanation"],
        ),
        [
            of_external_cohorts(f"tables/{name}.tsv")
            for name in (
                "performance",
                "calibration",
                "shift_images",
                "shift_checks",
                "table2",
            )
        ],
        results("figures/rulegraph.dot"),
        results("config.yaml"),
        results("cases.html"),
        results("submission.html"),
        results("report.html"),
        results("ro-crate-metadata.json"),
    # Else Snakemake prints the names of all these files.
    message:
        f"The study is complete: {results('report.html')}"


# Only up to the volumes that the networks read, for a look at the data first.
rule preprocessed:
    input:
        of_every_case,
        results("cohort/series.tsv"),
        results("cohort/cases.tsv"),
        results("quality.html"),
        of_selected("normalised/{case}"),
    message:
        f"The cases are ready to be looked at: {results('quality.html')}"


# The published study, recomputed from its printed numbers: needs no images.
rule published:
    input:
        results("published.html"),
