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
include: "workflow/rules/terminal.smk"
include: "workflow/rules/keeping.smk"


# The whole study.
rule all:
    default_target: True
    input:
        rules.publication.input,
        rules.items.input,
        rules.scores.input,
        rules.robustness.input,
    message:
        "The study is made"


include: "workflow/rules/report.smk"
