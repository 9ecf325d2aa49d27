"""The groups of models that are held against each other."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from value_portrait.instrument import Instrument

# From this size on a model counts as large: it does not fit on one common accelerator.
LARGE_B = 30

COMPARISONS: dict[str, tuple[str, str]] = {
    "weights": ("open", "closed"),
    "size": ("large", "small"),
    "reasoning": ("reasoning", "no reasoning"),
}


def group_of(model: Mapping[str, Any], comparison: str) -> str | None:
    """The side of a comparison that a model stands on, by its columns of the table of models; None without a size."""
    one, other = COMPARISONS[comparison]
    if comparison == "weights":
        return str(model["weights"])
    if comparison == "reasoning":
        return one if model["reasoning"] == "yes" else other
    if model["size_b"] is None:
        return None
    return one if model["size_b"] >= LARGE_B else other


def developer_of(model: Mapping[str, Any]) -> str:
    """Who made a model, by its columns of the table of models; its family where nobody is named."""
    return str(model["developer"] or model["family"])


def size_series(models: Mapping[Any, Mapping[Any, Any]]) -> dict[tuple[str, str], list[str]]:
    """Models that differ in their size alone, the smallest first, by family and what their names have in common.

    A model's name must state its ``size_b`` (8b, 0.5B, 135M), and the rest of it be that of the others of its family:
    so another generation, a date or another training makes another series. ``models`` holds columns of the table of
    models, by model. Only series of several sizes.
    """
    series: dict[tuple[str, str], list[str]] = {}
    for name, model in models.items():
        if pd.notna(size := model["size_b"]):
            stated = rf"(?<![\d.])({re.escape(f'{size:g}')}b|{re.escape(f'{1000 * size:g}')}m)(?![a-z0-9])"
            if len(parts := re.split(stated, name, maxsplit=1, flags=re.IGNORECASE)) > 1:
                series.setdefault((model["family"], f"{parts[0]}…{parts[-1]}"), []).append(name)
    ordered = {key: sorted(own, key=lambda name: models[name]["size_b"]) for key, own in series.items()}
    return {key: own for key, own in ordered.items() if len({models[name]["size_b"] for name in own}) > 1}


def plain_siblings(models: Mapping[str, Mapping[Any, Any]]) -> dict[str, str]:
    """The reasoning models that have a plain sibling, each with it.

    A sibling is of the same family, and of the same size where both state one; all parts of its name but the last
    begin the reasoning model's name. Of several, the one whose name shares most parts, then the first. ``models``
    holds columns of the table of models, by model.
    """
    parts = {name: re.findall(r"[a-z0-9]+", name.lower()) for name in models}
    found = {}
    for name, model in models.items():
        shared = {}
        for other, sibling in models.items():
            sizes = {size for size in (model["size_b"], sibling["size_b"]) if pd.notna(size)}
            if model["reasoning"] == "yes" != sibling["reasoning"] and model["family"] == sibling["family"]:
                same = [one == two for one, two in zip(parts[name], parts[other], strict=False)]
                count = [*same, False].index(False)
                if count >= max(len(parts[other]) - 1, 1) and len(sizes) < 2:
                    shared[other] = count
        if shared:
            found[name] = max(shared, key=lambda other: shared[other])
    return found


def printed_scores(names: list[str], path: str | Path, instrument: Instrument) -> pd.DataFrame:
    """The printed scores of these models in the main family, one row per model and dimension."""
    wide = pd.read_csv(path, comment="#", index_col="model").loc[names, list(instrument.main.names)]
    long = wide.melt(ignore_index=False, var_name="dimension", value_name="centred_mean").reset_index()
    return long.assign(family=instrument.main.name)


def with_printed_models(
    profiles: pd.DataFrame, models: Mapping[str, Mapping[str, Any]], path: str | Path | None, instrument: Instrument
) -> pd.DataFrame:
    """Centred means by model, family and dimension: of ``profiles``, and of models known by their printed scores alone.

    ``profiles`` holds one condition, ``models`` columns of the table of models, by model; ``path`` has the printed
    scores, and may be None where there are no such models.
    """
    own = profiles[["model", "family", "dimension", "centred_mean"]]
    printed = [name for name, model in models.items() if model["answers"] == "printed"]
    if not printed:
        return own
    assert path is not None
    return pd.concat([own, printed_scores(printed, path, instrument)])
