"""Figures of personas and value steering, for every model that has them."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import pandas as pd
from matplotlib.figure import Figure
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_personas
from value_portrait.publication.saving import Drawing, save_figures
from value_portrait.responses.conditions import STEERING
from value_portrait.tables import read_table

# The function that draws each kind of figure, and the tables that it takes.
KINDS: Mapping[str, tuple[Callable[..., Figure], tuple[str, ...]]] = {
    "persona_effects": (figures_personas.persona_effects, ("effects",)),
    "personas_and_people": (figures_personas.personas_and_people, ("bias", "agreement")),
    STEERING: (figures_personas.steering, ("effects", "steering_distance", "steering_hits")),
}


def draw_personas(
    inputs: Mapping[str, str],
    figures: Mapping[str, Mapping[str, str]],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw ``figures``: of each, by its name, the ``kind``, ``source`` and ``model``."""
    names = ("bias", "agreement", "steering_distance", "steering_hits")
    tables = {name: pd.read_csv(inputs[name], keep_default_na=False, na_values=[""]) for name in names}
    tables["effects"] = read_table(inputs["effects"], "persona_effects", instrument).to_pandas()
    drawings: dict[str, Drawing] = {}
    for name, about in figures.items():
        own = {table: _part(whole, about) for table, whole in tables.items()}
        draw, needed = KINDS[about["kind"]]
        parts = [own[table] for table in needed]
        drawings[name] = partial(draw, *parts, instrument)
    save_figures(drawings, outputs, mark)


def _part(table: pd.DataFrame, about: Mapping[str, str]) -> pd.DataFrame:
    return table[(table["source"] == about["source"]) & (table["model"] == about["model"])]


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_personas(
            dict(snakemake.input.items()),
            snakemake.params.figures,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
