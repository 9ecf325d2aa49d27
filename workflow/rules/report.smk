# The page that people open: one file, self-contained, with all that the study found.
# Takes  results of all stages, workflow/report/page
# Gives  results/publication/report.html


include: "report_method.smk"


PAGE = "workflow/report/page"
# What its views are made of, as far as the study has it.
REPORTED = {
    "profiles": "<results>/scores/profiles.csv",
    "uncertainty": ROBUSTNESS_TABLES["uncertainty"],
    "mean_profile": ROBUSTNESS_TABLES["mean_profile"],
}
# Findings, the certificate and the method.
REPORTED |= ROBUSTNESS_TABLES
REPORTED |= {"answer_counts": "<results>/scores/answer_counts.csv", "sensitivity": "<results>/scores/sensitivity.csv"}
if RATED:
    REPORTED |= {"survey": ASKED["survey"], "models_and_people": COMPARED["people"]}
if CERTIFIED:
    REPORTED |= {
        "certificate": "<results>/publication/certificate.csv",
        "certificate_findings": "<results>/certificate/findings.csv",
    }
if SIMULATED:
    REPORTED |= {name: f"<results>/publication/tables/{name}.csv" for name in ("recovery_tags", "recovery_scores")}
REPORTED |= {"agreement": "<results>/personas/agreement.csv"} if "answers" in PERSONA_SOURCES else {}
REPORTED_VIEWS = ["findings", "models", "items"]
REPORTED_VIEWS += ["people"]
REPORTED_VIEWS += ["certainty"]
REPORTED_VIEWS += ["certificate"] if CERTIFIED else []
REPORTED_VIEWS += ["method"]


def reported_model(name, row):
    """What the page says of a model itself."""
    about = row.model_dump(include={"model", "family", "developer", "weights", "size_b", "reasoning", "answers"})
    return about | {"slug": name, "conditions": "; ".join(CONDITIONS[name])}


rule write_report:
    input:
        [shipped(str(path.relative_to(HOME))) for path in sorted(HOME.joinpath(PAGE).rglob("*.js"))],
        **REPORTED,
        table_of_claims=CONFIG.claims,
        template=shipped(f"{PAGE}/page.html"),
        main=shipped(f"{PAGE}/main.js"),
        style=shipped(f"{PAGE}/page.css"),
        library=library("publication/write_report"),
    output:
        page="<results>/publication/report.html",
    log:
        "<logs>/write_report.log",
    benchmark:
        "<benchmarks>/write_report.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        study={
            "title": MEASURED.title,
            "mark": MARK,
            "made": "Made by the Value Portrait pipeline.",
            "views": REPORTED_VIEWS,
        },
        models=[reported_model(name, row) for name, row in MODELS.items()],
        method=lambda wildcards, input: described_method(input),
        instrument=INSTRUMENT,
    message:
        "Writing the page"
    script:
        "../scripts/publication/write_report.py"
