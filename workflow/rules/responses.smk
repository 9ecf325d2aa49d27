# Responses: one table of raw answers per model and condition, whatever their source.
# Takes  the archive's answer files, what models were planted to say, answers that others collected, or the store of live answers
# Gives  results/responses/<model>/<condition>.parquet; the rules that ask live models are in queries.smk

if SIMULATED_MODELS:

    # One job for all, since a job for each of many models and conditions would cost more than its work.
    rule simulate_answers:
        input:
            item_table="<results>/study/items.parquet",
            # Nothing is planted in a study of one's own: its models go by the key of its items.
            source="<results>/study/truth/loadings.parquet" if SIMULATED else "<results>/items/item_key.csv",
            library=library("simulation/simulate_answers"),
        output:
            tables=[
                f"<results>/responses/{name}/{condition}.parquet"
                for name in SIMULATED_MODELS
                for condition in CONDITIONS[name]
            ],
            truth=[f"<results>/study/truth/models/{name}.json" for name in SIMULATED_MODELS if SIMULATED],
        log:
            "<logs>/simulate_answers.log",
        conda:
            "../../envs/collection.yaml"
        params:
            models=[simulated_model(name) for name in SIMULATED_MODELS],
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
            centring=CONFIG.scoring.centring,
            setting=CONFIG.simulation.setting if CONFIG.simulation else "realistic",
            instrument=INSTRUMENT,
        message:
            "Simulating the answers of models"
        script:
            "../scripts/simulation/simulate_answers.py"


rule read_answers:
    input:
        answers=lambda wildcards: recorded_files(wildcards.model),
        item_table="<results>/study/items.parquet",
        library=library("paper/read_answers"),
    output:
        table="<results>/responses/{model}/{condition}.parquet",
    log:
        "<logs>/read_answers/{model}/{condition}.log",
    wildcard_constraints:
        model=any_of(RECORDED_FILES),
        condition=BASELINE,
    # As for all answers, which the figures of models wait for.
    priority: 1
    conda:
        "../../envs/collection.yaml"
    params:
        instrument=INSTRUMENT,
        # The whole row: whatever changes in it, this model's answers are collected again.
        model=model_row,
        prompt_versions=lambda wildcards: list(RECORDED_FILES[wildcards.model]),
    message:
        "Reading the recorded answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/paper/read_answers.py"


rule import_answers:
    input:
        export=lambda wildcards: EXPORTS[wildcards.model],
        item_table=ASKED["item_table"],
        all_items=WHOLE["item_table"],
        prompts="<results>/study/prompts.parquet",
        library=library("responses/import_answers"),
    output:
        table="<results>/responses/{model}/{condition}.parquet",
    log:
        "<logs>/import_answers/{model}/{condition}.log",
    wildcard_constraints:
        model=any_of(EXPORTS),
    conda:
        "../../envs/live.yaml"
    params:
        instrument=INSTRUMENT,
        # The whole row: whatever changes in it, this model's answers are imported again.
        model=model_row,
        message=message_of,
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Importing the recorded answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/responses/import_answers.py"


# What 'make questions' is made of.
rule questions:
    input:
        "<results>/study/items.parquet",
        "<results>/study/prompts.parquet",
    message:
        "The questions are made"


rule responses:
    input:
        answer_tables(),
    message:
        "The responses are made"
