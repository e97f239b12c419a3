# The cases of the study as the next patient is compared with them by `radnec predict`.


# Measure one prepared case: headers, quality, intensities in the brain, hashes of its voxels.
rule measure_case:
    input:
        nifti=ancient(results("nifti/{case}")),
        brain=ancient(results("brain/{case}")),
        convert=results("records/convert/{case}.json"),
        register=results("records/register/{case}.json"),
        strip=results("records/strip/{case}.json"),
        quality=results("quality/{case}.json"),
    output:
        measures=results("novelty/cases/{case}.json"),
    log:
        results("logs/measure_case/{case}.log"),
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
        code=code("measure_case"),
    script:
        "../../scripts/measure_case.py"


# Describe how the features of one network are distributed over its training cases.
rule describe_features:
    input:
        weights=run_folder("weights.safetensors"),
        network=run_folder("network.json"),
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
    output:
        features=results("novelty/{backbone}/{inputs}/{fold}_seed{seed}.npz"),
    log:
        results("logs/describe_features/{backbone}/{inputs}/{fold}_seed{seed}.log"),
    benchmark:
        results(
            "benchmarks/describe_features/{backbone}/{inputs}/{fold}_seed{seed}.tsv"
        )
    conda:
        "../../envs/train.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=growing(4000),
        disk_mb=200,
        runtime=60,
        gpu=gpus(DEVICE),
        device=DEVICE,
    params:
        code=code("describe_features"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        similar_cases=config["novelty"]["similar_cases"],
    script:
        "../../scripts/describe_features.py"


# Join them to what the next patient is compared with, and how far is too far.
rule describe_study:
    input:
        measures=of_selected("novelty/cases/{case}.json"),
        split=results("split/split.tsv"),
        features=lambda wildcards: STUDY.runs.files_of_model(
            results("novelty/{backbone}/{inputs}/{fold}_seed{seed}.npz"),
            backbone=wildcards.backbone,
            inputs=wildcards.inputs,
        ),
    output:
        reference=results("novelty/{backbone}/{inputs}.json"),
    log:
        results("logs/describe_study/{backbone}/{inputs}.log"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=20,
        runtime=30,
    params:
        code=code("describe_study"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        runs=",".join(STUDY.runs.names()),
        false_alarms=config["novelty"]["false_alarms"],
        notice=NOTICE,
    script:
        "../../scripts/describe_study.py"
