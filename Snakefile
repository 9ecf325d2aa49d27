# The Value Portrait study. Stages stand in the order in which data flows; helpers in common.smk.
from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/places.smk"


if os.path.exists("config.yaml"):

    configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/items.smk"
include: "workflow/rules/responses.smk"
include: "workflow/rules/queries.smk"
include: "workflow/rules/scores.smk"
include: "workflow/rules/people.smk"
include: "workflow/rules/personas.smk"
include: "workflow/rules/robustness.smk"
include: "workflow/rules/robustness_models.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/certificate.smk" if CERTIFIED else "workflow/rules/no_certificate.smk"
include: "workflow/rules/publication.smk"
include: "workflow/rules/keeping.smk"


# Targets that stop after a stage; personas, robustness and publication have their own.
rule items:
    input:
        ["<results>/items/item_key.csv", ASKED["item_table"]],
        ["<results>/study/data_quality.csv", "<results>/items/item_statistics.csv"] if RATED else [],


rule responses:
    input:
        answer_tables(),


rule scores:
    input:
        "<results>/scores/profiles.csv",
        "<results>/scores/sensitivity.csv",
        "<results>/scores/reliability.csv",
        "<results>/scores/answer_counts.csv",
        "<results>/scores/rater_profiles.parquet" if RATED else [],


# The whole study.
rule all:
    default_target: True
    input:
        rules.publication.input,
        rules.items.input,
        rules.scores.input,
        rules.robustness.input,
