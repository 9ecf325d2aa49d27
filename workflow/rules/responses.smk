# Responses: one table of raw answers per model and condition, whatever their source.
# Takes  the archive's answer files, simulated ones in the same format, exports of others, or the store of live answers
# Gives  results/responses/<model>/<condition>.parquet

if SIMULATED:

    rule simulate_answers:
        input:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            loadings="<results>/study/truth/loadings.parquet",
            library=library("simulate_answers"),
        output:
            answers=[simulated_file("{model}", version) for version in config["prompt_versions"]],
            truth="<results>/study/truth/models/{model}.json",
        log:
            "<logs>/simulate_answers/{model}.log",
        conda:
            "../../envs/collection.yaml"
        params:
            model=model_row,
            personas=lambda wildcards: simulated_personas(wildcards.model),
            centring=config["scoring"]["centring"],
            prompt_versions=config["prompt_versions"],
            seed=config["seed"],
        message:
            "Simulating the answers of {wildcards.model}"
        script:
            "../scripts/simulate_answers.py"

    # One job for all, since a job for each of many conditions would cost more than its work. The archive has no files
    # for conditions, so these answers are simulated as tables.
    rule simulate_conditions:
        input:
            item_table="<results>/study/items.parquet",
            prompts="<results>/study/prompts.parquet",
            loadings="<results>/study/truth/loadings.parquet",
            library=library("simulate_conditions"),
        output:
            tables=[
                f"<results>/study/answers/{name}/{condition}.parquet"
                for name in SIMULATED_MODELS
                for condition in simulated_personas(name)
            ],
        log:
            "<logs>/simulate_conditions.log",
        conda:
            "../../envs/collection.yaml"
        params:
            models={MODELS[name]["model"]: MODELS[name]["reasoning"] for name in SIMULATED_MODELS},
            personas={MODELS[name]["model"]: simulated_personas(name) for name in SIMULATED_MODELS},
            prompt_versions=config["prompt_versions"],
            seed=config["seed"],
        message:
            "Simulating answers under personas and value steering"
        script:
            "../scripts/simulate_conditions.py"


rule read_answers:
    input:
        answers=lambda wildcards: recorded_files(wildcards.model),
        item_table="<results>/study/items.parquet",
        library=library("read_answers"),
    output:
        table="<results>/study/answers/{model}/{condition}.parquet",
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
        prompt_versions=config["prompt_versions"],
    message:
        "Reading the recorded answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/read_answers.py"


rule import_answers:
    input:
        export=lambda wildcards: EXPORTS[wildcards.model],
        item_table="<results>/study/items.parquet",
        prompts="<results>/study/prompts.parquet",
        library=library("import_answers"),
    output:
        table="<results>/study/answers/{model}/{condition}.parquet",
    log:
        "<logs>/import_answers/{model}/{condition}.log",
    wildcard_constraints:
        model=any_of(EXPORTS),
    conda:
        "../../envs/live.yaml"
    params:
        model=lambda wildcards: MODELS[wildcards.model]["model"],
        message=message_of,
        prompt_versions=config["prompt_versions"],
    message:
        "Importing the published live answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/import_answers.py"


# Before the thousands: a wrong key or model id costs one request. What it found stays in the store.
rule preflight_model:
    input:
        providers=config["providers"],
        library=library("preflight_model"),
    output:
        finding="<results>/responses/{model}/preflight.json",
    log:
        "<logs>/preflight_model/{model}.log",
    wildcard_constraints:
        model=any_of(LIVE),
    conda:
        "../../envs/live.yaml"
    resources:
        **{f"jobs_{provider}": jobs_of(provider) for provider in PROVIDERS},
    params:
        **LIVE_PARAMS,
        model=model_row,
        system=takes_system_message,
    message:
        "Asking {wildcards.model} whether it can be asked"
    script:
        "../scripts/preflight_model.py"


# The answers go to the store, which is no output: a failed or repeated job must not cost what is paid for.
rule query_model:
    input:
        finding="<results>/responses/{model}/preflight.json",
        item_table="<results>/study/items.parquet",
        prompts="<results>/study/prompts.parquet",
        providers=config["providers"],
        library=library("query_model"),
    output:
        summary="<results>/responses/{model}/{condition}.json",
    log:
        "<logs>/query_model/{model}/{condition}.log",
    benchmark:
        "<benchmarks>/query_model/{model}/{condition}.tsv"
    wildcard_constraints:
        model=any_of(LIVE),
        condition=any_of({condition for own in CONDITIONS.values() for condition in own}),
    conda:
        "../../envs/live.yaml"
    resources:
        **{f"jobs_{provider}": jobs_of(provider) for provider in PROVIDERS},
    params:
        **LIVE_PARAMS,
        model=model_row,
        message=message_of,
        prompt_versions=config["prompt_versions"],
    message:
        "Asking {wildcards.model} ({wildcards.condition}) what it has not answered yet"
    script:
        "../scripts/query_model.py"


rule assemble_answers:
    input:
        summary="<results>/responses/{model}/{condition}.json",
        finding="<results>/responses/{model}/preflight.json",
        item_table="<results>/study/items.parquet",
        prompts="<results>/study/prompts.parquet",
        providers=config["providers"],
        library=library("assemble_answers"),
    output:
        table="<results>/study/answers/{model}/{condition}.parquet",
    log:
        "<logs>/assemble_answers/{model}/{condition}.log",
    wildcard_constraints:
        model=any_of(LIVE),
    conda:
        "../../envs/live.yaml"
    params:
        **LIVE_PARAMS,
        model=model_row,
        message=message_of,
        prompt_versions=config["prompt_versions"],
    message:
        "Assembling the live answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/assemble_answers.py"


# A copy, so that a fault in a model's files is found before the table of an earlier run is given up.
rule collect_answers:
    input:
        table="<results>/study/answers/{model}/{condition}.parquet",
    output:
        table="<results>/responses/{model}/{condition}.parquet",
    log:
        "<logs>/collect_answers/{model}/{condition}.log",
    conda:
        "../../envs/collection.yaml"
    message:
        "Collecting the answers of {wildcards.model} ({wildcards.condition})"
    shell:
        "cp {input.table} {output.table} 2> {log}"


rule estimate_queries:
    input:
        item_table="<results>/study/items.parquet",
        prompts="<results>/study/prompts.parquet",
        providers=config["providers"],
        library=library("estimate_queries"),
    output:
        table="<results>/responses/estimate.txt",
    log:
        "<logs>/estimate_queries.log",
    conda:
        "../../envs/live.yaml"
    params:
        **LIVE_PARAMS,
        live_models={name: MODELS[name] for name in LIVE},
        conditions={name: {one: (own.kind, own.message) for one, own in CONDITIONS[name].items()} for name in LIVE},
        prompt_versions=config["prompt_versions"],
    message:
        "Estimating what live answers would cost"
    script:
        "../scripts/estimate_queries.py"
