# Personas: what personas and value steering do to models, beside how groups of people differ.
# Takes  the paper's printed numbers, the user's file of the European Social Survey, and answers under conditions
# Gives  results/personas, tables and figures of them in results/publication

if SIMULATED:

    rule simulate_people:
        input:
            library=library("simulate_people"),
        output:
            people="<results>/study/simulated_people.csv",
            truth="<results>/study/truth/people.csv",
        log:
            "<logs>/simulate_people.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            groups=config["people"]["groups"],
            seed=config["seed"],
        message:
            "Simulating respondents of a social survey"
        script:
            "../scripts/simulate_people.py"


if PEOPLE_FILE:

    # A rule of its own, so that a file that turns out to be wrong cannot cost what an earlier one gave.
    rule score_respondents:
        input:
            survey=PEOPLE_FILE,
            library=library("score_respondents"),
        output:
            respondents="<results>/personas/respondents.parquet",
            provenance="<results>/personas/people_provenance.csv",
        log:
            "<logs>/score_respondents.log",
        conda:
            "../../envs/analysis.yaml"
        message:
            "Scoring the respondents of {input.survey}"
        script:
            "../scripts/score_respondents.py"

    rule compare_respondents:
        input:
            respondents="<results>/personas/respondents.parquet",
            library=library("compare_respondents"),
        output:
            people="<results>/personas/people.csv",
        log:
            "<logs>/compare_respondents.log",
        conda:
            "../../envs/analysis.yaml"
        params:
            groups=config["people"]["groups"],
            source="simulated" if SIMULATED else "ess_microdata",
        message:
            "Comparing groups of respondents with all of them"
        script:
            "../scripts/compare_respondents.py"

else:

    rule read_printed_people:
        input:
            printed="data/reference/tables_13_to_16_people.csv",
            library=library("read_printed_people"),
        output:
            people="<results>/personas/people.csv",
            provenance="<results>/personas/people_provenance.csv",
        log:
            "<logs>/read_printed_people.log",
        conda:
            "../../envs/analysis.yaml"
        message:
            "Reading the printed means of human groups"
        script:
            "../scripts/read_printed_people.py"


# Answers enter where a model has some under a persona; the paper's own are known by its printed numbers alone.
rule estimate_personas:
    input:
        **persona_inputs(),
        people="<results>/personas/people.csv",
        personas=config["personas"],
        library=library("estimate_personas"),
    output:
        effects="<results>/personas/effects.csv",
        bias="<results>/personas/bias.csv",
        agreement="<results>/personas/agreement.csv",
        trends="<results>/personas/trends.csv",
        steering_hits="<results>/personas/steering_hits.csv",
        steering_distance="<results>/personas/steering_distance.csv",
        steering_pairs="<results>/personas/steering_pairs.csv",
        findings="<results>/personas/findings.csv",
        description=report(
            "<results>/personas/findings.md", caption="../report/persona_findings.rst", category="Personas"
        ),
    log:
        "<logs>/estimate_personas.log",
    benchmark:
        "<benchmarks>/estimate_personas.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        prompt_versions=config["prompt_versions"],
        centring=config["scoring"]["centring"],
        seed=config["seed"],
    message:
        "Estimating what personas and value steering do"
    script:
        "../scripts/estimate_personas.py"


rule write_persona_tables:
    input:
        effects="<results>/personas/effects.csv",
        people="<results>/personas/people.csv",
        library=library("write_persona_tables"),
    output:
        [f"<results>/publication/tables/personas_{axis}.{suffix}" for axis in PERSONA_AXES for suffix in ("csv", "tex")],
    log:
        "<logs>/write_persona_tables.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        axes=PERSONA_AXES,
    message:
        "Writing the paper's tables of personas"
    script:
        "../scripts/write_persona_tables.py"


rule draw_personas:
    input:
        effects="<results>/personas/effects.csv",
        bias="<results>/personas/bias.csv",
        agreement="<results>/personas/agreement.csv",
        steering_distance="<results>/personas/steering_distance.csv",
        steering_hits="<results>/personas/steering_hits.csv",
        library=library("draw_personas"),
    output:
        vector_figures(*PERSONA_FIGURES),
        [
            report(
                f"<results>/publication/figures/{name}.png",
                caption=f"../report/{about['kind']}.rst",
                category="Personas",
                labels={
                    "model": about["model"],
                    "numbers": about["source"],
                    "figure": about["kind"].replace("_", " "),
                },
            )
            for name, about in PERSONA_FIGURES.items()
        ],
    log:
        "<logs>/draw_personas.log",
    benchmark:
        "<benchmarks>/draw_personas.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        figures=PERSONA_FIGURES,
        study=config["study"],
    message:
        "Drawing personas, people and value steering"
    script:
        "../scripts/draw_personas.py"


if SIMULATED:

    rule assess_persona_recovery:
        input:
            effects="<results>/personas/effects.csv",
            people="<results>/personas/people.csv",
            models=[f"<results>/study/truth/models/{name}.json" for name in SIMULATED_MODELS],
            planted_people="<results>/study/truth/people.csv",
            library=library("assess_persona_recovery"),
        output:
            vector_figures("persona_recovery"),
            scores="<results>/publication/tables/recovery_effects.csv",
            fits=report(
                "<results>/publication/tables/recovery_effects_fit.csv",
                caption="../report/persona_recovery.rst",
                category="Recovery of the truth",
            ),
            figure=report(
                "<results>/publication/figures/persona_recovery.png",
                caption="../report/persona_recovery.rst",
                category="Recovery of the truth",
            ),
        log:
            "<logs>/assess_persona_recovery.log",
        conda:
            "../../envs/analysis.yaml"
        message:
            "Holding effects of personas and groups against what was planted"
        script:
            "../scripts/assess_persona_recovery.py"


# Without personas in a simulated study there are only its people.
rule personas:
    input:
        "<results>/personas/people.csv",
        "<results>/personas/people_provenance.csv",
        PERSONA_FIGURES
        and [
            rules.estimate_personas.output,
            rules.write_persona_tables.output,
            rules.draw_personas.output,
            rules.assess_persona_recovery.output if SIMULATED else [],
        ],
