"""Alphas whose intervals do not lean on what is not so: one alpha in all survey groups, independent prompt versions."""

from typing import Any

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import Ratings
from value_portrait.scores.reliability import cronbach_alpha, feldt_interval, keyed_items, transform_alpha
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema


def _alpha(meaning: str) -> Column:
    return Column(NUMBER, meaning, high=1, nullable=True)


ALPHAS = Schema(
    ("source", "family", "dimension"),
    {
        "source": Column(REPEATED_TEXT, "models, or raters"),
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "n_items": Column(COUNT, "items of the dimension that enter", low=0),
        "n_observations": Column(COUNT, "rows without a missing rating", low=0),
        "n_clusters": Column(COUNT, "models with such rows, or survey groups with an alpha", low=0),
        "simple": _alpha("Cronbach's alpha as in the table reliability: one alpha in all groups"),
        "simple_low": _alpha("lower end of its 95 % interval, rows independent"),
        "simple_high": _alpha("upper end of it"),
        "estimate": _alpha("models: the same alpha; raters: that of the average group, by random effects"),
        "low": _alpha("lower end of its 95 % interval: clustered by model; by Hartung and Knapp over survey groups"),
        "high": _alpha("upper end of it"),
        "between_sd": Column(
            NUMBER, "SD of groups' true alphas on the scale of (1 - alpha)^(1/3); null for models", low=0, nullable=True
        ),
        "i2": Column(NUMBER, "share of the variation of groups' alphas beyond chance", low=0, high=1, nullable=True),
        "p_equal": Column(NUMBER, "p of Cochran's Q: all groups have one alpha", low=0, high=1, nullable=True),
    },
)


def alphas_of_models(ratings: Ratings, key: pd.DataFrame, observations: str, instrument: Instrument) -> pd.DataFrame:
    """The rows of ``ALPHAS`` of source models, with intervals by the jackknife over models.

    ``observations`` is as in ``reliability_of_models``.
    """
    frame = pd.DataFrame(ratings.observations(observations), columns=ratings.items)
    models = np.repeat(np.arange(len(ratings.subjects)), len(frame) // max(len(ratings.subjects), 1))
    rows: list[dict[str, Any]] = []
    for family, dimension in instrument.dimensions:
        items = keyed_items(frame, key, family, dimension, instrument)
        own = models[items.index]
        alpha, low, high = clustered_alpha(items.to_numpy(), own)
        simple = feldt_interval(alpha, *items.shape) if np.isfinite(alpha) else (np.nan, np.nan)
        rows.append(
            {
                "source": "models",
                "family": family,
                "dimension": dimension,
                "n_items": items.shape[1],
                "n_observations": items.shape[0],
                "n_clusters": len(set(own)),
                "simple": alpha,
                "simple_low": simple[0],
                "simple_high": simple[1],
                "estimate": alpha,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows).reindex(columns=list(ALPHAS.columns))


def alphas_of_raters(groups: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The rows of ``ALPHAS`` of source raters: groups' alphas pooled as if all were one, and by random effects.

    ``groups`` as by ``reliability.alphas_of_groups``.
    """
    rows: list[dict[str, Any]] = []
    for family, dimension in instrument.dimensions:
        own = groups[(groups["family"] == family) & (groups["dimension"] == dimension)]
        alphas, n, k = (own[name].to_numpy() for name in ("alpha", "n_observations", "n_items"))
        rows.append(
            {
                "source": "raters",
                "family": family,
                "dimension": dimension,
                "n_items": k.sum(),
                "n_observations": n.sum(),
                "n_clusters": len(own),
                **(_pool(*transform_alpha(alphas, n, k)) if len(own) else {}),
            }
        )
    return pd.DataFrame(rows).reindex(columns=list(ALPHAS.columns))


def clustered_alpha(rated: np.ndarray, clusters: np.ndarray) -> tuple[float, float, float]:
    """Alpha of the columns of ``rated`` (N, k), and its 95 % interval where rows of a cluster (N,) are not independent.

    The jackknife leaves one cluster out at a time, on the scale of (1 - alpha)^(1/3), with Student's t for as many
    clusters (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11).
    """
    alpha = cronbach_alpha(rated)
    names = np.unique(clusters)
    left = np.cbrt(1 - np.array([cronbach_alpha(rated[clusters != name]) for name in names]))
    if not np.isfinite(left).all() or len(names) < 3:
        return alpha, np.nan, np.nan
    count = len(names)
    error = np.sqrt((count - 1) / count * ((left - left.mean()) ** 2).sum())
    reach = scipy.special.stdtrit(count - 1, 0.975) * error
    middle = np.cbrt(1 - alpha)
    return alpha, float(1 - (middle + reach) ** 3), float(1 - max(middle - reach, 0) ** 3)


def pool_random(effects: np.ndarray, variances: np.ndarray) -> tuple[float, float, float]:
    """Mean of effects (k,) by random effects, its standard error and the variance between them.

    Between by DerSimonian and Laird (1986, Controlled Clinical Trials 7); the error by Hartung and Knapp (2001,
    Statistics in Medicine 20, 3875-3889), to go with Student's t of k - 1 degrees of freedom.
    """
    weight = 1 / variances
    q = (weight * (effects - (weight * effects).sum() / weight.sum()) ** 2).sum()
    free = len(effects) - 1
    between = max((q - free) / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0) if free else 0.0
    weight = 1 / (variances + between)
    mean = (weight * effects).sum() / weight.sum()
    error = np.sqrt((weight * (effects - mean) ** 2).sum() / (free * weight.sum())) if free else np.nan
    return float(mean), float(error), float(between)


def _pool(transformed: np.ndarray, variances: np.ndarray) -> dict[str, float]:
    """The columns of ``ALPHAS`` from ``simple`` on."""
    weight, free = 1 / variances, len(transformed) - 1
    fixed, error = (weight * transformed).sum() / weight.sum(), 1 / np.sqrt(weight.sum())
    q = float((weight * (transformed - fixed) ** 2).sum())
    mean, robust, between = pool_random(transformed, variances)
    reach = scipy.special.stdtrit(free, 0.975) * robust if free else np.nan
    near = scipy.special.ndtri(0.975) * error
    return {
        "simple": 1 - fixed**3,
        "simple_low": 1 - (fixed + near) ** 3,
        "simple_high": 1 - (fixed - near) ** 3,
        "estimate": 1 - mean**3,
        "low": 1 - (mean + reach) ** 3,
        # No alpha exceeds 1, however few the groups.
        "high": 1 - max(mean - reach, 0) ** 3 if free else np.nan,
        "between_sd": np.sqrt(between) if free else np.nan,
        "i2": max(0.0, 1 - free / q) if free and q else np.nan,
        "p_equal": float(scipy.special.chdtrc(free, q)) if free else np.nan,
    }
