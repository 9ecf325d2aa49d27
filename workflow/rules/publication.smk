# Publication: tables, and the summary; in a simulated study also how much of its truth was recovered.
# Takes  results/{study,items,scores,robustness,comparisons}
# Gives  results/publication/{tables,summary.md,robustness.md}, of a simulated study results/comparisons; the figures of this stage are in figures.smk


include: "publication_models.smk"
include: "page.smk"


rule write_tables:
    input:
        **(
            {
                "survey": "<results>/study/survey.parquet",
                "participants": "<results>/study/participants.parquet",
            }
            if RATED
            else {}
        ),
        **CORRELATED,
        **WITH_TOPICS,
        **COMPARED,
        **ROBUSTNESS_TABLES,
        table_of_claims=CONFIG.claims,
        key=ASKED["item_key"],
        profiles="<results>/scores/profiles.csv",
        reliability="<results>/scores/reliability.csv",
        sensitivity="<results>/scores/sensitivity.csv",
        counts="<results>/scores/answer_counts.csv",
        library=library("publication/write_tables"),
    output:
        for_people=[
            f"<results>/publication/tables/{name}.{suffix}"
            for name in (*TABLES, *COMPARISONS.values())
            for suffix in ("csv", "tex")
        ],
        summary=reported("<results>/publication/summary.md", "summary", "Summary"),
        worth=reported("<results>/publication/robustness.md", "worth", "Summary"),
    log:
        "<logs>/write_tables.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        choices={"study": CONFIG.study, "threshold": CONFIG.items.threshold, "prompt_versions": CONFIG.prompt_versions},
        left_out=LEFT_OUT,
        about={"simulated": ANY_SIMULATED, "panel": PANEL},
        instrument=INSTRUMENT,
    message:
        "Writing tables, summing up, and saying what it is worth"
    script:
        "../scripts/publication/write_tables.py"


if SIMULATED:

    rule assess_recovery:
        input:
            item_table="<results>/study/items.parquet",
            loadings="<results>/study/truth/loadings.parquet",
            models=[f"<results>/study/truth/models/{name}.json" for name in SIMULATED_MODELS],
            item_key="<results>/items/item_key.csv",
            profiles="<results>/scores/profiles.csv",
            uncertainty="<results>/robustness/uncertainty.csv",
            library=library("simulation/assess_recovery"),
        output:
            **RECOVERED,
            for_people=[
                reported(f"<results>/publication/tables/{name}.csv", "recovery", "Recovery of the truth")
                for name in ("recovery_tags", "recovery_profiles")
            ],
            description="<results>/publication/recovery.md",
        log:
            "<logs>/assess_recovery.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            centring=CONFIG.scoring.centring,
            setting=CONFIG.simulation.setting,
            instrument=INSTRUMENT,
        message:
            "Holding what was recovered against what was planted"
        script:
            "../scripts/simulation/assess_recovery.py"

    rule draw_recovery:
        input:
            tags=RECOVERED["recovery_tags"],
            scores=RECOVERED["recovery_scores"],
            library=library("simulation/draw_recovery"),
        output:
            figures("Recovery of the truth", recovery="recovery_figure"),
        log:
            "<logs>/draw_recovery.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            instrument=INSTRUMENT,
        message:
            "Drawing what was recovered"
        script:
            "../scripts/simulation/draw_recovery.py"


rule publication:
    input:
        rules.write_tables.output,
        rules.draw_models.output,
        rules.draw_items.output,
        [f"<results>/publication/models/{name}.md" for name in LIVE],
        rules.personas.input,
        [rules.assess_recovery.output, rules.draw_recovery.output] if SIMULATED else [],
        certificate_files(),
        rules.write_report.output,
    message:
        "The publication is made"
