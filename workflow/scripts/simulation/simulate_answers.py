"""The answers of all simulated models under all their conditions; in a simulated study also the truth behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.randomness import named_generator
from value_portrait.simulation import models as simulated
from value_portrait.simulation.loadings import measured
from value_portrait.simulation.personas import draw_shifts, moved, planted_effects
from value_portrait.simulation.settings import SETTINGS, Setting
from value_portrait.tables import read_table, write_table


def simulate_answers(
    items: str,
    source: str,
    models: Sequence[Mapping[str, Any]],
    prompt_versions: Sequence[str],
    seed: int,
    centring: str,
    setting: Setting,
    tables: Sequence[str],
    truth: Sequence[str],
    instrument: Instrument,
) -> None:
    """Write one table ``answers`` for each condition of each model, and the planted models as ``truth``.

    ``models`` have ``model``, ``reasoning`` (yes or no) and ``conditions``: by their ids, as ``draw_shifts`` takes
    them, the baseline with None. ``tables`` are in the order of both, ``truth`` is in that of the models; where it is
    empty nothing was planted, and ``source`` is the items' key instead of their loadings.
    """
    table = read_table(items, "items", instrument, columns=["item_id", "query_id"])
    ids, loadings, difficulty = measured(table, source, bool(truth), setting, instrument)
    queries = table["query_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    paths, truths = iter(tables), iter(truth)
    for about in models:
        name, conditions = about["model"], about["conditions"]
        shifts = draw_shifts(name, seed, {key: told for key, told in conditions.items() if told}, instrument)
        rng = named_generator(name, seed)
        plain = simulated.draw_model(rng, name, setting, instrument)
        views = simulated.draw_views(rng, difficulty, queries, seed, setting, instrument)
        for condition, told in conditions.items():
            planted, own = plain, rng
            if told:
                planted = moved(plain, shifts[condition], instrument)
                own = named_generator(f"{name} under {condition}", seed)
            expected = simulated.expected_ratings(planted, loadings, views, instrument)
            reasoning = about["reasoning"] == "yes"
            answers = simulated.draw_answers(
                own, planted, expected, ids, condition, prompt_versions, reasoning, instrument
            )
            write_table(answers, next(paths), "answers", instrument)
        if truth:
            effects = planted_effects(plain, shifts, loadings, centring, instrument)
            with written_whole(next(truths)) as partial:
                partial.write_bytes(orjson.dumps(replace(plain, conditions=effects), option=orjson.OPT_INDENT_2))


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_answers(
            snakemake.input.item_table,
            snakemake.input.source,
            snakemake.params.models,
            snakemake.params.prompt_versions,
            snakemake.params.seed,
            snakemake.params.centring,
            SETTINGS[snakemake.params.setting],
            snakemake.output.tables,
            snakemake.output.truth,
            as_instrument(snakemake.params.instrument),
        )
