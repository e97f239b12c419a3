# Every picture: the paper's five figures and those beside them.


# Figure 1: how many cases came in, and who left where and why.
rule draw_flowchart:
    input:
        cohort=results("cohort/cases.tsv"),
        split=results("split/split.tsv"),
    output:
        svg=report(
            results("figures/figure1.svg"),
            caption="../report/figure1.rst",
            category="Figures",
        ),
        png=results("figures/figure1.png"),
    log:
        results("logs/draw_flowchart.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_flowchart"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_flowchart.py"


# Ask Snakemake for the graph of the rules of this very study.
rule write_rulegraph:
    input:
        config=results("config.yaml"),
        # After the checkpoint: before it, the graph ends there.
        cohort=results("cohort/cases.tsv"),
    output:
        graph=results("figures/rulegraph.dot"),
    log:
        results("logs/write_rulegraph.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("write_rulegraph"),
        workflow=code_of_workflow(),
    script:
        "../../scripts/write_rulegraph.py"


# Figure 2: the workflow, drawn from that graph.
rule draw_workflow:
    input:
        graph=results("figures/rulegraph.dot"),
    output:
        svg=report(
            results("figures/figure2.svg"),
            caption="../report/figure2.rst",
            category="Figures",
        ),
        png=results("figures/figure2.png"),
    log:
        results("logs/draw_workflow.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_workflow"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_workflow.py"


# Figure 3: the ROC curves.
rule draw_roc:
    input:
        tables=expand(results("tables/table{n}.tsv"), n=[3, 4]),
        evaluation=results("evaluation/models"),
    output:
        svg=report(
            results("figures/figure3.svg"),
            caption="../report/figure3.rst",
            category="Figures",
        ),
        png=results("figures/figure3.png"),
    log:
        results("logs/draw_roc.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_roc"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_roc.py"


# The curves beside figure 3: ROC with bands, calibration, precision-recall, net benefit.
rule draw_curves:
    input:
        tables=expand(results("tables/table{n}.tsv"), n=[3, 4]),
        evaluation=results("evaluation/models"),
    output:
        expand(
            results("figures/{name}.{ext}"),
            name=[
                "roc_bands",
                "calibration",
                "precision_recall",
                "decision",
                "distribution",
                "instability",
            ],
            ext=["svg", "png"],
        ),
    log:
        results("logs/draw_curves.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_curves"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_curves.py"


# This study's figures beside the published ones.
rule draw_forest:
    input:
        tables=expand(results("tables/table{n}.tsv"), n=[3, 4]),
        audit=results("evaluation/published"),
    output:
        multiext(results("figures/forest"), svg=".svg", png=".png"),
    log:
        results("logs/draw_forest.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_forest"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_forest.py"


# The published figures alone, with intervals that hold: needs no cohort.
rule draw_published:
    input:
        audit=results("evaluation/published"),
    output:
        multiext(results("figures/published"), svg=".svg", png=".png"),
    log:
        results("logs/draw_published.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_published"),
        dpi=config["figures"]["dpi"],
        notice=notice(phantom=False),
    script:
        "../../scripts/draw_published.py"


# The learning curves of all runs.
rule draw_training:
    input:
        histories=runs_of_study("history.tsv"),
    output:
        multiext(results("figures/training"), svg=".svg", png=".png"),
    log:
        results("logs/draw_training.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_training"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_training.py"


# Figure 4: the map over every slice of one test case.
rule draw_figure4:
    input:
        maps=of_figures("maps"),
        records=case_records("strip"),
    output:
        svg=report(
            results("figures/figure4.svg"),
            caption="../report/figure4.rst",
            category="Figures",
        ),
        png=results("figures/figure4.png"),
    log:
        results("logs/draw_figure4.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_figure4"),
        slices=config["figures"]["slices"],
        dpi=config["figures"]["dpi"],
        brains=results("brain"),
        lesions=results("phantom/truth") if PHANTOM else "",
        notice=NOTICE,
    script:
        "../../scripts/draw_figure4.py"


# Figure 5: one recurrence and one necrosis, input beside map.
rule draw_figure5:
    input:
        maps=of_figures("maps"),
        records=case_records("normalise"),
        masks=case_records("strip"),
    output:
        svg=report(
            results("figures/figure5.svg"),
            caption="../report/figure5.rst",
            category="Figures",
        ),
        png=results("figures/figure5.png"),
    log:
        results("logs/draw_figure5.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_figure5"),
        dpi=config["figures"]["dpi"],
        normalised=results("normalised"),
        brains=results("brain"),
        lesions=results("phantom/truth") if PHANTOM else "",
        sequences=config["input_sets"][config["explain"]["inputs"]],
        notice=NOTICE,
    script:
        "../../scripts/draw_figure5.py"


# What the tests of the maps found.
rule draw_explanation:
    input:
        tests=of_figures("tests"),
    output:
        multiext(results("figures/explanation"), svg=".svg", png=".png"),
    log:
        results("logs/draw_explanation.log"),
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("draw_explanation"),
        dpi=config["figures"]["dpi"],
        notice=NOTICE,
    script:
        "../../scripts/draw_explanation.py"
