"""Cronbach's alpha of every dimension, among models and among the human raters."""

import numpy as np
import pandas as pd
import pingouin
from scipy import special

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import Ratings

Z_95 = special.ndtri(0.975)


def alpha_of_models(ratings: Ratings, key: pd.DataFrame, observations: str, instrument: Instrument) -> pd.DataFrame:
    """Alpha over models (table ``reliability``, source ``models``), with Feldt's interval, by pingouin.

    Parameters
    ----------
    observations : a row is a model under one prompt version (``model_by_version``) or a model's averages (``model``).
        Rows that lack a rating on one of the dimension's items are left out.
    """
    frame = pd.DataFrame(ratings.observations(observations), columns=ratings.items)
    return pd.DataFrame(
        [
            {"source": "models", "family": family, "dimension": dimension, "n_groups": 1}
            | _alpha(_keyed(frame, key, family, dimension, instrument))
            for family, dimension in instrument.dimensions
        ]
    )


def alpha_of_raters(survey: pd.DataFrame, key: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Alpha over the human raters (table ``reliability``, source ``raters``), pooled over survey groups.

    Each group rated its own items, so alpha is taken within each group that rated at least two of a dimension's items,
    and the groups' values are pooled by inverse variance after the transformation (1 - alpha)^(1/3) of Hakstian and
    Whalen (1976, Psychometrika 41), as reliability generalisation does (Rodriguez and Maeda 2006, Psychological Methods
    11). ``n_items`` and ``n_observations`` are sums over those groups.
    """
    groups = [
        wide.pivot(index="participant_id", columns="item_id", values="rating").astype(float)
        for _, wide in survey.groupby("group")
    ]
    rows = []
    for family, dimension in instrument.dimensions:
        parts = [_alpha(_keyed(group, key, family, dimension, instrument)) for group in groups]
        parts = [part for part in parts if part["n_items"] >= 2 and np.isfinite(part["alpha"])]
        rows.append(
            {
                "source": "raters",
                "family": family,
                "dimension": dimension,
                "n_groups": len(parts),
                "n_items": sum(part["n_items"] for part in parts),
                "n_observations": sum(part["n_observations"] for part in parts),
                **_pool(parts),
            }
        )
    return pd.DataFrame(rows)


def _keyed(
    ratings: pd.DataFrame, key: pd.DataFrame, family: str, dimension: str, instrument: Instrument
) -> pd.DataFrame:
    """The complete rows of a dimension's items, negative items mirrored."""
    own = key[(key["family"] == family) & (key["dimension"] == dimension) & key["item_id"].isin(ratings.columns)]
    columns = ratings[own["item_id"]]
    negative = own.loc[own["polarity"] < 0, "item_id"]
    return columns.assign(**{str(item): instrument.mirror - columns[item] for item in negative}).dropna()


def _alpha(items: pd.DataFrame) -> dict[str, float]:
    result = {"n_items": items.shape[1], "n_observations": items.shape[0]}
    if items.shape[1] < 2 or items.shape[0] < 3 or items.sum(axis=1).var() == 0:
        return result | {"alpha": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    alpha, (low, high) = pingouin.cronbach_alpha(data=items)
    return result | {"alpha": float(alpha), "ci_low": float(low), "ci_high": float(high)}


def _pool(parts: list[dict[str, float]]) -> dict[str, float]:
    if not parts:
        return {"alpha": np.nan, "ci_low": np.nan, "ci_high": np.nan}
    alpha, items, n = (np.array([part[name] for part in parts]) for name in ("alpha", "n_items", "n_observations"))
    transformed = np.cbrt(1 - alpha)
    variance = 18 * items * (n - 1) * transformed**2 / ((items - 1) * (9 * n - 11) ** 2)
    weight = 1 / variance
    mean, error = (weight * transformed).sum() / weight.sum(), 1 / np.sqrt(weight.sum())
    return {
        "alpha": 1 - mean**3,
        "ci_low": 1 - (mean + Z_95 * error) ** 3,
        "ci_high": 1 - (mean - Z_95 * error) ** 3,
    }
