# Where the networks look: Grad-CAM of the test cases, and whether the maps can be believed.


# Draw the class activation map of every test case.
rule explain_run:
    input:
        weights=explained_run("weights.safetensors"),
        network=explained_run("network.json"),
        predictions=explained_run("predictions.tsv"),
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        # The records hold the checksums of the images that the maps are laid over.
        records=case_records("normalise"),
    output:
        maps=directory(explained("maps")),
    log:
        results("logs/explain_run/{backbone}/{inputs}.log"),
    benchmark:
        results("benchmarks/explain_run/{backbone}/{inputs}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=growing(4000),
        disk_mb=500,
        runtime=60,
        gpu=gpus(DEVICE),
        device=DEVICE,
    params:
        code=code("explain_run"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        normalised=results("normalised"),
        registered=results("registered"),
        fold=STUDY.runs.explained[0],
        seed=STUDY.runs.explained[1],
        method=config["explain"]["method"],
        layer=config["explain"]["layer"],
    script:
        "../../scripts/explain_run.py"


# Test the maps: against random weights, by insertion and deletion, and against true lesions.
rule evaluate_maps:
    input:
        maps=explained("maps"),
        weights=explained_run("weights.safetensors"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        records=case_records("strip"),
        located=located_where_drawn,
    output:
        tests=directory(explained("tests")),
    log:
        results("logs/evaluate_maps/{backbone}/{inputs}.log"),
    benchmark:
        results("benchmarks/evaluate_maps/{backbone}/{inputs}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=growing(4000),
        disk_mb=100,
        runtime=60,
        gpu=gpus(DEVICE),
        device=DEVICE,
    params:
        code=code("evaluate_maps"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        brains=results("brain"),
        truth=results("phantom/truth") if PHANTOM else "",
        lesions=results("lesion"),
        seed=config["seed"],
        settings=section("explain", without=("backbone", "inputs")),
        cohort=cohort_kind(PHANTOM),
    script:
        "../../scripts/evaluate_maps.py"
