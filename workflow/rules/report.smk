# The paper's figures 1, 2, 4 and 5, and the one page that a person reads.

FIGURES = section("figures")


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
        mem_mb=500,
        disk_mb=10,
        runtime=5,
    params:
        code=code("keep_config"),
        used=canonical_json({k: v for k, v in config.items() if k != "resources"}),
    script:
        "../../scripts/keep_config.py"


# Figure 1: how many cases came in, and who left where and why.
rule draw_flowchart:
    input:
        cohort=results("cohort/cases.tsv"),
        split=results("split/split.tsv"),
    output:
        multiext(results("figures/figure1"), svg=".svg", png=".png"),
    log:
        results("logs/draw_flowchart.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_flowchart"),
        settings=FIGURES,
        notice=NOTICE,
    script:
        "../../scripts/draw_flowchart.py"


# Ask Snakemake for the graph of the rules of this very study.
rule write_rulegraph:
    input:
        config=ancient(results("config.yaml")),
        # After the checkpoint: before it, the graph ends there.
        cohort=ancient(results("cohort/cases.tsv")),
    output:
        graph=results("figures/rulegraph.dot"),
    log:
        results("logs/write_rulegraph.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    params:
        code=code_of_workflow(),
        snakefile=lambda wildcards: os.path.relpath(HOUSE / "Snakefile"),
    shell:
        "python -m snakemake --snakefile {params.snakefile:q} --configfile {input.config:q}"
        " --rulegraph dot > {output.graph:q} 2> {log:q}"


# Figure 2: the workflow, drawn from that graph.
rule draw_workflow:
    input:
        graph=results("figures/rulegraph.dot"),
    output:
        multiext(results("figures/figure2"), svg=".svg", png=".png"),
    log:
        results("logs/draw_workflow.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_workflow"),
        settings=FIGURES,
        notice=NOTICE,
    script:
        "../../scripts/draw_workflow.py"


# Figure 4: the map over every slice of one test case.
rule draw_figure4:
    input:
        maps=of_figures("maps"),
        records=case_records("strip"),
    output:
        multiext(results("figures/figure4"), svg=".svg", png=".png"),
    params:
        code=code("draw_figure4"),
        brains=results("brain"),
        lesions=results("phantom/truth") if PHANTOM else "",
        settings=FIGURES,
        notice=NOTICE,
    log:
        results("logs/draw_figure4.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    script:
        "../../scripts/draw_figure4.py"


# Figure 5: one recurrence and one necrosis, input beside map.
rule draw_figure5:
    input:
        maps=of_figures("maps"),
        records=case_records("normalise"),
    output:
        multiext(results("figures/figure5"), svg=".svg", png=".png"),
    params:
        code=code("draw_figure5"),
        normalised=results("normalised"),
        sequences=config["input_sets"][config["explain"]["inputs"]],
        settings=FIGURES,
        notice=NOTICE,
    log:
        results("logs/draw_figure5.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    script:
        "../../scripts/draw_figure5.py"


# The published study recomputed: which printed numbers agree. Needs no cohort.
rule audit_published:
    input:
        published=expand(
            "{house}/config/published/table{n}.tsv",
            house=os.path.relpath(HOUSE),
            n=range(1, 7),
        ),
    output:
        audit=directory(results("evaluation/published")),
    params:
        code=code("audit_published"),
    log:
        results("logs/audit_published.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        disk_mb=10,
        runtime=10,
    script:
        "../../scripts/audit_published.py"
