# Where the lesion of each case is: drawn, or found. Planned only where something asks for it.


# Bring a drawn lesion to the reference, or find enhancing tissue.
rule locate_lesion:
    input:
        images=ancient(results("nifti/{case}")),
        registered=ancient(results("registered/{case}")),
        brain=ancient(results("brain/{case}")),
        # It changes with the images before: the records of each stage hold their checksums.
        record=results("records/strip/{case}.json"),
        drawn=drawn_lesion,
    output:
        lesion=directory(results("lesion/{case}")),
        record=results("records/locate/{case}.json"),
    log:
        results("logs/locate_lesion/{case}.log"),
    benchmark:
        results("benchmarks/locate_lesion/{case}.tsv")
    group:
        "prepare"
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(1000, factor=10),
        disk_mb=10,
        runtime=10,
    params:
        code=code("locate_lesion"),
        drawn=lambda wildcards: STUDY.cases.lesion(wildcards.case),
        settings=section("lesion", without=("crop", "margin")),
    script:
        "../../scripts/locate_lesion.py"


# All lesions in one table, those with remarks first.
rule tabulate_lesions:
    input:
        # Which cases were selected decides which records there are.
        cohort=results("cohort/cases.tsv"),
        records=case_records("locate"),
    output:
        table=results("quality/lesions.tsv"),
    log:
        results("logs/tabulate_lesions.log"),
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("tabulate_lesions"),
        kind=cohort_kind(PHANTOM),
    script:
        "../../scripts/tabulate_lesions.py"


# Bring what surrounds the lesion to one size and scale, in place of the brain.
rule normalise_lesion:
    input:
        brain=ancient(results("brain/{case}")),
        record=results("records/strip/{case}.json"),
        lesion=ancient(results("lesion/{case}")),
        located=results("records/locate/{case}.json"),
    output:
        normalised=directory(results("normalised/{case}")),
        record=results("records/normalise/{case}.json"),
    log:
        results("logs/normalise_lesion/{case}.log"),
    benchmark:
        results("benchmarks/normalise_lesion/{case}.tsv")
    group:
        "prepare"
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(1000, factor=10),
        disk_mb=200,
        runtime=15,
    params:
        code=code("normalise_lesion"),
        settings=section("normalisation"),
        margin=config["lesion"]["margin"],
    script:
        "../../scripts/normalise_lesion.py"


# Both rules make the same files.
if STUDY.crop:

    ruleorder: normalise_lesion > normalise_case

else:

    ruleorder: normalise_case > normalise_lesion
