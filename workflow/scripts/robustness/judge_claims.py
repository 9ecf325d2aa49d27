"""Every claim in every defensible analysis."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness import multiverse as options
from value_portrait.robustness import shares
from value_portrait.robustness.claims import conditions_of, families_of, read_claims
from value_portrait.robustness.other_correlations import OTHER_CORRELATIONS, arrange_correlations, arrange_published
from value_portrait.robustness.universes import GivenKey, KeyMaker, score_universes
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_table


def judge_claims(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    choices: Mapping[str, Mapping[str, Any]],
    prompt_versions: Sequence[str],
    models: Mapping[str, Mapping[str, Any]],
    limit: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the tables ``UNIVERSES`` and ``CLAIMS``; ``choices`` are the sections items and scoring of the config."""
    claims = read_claims(inputs["claims"], instrument)
    scored = replace(instrument, families=tuple(families_of(claims, instrument)))
    ids = read_table(inputs["item_table"], "items", instrument, ["item_id"])["item_id"].to_pylist()
    settings, main = options.options_of_answers(choices["scoring"], prompt_versions, instrument)
    keys: KeyMaker | GivenKey
    if inputs["other_correlations"]:
        table = read_table(inputs["other_correlations"], OTHER_CORRELATIONS)
        published = None
        if inputs["published"]:
            columns = ["item_id", "family", "dimension", "rho", "p"]
            printed = read_table(inputs["published"], "correlations", instrument, columns)
            published = arrange_published(printed, ids, instrument)
        keys = KeyMaker(arrange_correlations(table, ids, instrument), published, scored, instrument)
        of_key = options.options_of_raters(choices["items"], bool(inputs["published"]))
    else:
        keys = GivenKey(read_table(inputs["item_key"], "item_key", instrument).to_pandas(), ids, scored)
        of_key = options.options_of_given_key(keys.given)
    multiverse = options.spread_out(of_key[0] | settings, of_key[1] | main, limit, seed)
    ratings = {
        parser: read_ratings(inputs["ratings"], f"{parser}_rating", prompt_versions, ids, instrument)
        for parser in settings["parser"]
    }
    needed = conditions_of(claims) | {BASELINE}
    rated = np.any([own.rated.any(axis=(1, 2)) for own in ratings.values()], axis=0)
    subjects = next(iter(ratings.values())).subjects
    places = [place for place, (_, condition) in enumerate(subjects) if condition in needed and rated[place]]
    ratings = {parser: own.take(places) for parser, own in ratings.items()}
    scores = score_universes(multiverse, keys, ratings, scored) if claims and places else []
    outcomes = shares.judge_claims(
        claims, len(multiverse.codes), scores, [subjects[place] for place in places], models, scored
    )
    write_table(shares.universes_table(multiverse, outcomes), outputs["universes"], shares.UNIVERSES)
    write_table(shares.claims_table(multiverse, outcomes), outputs["claims"], shares.CLAIMS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        judge_claims(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.choices,
            snakemake.params.prompt_versions,
            snakemake.params.models,
            snakemake.params.limit,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
