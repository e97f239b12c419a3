# Tables 1 to 6, and the statistics beside them.


# Table 1: the patients, training against test set; and the whole cohort with who left it.
rule describe_cohort:
    input:
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        split=results("split/split.tsv"),
    output:
        tsv=report(
            results("tables/table1.tsv"),
            caption="../report/table1.rst",
            category="Tables",
        ),
        md=results("tables/table1.md"),
        tex=results("tables/table1.tex"),
        whole=results("tables/table1_whole.tsv"),
        whole_md=results("tables/table1_whole.md"),
        whole_tex=results("tables/table1_whole.tex"),
    log:
        results("logs/describe_cohort.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("describe_cohort"),
        notice=NOTICE,
    script:
        "../../scripts/describe_cohort.py"


# Table 2: the scanners, from the sidecars of the converted images.
rule describe_scanners:
    input:
        cohort=results("cohort/cases.tsv"),
        # The records hold the checksums of the sidecars.
        records=case_records("convert"),
    output:
        tsv=report(
            results("tables/table2.tsv"),
            caption="../report/table2.rst",
            category="Tables",
        ),
        md=results("tables/table2.md"),
        tex=results("tables/table2.tex"),
    log:
        results("logs/describe_scanners.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("describe_scanners"),
        nifti=results("nifti"),
        notice=NOTICE,
    script:
        "../../scripts/describe_scanners.py"


# Tables 3 to 6 and the statistics beside them.
rule evaluate_models:
    input:
        predictions=STUDY.predictions(),
        runs=predictions_of_runs(),
        # The patient of each case.
        split=results("split/split.tsv"),
        readers=config["evaluation"]["readers"] or [],
    output:
        *[
            report(
                results(f"tables/table{n}.tsv"),
                caption=f"../report/table{n}.rst",
                category="Tables",
            )
            for n in range(3, 7)
        ],
        expand(results("tables/table{n}.{ext}"), n=range(3, 7), ext=["md", "tex"]),
        evaluation=directory(results("evaluation/models")),
    log:
        results("logs/evaluate_models.log"),
    benchmark:
        results("benchmarks/evaluate_models.tsv")
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=10,
        runtime=30,
    params:
        code=code("evaluate_models"),
        single=dependencies.trained_inputs(config, several=False),
        fused=dependencies.trained_inputs(config, several=True),
        seed=config["seed"],
        settings=section("evaluation"),
        # No output: a rerun would delete it, and it is to grow.
        ledger=results("evaluations.tsv"),
        notice=NOTICE,
    script:
        "../../scripts/evaluate_models.py"


# Every model within groups of cases: scanner, sex, age, grade, site; and across sites.
rule evaluate_subgroups:
    input:
        predictions=STUDY.predictions(),
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        records=case_records("convert"),
    output:
        subgroups=results("evaluation/subgroups.tsv"),
        sites=results("evaluation/sites.tsv"),
    log:
        results("logs/evaluate_subgroups.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("evaluate_subgroups"),
        nifti=results("nifti"),
        confidence=config["evaluation"]["confidence"],
        notice=NOTICE,
    script:
        "../../scripts/evaluate_subgroups.py"


# How well scanner and acquisition predict the label without any image.
rule check_confounding:
    input:
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        records=case_records("convert"),
    output:
        confounding=results("evaluation/confounding.tsv"),
    log:
        results("logs/check_confounding.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("check_confounding"),
        nifti=results("nifti"),
        seed=config["seed"],
        confidence=config["evaluation"]["confidence"],
        repeats=config["evaluation"]["permutation_repeats"],
        notice=NOTICE,
    script:
        "../../scripts/check_confounding.py"


# Whether predictions go with scanner and acquisition once the label is given.
rule check_scanner_use:
    input:
        predictions=STUDY.predictions(),
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        records=case_records("convert"),
    output:
        use=results("evaluation/scanner_use.tsv"),
    log:
        results("logs/check_scanner_use.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("check_scanner_use"),
        nifti=results("nifti"),
        seed=config["seed"],
        repeats=config["evaluation"]["permutation_repeats"],
        notice=NOTICE,
    script:
        "../../scripts/check_scanner_use.py"


# The published study recomputed: which printed numbers agree. Needs no cohort.
rule audit_published:
    output:
        audit=directory(results("evaluation/published")),
    log:
        results("logs/audit_published.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("audit_published"),
        # By content: where the workflow lies, and when it was checked out, is no news.
        published=fingerprint_of_files(
            sorted((ROOT / "config" / "published").glob("table*.tsv"))
        ),
    script:
        "../../scripts/audit_published.py"
