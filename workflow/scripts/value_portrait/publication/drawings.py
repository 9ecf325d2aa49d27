"""Which figures rest on models' answers: each by its name, with the tables that it is drawn from."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from matplotlib.figure import Figure

from value_portrait.instrument import Family, Instrument
from value_portrait.publication import (
    figures_chance,
    figures_claims,
    figures_items,
    figures_models,
    figures_portraits,
    figures_robustness,
)
from value_portrait.publication.saving import Drawing
from value_portrait.robustness.shares import UNIVERSES
from value_portrait.scores.model_groups import COMPARISONS, LARGE_B
from value_portrait.tables import read_table, sensitivity_schema

TITLES = COMPARISONS | {"size": (f"large (at least {LARGE_B} B)", "small")}


def drawings_of_models(
    inputs: Mapping[str, str],
    models: Mapping[str, Mapping[str, Any]],
    marks: Mapping[str, Mapping[str, str]],
    measures: Mapping[str, str],
    instrument: Instrument,
) -> dict[str, Drawing]:
    """Every figure of the models by its name; one is drawn only where ``inputs`` have its tables.

    ``models`` holds columns of the table of models, by model and in its order; ``marks`` those of listed model
    families, as ``drawing.family_marks`` takes them; ``measures`` says what claims' numbers are.
    """
    families = {name: str(model["family"]) for name, model in models.items()}

    @cache
    def read(name: str) -> pd.DataFrame:
        # Only an empty cell is a null, for a model may be called NA.
        return pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])

    def baseline(name: str) -> pd.DataFrame:
        return read_table(inputs[name], name, instrument).to_pandas().query("condition == 'baseline'")

    def sensitivity() -> Figure:
        moves = read_table(inputs["sensitivity"], sensitivity_schema((), instrument)).to_pandas()
        return figures_models.sensitivity(moves.query("condition == 'baseline'"))

    def reliability() -> Figure:
        return figures_items.reliability(
            read_table(inputs["reliability"], "reliability", instrument).to_pandas(), instrument
        )

    def portraits(family: Family) -> Figure:
        columns = ["family", "dimension", "first", "second", "inference", "p"]
        options = pyarrow.csv.ConvertOptions(include_columns=columns, auto_dict_encode=True)
        tables = {name: read(name) for name in ("mean_profile", "family_profiles")} | {
            "uncertainty": read("uncertainty").query("condition == 'baseline'"),
            # Of hundreds of models there are millions of rows.
            "pairs": pyarrow.csv.read_csv(inputs["pairs"], convert_options=options).to_pandas(),
        }
        return figures_portraits.portraits(tables, models, family, instrument)

    def panels(family: Family) -> Figure:
        return figures_models.dimension_panels(baseline("profiles"), families, marks, family)

    def intervals() -> Figure:
        own = read("uncertainty").query("condition == 'baseline'")
        return figures_robustness.profile_intervals(own, read("mean_profile"), families, instrument)

    def curve() -> Figure:
        claims, table = read("claims"), read_table(inputs["universes"], UNIVERSES)
        shown = pc.is_in(table["claim"], pa.array(figures_claims.headline_claims(claims), pa.string()))
        return figures_claims.specification_curve(table.filter(shown).to_pandas(), claims, measures)

    of_families = {
        family.figure: partial(portraits if family.circle else panels, family)
        for family in instrument.families
        if family.figure
    }
    return of_families | {
        "value_profiles": lambda: figures_models.value_profiles(baseline("profiles"), families, instrument),
        "reliability": reliability,
        "sensitivity": sensitivity,
        "answer_kinds": lambda: figures_models.answer_kinds(baseline("answer_counts")),
        "group_comparisons": lambda: figures_models.group_comparisons(read("groups"), TITLES, instrument),
        "value_spread": lambda: figures_models.value_spread(read("spread"), read("spread_by_size"), marks, instrument),
        "models_and_people": lambda: figures_items.models_and_people(read("people"), instrument),
        "profile_intervals": intervals,
        "variance_components": lambda: figures_robustness.variance_components(
            read("variance"), read("precision"), instrument
        ),
        "headlines_by_chance": lambda: figures_chance.headlines_by_chance(read("alternatives"), instrument),
        "circle_fit": lambda: figures_chance.circle_fit(read("circle")),
        "specification_curve": curve,
        "claims_held": lambda: figures_claims.claims_held(read("claims")),
    }
