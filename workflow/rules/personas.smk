# Personas: what personas and value steering do to models, beside how groups of people differ.
# Takes  the paper's printed numbers, results/personas/people.csv, and answers under conditions
# Gives  results/personas, tables and figures of them in results/publication
from value_portrait.responses.conditions import STEERING

PRINTED_AXES = ("gender", "age", "politics", "education", "race", "religion", "income", STEERING)
# Whose personas there are, on which axes, and whether any stands for a group of people: those of the paper by its
# printed numbers alone.
PERSONAS_OF = {}
if PAPERS_OWN:
    compared = any(axis in GROUPS for axis in PRINTED_AXES)
    PERSONAS_OF[""] = {"source": "printed", "model": "GPT-4o", "axes": PRINTED_AXES, "compared": compared}
PERSONAS_OF |= {
    f"_{name}": {
        "source": "answers",
        "model": MODELS[name].model,
        "axes": [persona.axis for persona in told],
        "compared": any(persona.people and persona.axis in GROUPS for persona in told),
    }
    for name, own in CONDITIONS.items()
    if (told := [condition.persona for condition in own.values() if condition.persona])
}
PERSONA_AXES = list(dict.fromkeys(axis for about in PERSONAS_OF.values() for axis in about["axes"]))
PERSONA_FIGURES = {
    f"{kind}{suffix}": {"kind": kind, "source": about["source"], "model": about["model"]}
    for suffix, about in PERSONAS_OF.items()
    for kind, shown in (
        ("persona_effects", set(about["axes"]) - {STEERING}),
        ("personas_and_people", about["compared"]),
        ("steering", STEERING in about["axes"]),
    )
    if shown
}
# The numbers on personas that there are: the printed ones, and answers with what scores them.
PRINTED_NUMBERS = {
    "printed": shipped("data/reference/tables_13_to_19_personas.csv"),
    "printed_steering": shipped("data/reference/table_17_value_steering.csv"),
}
RATED_ANSWERS = {
    "ratings": "<results>/scores/ratings.parquet",
    "item_table": ASKED["item_table"],
    "item_key": ASKED["item_key"],
}
PERSONA_SOURCES = {about["source"] for about in PERSONAS_OF.values()}


if PERSONA_FIGURES:

    # Answers enter where a model has some under a persona; the paper's own are known by its printed numbers alone.
    rule estimate_personas:
        input:
            **(PRINTED_NUMBERS if "printed" in PERSONA_SOURCES else {}),
            **(RATED_ANSWERS if "answers" in PERSONA_SOURCES else {}),
            **PEOPLE,
            personas=CONFIG.personas,
            library=library("personas/estimate_personas"),
        output:
            effects="<results>/personas/effects.csv",
            bias="<results>/personas/bias.csv",
            agreement="<results>/personas/agreement.csv",
            trends="<results>/personas/trends.csv",
            steering_hits="<results>/personas/steering_hits.csv",
            steering_distance="<results>/personas/steering_distance.csv",
            steering_pairs="<results>/personas/steering_pairs.csv",
            findings="<results>/personas/findings.csv",
            description=reported("<results>/personas/findings.md", "persona_findings", "Personas"),
        log:
            "<logs>/estimate_personas.log",
        benchmark:
            "<benchmarks>/estimate_personas.tsv"
        conda:
            "../../envs/analysis.yaml"
        params:
            prompt_versions=CONFIG.prompt_versions,
            centring=CONFIG.scoring.centring,
            resamples=CONFIG.robustness.resamples,
            seed=CONFIG.seed,
            instrument=INSTRUMENT,
        message:
            "Estimating what personas and value steering do"
        script:
            "../scripts/personas/estimate_personas.py"

    rule write_persona_tables:
        input:
            **PEOPLE,
            effects="<results>/personas/effects.csv",
            library=library("publication/write_persona_tables"),
        output:
            [
                f"<results>/publication/tables/personas_{axis}.{suffix}"
                for axis in PERSONA_AXES
                for suffix in ("csv", "tex")
            ],
        log:
            "<logs>/write_persona_tables.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            axes=PERSONA_AXES,
            instrument=INSTRUMENT,
        message:
            "Writing the paper's tables of personas"
        script:
            "../scripts/publication/write_persona_tables.py"

    rule draw_personas:
        input:
            effects="<results>/personas/effects.csv",
            bias="<results>/personas/bias.csv",
            agreement="<results>/personas/agreement.csv",
            steering_distance="<results>/personas/steering_distance.csv",
            steering_hits="<results>/personas/steering_hits.csv",
            library=library("publication/draw_personas"),
        output:
            [figures("Personas", _about=about, **{name: about["kind"]}) for name, about in PERSONA_FIGURES.items()],
        log:
            "<logs>/draw_personas.log",
        benchmark:
            "<benchmarks>/draw_personas.tsv"
        conda:
            "../../envs/analysis.yaml"
        params:
            figures=PERSONA_FIGURES,
            mark=MARK,
            instrument=INSTRUMENT,
        message:
            "Drawing personas, people and value steering"
        script:
            "../scripts/publication/draw_personas.py"

    if SIMULATED:

        rule assess_persona_recovery:
            input:
                **(
                    {"people": "<results>/personas/people.csv", "planted_people": "<results>/study/truth/people.csv"}
                    if GROUPS
                    else {}
                ),
                effects="<results>/personas/effects.csv",
                models=[f"<results>/study/truth/models/{name}.json" for name in SIMULATED_MODELS],
                library=library("simulation/assess_persona_recovery"),
            output:
                figures("Recovery of the truth", "persona_recovery"),
                scores="<results>/publication/tables/recovery_effects.csv",
                fits=reported(
                    "<results>/publication/tables/recovery_effects_fit.csv",
                    "persona_recovery",
                    "Recovery of the truth",
                ),
            log:
                "<logs>/assess_persona_recovery.log",
            conda:
                "../../envs/analysis.yaml"
            params:
                instrument=INSTRUMENT,
            message:
                "Holding effects of personas and groups against what was planted"
            script:
                "../scripts/simulation/assess_persona_recovery.py"


# Without personas there are only people, if any.
rule personas:
    input:
        ["<results>/personas/people.csv", "<results>/personas/people_provenance.csv"] if GROUPS else [],
        PERSONA_FIGURES
        and [
            rules.estimate_personas.output,
            rules.write_persona_tables.output,
            rules.draw_personas.output,
            rules.assess_persona_recovery.output if SIMULATED else [],
        ],
    message:
        "The personas are compared"
