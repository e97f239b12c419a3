# One external cohort: prepared by the rules of the study, then its networks asked and judged.
# Nothing of the study depends on anything here.

EXTERNAL = config.pop("external_cohort")


include: "common.smk"
include: "phantom.smk"
include: "ingest.smk"
include: "preprocess.smk"
include: "lesion.smk"
include: "cohort.smk"
include: "evaluate.smk"
include: "novelty.smk"


# The study whose networks are asked.
of_study = StudyPaths(config["study"])


# Ask all networks of one model about the cases, and how unlike the study's they are.
rule predict_external:
    input:
        weights=lambda wildcards: STUDY.runs.files_of_model(
            of_study.run("weights.safetensors"), **wildcards
        ),
        networks=lambda wildcards: STUDY.runs.files_of_model(
            of_study.run("network.json"), **wildcards
        ),
        reference=of_study.result("novelty/{backbone}/{inputs}.json"),
        features=lambda wildcards: STUDY.runs.files_of_model(
            of_study.result("novelty/{backbone}/{inputs}/{fold}_seed{seed}.npz"),
            **wildcards,
        ),
        cohort=results("cohort/cases.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        measures=of_selected("novelty/cases/{case}.json"),
    output:
        predictions=results("predictions/{backbone}/{inputs}.tsv"),
        likeness=results("likeness/{backbone}/{inputs}.tsv"),
    log:
        results("logs/predict_external/{backbone}/{inputs}.log"),
    benchmark:
        results("benchmarks/predict_external/{backbone}/{inputs}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=growing(4000),
        disk_mb=100,
        runtime=120,
        gpu=gpus(DEVICE),
        device=DEVICE,
    params:
        code=code("predict_external"),
        study=of_study.result("").rstrip("/"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        notice=NOTICE,
    script:
        "../../scripts/predict_external.py"


# Performance with intervals, and calibration before and after recalibration in the large.
rule evaluate_external:
    input:
        predictions=expand(
            results("predictions/{model}.tsv"),
            model=["/".join(model) for model in STUDY.runs.networks],
        ),
    output:
        performance=results("tables/performance.tsv"),
        md=results("tables/performance.md"),
        tex=results("tables/performance.tex"),
        calibration=results("tables/calibration.tsv"),
    log:
        results("logs/evaluate_external.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=30,
    params:
        code=code("evaluate_external"),
        cohort=EXTERNAL,
        input_sets=section("input_sets"),
        seed=config["seed"],
        settings=section("evaluation", without=("readers",)),
        notice=NOTICE,
    script:
        "../../scripts/evaluate_external.py"


# How the cohort differs from the study's: scanner, timing, intensity, features.
rule describe_shift:
    input:
        measures=of_selected("novelty/cases/{case}.json"),
        cohort=results("cohort/cases.tsv"),
        references=expand(
            of_study.result("novelty/{model}.json"),
            model=["/".join(model) for model in STUDY.runs.networks],
        ),
        likeness=expand(
            results("likeness/{model}.tsv"),
            model=["/".join(model) for model in STUDY.runs.networks],
        ),
    output:
        images=results("tables/shift_images.tsv"),
        checks=results("tables/shift_checks.tsv"),
    log:
        results("logs/describe_shift.log"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("describe_shift"),
        notice=NOTICE,
    script:
        "../../scripts/describe_shift.py"
