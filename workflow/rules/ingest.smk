# From raw images to one NIfTI a sequence, and the decision who goes on.


# Find every series of a case and say which sequence it is, and why.
rule index_case:
    input:
        phantom=phantom_of,
    output:
        series=results("cohort/series/{case}.tsv"),
        record=results("records/index/{case}.json"),
    log:
        results("logs/index_case/{case}.log"),
    benchmark:
        results("benchmarks/index_case/{case}.tsv")
    group:
        "ingest"
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=20,
    params:
        code=code("index_case"),
        source=source,
        found=images_present,
        # A case that the file does not name is none of its business; for one that it names, the
        # path alone would not tell that its lines changed.
        overrides=overrides_path,
        overrides_of_case=lambda wildcards: OVERRIDES.get(wildcards.case, ""),
        min_confidence=config["ingest"]["min_confidence"],
    script:
        "../../scripts/index_case.py"


# Write the chosen series of a case as NIfTI, with a sidecar free of identity.
rule convert_case:
    input:
        series=results("cohort/series/{case}.tsv"),
        record=results("records/index/{case}.json"),
    output:
        images=directory(results("nifti/{case}")),
        record=results("records/convert/{case}.json"),
    log:
        results("logs/convert_case/{case}.log"),
    benchmark:
        results("benchmarks/convert_case/{case}.tsv")
    group:
        "ingest"
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=500,
        runtime=20,
    params:
        code=code("convert_case"),
        source=source,
        settings=section("ingest"),
    script:
        "../../scripts/convert_case.py"


# Stop the study where two cases use the same images, or one patient two pseudonyms, before anything is computed from them.
rule check_leakage:
    input:
        tables=of_eligible("cohort/series/{case}.tsv"),
        records=of_eligible("records/convert/{case}.json"),
    output:
        ledger=results("cohort/images.tsv"),
    log:
        results("logs/check_leakage.log"),
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("check_leakage"),
        patients=STUDY.cases.dicom_of_patients(),
    script:
        "../../scripts/check_leakage.py"


# Decide for every case of the table whether it goes on; later stages run for those only.
checkpoint select_cases:
    input:
        # An age put right is no reason to select, split and train again: what counts is below.
        table=ancient(config["cases"]),
        records=of_eligible("records/convert/{case}.json"),
        ledger=results("cohort/images.tsv"),
    output:
        selected=results("cohort/selected.tsv"),
    log:
        results("logs/select_cases.log"),
    benchmark:
        results("benchmarks/select_cases.tsv")
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("select_cases"),
        facts=STUDY.cases.selection_digest(),
        label_map=section("label_map"),
        required=REQUIRED,
        min_slices=config["selection"]["min_slices"],
    script:
        "../../scripts/select_cases.py"


# Join the series found in all cases into one table.
rule collect_series:
    input:
        tables=of_eligible("cohort/series/{case}.tsv"),
    output:
        series=results("cohort/series.tsv"),
    log:
        results("logs/collect_series.log"),
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("collect_series"),
    script:
        "../../scripts/collect_series.py"
