# The live answers of the responses stage: asked for where the store has none, and tabled from it.
# Takes  the providers, results/study/{items,prompts}, the store of live answers
# Gives  results/responses/<model>/<condition>.parquet of live models, with a summary; results/responses/estimate.txt


# Before the thousands: a wrong key or model id costs one request. What it found stays in the store.
rule preflight_model:
    input:
        providers=CONFIG.providers,
        library=library("responses/preflight_model"),
    output:
        finding="<results>/responses/{model}/preflight.json",
    log:
        "<logs>/preflight_model/{model}.log",
    wildcard_constraints:
        model=any_of(LIVE),
    # What a provider refuses it refuses again; profiles of clusters repeat other jobs.
    retries: 0
    # Asked from the submitting node, since others may have no way out; a group in the profile sends it to the cluster.
    localrule: True
    conda:
        "../../envs/live.yaml"
    resources:
        **{f"jobs_{provider}": jobs_of(provider) for provider in PROVIDERS},
        runtime=30,
    params:
        **LIVE_PARAMS,
        instrument=INSTRUMENT,
        model=model_row,
        system=takes_system_message,
        lost=lost_by_store("preflight.json", "_preflight"),
    message:
        "Asking {wildcards.model} whether it can be asked"
    script:
        "../scripts/responses/preflight_model.py"


# The answers go to the store, which is no output: a failed or repeated job must not cost what is paid for. What is
# missing is asked first, and the table then made of what the store holds.
rule query_model:
    input:
        finding="<results>/responses/{model}/preflight.json",
        item_table=ASKED["item_table"],
        prompts="<results>/study/prompts.parquet",
        providers=CONFIG.providers,
        library=library("responses/query_model"),
    output:
        table="<results>/responses/{model}/{condition}.parquet",
        summary="<results>/responses/{model}/{condition}.json",
    log:
        "<logs>/query_model/{model}/{condition}.log",
    benchmark:
        "<benchmarks>/query_model/{model}/{condition}.tsv"
    wildcard_constraints:
        model=any_of(LIVE),
        condition=any_of({condition for own in CONDITIONS.values() for condition in own}),
    # What a provider refuses it refuses again; profiles of clusters repeat other jobs.
    retries: 0
    # Asked from the submitting node, since others may have no way out; a group in the profile sends it to the cluster.
    localrule: True
    conda:
        "../../envs/live.yaml"
    resources:
        **{f"jobs_{provider}": jobs_of(provider) for provider in PROVIDERS},
        runtime=1440,
    params:
        **LIVE_PARAMS,
        instrument=INSTRUMENT,
        model=model_row,
        message=message_of,
        prompt_versions=CONFIG.prompt_versions,
        lost=lost_by_store("{condition}.json", "{condition}"),
        board=BOARD,
    message:
        "Asking {wildcards.model} ({wildcards.condition}) what it has not answered yet"
    script:
        "../scripts/responses/query_model.py"


rule estimate_queries:
    input:
        item_table=ASKED["item_table"],
        prompts="<results>/study/prompts.parquet",
        providers=CONFIG.providers,
        library=library("responses/estimate_queries"),
    output:
        table="<results>/responses/estimate.txt",
    log:
        "<logs>/estimate_queries.log",
    conda:
        "../../envs/live.yaml"
    params:
        **LIVE_PARAMS,
        instrument=INSTRUMENT,
        live_models={name: MODELS[name].model_dump() for name in LIVE},
        conditions={name: {one: (own.kind, own.message) for one, own in CONDITIONS[name].items()} for name in LIVE},
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Estimating what live answers would cost"
    script:
        "../scripts/responses/estimate_queries.py"
