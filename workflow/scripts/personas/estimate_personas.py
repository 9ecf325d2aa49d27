"""What personas and value steering do to models, from their answers or as printed, and how people's groups differ."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.checking import read_rows
from value_portrait.config_tables import Persona
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper import personas as paper
from value_portrait.personas import bias as persona_bias
from value_portrait.personas import steering
from value_portrait.personas.effects import Effects, estimate_effects, join
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, schemas, write_csv, write_table


def estimate_personas(
    inputs: dict[str, Any], params: dict[str, Any], outputs: dict[str, str], instrument: Instrument
) -> None:
    """Write the table ``persona_effects`` and what follows from it, each to the output of its name.

    ``inputs`` holds personas, and as the study has them: people; printed and printed_steering; and ratings, item_table
    and item_key. ``params`` are prompt_versions, centring, resamples and seed.
    """
    personas = [row for _, row in read_rows(inputs["personas"], "personas", Persona)]
    people = pd.DataFrame(columns=list(schemas(instrument)["people"].columns))
    if "people" in inputs:
        people = read_table(inputs["people"], "people", instrument).to_pandas().dropna(subset="human_effect")
    parts = []
    if "printed" in inputs:
        printed, told = (pd.read_csv(inputs[name], comment="#") for name in ("printed", "printed_steering"))
        parts.append(paper.printed_effects(printed, told, personas, instrument))
    if "ratings" in inputs:
        parts.append(_from_answers(inputs, params, personas, instrument))
    effects = join(parts)
    bias = persona_bias.hold_against_people(effects, people, instrument)
    if "people" in inputs:
        for group in sorted(set(effects.table["people"].dropna()) - set(people["group"])):
            logging.warning("%s is a group of people in the personas, but has no means; it is left out.", group)
    agreement = persona_bias.assess_agreement(bias, effects.draws, params["resamples"], params["seed"])
    trends = persona_bias.assess_trends(effects.table, people)
    findings = paper.quoted_findings(bias)
    hits = steering.hit_targets(effects.table, instrument)
    by_distance = steering.change_by_distance(effects, params["seed"], instrument)
    pairs = steering.judge_pairs(effects, instrument)
    write_table(effects.table, outputs["effects"], "persona_effects", instrument)
    tables = {"bias": bias.drop(columns="row"), "agreement": agreement, "trends": trends, "findings": findings}
    tables |= {"steering_hits": hits, "steering_distance": by_distance, "steering_pairs": pairs}
    for name, table in tables.items():
        write_csv(table, outputs[name])
    n_versions = len(params["prompt_versions"])
    text = "# Personas, people and value steering\n" + paper.describe_findings(findings)
    text += persona_bias.describe(agreement, trends, effects.table, n_versions, instrument)
    with written_whole(Path(outputs["description"])) as partial:
        partial.write_text(text + steering.describe(hits, by_distance, pairs, instrument), encoding="utf-8")


def _from_answers(
    inputs: dict[str, Any], params: dict[str, Any], personas: list[Persona], instrument: Instrument
) -> Effects:
    items = read_table(inputs["item_table"], "items", instrument, columns=["item_id", "query_id"])
    ids, queries = items["item_id"].to_pylist(), items["query_id"].to_pylist()
    rated = read_ratings(inputs["ratings"], "rating", params["prompt_versions"], ids, instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    return estimate_effects(rated, queries, key, params["centring"], personas, params["seed"], instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_personas(
            dict(snakemake.input.items()),
            dict(snakemake.params.items()),
            dict(snakemake.output.items()),
            as_instrument(snakemake.params.instrument),
        )
