# The reproduction certificate: every published number beside ours, every difference explained or said to be open.
# It is about the paper, so it holds the paper's choices, whatever the config chooses for its own results.
# Takes  results/study, results/scores/ratings.parquet, data/reference, the archive's own results
# Gives  results/certificate, results/publication/{certificate.csv,certificate.md,verdict.txt,figures/certificate.png}


include: "certificate_inputs.smk"


# Apart from what depends on models' answers, so that a changed model does not search again.
rule explain_correlations:
    input:
        survey="<results>/study/survey.parquet",
        participants="<results>/study/participants.parquet",
        published="<results>/items/published_correlations.parquet",
        tagged_items=f"<archive>/{study.ITEMS}",
        library=library("paper/explain_correlations"),
    output:
        recomputed="<results>/certificate/recomputed_correlations.parquet",
        explained="<results>/certificate/explained_correlations.parquet",
        without_repeated="<results>/certificate/correlations_without_repeated.parquet",
        second_profiles="<results>/certificate/second_profiles.csv",
        findings="<results>/certificate/findings_on_correlations.csv",
    log:
        "<logs>/explain_correlations.log",
    benchmark:
        "<benchmarks>/explain_correlations.tsv"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    message:
        "Searching the cause of every correlation that differs from the published one"
    script:
        "../scripts/paper/explain_correlations.py"


# Upstream of the certificate, which a file that is not what it must be thus leaves alone.
rule read_published:
    input:
        [path for name in RECORDED_FILES for path in recorded_files(name)],
        [f"<archive>/{path}" for path in published_results()],
        **SOURCES,
        library=library("paper/read_published"),
    output:
        records="<results>/certificate/records.parquet",
        fingerprints="<results>/certificate/fingerprints.csv",
        findings="<results>/certificate/findings_on_sources.csv",
    log:
        "<logs>/read_published.log",
    benchmark:
        "<benchmarks>/read_published.tsv"
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        archive=archive_folder,
        answers=recorded_answer_files,
    message:
        "Reading what the paper prints and its archive states"
    script:
        "../scripts/paper/read_published.py"


# The paper's own tables, which are printed beside ours.
PAPER_TABLES = ("topics", "items_per_value", "value_scores", "trait_scores", "cross_loading", "reliability")


rule write_certificate:
    input:
        [f"<archive>/{path}" for path in published_results()],
        **SOURCES,
        **PEOPLE,
        recomputed="<results>/certificate/recomputed_correlations.parquet",
        explained="<results>/certificate/explained_correlations.parquet",
        without_repeated="<results>/certificate/correlations_without_repeated.parquet",
        findings_on_correlations="<results>/certificate/findings_on_correlations.csv",
        ratings="<results>/scores/ratings.parquet",
        records="<results>/certificate/records.parquet",
        findings_on_sources="<results>/certificate/findings_on_sources.csv",
        item_key="<results>/items/item_key.csv",
        reliability="<results>/scores/reliability.csv",
        persona_effects="<results>/personas/effects.csv",
        library=library("paper/write_certificate"),
    output:
        certificate=reported("<results>/publication/certificate.csv", "certificate", "Certificate"),
        description=reported("<results>/publication/certificate.md", "certificate", "Certificate"),
        beside_print=[
            f"<results>/publication/tables/{name}_beside_print.{suffix}"
            for name in PAPER_TABLES
            for suffix in ("csv", "tex")
        ],
        drawn=figures("Certificate", "certificate"),
        verdict="<results>/publication/verdict.txt",
        differences="<results>/certificate/differences.txt",
        findings="<results>/certificate/findings.csv",
        parser_answers="<results>/certificate/parser_answers.csv",
        parser_effects="<results>/certificate/parser_effects.csv",
        tag_changes="<results>/certificate/tag_changes.csv",
        profile_changes="<results>/certificate/profile_changes.csv",
        lost_items="<results>/certificate/lost_items.csv",
        record_differences="<results>/certificate/record_differences.csv",
        switched_pairs="<results>/certificate/switched_pairs.csv",
        alpha_choices="<results>/certificate/alpha_choices.csv",
    log:
        "<logs>/write_certificate.log",
    benchmark:
        "<benchmarks>/write_certificate.tsv"
    # The page waits for it.
    priority: 1
    conda:
        "../../envs/analysis.yaml"
    resources:
        mem_mb=1250,
    params:
        archive=archive_folder,
        recorded=list(recorded_answer_files(None)),
        archived=archived_answer_files,
        observations=CONFIG.reliability.observations,
        prompt_versions=CONFIG.prompt_versions,
    message:
        "Comparing every published number with ours"
    script:
        "../scripts/paper/write_certificate.py"


# The verdict is a rule of its own: when it fails, the certificate that says why stays.
rule check_certificate:
    input:
        differences="<results>/certificate/differences.txt",
    output:
        checked="<results>/certificate/checked.txt",
    log:
        "<logs>/check_certificate.log",
    conda:
        "../../envs/analysis.yaml"
    message:
        "Looking for published numbers that differ from ours"
    shell:
        "cp {input.differences} {log} && test ! -s {log} && touch {output.checked}"
