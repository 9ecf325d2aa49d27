# The page that people open: one file, self-contained, with all that the study found.
# Takes  results of all stages, workflow/report/page
# Gives  results/publication/report.html

PAGE = "workflow/report/page"
# What its views are made of, as far as the study has it.
REPORTED = {
    "profiles": "<results>/scores/profiles.csv",
    "uncertainty": ROBUSTNESS_TABLES["uncertainty"],
    "mean_profile": ROBUSTNESS_TABLES["mean_profile"],
    "pairs": ROBUSTNESS_TABLES["pairs"],
    "ranks": ROBUSTNESS_TABLES["ranks"],
    "sensitivity": "<results>/scores/sensitivity.csv",
}
if RATED:
    REPORTED |= {"profiles_as_seen": PEOPLE_TABLES["profiles_as_seen"], "models_and_people": COMPARED["people"]}
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
        asked=[f"<results>/responses/{name}/{condition}.json" for name in LIVE for condition in CONDITIONS[name]],
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
