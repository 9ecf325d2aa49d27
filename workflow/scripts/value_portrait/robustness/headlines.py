"""The headline numbers under many keys at once, and what is left of them without what else could explain them."""

import logging
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.randomness import named_generator
from value_portrait.robustness import explanations
from value_portrait.robustness.alternatives import (
    ALL_MODELS,
    ALTERNATIVES,
    Material,
    Row,
    mean_there,
    row,
    row_correlations,
)
from value_portrait.scores.ratings import Ratings

# Statistic, comparison (empty: all models), dimension (None: over all), and whether chance has two sides.
Headline = tuple[str, str, str | None, bool]


def explain(
    material: Material,
    rated: Ratings,
    queries: np.ndarray,
    survey: pd.DataFrame | None,
    held_apart: Mapping[str, Sequence[str]],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """The table ``ALTERNATIVES``: all explanations, then what is left without each.

    Parameters
    ----------
    rated : the ratings that ``material.averages`` average. queries : (I,) the number of each item's query, from 0.
    survey : table ``survey``, or None. held_apart : see ``compare_dimensions``. draws : resamples of the queries.
    """
    rows: list[Row] = []
    if material.models:
        rows += explanations.explain_by_liking(material, queries, draws, named_generator("liking", seed))
        rows += explanations.explain_by_spread(material)
        rows += explanations.explain_by_common_profile(material)
        rows += explanations.explain_by_rater_mean(material)
        rows += explanations.explain_by_style(rated, queries, survey, material.instrument)
        rows += what_is_left(material)
        rows += compare_dimensions(material, held_apart)
    else:
        logging.warning("No model has answers at baseline: there is nothing to explain.")
    for comparison, side in material.sides.items():
        if not {1, -1} <= set(side):
            logging.warning("Comparison %s: its numbers are null, for one side has no model.", comparison)
    return pd.DataFrame(rows, columns=list(ALTERNATIVES.columns))


def what_is_left(material: Material) -> Iterator[Row]:
    """The headlines (see ``headlines``) with nothing taken out, and without each alternative explanation.

    liking : each model's ratings are replaced by what is left of their regression on people's mean ratings.
    spread : they are divided by their SD over items, times the mean SD of all models.
    amplitude : each profile is replaced by what is left of it after the mean profile of all models, times its best
        amplitude.
    rater_mean : the key is the one with the rater's mean partialled out.
    order_r is Spearman's correlation of the mean profile with the one that has nothing taken out.
    """
    averages, own, by_chance = material.averages, material.own_profiles, material.null_profiles
    spread = np.nanstd(averages, axis=1, keepdims=True)
    scale = spread.mean() / np.where(spread > 0, spread, np.nan)
    # Under the key, and under null keys.
    ways = {
        "nothing": (own, by_chance),
        "spread": (own * scale, by_chance * scale),
        "amplitude": (_without_common(own), _without_common(by_chance)),
    }
    if material.liking is not None:
        left = _residuals(averages, material.liking)
        ways["liking"] = (material.profiles(left, material.key[None]), material.profiles(left, material.null_keys))
    if material.partial is not None:
        ways["rater_mean"] = (material.profiles(averages, material.partial[None]), by_chance[:0])
    family = material.instrument.main
    models = {"": len(averages)} | {name: int((side != 0).sum()) for name, side in material.sides.items()}
    for without, (profiles, by_chance) in ways.items():
        reference = headlines(by_chance, material.sides, family.names)
        for name, value in headlines(profiles, material.sides, family.names).items():
            statistic, subject, dimension, sided = name
            # Without amplitude there is no mean profile left, but for rounding.
            if without == "amplitude" and statistic.startswith("mean_profile"):
                continue
            yield row(
                "headline",
                statistic,
                subject or ALL_MODELS,
                models[subject],
                value[0],
                reference[name],
                without=without,
                family=family.name,
                dimension=dimension,
                two_sided=sided,
            )
        if without not in ("nothing", "amplitude"):
            before, mean = mean_there(own[0], 0), mean_there(profiles[0], 0)
            yield row(
                "headline",
                "order_r",
                ALL_MODELS,
                len(mean),
                _rank_correlation(before, mean),
                without=without,
                family=family.name,
            )


def compare_dimensions(material: Material, held_apart: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """The mean difference over models of two dimensions of a family, which a claim names higher first, by its id.

    Keys from shuffled raters tell what two sets of as many items give whatever they measure.
    """
    names = [name for _, name in material.instrument.dimensions]
    for claim, dimensions in held_apart.items():
        first, second = map(names.index, dimensions)
        own, by_chance = (
            mean_there(scores[:, :, first] - scores[:, :, second], 1)
            for scores in (material.own_scores, material.null_scores)
        )
        n = int(np.isfinite(material.own_scores[0, :, first] - material.own_scores[0, :, second]).sum())
        family = material.instrument.dimensions[first][0]
        yield row("claim", "above", claim, n, own[0], by_chance, family=family, two_sided=True)


def headlines(
    profiles: np.ndarray, sides: Mapping[str, np.ndarray], names: Sequence[str]
) -> dict[Headline, np.ndarray]:
    """What is said about models, from profiles (K, S, D) of S models under each of K keys; every statistic is (K,).

    mean_profile : the mean over models, of every dimension.
    mean_profile_sd, mean_profile_range : its population SD over dimensions, and its highest less its lowest.
    model_sd : the sample SD over models, of every dimension, and the root of its mean square over dimensions.
    amplitude : the population SD of a profile over dimensions, mean over models; of a comparison: the mean of its first
        side less that of its second.
    difference : mean of a comparison's first side less that of its second, of every dimension, and the root of its mean
        square over dimensions.

    Parameters
    ----------
    sides : of each comparison 1 (first side), -1 (second) or 0 for every model, (S,). names : of the D dimensions.

    Dimensions and models without a score are left out of what runs over them; NaN where a side has no model, or a
    single model has no SD.
    """
    mean, amplitude = mean_there(profiles, 1), _spread(profiles)
    sd = _sample_sd(profiles, mean)
    found: dict[Headline, np.ndarray] = {}
    for place, name in enumerate(names):
        found["mean_profile", "", name, True] = mean[:, place]
        found["model_sd", "", name, False] = sd[:, place]
    scored = np.isfinite(mean)
    reach = np.where(scored, mean, -np.inf).max(axis=1) - np.where(scored, mean, np.inf).min(axis=1)
    found["mean_profile_sd", "", None, False] = _spread(mean)
    found["mean_profile_range", "", None, False] = np.where(scored.any(axis=1), reach, np.nan)
    found["model_sd", "", None, False] = _root_mean_square(sd)
    found["amplitude", "", None, False] = mean_there(amplitude, 1)
    for comparison, side in sides.items():
        difference = mean_there(profiles[:, side == 1], 1) - mean_there(profiles[:, side == -1], 1)
        found["difference", comparison, None, False] = _root_mean_square(difference)
        first, second = (mean_there(amplitude[:, side == sign], 1) for sign in (1, -1))
        found["amplitude", comparison, None, True] = first - second
        for place, name in enumerate(names):
            found["difference", comparison, name, True] = difference[:, place]
    return found


def _residuals(averages: np.ndarray, liking: np.ndarray) -> np.ndarray:
    present = np.isfinite(averages) & np.isfinite(liking)
    x = np.where(present, liking, np.nan)
    x = x - mean_there(x, 1)[:, None]
    slope = np.nansum(x * averages, axis=1) / np.maximum(np.nansum(x**2, axis=1), 1e-12)
    return averages - slope[:, None] * x


def _without_common(profiles: np.ndarray) -> np.ndarray:
    mean = mean_there(profiles, 1)[:, None]
    length = np.nansum(mean**2, axis=2)
    amplitude = np.nansum(profiles * mean, axis=2) / np.where(length > 0, length, np.nan)
    return profiles - amplitude[:, :, None] * mean


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's correlation, of numbers without ties, where both are there; NaN below three."""
    both = np.isfinite(x) & np.isfinite(y)
    ranks = [values[both].argsort().argsort() for values in (x, y)]
    return float(row_correlations(ranks[0], ranks[1])) if both.sum() > 2 else float("nan")


def _sample_sd(profiles: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Sample SD over models of what is there; NaN below two."""
    n = np.isfinite(profiles).sum(axis=1)
    squares = np.nansum((profiles - mean[:, None]) ** 2, axis=1)
    return np.sqrt(squares / np.where(n > 1, n - 1, np.nan))


def _spread(values: np.ndarray) -> np.ndarray:
    """Population SD along the last axis, over what is there; NaN without any."""
    return np.sqrt(mean_there((values - mean_there(values, -1)[..., None]) ** 2, -1))


def _root_mean_square(values: np.ndarray) -> np.ndarray:
    return np.sqrt(mean_there(values**2, -1))
