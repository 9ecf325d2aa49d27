# The page that people open: one file, self-contained, with all that the study found.
# Takes  results of all stages, workflow/report/page
# Gives  results/publication/report.html


include: "page_helpers.smk"


PAGE = "workflow/report/page"
# What its views are made of, as far as the study has it.
REPORTED = {
    **ROBUSTNESS_TABLES,
    "profiles": "<results>/scores/profiles.csv",
    "sensitivity": "<results>/scores/sensitivity.csv",
    "answer_counts": "<results>/scores/answer_counts.csv",
    "ratings": "<results>/scores/ratings.parquet",
    "answers": answer_tables(),
    "asked": [f"<results>/responses/{name}/{condition}.json" for name in LIVE for condition in CONDITIONS[name]],
    "item_table": ASKED["item_table"],
    "item_key": ASKED["item_key"],
    "variance": "<results>/robustness/variance.csv",
    "universes": "<results>/robustness/universes.parquet",
    "table_of_claims": CONFIG.claims,
}
REPORTED |= WITH_TOPICS
if RATED:
    REPORTED |= {
        "survey": ASKED["survey"],
        "correlations": chosen_correlations(),
        "item_statistics": "<results>/items/item_statistics.csv",
        "profiles_as_seen": "<results>/scores/profiles_as_seen.csv",
        "models_and_people": COMPARED["people"],
    }
if PERSONA_FIGURES:
    REPORTED |= {"persona_effects": "<results>/personas/effects.csv"}
    TOLD = ("bias", "agreement", "trends", "findings", "steering_hits", "steering_distance", "steering_pairs")
    REPORTED |= {name: f"<results>/personas/{name}.csv" for name in TOLD}
if any(len(own) > 1 for own in CONDITIONS.values()):
    REPORTED["uncertainty_of_effects"] = "<results>/robustness/effects.csv"
if CERTIFIED:
    REPORTED |= {
        "certificate": "<results>/publication/certificate.csv",
        "certificate_findings": "<results>/certificate/findings.csv",
    }
if SIMULATED:
    REPORTED |= {name: RECOVERED[name] for name in ("recovery_tags", "recovery_scores")}
REPORTED_VIEWS = [
    "findings",
    "models",
    "items",
    *(["people"] if RATED or PERSONA_FIGURES else []),
    "certainty",
    *(["certificate"] if CERTIFIED else []),
    "method",
]


rule write_report:
    input:
        [shipped(str(path.relative_to(HOME))) for path in sorted(HOME.joinpath(PAGE).rglob("*.js"))],
        **REPORTED,
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
    resources:
        mem_mb=1250,
    params:
        study={
            "title": MEASURED.title,
            "mark": MARK,
            "made": "Made by the Value Portrait pipeline.",
            "views": REPORTED_VIEWS,
            "texts": CONFIG.report.texts,
            "conditions": described_conditions(),
            "rule": CONFIG.items.model_dump(include={"threshold", "max_p", "polarity"}),
        },
        models=[reported_model(name, row) for name, row in MODELS.items()],
        method=lambda wildcards, input: described_method(input),
        instrument=INSTRUMENT,
    message:
        "Writing the page"
    script:
        "../scripts/publication/write_report.py"
