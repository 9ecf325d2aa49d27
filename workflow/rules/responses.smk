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


rule read_answers:
    input:
        answers=lambda wildcards: recorded_files(wildcards.model),
        item_table="<results>/study/items.parquet",
        library=library("read_answers"),
    output:
        table="<results>/study/answers/{model}/{condition}.parquet",
    log:
        "<logs>/read_answers/{model}/{condition}.log",
    conda:
        "../../envs/collection.yaml"
    params:
        # The whole row: whatever changes in it, this model's answers are collected again.
        model=lambda wildcards: MODELS[wildcards.model],
        prompt_versions=config["prompt_versions"],
    message:
        "Reading the recorded answers of {wildcards.model} ({wildcards.condition})"
    script:
        "../scripts/read_answers.py"


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
