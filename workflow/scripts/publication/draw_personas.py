"""Figures of personas and value steering, for every model that has them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from value_portrait.dimensions import STEERING
from value_portrait.job import job
from value_portrait.publication import figures_personas
from value_portrait.publication.drawing import save_figure
from value_portrait.tables import read_table


def draw_personas(
    effects: str,
    bias: str,
    agreement: str,
    steering_distance: str,
    steering_hits: str,
    figures: Mapping[str, Mapping[str, str]],
    study: str,
    folder: Path,
) -> None:
    """Draw ``figures`` into ``folder``: of each, by its name, the ``kind``, ``source`` and ``model``."""
    table = read_table(effects, "persona_effects").to_pandas()
    paths = (bias, agreement, steering_distance, steering_hits)
    others = {path: pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in paths}
    for name, about in figures.items():
        own = {path: _part(other, about) for path, other in others.items()}
        if about["kind"] == "personas_and_people":
            figure = figures_personas.personas_and_people(own[bias], own[agreement])
        elif about["kind"] == STEERING:
            figure = figures_personas.steering(_part(table, about), own[steering_distance], own[steering_hits])
        else:
            figure = figures_personas.persona_effects(_part(table, about))
        save_figure(figure, folder / name, study == "simulated")


def _part(table: pd.DataFrame, about: Mapping[str, str]) -> pd.DataFrame:
    return table[(table["source"] == about["source"]) & (table["model"] == about["model"])]


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_personas(
            snakemake.input.effects,
            snakemake.input.bias,
            snakemake.input.agreement,
            snakemake.input.steering_distance,
            snakemake.input.steering_hits,
            **snakemake.params,
            folder=Path(snakemake.output[0]).parent,
        )
