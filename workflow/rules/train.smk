# One run of one shape: backbone x input set x fold x seed.


# Train one network; killed at any moment, the next start goes on from the last checkpoint.
rule train_run:
    input:
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        # Another file, another start: it trains again.
        pretrained=lambda wildcards: config["training"]["pretrained"].get(
            wildcards.backbone, []
        ),
    output:
        weights=run_folder("weights.safetensors"),
        network=run_folder("network.json"),
        history=run_folder("history.tsv"),
        card=run_folder("card.json"),
        card_text=run_folder("card.md"),
    log:
        results("logs/train_run/{backbone}/{inputs}/{fold}_seed{seed}.log"),
    benchmark:
        results("benchmarks/train_run/{backbone}/{inputs}/{fold}_seed{seed}.tsv")
    wildcard_constraints:
        backbone=A_NETWORK,
    conda:
        "../../envs/train.yaml"
    threads: threads_of("train")
    resources:
        mem_mb=growing(4000),
        disk_mb=2000,
        runtime=1440,
        gpu=gpus(DEVICE),
        device=DEVICE,
    params:
        code=code("train_run"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        settings=section("training"),
        notice=NOTICE,
        preprocessing=dependencies.preprocessing(config),
        spacing=dependencies.spacing(config),
        # Undeclared, for Snakemake deletes what a failed job declared (see docs/training.md).
        checkpoints=results("checkpoints/{backbone}/{inputs}/{fold}_seed{seed}"),
    script:
        "../../scripts/train_run.py"


# Apply one trained network to all cases of its fold.
rule predict_run:
    input:
        weights=run_folder("weights.safetensors"),
        network=run_folder("network.json"),
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
    output:
        predictions=run_folder("predictions.tsv"),
    log:
        results("logs/predict_run/{backbone}/{inputs}/{fold}_seed{seed}.log"),
    benchmark:
        results("benchmarks/predict_run/{backbone}/{inputs}/{fold}_seed{seed}.tsv")
    wildcard_constraints:
        backbone=A_NETWORK,
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
        code=code("predict_run"),
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
    script:
        "../../scripts/predict_run.py"


# Join the test cases of all folds and seeds of one backbone and input set.
rule gather_predictions:
    input:
        runs=runs_of("predictions.tsv"),
    output:
        predictions=results("predictions/{backbone}/{inputs}.tsv"),
    log:
        results("logs/gather_predictions/{backbone}/{inputs}.log"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("gather_predictions"),
        notice=NOTICE,
    script:
        "../../scripts/gather_predictions.py"
