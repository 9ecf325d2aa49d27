"""What a run found, in ten lines."""

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.publication.findings import summarise
from value_portrait.scores.sensitivity import wordings
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, sensitivity_schema


def write_summary(
    study: str,
    prompt_versions: list[str],
    survey: str,
    item_key: str,
    profiles: str,
    reliability: str,
    sensitivity: str,
    counts: str,
    groups: str,
    spread: str,
    people: str,
    summary: str,
) -> None:
    """Write the summary of the baseline condition as Markdown."""
    scores = read_table(profiles, "profiles").to_pandas()
    sensitivities = read_table(
        sensitivity, sensitivity_schema(wordings(prompt_versions, VALUE_PORTRAIT), VALUE_PORTRAIT)
    ).to_pandas()
    text = summarise(
        study,
        read_table(survey, "survey").to_pandas(),
        read_table(item_key, "item_key").to_pandas(),
        scores[scores["condition"] == "baseline"],
        read_table(reliability, "reliability").to_pandas(),
        sensitivities[sensitivities["condition"] == "baseline"],
        read_table(counts, "answer_counts").to_pandas().query("condition == 'baseline'"),
        pd.read_csv(groups),
        pd.read_csv(spread),
        pd.read_csv(people),
    )
    with written_whole(summary) as partial:
        partial.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        inputs = {name: path for name, path in snakemake.input.items() if name != "library"}
        write_summary(**inputs, **snakemake.params, summary=snakemake.output.summary)
