# Models of other kinds than 3D networks, on the same folds: their runs lie beside the networks'.


# The clinical fields, and scanner and acquisition, of every included case.
rule tabulate_fields:
    input:
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        records=case_records("convert"),
    output:
        clinical=results("comparators/clinical.tsv"),
        scanner=results("comparators/scanner.tsv"),
    log:
        results("logs/tabulate_fields.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("tabulate_fields"),
        nifti=results("nifti"),
        columns=",".join(STUDY.clinical_columns),
    script:
        "../../scripts/tabulate_fields.py"


# Radiomic features of one case's lesion, with its region undisturbed, shrunk and grown.
rule extract_features:
    input:
        brain=ancient(results("brain/{case}")),
        lesion=ancient(results("lesion/{case}")),
        stripped=results("records/strip/{case}.json"),
        located=results("records/locate/{case}.json"),
    output:
        features=results("radiomics/{case}.tsv"),
    log:
        results("logs/extract_features/{case}.log"),
    benchmark:
        results("benchmarks/extract_features/{case}.tsv")
    conda:
        "../../envs/radiomics.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(2000, factor=10),
        disk_mb=100,
        runtime=30,
    params:
        code=code("extract_features"),
        settings=dependencies.features(config),
    script:
        "../../scripts/extract_features.py"


# The features of all cases in one table.
rule gather_features:
    input:
        features=of_selected("radiomics/{case}.tsv"),
    output:
        features=results("comparators/radiomics.tsv"),
    log:
        results("logs/gather_features.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("gather_features"),
    script:
        "../../scripts/gather_features.py"


# Features of a frozen, pretrained network for every case, of one sequence.
rule embed_cases:
    input:
        cases=results("packed/cases.tsv"),
        packed=ancient(results("packed/{sequence}.npy")),
        checksum=results("packed/{sequence}.sha256"),
        # Another file, other features.
        weights=config["comparators"]["encoder"]["weights"] or [],
    output:
        features=results("comparators/encoder/{sequence}.tsv"),
        card=results("comparators/encoder/{sequence}.json"),
    log:
        results("logs/embed_cases/{sequence}.log"),
    benchmark:
        results("benchmarks/embed_cases/{sequence}.tsv")
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
        code=code("embed_cases"),
        settings=canonical_json(config["comparators"]["encoder"]),
    script:
        "../../scripts/embed_cases.py"


# What a network says of its training cases when it has not seen them, for late fusion.
rule train_inner:
    input:
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        pretrained=lambda wildcards: config["training"]["pretrained"].get(
            config["comparators"]["network"], []
        ),
    output:
        inner=results("models/late_fusion/{inputs}/{fold}_seed{seed}/inner.tsv"),
    log:
        results("logs/train_inner/{inputs}/{fold}_seed{seed}.log"),
    benchmark:
        results("benchmarks/train_inner/{inputs}/{fold}_seed{seed}.tsv")
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
        code=code("train_inner"),
        backbone=config["comparators"]["network"],
        folds=config["comparators"]["inner_folds"],
        sequences=lambda wildcards: ",".join(config["input_sets"][wildcards.inputs]),
        settings=section("training"),
        spacing=dependencies.spacing(config),
        checkpoints=results("checkpoints/late_fusion/{inputs}/{fold}_seed{seed}"),
    script:
        "../../scripts/train_inner.py"


# Fit one comparator on the training cases of one fold, and apply it to all cases of the fold.
rule fit_comparator:
    input:
        unpack(sources_of_comparator),
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
    output:
        predictions=run_folder("predictions.tsv"),
        model=run_folder("model.json"),
        card=run_folder("card.md"),
    log:
        results("logs/fit_comparator/{backbone}/{inputs}/{fold}_seed{seed}.log"),
    wildcard_constraints:
        backbone=FITTED,
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=10,
        runtime=30,
    params:
        code=code("fit_comparator"),
        sequences=sequences_of_comparator,
        settings=lambda wildcards: dependencies.comparator(config, wildcards.backbone),
        notice=NOTICE,
    script:
        "../../scripts/fit_comparator.py"


# Train the 2D network of Gao et al. on the slices of one fold's training cases.
rule train_gao2d:
    input:
        split=results("split/split.tsv"),
        cases=results("packed/cases.tsv"),
        packed=packed_inputs,
        checksums=packed_checksums,
        located=case_records("locate"),
        records=case_records("normalise"),
    output:
        predictions=run_folder("predictions.tsv"),
        weights=run_folder("weights.safetensors"),
        model=run_folder("model.json"),
        card=run_folder("card.md"),
    log:
        results("logs/train_gao2d/{backbone}/{inputs}/{fold}_seed{seed}.log"),
    benchmark:
        results("benchmarks/train_gao2d/{backbone}/{inputs}/{fold}_seed{seed}.tsv")
    wildcard_constraints:
        backbone="gao2d",
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
        code=code("train_gao2d"),
        sequences=sequences_of_comparator,
        normalised=results("normalised"),
        lesions=results("lesion"),
        settings=lambda wildcards: dependencies.comparator(config, wildcards.backbone),
        notice=NOTICE,
    script:
        "../../scripts/train_gao2d.py"
