# External cohorts: the study's own rules once more for each, on cases of elsewhere.

for name in CONFIG.external:
    module_of_cohort = f"external_{name}"
    prefix_of_cohort_ = f"external_{name}__"

    module:
        name: module_of_cohort
        snakefile:
            "external_cohort.smk"
        config:
            {
                **dependencies.of_external_cohort(config, name),
                "external_cohort": name,
            }

    use rule * from module_of_cohort as prefix_of_cohort_*


def of_external_cohorts(path):
    """A result of every external cohort."""
    return [StudyPaths(config["study"], name).result(path) for name in CONFIG.external]


def tables_of_external_cohorts():
    """What is measured of every external cohort, for people and for the record."""
    names = ["performance", "calibration", "shift_images", "shift_checks"]
    tables = expand("tables/{name}.tsv", name=names)
    return [of_external_cohorts(path) for path in ["cohort/cases.tsv", *tables]]
