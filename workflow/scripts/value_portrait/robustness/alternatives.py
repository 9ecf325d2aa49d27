"""The table of what else could explain profiles, and what it is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.robustness.circle import share_as_extreme
from value_portrait.robustness.shuffling import key_array, score_keys
from value_portrait.scores.model_groups import COMPARISONS, group_of
from value_portrait.scores.ratings import Ratings
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

ALL_MODELS, PEOPLE = "all models", "people"
ALTERNATIVES = Schema(
    ("question", "statistic", "subject", "without", "family", "dimension"),
    {
        "question": Column(
            REPEATED_TEXT,
            "what else could explain the numbers: liking, spread, common_profile, rater_mean, style; headline: what is "
            "left of the numbers, and what keys from shuffled raters give; claim: what these give of what is claimed",
        ),
        "statistic": Column(
            REPEATED_TEXT,
            "rating_r, profile_r, amplitude_r, mean_share, one_profile_share, own_share, share_kept, share_middle, "
            "share_extreme; of headlines mean_profile, mean_profile_sd, mean_profile_range, model_sd, amplitude, "
            "difference, order_r; of claims above: formulas stand in robustness/explanations.py and headlines.py",
        ),
        "subject": Column(REPEATED_TEXT, "a model, all models, people, a comparison of groups of models, or a claim"),
        "without": Column(REPEATED_TEXT, "what was taken out before: nothing, liking, spread, amplitude or rater_mean"),
        "family": Column(REPEATED_TEXT, "family of the dimensions; null where it is about ratings", nullable=True),
        "dimension": Column(REPEATED_TEXT, "what is measured; null: over all of the family", nullable=True),
        "n": Column(COUNT, "what enters: items, dimensions, models, tags, queries or raters", low=0),
        "value": Column(NUMBER, "the statistic", nullable=True),
        "low": Column(NUMBER, "lower end of its 95 % interval, by resampled queries or raters", nullable=True),
        "high": Column(NUMBER, "upper end of its 95 % interval", nullable=True),
        "expected": Column(NUMBER, "its mean over keys from shuffled raters with as many tags", nullable=True),
        "expected_low": Column(NUMBER, "lower end of the middle 95 % over these keys", nullable=True),
        "expected_high": Column(NUMBER, "upper end of the middle 95 % over these keys", nullable=True),
        "p": Column(
            NUMBER, "chance under these keys: as high; of differences and means two-sided", 0, 1, nullable=True
        ),
    },
)


@dataclass(frozen=True)
class Material:
    """The models' ratings, and the keys to score them by.

    Attributes
    ----------
    models : S names. averages : (S, I) ratings averaged over versions, NaN without any.
    key : (I, D) int8, see ``key_array``. null_keys : (K, I, D) int8, of which K may be 0.
    partial : (I, D) int8, the key with the rater's mean partialled out, or None.
    liking : (I,) people's mean rating of the items, or None.
    sides : of each comparison of groups 1, -1 or 0 for every model, (S,).
    """

    models: Sequence[str]
    averages: np.ndarray
    key: np.ndarray
    null_keys: np.ndarray
    partial: np.ndarray | None
    liking: np.ndarray | None
    sides: Mapping[str, np.ndarray]
    centring: str
    instrument: Instrument

    @cached_property
    def own_scores(self) -> np.ndarray:
        """The models' centred means under the key, (1, S, D)."""
        return self._scores(self.averages, self.key[None])

    @cached_property
    def null_scores(self) -> np.ndarray:
        """The models' centred means under the null keys, (K, S, D)."""
        return self._scores(self.averages, self.null_keys)

    @property
    def own_profiles(self) -> np.ndarray:
        """``own_scores`` in the main family, (1, S, dimensions)."""
        return self._main(self.own_scores)

    @property
    def null_profiles(self) -> np.ndarray:
        """``null_scores`` in the main family, (K, S, dimensions)."""
        return self._main(self.null_scores)

    def profiles(self, averages: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Centred means in the main family under keys (K, I, D), as (K, rows of ``averages``, dimensions)."""
        return self._main(self._scores(averages, keys))

    def _scores(self, averages: np.ndarray, keys: np.ndarray) -> np.ndarray:
        return score_keys(averages, keys, self.centring, self.instrument)

    def _main(self, scores: np.ndarray) -> np.ndarray:
        main = self.instrument.main.name
        return scores[:, :, [place for place, (family, _) in enumerate(self.instrument.dimensions) if family == main]]


def arrange_material(
    rated: Ratings,
    key: pd.DataFrame,
    null_keys: np.ndarray | None,
    partial_key: pd.DataFrame | None,
    survey: pd.DataFrame | None,
    models: Mapping[str, Mapping[str, Any]],
    centring: str,
    instrument: Instrument,
) -> Material:
    """What ratings of one condition, and people's where there are any, say.

    Parameters
    ----------
    key, partial_key : tables ``item_key``. null_keys : as in ``Material``, or None. survey : table ``survey``, or None.
    models : columns of the table of models, by model.
    """
    names = [model for model, _ in rated.subjects]
    sides = {
        comparison: np.array([{one: 1, other: -1}.get(group_of(models[name], comparison) or "", 0) for name in names])
        for comparison, (one, other) in COMPARISONS.items()
    }
    liking = None
    if survey is not None:
        liking = survey.groupby("item_id", observed=True)["rating"].mean().reindex(rated.items).to_numpy()
    return Material(
        models=names,
        averages=rated.averages(),
        key=key_array(key, rated.items, instrument),
        null_keys=np.empty((0, len(rated.items), len(instrument.dimensions)), np.int8)
        if null_keys is None
        else null_keys,
        partial=None if partial_key is None else key_array(partial_key, rated.items, instrument),
        liking=liking,
        sides=sides,
        centring=centring,
        instrument=instrument,
    )


Row = dict[str, object]


def row(
    question: str,
    statistic: str,
    subject: str,
    n: int,
    value: float,
    reference: np.ndarray | None = None,
    interval: np.ndarray | None = None,
    without: str = "nothing",
    family: str | None = None,
    dimension: str | None = None,
    two_sided: bool = False,
) -> Row:
    """A row; p is (1 + count) / (1 + draws) of the reference, twice the smaller side if ``two_sided``."""
    reference = np.empty(0) if reference is None else reference[np.isfinite(reference)]
    interval = np.empty(0) if interval is None else interval[np.isfinite(interval)]
    ends = [np.quantile(part, [0.025, 0.975]) if len(part) else (np.nan, np.nan) for part in (interval, reference)]
    p = share_as_extreme(value, reference)
    if two_sided:
        p = min(1.0, 2 * min(p, share_as_extreme(value, reference, lower=True))) if np.isfinite(p) else p
    return {
        "question": question,
        "statistic": statistic,
        "subject": subject,
        "without": without,
        "family": family,
        "dimension": dimension,
        "n": int(n),
        "value": float(value),
        "low": ends[0][0],
        "high": ends[0][1],
        "expected": reference.mean() if len(reference) else np.nan,
        "expected_low": ends[1][0],
        "expected_high": ends[1][1],
        "p": p,
    }


def row_correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's r along the last axis, NaN where either is constant."""
    x, y = (values - values.mean(axis=-1, keepdims=True) for values in (x, y))
    spread = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
    return (x * y).sum(axis=-1) / np.where(spread > 1e-12, spread, np.nan)


def mean_there(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over an axis of what is there; NaN without any."""
    n = np.isfinite(values).sum(axis=axis)
    return np.nansum(values, axis=axis) / np.where(n > 0, n, np.nan)
