"""What all views need: the models, their scores with intervals, and what is measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed, as_columns
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness.comparison_tables import MEAN_PROFILE
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.tables import Schema

STUDY_TABLES: dict[str, str | Schema] = {
    "profiles": "profiles",
    "uncertainty": UNCERTAINTY,
    "mean_profile": MEAN_PROFILE,
}
MODEL_COLUMNS = ("model", "slug", "family", "developer", "weights", "size_b", "reasoning", "answers", "conditions")


def describe_instrument(instrument: Instrument) -> dict[str, Any]:
    """What is measured, on which scale and in which prompt versions, as JSON has it."""
    return {
        "lowest": instrument.lowest,
        "options": instrument.options,
        "versions": [
            {"name": version.name, "wording": version.wording, "reversed": version.reversed}
            for version in instrument.prompt_versions
        ],
        "families": [
            {
                "name": family.name,
                "title": family.title,
                "circle": family.circle,
                "dimensions": [
                    {"name": own.name, "title": own.title, "code": own.code, "opposite": own.opposite}
                    for own in family.dimensions
                ],
            }
            for family in instrument.families
        ],
    }


def study_part(models: Sequence[Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]) -> dict[str, Packed]:
    """The tables of the part that is always unpacked; ``spread`` is how pronounced profiles are (sample SD of scores).

    Parameters
    ----------
    models : a row for each model, with ``MODEL_COLUMNS``.
    tables : profiles, uncertainty and mean_profile.
    """
    whole = tables["uncertainty"].query("source == 'all'").drop(columns=["source", "se"])
    counts = ["n_items", "n_missing", "n_missing_answers", "mean", "sd"]
    key = ["model", "condition", "family", "dimension"]
    scores = whole.merge(tables["profiles"][[*key, *counts]], on=key, how="left", validate="one_to_one")
    baseline = whole[whole["condition"] == BASELINE].groupby(["model", "family"], sort=False, observed=True)
    return {
        "models": as_columns(models, MODEL_COLUMNS),
        "scores": Packed(scores),
        "spread": Packed(baseline["score"].std().rename("sd").reset_index()),
        "mean_profile": Packed(tables["mean_profile"]),
    }
