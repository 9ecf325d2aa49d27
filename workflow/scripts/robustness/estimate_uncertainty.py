"""How far every model's scores depend on queries, wordings and raters."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items.validation import drop_repeated_participants, survey_blocks
from value_portrait.job import job
from value_portrait.robustness.dilution import DILUTION
from value_portrait.robustness.rekeying import LEAST_RATERS
from value_portrait.robustness.uncertainty import (
    UNCERTAINTY,
    Raters,
    estimate_effects,
    estimate_spreads,
    uncertainty_table,
)
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def estimate_uncertainty(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    prompt_versions: Sequence[str],
    rule: Mapping[str, str],
    centring: str,
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the table ``UNCERTAINTY`` of scores, and where conditions have answers that of their effects."""
    items = read_table(inputs["item_table"], "items", instrument, ["item_id", "query_id"]).to_pydict()
    ratings = read_ratings(inputs["ratings"], "rating", prompt_versions, items["item_id"], instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    raters = read_raters(inputs, rule, resamples, seed, instrument) if inputs["survey"] else None
    dilution = read_table(inputs["dilution"], DILUTION).to_pandas() if inputs["dilution"] else None
    scores, spreads = estimate_spreads(ratings, items["query_id"], key, raters, centring, instrument)
    for source, spread in spreads.items():
        untold = np.isnan(spread.variance).all(axis=0)
        if unknown := [name for (_, name), lacking in zip(instrument.dimensions, untold, strict=True) if lacking]:
            logging.warning("Uncertainty by %s cannot be told, there are too few, for %s.", source, ", ".join(unknown))
    table = uncertainty_table(ratings.subjects, scores, spreads, dilution, instrument)
    write_table(table, outputs["uncertainty"], UNCERTAINTY)
    if "effects" in outputs:
        told, effects, spreads = estimate_effects(ratings, items["query_id"], key, raters, centring, instrument)
        table = uncertainty_table(told, effects, spreads, dilution, instrument)
        write_table(table, outputs["effects"], UNCERTAINTY)


def read_raters(
    inputs: Mapping[str, str], rule: Mapping[str, str], resamples: int, seed: int, instrument: Instrument
) -> Raters | None:
    """The main study's raters; None, and a line in the log, where a group is too small to halve."""
    survey = read_table(inputs["survey"], "survey", instrument).to_pandas()
    people = read_table(inputs["participants"], "participants", instrument).to_pandas()
    if rule["repeated_participants"] == "drop":
        survey = drop_repeated_participants(survey)
    blocks = survey_blocks(survey, people)
    if min(len(block.raters) for block in blocks) < LEAST_RATERS:
        logging.warning("Some items have fewer than %d raters: raters are no source of uncertainty here.", LEAST_RATERS)
        return None
    return Raters(blocks, rule["method"], rule["polarity"] == "both", resamples, seed)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        estimate_uncertainty(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.prompt_versions,
            snakemake.params.rule,
            snakemake.params.centring,
            snakemake.params.resamples,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
