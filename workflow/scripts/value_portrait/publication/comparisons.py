"""How pronounced profiles are, and models held against people."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.robustness.clustering import cluster_robust
from value_portrait.robustness.groups import holm
from value_portrait.robustness.judging import LEAST_SIZES


def value_spread(scores: pd.DataFrame, models: Mapping[str, Mapping[str, Any]], instrument: Instrument) -> pd.DataFrame:
    """How pronounced each model's profile is: the sample variance of its centred scores in the main family.

    Returns columns model, answers, family, developer, size_b (null where not public), weights, reasoning and variance.
    """
    values = scores[scores["family"] == instrument.main.name]
    variance = values.groupby("model", sort=False)["centred_mean"].var()
    columns = ["answers", "family", "developer", "size_b", "weights", "reasoning"]
    table = pd.DataFrame(
        [{"model": name} | {column: row[column] for column in columns} for name, row in models.items()]
    )
    return table.assign(variance=table["model"].map(variance), size_b=table["size_b"].astype(float))


def spread_by_size(spread: pd.DataFrame) -> dict[str, tuple[int, float, float]]:
    """How a profile's variance goes with size: models, Spearman's rho and its p, of those scored here and as printed.

    Apart, for printed scores were made otherwise. p is two-sided, by t, and takes models as independent, which those
    of one developer are not: it says no more than that even so a rho may be chance. Sides of fewer than
    ``LEAST_SIZES`` models are left out; ``spread`` comes from ``value_spread``.
    """
    sized = spread.dropna(subset=["size_b", "variance"])
    printed = sized["answers"] == "printed"
    found = {}
    for side, own in (("scored here", sized[~printed]), ("as printed", sized[printed])):
        if len(own) >= LEAST_SIZES:
            rho = own[["size_b", "variance"]].corr("spearman").to_numpy()[0, 1]
            with np.errstate(divide="ignore"):
                t = rho * np.sqrt((len(own) - 2) / (1 - rho**2))
            found[side] = (len(own), float(rho), float(2 * scipy.special.stdtr(len(own) - 2, -abs(t))))
    return found


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


def questionnaire_scores(participants: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The raters' scores on their own questionnaire, another instrument than the items that they and models rated.

    ``participants`` is the table of that name; its scores are as the study has them, in the shipped one values centred
    within the person and traits uncentred. Returns columns family, dimension, n, mean, sd (sample SD) and the quantiles
    q10, q25, q50, q75 and q90.
    """
    main = participants[participants["sample"] == "main"]
    groups = main.groupby(["family", "dimension"], observed=True)["score"]
    quantiles = {f"q{level}": groups.quantile(level / 100) for level in (10, 25, 50, 75, 90)}
    table = groups.agg(n="count", mean="mean", sd="std").assign(**quantiles)
    names = pd.MultiIndex.from_tuples(instrument.dimensions, names=["family", "dimension"])
    return table.reindex(names).reset_index()


def highest_values(profiles: pd.DataFrame, count: int, instrument: Instrument) -> dict[str, frozenset[str]]:
    """Each model's ``count`` dimensions of the main family with the highest centred means."""
    values = profiles[profiles["family"] == instrument.main.name].sort_values(
        "centred_mean", ascending=False, kind="stable"
    )
    return {
        str(model): frozenset(own["dimension"].head(count))
        for model, own in values.groupby("model", sort=False, observed=True)
    }
