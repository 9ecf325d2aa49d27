"""Models held against people who rated the same items."""

import logging

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.robustness.clustering import cluster_robust
from value_portrait.robustness.groups import holm


def compare_with_people(as_seen: pd.DataFrame, raters: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Models and human raters on one instrument: the same items, scored the same way within each survey group.

    Parameters
    ----------
    as_seen : table ``profiles_as_seen``, one condition. raters : table ``rater_profiles``.

    Returns
    -------
    Columns family, dimension, then for models and people: n, mean, sd (over models, over raters) and the 10 % and 90 %
    quantiles of the centred means; and difference (models - people). Raters without an item of a dimension are left
    out there. Then n_groups, survey groups with an item of the dimension, and the ends of 95 % intervals of both means
    and of the difference (models_low, models_high, ...): raters of a group saw the same items and are no independent
    draws, so people and items are taken together by group (``cluster_robust``; df are its degrees of freedom). Models
    are these, and vote in a group as often as it has raters. p, of no difference, and after Holm over the family.
    """
    parts = []
    for who, table in (("models", over_groups(as_seen)), ("people", raters)):
        groups = table.groupby(["family", "dimension"], observed=True)["centred_mean"]
        part = groups.agg(
            n="count", mean="mean", sd="std", q10=lambda x: x.quantile(0.1), q90=lambda x: x.quantile(0.9)
        )
        parts.append(part.add_prefix(f"{who}_"))
    table = pd.concat(parts, axis=1).reindex(
        pd.MultiIndex.from_tuples(instrument.dimensions, names=["family", "dimension"])
    )
    table = table.assign(difference=table["models_mean"] - table["people_mean"])
    return table.join(_intervals(table, as_seen, raters)).reset_index()


def over_groups(as_seen: pd.DataFrame) -> pd.DataFrame:
    """Each model's centred means over survey groups, each with as many votes as raters, without those lacking items."""
    votes = as_seen["n_raters"] * as_seen["centred_mean"].notna()
    sums = as_seen.assign(votes=votes, total=votes * as_seen["centred_mean"])
    sums = sums.groupby(["model", "family", "dimension"], observed=True, sort=False)[["votes", "total"]].sum()
    return (sums["total"] / sums["votes"]).rename("centred_mean").reset_index()


def _intervals(means: pd.DataFrame, as_seen: pd.DataFrame, raters: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``compare_with_people`` from n_groups on, of the ``means`` before them."""
    of_models = as_seen.groupby(["family", "dimension", "group"], observed=True)["centred_mean"].mean()
    people = dict(iter(raters.dropna(subset="centred_mean").groupby(["family", "dimension"], observed=True)))
    rows: list[dict[str, float]] = []
    for name in means.index:
        own = people.get(name, raters.head(0))
        groups = own["group"].to_numpy()
        contrast = cluster_robust(np.ones((len(own), 1)), 0, groups)
        models = of_models.reindex([(*name, group) for group in groups]).to_numpy(float)
        values = {"models": models, "people": own["centred_mean"].to_numpy(float)}
        values["difference"] = values["models"] - values["people"]
        row = {"n_groups": len(np.unique(groups)), "df": contrast.df}
        for who, mean in (("models", "models_mean"), ("people", "people_mean"), ("difference", "difference")):
            half = float(contrast.half_width(values[who]))
            row |= {f"{who}_low": means.loc[name, mean] - half, f"{who}_high": means.loc[name, mean] + half}
        rows.append(row | {"p": float(contrast.p(values["difference"]))})
    table = pd.DataFrame(rows, index=means.index)
    table["p_adjusted"] = table.groupby("family", sort=False)["p"].transform(holm)
    untold = table.index.get_level_values("dimension")[table["df"].isna()]
    if len(untold):
        logging.warning("No interval, people of fewer than two survey groups: %s.", ", ".join(untold))
    return table
