"""What personas and value steering do to models, from their answers or as printed, and how people's groups differ."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.personas import bias as persona_bias
from value_portrait.personas import steering
from value_portrait.personas.effects import Effects, estimate_effects, join, printed_effects
from value_portrait.scores.ratings import read_ratings
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_csv, write_table


def estimate_personas(inputs: dict[str, Any], params: dict[str, Any], outputs: dict[str, str]) -> None:
    """Write the table ``persona_effects`` and what follows from it, each to the output of its name.

    ``inputs`` holds people and personas, and as the study has them: printed and printed_steering; and ratings,
    item_table and item_key. ``params`` are prompt_versions, centring and seed.
    """
    columns = ["persona", "axis", "order", "group", "people"]
    personas = pd.read_csv(inputs["personas"], sep="\t", usecols=columns, keep_default_na=False, na_values=[""])
    people = read_table(inputs["people"], "people").to_pandas().dropna(subset="human_effect")
    parts = []
    if "printed" in inputs:
        tables = [pd.read_csv(inputs[name], comment="#") for name in ("printed", "printed_steering")]
        parts.append(printed_effects(*tables, personas))
    if "ratings" in inputs:
        parts.append(_from_answers(inputs, params, personas))
    effects = join(parts)
    bias = persona_bias.hold_against_people(effects, people)
    for group in sorted(set(effects.table["people"].dropna()) - set(people["group"])):
        logging.warning("%s is a group of people in the personas, but has no means; it is left out.", group)
    agreement = persona_bias.assess_agreement(bias, effects.draws)
    trends = persona_bias.assess_trends(effects.table, people)
    findings = persona_bias.quoted_findings(bias)
    hits, by_distance, pairs = (
        steering.hit_targets(effects.table),
        steering.change_by_distance(effects, params["seed"]),
        steering.judge_pairs(effects),
    )
    write_table(effects.table, outputs["effects"], "persona_effects")
    write_csv(bias.drop(columns="row"), outputs["bias"])
    write_csv(agreement, outputs["agreement"])
    write_csv(trends, outputs["trends"])
    write_csv(findings, outputs["findings"])
    write_csv(hits, outputs["steering_hits"])
    write_csv(by_distance, outputs["steering_distance"])
    write_csv(pairs, outputs["steering_pairs"])
    with written_whole(Path(outputs["description"])) as partial:
        text = persona_bias.describe(findings, agreement, trends, effects.table, len(params["prompt_versions"]))
        partial.write_text(text + steering.describe(hits, by_distance, pairs), encoding="utf-8")


def _from_answers(inputs: dict[str, Any], params: dict[str, Any], personas: pd.DataFrame) -> Effects:
    items = read_table(inputs["item_table"], "items", columns=["item_id", "query_id"])
    ids, queries = items["item_id"].to_pylist(), items["query_id"].to_pylist()
    rated = read_ratings(inputs["ratings"], "rating", params["prompt_versions"], ids, VALUE_PORTRAIT)
    key = read_table(inputs["item_key"], "item_key").to_pandas()
    return estimate_effects(rated, queries, key, params["centring"], personas, params["seed"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_personas(dict(snakemake.input.items()), dict(snakemake.params.items()), dict(snakemake.output.items()))
