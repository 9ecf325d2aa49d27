"""What a run found, in a few lines."""

from collections.abc import Mapping, Sequence

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.claims import agreement_line
from value_portrait.publication.findings import summarise
from value_portrait.publication.worth import chance_line, validity_line, verdict_line
from value_portrait.robustness.chance import TAGS_BY_CHANCE
from value_portrait.robustness.claims import read_claims
from value_portrait.robustness.comparison_tables import MEAN_PROFILE, RANKS
from value_portrait.robustness.groups import GROUPS
from value_portrait.robustness.shares import CLAIMS
from value_portrait.robustness.validity import VALIDITY
from value_portrait.scores.sensitivity import wordings
from value_portrait.tables import read_table, sensitivity_schema

TABLES = {"survey": "survey", "key": "item_key", "profiles": "profiles", "reliability": "reliability"}
TABLES |= {"counts": "answer_counts"}
WORTH = {"groups": GROUPS, "claims": CLAIMS, "ranks": RANKS, "mean_profile": MEAN_PROFILE}
WORTH |= {"chance": TAGS_BY_CHANCE, "validity": VALIDITY}


def write_summary(
    inputs: Mapping[str, str],
    summary: str,
    study: str,
    prompt_versions: list[str],
    left_out: Sequence[str],
    instrument: Instrument,
) -> None:
    """Write the summary of the baseline condition as Markdown."""
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
    tables |= {name: read_table(inputs[name], own).to_pandas() for name, own in WORTH.items() if name in inputs}
    worth = [verdict_line(tables, read_claims(inputs["table_of_claims"], instrument), instrument)]
    if "chance" in tables:
        worth += [chance_line(tables["chance"], instrument), validity_line(tables["validity"], instrument)]
    claims = [agreement_line(tables["profiles"], instrument)] if study == "paper" else []
    with written_whole(summary) as partial:
        partial.write_text(summarise(tables, study, claims, worth, left_out, instrument), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_summary(
            dict(snakemake.input.items()),
            snakemake.output.summary,
            snakemake.params.study,
            snakemake.params.prompt_versions,
            snakemake.params.left_out,
            as_instrument(snakemake.params.instrument),
        )
