"""What a run found, in a few lines; and what its numbers are worth, in a page."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.claims import agreement_line
from value_portrait.publication.findings import summarise
from value_portrait.publication.verdicts import judge_all
from value_portrait.publication.worth import WORTH_TABLES, chance_line, describe_worth, validity_line, verdict_line
from value_portrait.robustness.claims import read_claims
from value_portrait.scores.sensitivity import wordings
from value_portrait.tables import read_table, sensitivity_schema

TABLES = {"survey": "survey", "key": "item_key", "profiles": "profiles", "reliability": "reliability"}
TABLES |= {"counts": "answer_counts"}


def write_summary(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    study: str,
    prompt_versions: list[str],
    left_out: Sequence[str],
    about: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the summary of the baseline condition and, from those of ``WORTH_TABLES`` that there are, what it is worth.

    Both are Markdown. ``about`` says whether the study is simulated, and the size of its panel, or None.
    """
    schema = sensitivity_schema(wordings(prompt_versions, instrument), instrument)
    tables = {
        name: read_table(inputs[name], table, instrument).to_pandas()
        for name, table in TABLES.items()
        if name in inputs
    }
    tables["sensitivity"] = read_table(inputs["sensitivity"], schema).to_pandas()
    for name in ("profiles", "counts", "sensitivity"):
        tables[name] = tables[name].query("condition == 'baseline'")
    for name in ("spread", "people"):
        if name in inputs:
            tables[name] = pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])
    worth = {name: read_table(inputs[name], own).to_pandas() for name, own in WORTH_TABLES.items() if name in inputs}
    claims = read_claims(inputs["table_of_claims"], instrument)
    lines = [verdict_line(judge_all(claims, worth, instrument).values())]
    if "chance" in worth:
        lines += [chance_line(worth["chance"], instrument), validity_line(worth["validity"], instrument)]
    agreement = [agreement_line(tables["profiles"], instrument)] if study == "paper" else []
    for name, text in {
        "summary": summarise(tables | worth, study, agreement, lines, left_out, instrument),
        "worth": describe_worth(worth, claims, about["simulated"], about["panel"], instrument),
    }.items():
        with written_whole(outputs[name]) as partial:
            partial.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_summary(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.study,
            snakemake.params.prompt_versions,
            snakemake.params.left_out,
            snakemake.params.about,
            as_instrument(snakemake.params.instrument),
        )
