# Responses: one table of raw answers per model and condition, whatever their source.
# Takes  the archive's answer files, or simulated ones in the same format
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
            model=lambda wildcards: MODELS[wildcards.model],
            prompt_versions=config["prompt_versions"],
            seed=config["seed"],
        message:
            "Simulating the answers of {wildcards.model}"
        script:
            "../scripts/simulate_answers.py"


# As check_study: a fault in a model's files shows before its earlier table is given up.
rule check_answers:
    input:
        answers=recorded_files,
        item_table="<results>/study/items.parquet",
        library=library("check_answers"),
    output:
        checked="<results>/study/checked_answers/{model}.txt",
    log:
        "<logs>/check_answers/{model}.log",
    conda:
        "../../envs/collection.yaml"
    params:
        model=lambda wildcards: MODELS[wildcards.model]["model"],
        prompt_versions=config["prompt_versions"],
    message:
        "Checking the recorded answers of {wildcards.model}"
    script:
        "../scripts/check_answers.py"


rule collect_answers:
    input:
        checked="<results>/study/checked_answers/{model}.txt",
        answers=recorded_files,
        item_table="<results>/study/items.parquet",
        library=library("collect_answers"),
    output:
        table="<results>/responses/{model}/{condition}.parquet",
    log:
        "<logs>/collect_answers/{model}/{condition}.log",
    conda:
        "../../envs/collection.yaml"
    params:
        # The whole row: whatever changes in it, this model's answers are collected again.
        model=lambda wildcards: MODELS[wildcards.model],
        prompt_versions=config["prompt_versions"],
    message:
        "Collecting the answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/collect_answers.py"
