# A page for each live model, and for any other that is asked for: results/publication/models/<model>.md
# Takes  results/{responses,scores,robustness}
# Gives  results/publication/models


rule describe_model:
    input:
        uncertainty="<results>/robustness/uncertainty.csv",
        pairs="<results>/robustness/pairs.csv",
        ranks="<results>/robustness/ranks.csv",
        answer_counts="<results>/scores/answer_counts.csv",
        asked=lambda wildcards: [
            f"<results>/responses/{wildcards.model}/{condition}.json"
            for condition in CONDITIONS[wildcards.model]
            if wildcards.model in LIVE
        ],
        library=library("publication/describe_model"),
    output:
        page="<results>/publication/models/{model}.md",
        figures=multiext("<results>/publication/models/{model}", ".png", ".pdf", ".svg"),
    log:
        "<logs>/describe_model/{model}.log",
    wildcard_constraints:
        model=any_of(name for name, own in CONDITIONS.items() if own),
    conda:
        "../../envs/analysis.yaml"
    params:
        model=lambda wildcards: MODELS[wildcards.model].model,
        mark=MARK,
        instrument=INSTRUMENT,
    message:
        "Describing {wildcards.model}"
    script:
        "../scripts/publication/describe_model.py"
