"""The groups of models that are held against each other."""

from pathlib import Path

import pandas as pd

from value_portrait.configuration import Model
from value_portrait.instrument import Instrument

# From this size on a model counts as large: it does not fit on one common accelerator.
LARGE_B = 30

COMPARISONS: dict[str, tuple[str, str]] = {
    "weights": ("open", "closed"),
    "size": ("large", "small"),
    "reasoning": ("reasoning", "no reasoning"),
}


def group_of(model: Model, comparison: str) -> str | None:
    """The side of a comparison that a row of ``models.tsv`` stands on; None where its size is not public."""
    one, other = COMPARISONS[comparison]
    if comparison == "weights":
        return str(model.weights)
    if comparison == "reasoning":
        return one if model.reasoning == "yes" else other
    if model.size_b is None:
        return None
    return one if model.size_b >= LARGE_B else other


def printed_scores(names: list[str], path: str | Path, instrument: Instrument) -> pd.DataFrame:
    """The printed scores of these models in the main family, one row per model and dimension."""
    wide = pd.read_csv(path, comment="#", index_col="model").loc[names, list(instrument.main.names)]
    long = wide.melt(ignore_index=False, var_name="dimension", value_name="centred_mean").reset_index()
    return long.assign(family=instrument.main.name)
