# Responses: one table of raw answers per model and condition, whatever their source.
# Takes  the archive's answer files, simulated ones in the same format, exports of others, or the store of live answers
# Gives  results/responses/<model>/<condition>.parquet; the rules that ask live models are in queries.smk

if SIMULATED:

    rule simulate_answers:
        input:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            loadings="<results>/study/truth/loadings.parquet",
            library=library("simulation/simulate_answers"),
        output:
            answers=[simulated_file("{model}", version) for version in CONFIG.prompt_versions],
            truth="<results>/study/truth/models/{model}.json",
        log:
            "<logs>/simulate_answers/{model}.log",
        conda:
            "../../envs/collection.yaml"
        params:
            model=model_row,
            personas=lambda wildcards: simulated_personas(wildcards.model),
            centring=CONFIG.scoring.centring,
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
        message:
            "Simulating the answers of {wildcards.model}"
        script:
            "../scripts/simulation/simulate_answers.py"

    # One job for all, since a job for each of many conditions would cost more than its work. The archive has no files
    # for conditions, so these answers are simulated as tables.
    rule simulate_conditions:
        input:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            loadings="<results>/study/truth/loadings.parquet",
            library=library("simulation/simulate_conditions"),
        output:
            tables=[
                f"<results>/responses/{name}/{condition}.parquet"
                for name in SIMULATED_MODELS
                for condition in simulated_personas(name)
            ],
        log:
            "<logs>/simulate_conditions.log",
        conda:
            "../../envs/collection.yaml"
        params:
            models={MODELS[name].model: MODELS[name].reasoning for name in SIMULATED_MODELS},
            personas={MODELS[name].model: simulated_personas(name) for name in SIMULATED_MODELS},
            prompt_versions=CONFIG.prompt_versions,
            seed=CONFIG.seed,
        message:
            "Simulating answers under personas and value steering"
        script:
            "../scripts/simulation/simulate_conditions.py"


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
        model=any_of(MODELS.keys() - EXPORTS.keys() - set(LIVE)),
        condition=BASELINE,
    conda:
        "../../envs/collection.yaml"
    params:
        # The whole row: whatever changes in it, this model's answers are collected again.
        model=model_row,
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Reading the recorded answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/paper/read_answers.py"


rule import_answers:
    input:
        export=lambda wildcards: EXPORTS[wildcards.model],
        item_table="<results>/study/items.parquet",
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
        model=lambda wildcards: MODELS[wildcards.model].model,
        message=message_of,
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Importing the published live answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/responses/import_answers.py"
