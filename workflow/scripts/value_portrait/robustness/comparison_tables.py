"""The tables of differences between models, of their ranks, and of their mean."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator
from value_portrait.robustness.clustering import ROUNDED
from value_portrait.robustness.comparing import (
    INFERENCES,
    LEVEL,
    Comparison,
    compare_pairs,
    estimate_mean,
    flip_signs,
    probability_highest,
    take_sample,
)
from value_portrait.robustness.contributions import Contributions
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

_FAMILY = Column(REPEATED_TEXT, "family of the dimension")
_INFERENCE = Column(REPEATED_TEXT, "these_items or items_like_these", texts=INFERENCES)
_P = Column(NUMBER, "two-sided p-value, null where it cannot be told", 0, 1, nullable=True)
_ADJUSTED = Column(NUMBER, "adjusted for all pairs and dimensions of family and inference", 0, 1, nullable=True)
_END = Column(NUMBER, "end of the 95 % interval", nullable=True)
_RANK = Column(NUMBER, "end of the 95 % interval of the rank", low=1, nullable=True)

PAIRS = Schema(
    ("family", "dimension", "first", "second", "inference"),
    {
        "family": _FAMILY,
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "first": Column(REPEATED_TEXT, "one model"),
        "second": Column(REPEATED_TEXT, "the other"),
        "inference": _INFERENCE,
        "difference": Column(NUMBER, "centred mean of the first less that of the second", nullable=True),
        "se": Column(NUMBER, "its standard error, in scale points", low=0, nullable=True),
        "low": _END,
        "high": _END,
        "p": _P,
        "p_max_t": _ADJUSTED,
        "p_bh": _ADJUSTED,
    },
)

RANKS = Schema(
    ("model", "family", "dimension", "inference"),
    {
        "model": Column(REPEATED_TEXT, "model, by its name in the table of models"),
        "family": _FAMILY,
        "dimension": Column(REPEATED_TEXT, "what is measured; null for the named dimensions together", nullable=True),
        "inference": _INFERENCE,
        "rank": Column(NUMBER, "place among models, 1 the highest", low=1, nullable=True),
        "low": _RANK,
        "high": _RANK,
        "probability": Column(NUMBER, "that the named dimensions are the model's highest", 0, 1, nullable=True),
    },
)

MEAN_PROFILE = Schema(
    ("family", "dimension", "inference"),
    {
        "family": _FAMILY,
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "inference": _INFERENCE,
        "models": Column(COUNT, "models with a score", low=0),
        "score": Column(NUMBER, "mean over these models of the centred means, in scale points", nullable=True),
        "se": Column(NUMBER, "its standard error, of these models' mean", low=0, nullable=True),
        "df": Column(NUMBER, "degrees of freedom of the interval", low=0, nullable=True),
        "low": _END,
        "high": _END,
    },
)

FAMILY_PROFILES = Schema(
    ("model_family", *MEAN_PROFILE.key),
    {"model_family": Column(REPEATED_TEXT, "family of the models")} | dict(MEAN_PROFILE.columns),
)


def compare_models(
    parts: Contributions,
    models: Sequence[str],
    families: Sequence[str],
    named: Sequence[str],
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> dict[str, pd.DataFrame]:
    """The tables ``PAIRS``, ``RANKS``, ``MEAN_PROFILE`` and ``FAMILY_PROFILES``, by their names in small letters.

    Parameters
    ----------
    models, families : of the S models of ``parts``. named : dimensions that may together be a model's highest.
    resamples : draws of signs behind adjusted p-values and ranks.
    """
    found, probabilities = {}, {}
    for inference in INFERENCES:
        sample = take_sample(parts, inference)
        signs = flip_signs(sample, resamples, named_generator(f"signs for {inference}", seed))
        found[inference] = compare_pairs(sample, signs, instrument)
        if named:
            probabilities[inference] = probability_highest(sample, signs, named, instrument)
        unknown = np.isnan(sample.df).all(axis=(1, 2))
        if unknown.any():
            untold = [name for (_, name), lacking in zip(instrument.dimensions, unknown, strict=True) if lacking]
            logging.warning("No comparison by %s, too few queries or versions: %s.", inference, ", ".join(untold))
    return {
        "pairs": pair_table(parts.scores, models, found, instrument),
        "ranks": rank_table(parts.scores, models, found, probabilities, instrument),
        "mean_profile": mean_table(parts, instrument),
        "family_profiles": family_table(parts, families, instrument),
    }


def mean_table(parts: Contributions, instrument: Instrument) -> pd.DataFrame:
    """Table ``MEAN_PROFILE``."""
    return _means(parts, np.ones(len(parts.scores), bool), instrument)


def family_table(parts: Contributions, families: Sequence[str], instrument: Instrument) -> pd.DataFrame:
    """Table ``FAMILY_PROFILES``; ``families`` of the S models."""
    tables = {name: _means(parts, np.array(families) == name, instrument) for name in dict.fromkeys(families)}
    return pd.concat(tables, names=["model_family"]).reset_index("model_family")


def _means(parts: Contributions, entering: np.ndarray, instrument: Instrument) -> pd.DataFrame:
    families, names = zip(*instrument.dimensions, strict=True)
    models = np.isfinite(parts.scores[entering]).sum(axis=0)
    frames = []
    for inference in INFERENCES:
        score, se, df = estimate_mean(parts, inference, entering)
        reach = scipy.special.stdtrit(df, (1 + LEVEL) / 2) * se
        about = {"family": families, "dimension": names, "inference": inference, "models": models}
        found = {"score": score, "se": se, "df": df, "low": score - reach, "high": score + reach}
        frames.append(pd.DataFrame(about | found))
    return pd.concat(frames, ignore_index=True)


def pair_table(
    scores: np.ndarray, models: Sequence[str], found: Mapping[str, Comparison], instrument: Instrument
) -> pd.DataFrame:
    """Table ``PAIRS`` of ``scores`` (S, D); ``found`` by inference."""
    first, second = np.triu_indices(len(models), 1)
    names = np.array(models, object)
    frames = []
    for inference, comparison in found.items():
        for d, (family, dimension) in enumerate(instrument.dimensions):
            difference, se = scores[first, d] - scores[second, d], comparison.sample.se[d][first, second]
            reach = scipy.special.stdtrit(comparison.sample.df[d][first, second], (1 + LEVEL) / 2) * se
            frames.append(
                pd.DataFrame(
                    {
                        "family": family,
                        "dimension": dimension,
                        "first": names[first],
                        "second": names[second],
                        "inference": inference,
                        "difference": difference,
                        "se": se,
                        "low": difference - reach,
                        "high": difference + reach,
                        "p": comparison.p[d][first, second],
                        "p_max_t": comparison.p_max_t[d][first, second],
                    }
                )
            )
    table = pd.concat(frames, ignore_index=True)
    adjusted = np.full(len(table), np.nan)
    for rows in table.groupby(["family", "inference"], sort=False).indices.values():
        adjusted[rows] = benjamini_hochberg(table["p"].to_numpy(float)[rows])
    return table.assign(p_bh=adjusted)


def rank_table(
    scores: np.ndarray,
    models: Sequence[str],
    found: Mapping[str, Comparison],
    probabilities: Mapping[str, np.ndarray],
    instrument: Instrument,
) -> pd.DataFrame:
    """Table ``RANKS``; ``found`` and ``probabilities`` (S,) by inference."""
    frames = []
    for inference, comparison in found.items():
        about = {"model": models, "family": instrument.main.name, "inference": inference}
        for d, (family, dimension) in enumerate(instrument.dimensions):
            ends = {"low": comparison.low[:, d], "high": comparison.high[:, d]}
            # Scores that differ by rounding alone share a rank.
            rank = pd.Series(scores[:, d].round(ROUNDED)).rank(ascending=False, method="min")
            frames.append(pd.DataFrame({**about, "family": family, "dimension": dimension, "rank": rank, **ends}))
        if inference in probabilities:
            frames.append(pd.DataFrame({**about, "probability": probabilities[inference]}))
    return pd.concat(frames, ignore_index=True).reindex(columns=list(RANKS.columns))


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values (Benjamini and Hochberg 1995); NaN are no tests."""
    adjusted = np.full(len(p), np.nan)
    tests = np.flatnonzero(~np.isnan(p))
    order = tests[np.argsort(p[tests])[::-1]]
    stretched = p[order] * len(order) / np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.minimum.accumulate(stretched), 1)
    return adjusted
