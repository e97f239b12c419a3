# The demo's cohort: a physics phantom, written as the raw DICOM of made-up patients.


# Simulate one case, and keep the truth about it beside.
rule simulate_case:
    output:
        dicom=directory(results("phantom/dicom/{case}")),
        truth=directory(results("phantom/truth/{case}")),
    log:
        results("logs/simulate_case/{case}.log"),
    benchmark:
        results("benchmarks/simulate_case/{case}.tsv")
    group:
        "ingest"
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=200,
        runtime=10,
    params:
        code=code("simulate_case"),
        label=lambda wildcards: STUDY.cases.rows[wildcards.case]["label"],
        defect=lambda wildcards: STUDY.cases.rows[wildcards.case].get(
            "x_phantom_defect"
        )
        or "none",
        seed=config["seed"],
        settings=section("phantom"),
    script:
        "../../scripts/simulate_case.py"
