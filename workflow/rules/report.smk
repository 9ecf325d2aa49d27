# The page that people open: one file, self-contained, with all that the study found.
# Takes  results of all stages, workflow/report/page
# Gives  results/publication/report.html

PAGE = "workflow/report/page"
# What its views are made of, as far as the study has it.
REPORTED = {
    "profiles": "<results>/scores/profiles.csv",
    "uncertainty": ROBUSTNESS_TABLES["uncertainty"],
    "mean_profile": ROBUSTNESS_TABLES["mean_profile"],
}
# People, personas, and what the numbers are worth.
if RATED:
    REPORTED["people_beside"] = COMPARED["people"]
if PERSONA_FIGURES:
    REPORTED |= {"persona_effects": "<results>/personas/effects.csv"}
    REPORTED |= {name: f"<results>/personas/{name}.csv" for name in ("bias", "agreement", "trends", "findings")}
    STEERED = ("steering_hits", "steering_distance", "steering_pairs")
    REPORTED |= {name: f"<results>/personas/{name}.csv" for name in STEERED}
if any(len(own) > 1 for own in CONDITIONS.values()):
    REPORTED["uncertainty_of_effects"] = "<results>/robustness/effects.csv"
REPORTED |= ROBUSTNESS_TABLES
REPORTED |= {
    "variance": "<results>/robustness/variance.csv",
    "universes": "<results>/robustness/universes.parquet",
    "table_of_claims": CONFIG.claims,
}
# Items and answers.
REPORTED |= {
    "item_table": ASKED["item_table"],
    "item_key": ASKED["item_key"],
    "answer_counts": "<results>/scores/answer_counts.csv",
    "ratings": "<results>/scores/ratings.parquet",
    "answers": answer_tables(),
}
REPORTED |= {"topics": "<results>/study/topics.csv"} if HAS_TOPICS else {}
if RATED:
    REPORTED |= {"survey": ASKED["survey"], "correlations": chosen_correlations()}
    REPORTED |= {"item_statistics": "<results>/items/item_statistics.csv"}
REPORTED_VIEWS = ["findings", "models", "items"]
REPORTED_VIEWS += ["people"] if RATED or PERSONA_FIGURES else []
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
            "texts": "all",
        },
        models=[reported_model(name, row) for name, row in MODELS.items()],
        instrument=INSTRUMENT,
    message:
        "Writing the page"
    script:
        "../scripts/publication/write_report.py"
