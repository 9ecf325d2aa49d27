# The plan: how sure live models' scores would be, and what that would cost; asks nothing.
# Takes  results/{study,items}, the answers of models that are not live, the store of live answers
# Gives  results/robustness/plan.{csv,md}


rule plan_designs:
    input:
        answers=[
            f"<results>/responses/{name}/{BASELINE}.parquet"
            for name, own in CONDITIONS.items()
            if own and name not in LIVE
        ],
        item_table="<results>/study/items.parquet",
        asked_items=ASKED["item_table"],
        prompts="<results>/study/prompts.parquet",
        item_key="<results>/items/item_key.csv",
        providers=CONFIG.providers,
        library=library("robustness/plan_designs"),
    output:
        table="<results>/robustness/plan.csv",
        report="<results>/robustness/plan.md",
    log:
        "<logs>/plan_designs.log",
    benchmark:
        "<benchmarks>/plan_designs.tsv"
    conda:
        "../../envs/planning.yaml"
    params:
        **LIVE_PARAMS,
        instrument=INSTRUMENT,
        live_models={name: MODELS[name].model_dump() for name in LIVE},
        choices={
            "prompt_versions": CONFIG.prompt_versions,
            "parser": CONFIG.scoring.parser,
            "centring": CONFIG.scoring.centring,
            "n_models": sum(row.answers != "printed" for row in MODELS.values()),
            "panel": PANEL,
            "seed": CONFIG.seed,
            "standard_error": CONFIG.plan.standard_error,
        },
    message:
        "Planning how sure scores would be, and for how much"
    script:
        "../scripts/robustness/plan_designs.py"


rule plan:
    input:
        rules.plan_designs.output,
    message:
        "The plan is made"
