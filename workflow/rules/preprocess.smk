# One case at a time: register to the reference, strip the skull, normalise.


# Register the sequences of a case to its first of T1ce > T1 > T2 > FLAIR.
rule register_case:
    input:
        # The record has the checksums of the images, so the folder's own date does not count.
        images=ancient(results("nifti/{case}")),
        record=results("records/convert/{case}.json"),
    output:
        registered=directory(results("registered/{case}")),
        record=results("records/register/{case}.json"),
    log:
        results("logs/register_case/{case}.log"),
    benchmark:
        results("benchmarks/register_case/{case}.tsv")
    group:
        group_of_registration()
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(2000, factor=20),
        disk_mb=500,
        runtime=30,
    params:
        code=code("register_case"),
        seed=config["seed"],
        settings=section("registration"),
    script:
        "../../scripts/register_case.py"


# Make sure that the networks are there: in a package, in a folder, or fetched once where published.
rule fetch_hdbet:
    output:
        network=results("hd_bet_network.json"),
    log:
        results("logs/fetch_hdbet.log"),
    conda:
        "../../envs/skull_strip.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=1000,
        runtime=60,
    params:
        code=code("fetch_hdbet"),
        backend=config["skull_strip"]["backend"],
        settings=section("hd_bet_weights"),
    script:
        "../../scripts/fetch_hdbet.py"


# Predict the brain masks of a batch of cases; those that are there already stay.
rule predict_masks:
    input:
        network=results("hd_bet_network.json"),
        registered=lambda wildcards: [
            ancient(results(f"registered/{case}"))
            for case in cases_of_batch(wildcards)
        ],
        records=lambda wildcards: expand(
            results("records/register/{case}.json"), case=cases_of_batch(wildcards)
        ),
    output:
        masks=results("hd_bet/batch{batch}.json"),
    log:
        results("logs/predict_masks/batch{batch}.log"),
    benchmark:
        results("benchmarks/predict_masks/batch{batch}.tsv")
    conda:
        "../../envs/skull_strip.yaml"
    threads: threads_of("skull_strip")
    resources:
        mem_mb=growing(3000),
        disk_mb=500,
        runtime=240,
        device=DEVICE,
        gpu=gpus(DEVICE),
    params:
        code=code("predict_masks"),
        mirroring=config["skull_strip"]["mirroring"],
        networks=config["skull_strip"]["networks"],
    script:
        "../../scripts/predict_masks.py"


# Remove everything but the brain.
rule strip_case:
    input:
        network=STUDY.hdbet_network(),
        masks=hdbet_masks,
        images=scans_of_drawn_mask,
        registered=ancient(results("registered/{case}")),
        record=results("records/register/{case}.json"),
    output:
        brain=directory(results("brain/{case}")),
        record=results("records/strip/{case}.json"),
    log:
        results("logs/strip_case/{case}.log"),
    benchmark:
        results("benchmarks/strip_case/{case}.tsv")
    group:
        "prepare"
    conda:
        "../../envs/skull_strip.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(2000, factor=10),
        disk_mb=500,
        runtime=60,
    params:
        code=code("strip_case"),
        mask=lambda wildcards: STUDY.cases.mask(wildcards.case),
        seed=config["seed"],
        settings=section("skull_strip"),
    script:
        "../../scripts/strip_case.py"


# Bring every volume of a case to one size and to intensities from 0 to 1.
rule normalise_case:
    input:
        brain=ancient(results("brain/{case}")),
        record=results("records/strip/{case}.json"),
    output:
        normalised=directory(results("normalised/{case}")),
        record=results("records/normalise/{case}.json"),
    log:
        results("logs/normalise_case/{case}.log"),
    benchmark:
        results("benchmarks/normalise_case/{case}.tsv")
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
        code=code("normalise_case"),
        settings=section("normalisation"),
    script:
        "../../scripts/normalise_case.py"


# Draw what preprocessing made of a case: for a person to look at.
rule draw_quality_case:
    input:
        scanned=ancient(results("nifti/{case}")),
        registered=ancient(results("registered/{case}")),
        brain=ancient(results("brain/{case}")),
        normalised=ancient(results("normalised/{case}")),
        index=results("records/index/{case}.json"),
        convert=results("records/convert/{case}.json"),
        register=results("records/register/{case}.json"),
        strip=results("records/strip/{case}.json"),
        normalise=results("records/normalise/{case}.json"),
    output:
        picture=results("quality/{case}.png"),
        measures=results("quality/{case}.json"),
    log:
        results("logs/draw_quality_case/{case}.log"),
    group:
        "prepare"
    conda:
        "../../envs/skull_strip.yaml"
    threads: 1
    resources:
        mem_mb=growing_with_images(2000, factor=10),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_quality_case"),
        notice=NOTICE,
        second_opinion=config["qc"]["second_opinion"],
        backend=config["skull_strip"]["backend"],
        seed=config["seed"],
    script:
        "../../scripts/draw_quality_case.py"


# All cases in one table, the one most in need of a look first.
rule tabulate_quality:
    input:
        cohort=results("cohort/cases.tsv"),
        index=case_records("index"),
        register=case_records("register"),
        strip=case_records("strip"),
        measures=of_selected("quality/{case}.json"),
        # Whoever reads the table wants the pictures beside it.
        pictures=of_selected("quality/{case}.png"),
    output:
        table=results("quality/cases.tsv"),
    log:
        results("logs/tabulate_quality.log"),
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("tabulate_quality"),
        kind=cohort_kind(PHANTOM),
    script:
        "../../scripts/tabulate_quality.py"
