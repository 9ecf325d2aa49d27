"""Figures of what the numbers are worth: portraits and profiles with intervals, chance, variance, claims."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from matplotlib.figure import Figure
from value_portrait.instrument import Family, Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_chance, figures_claims, figures_portraits, figures_robustness
from value_portrait.publication.saving import Drawing, save_figures
from value_portrait.robustness.shares import UNIVERSES
from value_portrait.tables import read_table


def draw_robustness(
    inputs: Mapping[str, str],
    models: Mapping[str, Mapping[str, Any]],
    measures: Mapping[str, str],
    mark: str,
    outputs: Iterable[str],
    instrument: Instrument,
) -> None:
    """Draw the figures whose tables are among the ``inputs``; ``measures`` says what claims' numbers are."""

    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is a null, for a model may be called NA.
        return pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])

    def portraits(family: Family) -> Figure:
        columns = ["family", "dimension", "first", "second", "inference", "p"]
        options = pyarrow.csv.ConvertOptions(include_columns=columns, auto_dict_encode=True)
        tables = {name: read(name) for name in ("mean_profile", "family_profiles")} | {
            "uncertainty": read("uncertainty").query("condition == 'baseline'"),
            # Of hundreds of models there are millions of rows.
            "pairs": pyarrow.csv.read_csv(inputs["pairs"], convert_options=options).to_pandas(),
        }
        return figures_portraits.portraits(tables, models, family, instrument)

    def curve() -> Figure:
        claims, table = read("claims"), read_table(inputs["universes"], UNIVERSES)
        shown = pc.is_in(table["claim"], pa.array(figures_claims.headline_claims(claims), pa.string()))
        return figures_claims.specification_curve(table.filter(shown).to_pandas(), claims, measures)

    drawings: dict[str, Drawing] = {
        family.figure: partial(portraits, family) for family in instrument.families if family.figure and family.circle
    }
    drawings |= {
        "profile_intervals": lambda: figures_robustness.profile_intervals(
            read("uncertainty").query("condition == 'baseline'"),
            read("mean_profile"),
            {name: model["family"] for name, model in models.items()},
            instrument,
        ),
        "variance_components": lambda: figures_robustness.variance_components(
            read("variance"), read("precision"), instrument
        ),
        "headlines_by_chance": lambda: figures_chance.headlines_by_chance(read("alternatives"), instrument),
        "circle_fit": lambda: figures_chance.circle_fit(read("circle")),
        "specification_curve": curve,
        "claims_held": lambda: figures_claims.claims_held(read("claims")),
    }
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_robustness(
            dict(snakemake.input.items()),
            snakemake.params.models,
            snakemake.params.measures,
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
