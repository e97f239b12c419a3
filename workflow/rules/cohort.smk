# The cohort as the networks see it: who is in, which set, and the arrays.


# Say for every case of the table whether it is in the study, and if not, where and why it left.
rule collect_cohort:
    input:
        selected=results("cohort/selected.tsv"),
        index=case_records("index"),
        register=case_records("register"),
        strip=case_records("strip"),
        normalise=case_records("normalise"),
    output:
        cohort=results("cohort/cases.tsv"),
    log:
        results("logs/collect_cohort.log"),
    conda:
        "../../envs/preprocess.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("collect_cohort"),
        excluded_by_hand=canonical_json(config["qc"]["exclude"]),
    script:
        "../../scripts/collect_cohort.py"


# Draw training and test sets, or take the study's own.
rule split_cohort:
    input:
        cohort=cohort_to_split,
    output:
        split=results("split/split.tsv"),
    log:
        results("logs/split_cohort.log"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("split_cohort"),
        given=STUDY.cases.column_of_split(config["split"]),
        seed=config["seed"],
        settings=section("split"),
    script:
        "../../scripts/split_cohort.py"


# List the included cases in the order of the packed arrays.
rule list_packed:
    input:
        cohort=results("cohort/cases.tsv"),
    output:
        cases=results("packed/cases.tsv"),
    log:
        results("logs/list_packed.log"),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        disk_mb=10,
        runtime=10,
    params:
        code=code("list_packed"),
    script:
        "../../scripts/list_packed.py"


# Stack the normalised volumes of one sequence into one array that all runs share.
rule pack_sequence:
    input:
        cases=results("packed/cases.tsv"),
        volumes=lambda wildcards: [
            ancient(path) for path in of_selected("normalised/{case}")(wildcards)
        ],
        records=case_records("normalise"),
    output:
        packed=results("packed/{sequence}.npy"),
        checksum=results("packed/{sequence}.sha256"),
    log:
        results("logs/pack_sequence/{sequence}.log"),
    benchmark:
        results("benchmarks/pack_sequence/{sequence}.tsv")
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        disk_mb=lambda wildcards: 10 * len(STUDY.cases.eligible),
        runtime=60,
    params:
        code=code("pack_sequence"),
        dtype=config["pack"]["dtype"],
    script:
        "../../scripts/pack_sequence.py"
