# The figures of the publication stage, each as PNG, PDF and SVG.
# Takes  results/{study,items,scores}, results/publication/tables
# Gives  results/publication/figures


rule draw_profiles:
    input:
        profiles="<results>/scores/profiles.csv",
        models=CONFIG.models,
        library=library("publication/draw_profiles"),
    output:
        vector_figures("value_profiles", "portraits", "big_five"),
        value_profiles=report(
            "<results>/publication/figures/value_profiles.png",
            caption="../report/value_profiles.rst",
            category="Value profiles",
        ),
        portraits=report(
            "<results>/publication/figures/portraits.png",
            caption="../report/portraits.rst",
            category="Value profiles",
        ),
        big_five=report(
            "<results>/publication/figures/big_five.png",
            caption="../report/big_five.rst",
            category="Value profiles",
        ),
    log:
        "<logs>/draw_profiles.log",
    benchmark:
        "<benchmarks>/draw_profiles.tsv"
    # The slowest figures go first.
    priority: 1
    conda:
        "../../envs/analysis.yaml"
    params:
        study=CONFIG.study,
    message:
        "Drawing value profiles"
    script:
        "../scripts/publication/draw_profiles.py"


rule draw_items:
    input:
        correlations=chosen_correlations(),
        item_key="<results>/items/item_key.csv",
        topics="<results>/study/topics.csv",
        library=library("publication/draw_items"),
    output:
        vector_figures("items_per_value", "cross_loading", "topics"),
        items_per_value=report(
            "<results>/publication/figures/items_per_value.png",
            caption="../report/items_per_value.rst",
            category="Items",
        ),
        cross_loading=report(
            "<results>/publication/figures/cross_loading.png",
            caption="../report/cross_loading.rst",
            category="Items",
        ),
        topics=report(
            "<results>/publication/figures/topics.png",
            caption="../report/topics.rst",
            category="Items",
        ),
    log:
        "<logs>/draw_items.log",
    benchmark:
        "<benchmarks>/draw_items.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        threshold=CONFIG.items.threshold,
        study=CONFIG.study,
    message:
        "Drawing what the items cover"
    script:
        "../scripts/publication/draw_items.py"


rule draw_quality:
    input:
        reliability="<results>/scores/reliability.csv",
        sensitivity="<results>/scores/sensitivity.csv",
        answer_counts="<results>/scores/answer_counts.csv",
        library=library("publication/draw_quality"),
    output:
        vector_figures("reliability", "sensitivity", "answer_kinds"),
        reliability=report(
            "<results>/publication/figures/reliability.png",
            caption="../report/reliability_figure.rst",
            category="Reliability",
        ),
        sensitivity=report(
            "<results>/publication/figures/sensitivity.png",
            caption="../report/sensitivity_figure.rst",
            category="Sensitivity",
        ),
        answer_kinds=report(
            "<results>/publication/figures/answer_kinds.png",
            caption="../report/answer_kinds.rst",
            category="Sensitivity",
        ),
    log:
        "<logs>/draw_quality.log",
    benchmark:
        "<benchmarks>/draw_quality.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        study=CONFIG.study,
    message:
        "Drawing reliability, sensitivity and kinds of answers"
    script:
        "../scripts/publication/draw_quality.py"


rule draw_comparisons:
    input:
        groups="<results>/publication/tables/comparisons.csv",
        spread="<results>/publication/tables/value_spread.csv",
        people="<results>/publication/tables/models_and_people.csv",
        instruments="<results>/publication/tables/instruments.csv",
        library=library("publication/draw_comparisons"),
    output:
        vector_figures("group_comparisons", "value_spread", "models_and_people", "instruments"),
        group_comparisons=report(
            "<results>/publication/figures/group_comparisons.png",
            caption="../report/group_comparisons.rst",
            category="Comparisons",
        ),
        value_spread=report(
            "<results>/publication/figures/value_spread.png",
            caption="../report/value_spread.rst",
            category="Comparisons",
        ),
        models_and_people=report(
            "<results>/publication/figures/models_and_people.png",
            caption="../report/models_and_people.rst",
            category="Comparisons",
        ),
        instruments=report(
            "<results>/publication/figures/instruments.png",
            caption="../report/instruments.rst",
            category="Comparisons",
        ),
    log:
        "<logs>/draw_comparisons.log",
    benchmark:
        "<benchmarks>/draw_comparisons.tsv"
    conda:
        "../../envs/analysis.yaml"
    params:
        study=CONFIG.study,
    message:
        "Drawing groups of models, and models beside people"
    script:
        "../scripts/publication/draw_comparisons.py"
