# The one page that a person reads, and the configuration it was made with.


# Keep the whole configuration beside the results, for the reader and for `radnec predict`.
rule keep_config:
    output:
        config=results("config.yaml"),
    log:
        results("logs/keep_config.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=5,
    params:
        code=code("keep_config"),
        used=dependencies.without_resources(config),
    script:
        "../../scripts/keep_config.py"


# All cases in one table, what went wrong first, and a page for each with its images.
rule write_cases:
    input:
        table=config["cases"],
        cohort=results("cohort/cases.tsv"),
        predictions=STUDY.predictions(),
        evaluation=results("evaluation/models"),
        maps=of_figures("maps"),
        # The records hold the checksums of the images that the pages show.
        index=case_records("index"),
        convert=case_records("convert"),
        register=case_records("register"),
        strip=case_records("strip"),
        normalise=case_records("normalise"),
        quality=results("quality/cases.tsv"),
        pictures=of_selected("quality/{case}.png"),
    output:
        page=results("cases.html"),
        folder=directory(results("cases")),
    log:
        results("logs/write_cases.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=1000,
        runtime=30,
    params:
        code=code("write_cases"),
        template=code_of_template(),
        study=config["study"],
        model=f"{config['explain']['backbone']} / {config['explain']['inputs']}",
        nifti=results("nifti"),
        registered=results("registered"),
        brains=results("brain"),
        records=results("records"),
        lesions=results("phantom/truth") if PHANTOM else "",
        notice=NOTICE,
    script:
        "../../scripts/write_cases.py"


# Reporting checklists filled from the run, and a draft of methods and results.
rule write_submission:
    input:
        record=config["study_record"] or [],
        config=results("config.yaml"),
        cohort=results("cohort/cases.tsv"),
        split=results("split/split.tsv"),
        scanners=results("tables/table2.tsv"),
        cards=runs_of_study("card.json"),
        evaluation=results("evaluation/models"),
        subgroups=results("evaluation/subgroups.tsv"),
        confounding=results("evaluation/confounding.tsv"),
        tests=of_figures("tests"),
        lesions=results("quality/lesions.tsv") if fits_of_radiomics() else [],
        fits=fits_of_radiomics(),
    output:
        page=results("submission.html"),
        folder=directory(results("submission")),
    log:
        results("logs/write_submission.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("write_submission"),
        template=code_of_template(),
        study=config["study"],
        phantom=PHANTOM,
        notice=NOTICE,
    script:
        "../../scripts/write_submission.py"


# The report: everything above, to read from top to bottom.
rule write_report:
    input:
        cohort=results("cohort/cases.tsv"),
        config=results("config.yaml"),
        tables=expand(results("tables/table{n}.md"), n=range(1, 7)),
        whole=results("tables/table1_whole.md"),
        figures=expand(results("figures/figure{n}.svg"), n=[1, 2, 3]),
        pictures=expand(results("figures/figure{n}.png"), n=[4, 5]),
        beside=expand(
            results("figures/{name}.svg"),
            name=[
                "training",
                "roc_bands",
                "calibration",
                "precision_recall",
                "decision",
                "distribution",
                "instability",
                "forest",
                "explanation",
            ],
        ),
        cards=runs_of_study("card.json"),
        evaluation=results("evaluation/models"),
        subgroups=results("evaluation/subgroups.tsv"),
        sites=results("evaluation/sites.tsv"),
        confounding=results("evaluation/confounding.tsv"),
        scanner_use=results("evaluation/scanner_use.tsv"),
        audit=results("evaluation/published"),
        maps=of_figures("maps"),
        tests=of_figures("tests"),
        quality=results("quality/cases.tsv"),
        quality_pages=of_selected("quality/{case}.png"),
        strip_network=STUDY.hdbet_network(),
        external=of_external_cohorts("tables/performance.md"),
        external_tables=tables_of_external_cohorts(),
        cases=results("cases"),
    output:
        report=report(
            results("report.html"),
            caption="../report/report.rst",
            category="Report",
        ),
    log:
        results("logs/write_report.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=100,
        runtime=10,
    params:
        code=code("write_report"),
        template=code_of_template(),
        study=config["study"],
        phantom=PHANTOM,
        model=f"{config['explain']['backbone']}/{config['explain']['inputs']}",
        notice=NOTICE,
    script:
        "../../scripts/write_report.py"


# The record of the study for machines: checksums, configuration, versions, hardware, times.
rule write_crate:
    input:
        outside=list(dependencies.external_files(config).values()),
        results=[
            results("config.yaml"),
            results("cohort/images.tsv"),
            results("cohort/series.tsv"),
            results("cohort/cases.tsv"),
            results("split/split.tsv"),
            results("quality/cases.tsv"),
            STUDY.hdbet_network(),
            runs_of_study("weights.safetensors"),
            runs_of_study("network.json"),
            runs_of_study("history.tsv"),
            runs_of_study("card.json"),
            runs_of_study("predictions.tsv"),
            STUDY.predictions(),
            expand(
                results("tables/table{n}.{ext}"),
                n=range(1, 7),
                ext=["tsv", "md", "tex"],
            ),
            expand(results("figures/figure{n}.svg"), n=range(1, 6)),
            results("evaluation/models"),
            results("evaluation/subgroups.tsv"),
            results("evaluation/sites.tsv"),
            results("evaluation/confounding.tsv"),
            results("evaluation/scanner_use.tsv"),
            tables_of_external_cohorts(),
            of_figures("tests"),
            results("report.html"),
            results("cases.html"),
            results("submission.html"),
            results("submission"),
        ],
    output:
        crate=results("ro-crate-metadata.json"),
    log:
        results("logs/write_crate.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        # Neither the git commit nor the machine: they are read by the job, and a finished
        # study stays finished after a commit or on another machine.
        code=code("write_crate"),
        study=config["study"],
        outside=list(dependencies.external_files(config)),
        notice=NOTICE,
    script:
        "../../scripts/write_crate.py"


# What preprocessing made of the cases, for a look before anything is trained.
rule write_quality:
    input:
        cohort=results("cohort/cases.tsv"),
        quality=results("quality/cases.tsv"),
        pictures=of_selected("quality/{case}.png"),
    output:
        page=results("quality.html"),
    log:
        results("logs/write_quality.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("write_quality"),
        template=code_of_template(),
        study=config["study"],
        notice=NOTICE,
    script:
        "../../scripts/write_quality.py"


# The published study recomputed, as a page of its own: needs no cohort.
rule write_published:
    input:
        audit=results("evaluation/published"),
        figure=results("figures/published.svg"),
    output:
        page=results("published.html"),
    log:
        results("logs/write_published.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("write_published"),
        template=code_of_template(),
        notice=notice(phantom=False),
    script:
        "../../scripts/write_published.py"
