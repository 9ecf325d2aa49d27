"""The answers of one simulated model, in the format of the authors' archive, and the truth behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from value_portrait.job import job
from value_portrait.simulation.models import (
    draw_answers,
    draw_item_noise,
    draw_model,
    expected_ratings,
    named_generator,
)
from value_portrait.simulation.people_and_items import LOADINGS, loading_matrix, write_content
from value_portrait.simulation.personas import draw_shifts, planted_effects
from value_portrait.tables import read_table


def simulate_answers(
    items: str,
    prompts: str,
    loadings: str,
    model: str,
    reasoning: bool,
    personas: Mapping[str, Mapping[str, Any]],
    centring: str,
    prompt_versions: Sequence[str],
    seed: int,
    answers: Sequence[str],
    truth: str,
) -> None:
    """Write one file of ``answers`` for each of ``prompt_versions``, in order, and the planted model as ``truth``.

    ``personas`` are those of the model's conditions, whose planted effects are a part of its truth.
    """
    rows = read_table(items, "items").to_pylist()
    templates = read_table(prompts, "prompts").to_pylist()
    by_version = {(row["prompt_version"], row["template"]): row["text"] for row in templates}
    planted_loadings = loading_matrix(read_table(loadings, LOADINGS), [row["item_id"] for row in rows])
    rng = named_generator(model, seed)
    planted = draw_model(rng, model)
    expected = expected_ratings(planted, *planted_loadings) + draw_item_noise(rng, len(rows))
    files = draw_answers(rng, planted, expected, rows, by_version, prompt_versions, reasoning)
    for path, records in zip(answers, files, strict=True):
        write_content(records, path)
    effects = planted_effects(planted, draw_shifts(model, seed, personas), *planted_loadings, centring)
    write_content(replace(planted, conditions=effects), truth)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        simulate_answers(
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.input.loadings,
            snakemake.params.model["model"],
            snakemake.params.model["reasoning"] == "yes",
            snakemake.params.personas,
            snakemake.params.centring,
            snakemake.params.prompt_versions,
            snakemake.params.seed,
            snakemake.output.answers,
            snakemake.output.truth,
        )
