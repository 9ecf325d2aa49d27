"""Cronbach's alpha among models under the choices that the paper leaves open."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.findings import Finding, two_routes
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.scores.ratings import Ratings

FORMULAS = ("covariance", "standardised")
DELETIONS = ("rows", "models")


def vary_alpha(ratings: Ratings, keys: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Alpha of each value, over rows model × prompt version, under every combination of choices.

    Parameters
    ----------
    ratings : the models over which alpha is taken.
    keys : tables ``item_key`` by name, all of positive polarity.

    Returns
    -------
    One row per key, deletion, formula and dimension: ``key``; ``deletion``, of ``rows`` that lack a rating on one of
    the dimension's items, or of all rows of ``models`` that do; ``formula``, from covariances (Cronbach 1951) or
    ``standardised``, from correlations; dimension, n_items, n_observations, alpha (NaN below two items or three rows).
    """
    values = np.where(ratings.rated, ratings.values, np.nan)
    place = {item: index for index, item in enumerate(ratings.items)}
    rows = []
    for name, key in keys.items():
        own = key[key["family"] == VALUE_PORTRAIT.main.name]
        for dimension, tags in own.groupby("dimension", observed=True, sort=False):
            rated = values[:, :, [place[item] for item in tags["item_id"]]]
            for deletion in DELETIONS:
                complete = np.all(~np.isnan(rated), axis=2)
                if deletion == "models":
                    complete &= np.all(complete, axis=1, keepdims=True)
                for formula in FORMULAS:
                    rows.append(
                        {
                            "key": name,
                            "deletion": deletion,
                            "formula": formula,
                            "dimension": dimension,
                            "n_items": rated.shape[2],
                            "n_observations": int(complete.sum()),
                            "alpha": cronbach_alpha(rated[complete], formula),
                        }
                    )
    return pd.DataFrame(rows)


def cronbach_alpha(rated: np.ndarray, formula: str) -> float:
    """Cronbach's alpha of the columns of ``rated`` (N, k), without gaps; NaN below two columns or three rows.

    alpha = k / (k - 1) * (1 - trace / sum) of the covariances (Cronbach 1951, Psychometrika 16), or of the correlations
    (``standardised``).
    """
    n, k = rated.shape
    if k < 2 or n < 3:
        return np.nan
    matrix = np.cov(rated, rowvar=False)
    with np.errstate(invalid="ignore", divide="ignore"):
        if formula == "standardised":
            sd = np.sqrt(np.diag(matrix))
            matrix = matrix / np.outer(sd, sd)
        return float(k / (k - 1) * (1 - np.trace(matrix) / matrix.sum()))


def alphas_by_formula(ratings: Ratings, observations: str, key: pd.DataFrame) -> "pd.Series[Any]":
    """Cronbach's alpha of every dimension over the observations that rate all its items, by (family, dimension).

    ``observations`` is a kind of ``Ratings.observations``. Items keyed -1 are mirrored.
    """
    rows = ratings.observations(observations)
    place = {item: index for index, item in enumerate(ratings.items)}
    alphas = {}
    for family, dimension in VALUE_PORTRAIT.dimensions:
        own = key[(key["family"] == family) & (key["dimension"] == dimension)]
        block = rows[:, [place[item] for item in own["item_id"]]] * own["polarity"].to_numpy(float)
        alphas[family, dimension] = cronbach_alpha(block[~np.isnan(block).any(axis=1)], "covariance")
    return pd.Series(alphas)


def alpha_by_two_routes(
    reliability: pd.DataFrame, ratings: Ratings, key: pd.DataFrame, observations: str
) -> Finding | None:
    """The run's own alphas (table ``reliability``, from variances) beside those from covariances."""
    chosen = (reliability["source"] == "models") & (reliability["coefficient"] == "alpha")
    own = reliability[chosen].astype({"family": str, "dimension": str})
    formula = alphas_by_formula(ratings, observations, key)
    return two_routes(
        "Cronbach's alpha",
        "The run's alphas among models",
        {
            "variances of items and of their sums": own["estimate"].to_numpy(),
            "their covariances": formula[pd.MultiIndex.from_frame(own[["family", "dimension"]])].to_numpy(),
        },
        1e-9,
    )
