"""The answers of all simulated models under personas and value steering, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from value_portrait.job import job
from value_portrait.paper.answers import tabulate_records
from value_portrait.simulation.models import (
    draw_answers,
    draw_item_noise,
    draw_model,
    expected_ratings,
    named_generator,
)
from value_portrait.simulation.people_and_items import LOADINGS, loading_matrix
from value_portrait.simulation.personas import draw_shifts, moved
from value_portrait.tables import read_table, write_table


def simulate_conditions(
    items: str,
    prompts: str,
    loadings: str,
    models: Mapping[str, str],
    personas: Mapping[str, Mapping[str, Mapping[str, Any]]],
    prompt_versions: Sequence[str],
    seed: int,
    tables: Sequence[str],
) -> None:
    """Write one table ``answers`` for each condition of each model.

    ``models`` tells whether each reasons (yes or no), ``personas`` the persona of each of its conditions; ``tables``
    are in the order of both.
    """
    rows = read_table(items, "items").to_pylist()
    ids = [row["item_id"] for row in rows]
    templates = read_table(prompts, "prompts").to_pylist()
    by_version = {(row["prompt_version"], row["template"]): row["text"] for row in templates}
    planted_loadings = loading_matrix(read_table(loadings, LOADINGS), ids)
    paths = iter(tables)
    for model, reasoning in models.items():
        rng = named_generator(model, seed)
        planted = draw_model(rng, model)
        noise = draw_item_noise(rng, len(rows))
        for condition, shift in draw_shifts(model, seed, personas[model]).items():
            other = moved(planted, shift)
            expected = expected_ratings(other, *planted_loadings) + noise
            own = named_generator(f"{model} under {condition}", seed)
            records = draw_answers(own, other, expected, rows, by_version, prompt_versions, reasoning == "yes")
            files = {version: ("simulated", part) for version, part in zip(prompt_versions, records, strict=True)}
            write_table(tabulate_records(files, model, condition, ids), next(paths), "answers")


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_conditions(
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.input.loadings,
            **snakemake.params,
            tables=snakemake.output.tables,
        )
