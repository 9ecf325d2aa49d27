"""The tables ``variance`` and ``precision``: a generalizability study of every dimension's ratings and scores."""

import logging
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator
from value_portrait.robustness.variance import (
    ORDER,
    ORDERS,
    Repeats,
    VarianceStudy,
    analyse_variance,
    fill_gaps,
    study_repeats,
)
from value_portrait.scores.profiles import Tags, arrange_tags
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

# Numbers of items that the next study may have, beside those of this one.
ITEMS = (5, 10, 20, 40, 80)
# A model with a smaller share of ratings would be filled in more than measured.
LEAST_RATED = 0.5

_ABOUT = {
    "family": Column(REPEATED_TEXT, "family of the dimension"),
    "dimension": Column(REPEATED_TEXT, "what is measured"),
    "scores": Column(REPEATED_TEXT, "raw (keyed ratings) or centred (as the main run centres)"),
}


def _number(meaning: str, high: float | None = None) -> Column:
    return Column(NUMBER, meaning, low=0, high=high, nullable=True)


VARIANCE = Schema(
    ("family", "dimension", "scores", "component"),
    {
        **_ABOUT,
        "component": Column(REPEATED_TEXT, "facets that interact; item: within its query, where queries have several"),
        "variance": _number("variance in squared scale points; 0 where its estimate is below"),
        "low": _number("lower end of its 95 % interval"),
        "high": _number("upper end of its 95 % interval"),
        "share": _number("share of the sum of all components", 1),
        "estimate": Column(NUMBER, "unbiased estimate, which may be negative", nullable=True),
        "n_models": Column(COUNT, "models that enter", low=0),
        "n_items": Column(COUNT, "items of the dimension", low=0),
        "n_queries": Column(COUNT, "queries of these items", low=0),
        "n_filled": Column(COUNT, "missing ratings of these items, filled in", low=0),
    },
)

PRECISION = Schema(
    ("family", "dimension", "scores", "inference", "n_items", "n_wordings", "n_orders", "n_repeats"),
    {
        **_ABOUT,
        "inference": Column(REPEATED_TEXT, "these_items, or items_like_these: the score is to hold for others too"),
        "n_items": Column(COUNT, "items of the study", low=0),
        "n_wordings": Column(COUNT, "its wordings", low=1),
        "n_orders": Column(COUNT, "orders of the options under each wording", low=1, high=ORDERS),
        "n_versions": Column(COUNT, "prompt versions: wordings times orders", low=1),
        "n_repeats": Column(COUNT, "answers to each question, where any was repeated", low=1, optional=True),
        "this_study": Column(COUNT, "1 for the study as it is, 0 for another", low=0, high=1),
        **{
            column: _number(meaning, 1)
            for name, of in (("relative", "differences between models"), ("absolute", "levels"))
            for column, meaning in (
                (name, f"coefficient for {of}: squared correlation with the score without error"),
                (f"{name}_low", "lower end of its 95 % interval"),
                (f"{name}_high", "upper end of its 95 % interval"),
            )
        },
        "sem": _number("standard error of measurement of differences, in scale points"),
        "sem_absolute": _number("standard error of measurement of levels, in scale points"),
    },
)


def study_variance(
    ratings: Ratings,
    key: pd.DataFrame,
    queries: Sequence[str],
    centring: str,
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``VARIANCE`` and ``PRECISION``.

    Models with less than half of their ratings are left out, dimensions too; other gaps are filled in (``fill_gaps``).

    Parameters
    ----------
    ratings : of one condition. queries : of each item. centring : as in the config; without any, raw scores alone.
    resamples : draws behind the intervals.
    """
    components: list[dict[str, Any]] = []
    precision: list[dict[str, Any]] = []
    for score in score_studies(ratings, key, queries, centring, instrument):
        about, as_it_is, study = score.about, score.as_it_is, score.study
        if study is None:
            size = score.size
            logging.warning(
                "%s (%s): no study of variance with %d models, %d items and %d of %d ratings missing.",
                *(about["dimension"], about["scores"], size["n_models"], size["n_items"], size["n_filled"]),
                size["n_models"] * len(ratings.versions) * size["n_items"],
            )
            components.append({**about, "component": "model", **size})
            precision.append({**about, "inference": "items_like_these", **as_it_is, "this_study": 1})
            continue
        name = "variance {family} {dimension} {scores}".format(**about)
        draws = study.draws(resamples, named_generator(name, seed))
        components += [about | row | score.size for row in _components(study, draws[0])]
        precision += [about | row for row in _precision(study, draws, as_it_is)]
    second = pd.DataFrame(precision)
    second["n_versions"] = second["n_wordings"] * second["n_orders"]
    return (
        pd.DataFrame(components).reindex(columns=list(VARIANCE.columns)),
        second.reindex(columns=[name for name in PRECISION.columns if name != "n_repeats" or name in second]),
    )


class ScoreStudy(NamedTuple):
    """The study of one score.

    Attributes
    ----------
    about : its family, dimension and scores. size : models, items, queries and filled ratings. as_it_is : numbers of
        items, wordings, orders and, where any question was repeated, repeats.
    study : None where there is too little.
    """

    about: dict[str, str]
    size: dict[str, int]
    as_it_is: dict[str, int]
    study: VarianceStudy | None


def score_studies(
    ratings: Ratings,
    key: pd.DataFrame,
    queries: Sequence[str],
    centring: str,
    instrument: Instrument,
    least_models: int = 2,
) -> Iterator[ScoreStudy]:
    """The studies of every dimension's raw and centred scores; parameters as for ``study_variance``.

    Of a single model, the error of a score is its conditional one (Brennan 1998, Applied Psychological Measurement 22).
    """
    kept = np.flatnonzero(ratings.rated.mean(axis=(1, 2)) >= LEAST_RATED)
    ratings = ratings.take(kept.tolist())
    places = version_grid(ratings.versions, instrument)
    filled = fill_gaps(np.where(ratings.rated, ratings.values, np.nan))
    # (M, W, O, I): the last two axes of the grid are wordings and orders.
    values = np.moveaxis(filled[:, places.ravel()].reshape(len(kept), *places.shape, len(ratings.items)), 3, -1)
    gaps = (~ratings.rated).sum(axis=(0, 1))
    repeats = None
    if ratings.repeats is not None:
        repeats = np.where(ratings.repeats != NO_RATING, ratings.repeats, np.nan)
    codes = np.unique(np.array(queries, str), return_inverse=True)[1]
    tags = arrange_tags(key, ratings.items, instrument)
    for (family, dimension), own in zip(instrument.dimensions, tags, strict=True):
        places_of = {"raw": np.empty(0, np.intp)}
        if centring != "none":
            places_of["centred"] = centre_items(family, tags, centring, len(ratings.items), instrument)
        for scores, centre in places_of.items():
            about = {"family": family, "dimension": dimension, "scores": scores}
            size = {
                "n_models": len(kept),
                "n_items": len(own.columns),
                "n_queries": len(set(codes[own.columns])),
                "n_filled": int(gaps[own.columns].sum()),
            }
            n_wordings, n_orders = places.shape
            as_it_is = {"n_items": len(own.columns), "n_wordings": n_wordings, "n_orders": n_orders}
            if repeats is not None:
                as_it_is["n_repeats"] = repeats.shape[-1]
            cells = len(kept) * len(ratings.versions) * len(own.columns)
            study = None
            if len(kept) >= least_models and len(own.columns) > 1 and size["n_filled"] <= (1 - LEAST_RATED) * cells:
                study = score_study(
                    values,
                    own,
                    centre,
                    codes,
                    int(gaps[own.columns].sum()),
                    None if repeats is None else study_repeats(repeats[:, :, own.columns]),
                )
            yield ScoreStudy(about, size, as_it_is, study)


def centre_items(family: str, tags: Sequence[Tags], centring: str, n_items: int, instrument: Instrument) -> np.ndarray:
    """The places of the items of a family's centre; see ``profiles.centred_means``."""
    if centring == "none":
        return np.empty(0, np.intp)
    if centring == "all_items":
        return np.arange(n_items)
    own = [other.columns for (name, _), other in zip(instrument.dimensions, tags, strict=True) if name == family]
    return np.unique(np.concatenate(own))


def version_grid(versions: Sequence[str], instrument: Instrument) -> np.ndarray:
    """The places of the prompt versions as (wordings, orders); one order where the two are not fully crossed."""
    known = [instrument.version(name) for name in versions]
    place = {(version.wording, version.reversed): index for index, version in enumerate(known)}
    wordings, orders = (list(dict.fromkeys(names)) for names in zip(*place, strict=True))
    if len(place) < len(known) or len(wordings) * len(orders) != len(known):
        return np.arange(len(known))[:, None]
    return np.array([[place[wording, order] for order in orders] for wording in wordings])


def score_study(
    values: np.ndarray,
    own: Tags,
    centre: np.ndarray,
    queries: np.ndarray,
    gaps: int = 0,
    repeats: Repeats | None = None,
) -> VarianceStudy:
    """The study of a score: the mean of keyed ratings from which the mean of other items' ratings is taken away.

    Parameters
    ----------
    values : (M, W, O, I) without gaps. own : the dimension's items. centre : places of the items of the centre, which
        may be none. queries : (I,) codes. gaps : how many ratings of the dimension are filled in. repeats : of its
        questions.
    """
    weights, of_items, of_queries = score_weights(own, centre, queries)
    middle = values[..., centre].mean(axis=-1, keepdims=True) if len(centre) else 0.0
    return analyse_variance(
        (values[..., own.columns] - middle) * own.polarity,
        values @ weights,
        queries[own.columns],
        of_items,
        of_queries,
        gaps,
        repeats,
    )


def score_weights(own: Tags, centre: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, float, float]:
    """The weights (I,) of items in a score, their sum of squares, and that of their sums within queries.

    Parameters as for ``score_study``.
    """
    weights = np.zeros(len(queries))
    weights[own.columns] = own.polarity / len(own.columns)
    weights[centre] -= own.polarity.mean() / len(centre) if len(centre) else 0
    in_queries = np.bincount(queries, weights)
    return weights, float((weights**2).sum()), float((in_queries**2).sum())


def _components(study: VarianceStudy, draws: np.ndarray) -> Iterator[dict[str, Any]]:
    variances = np.maximum(study.estimates, 0)
    low, high = np.maximum(np.quantile(draws, (0.025, 0.975), axis=0), 0)
    total = variances.sum()
    for place, component in enumerate(study.components):
        yield {
            "component": component.name,
            "variance": variances[place],
            "low": low[place],
            "high": high[place],
            "share": variances[place] / total if total else np.nan,
            "estimate": study.estimates[place],
        }


def _precision(study: VarianceStudy, draws: Sequence[np.ndarray], as_it_is: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The study as it is, by both kinds of inference, then others with other numbers of items and versions."""
    n, wordings, _, *repeats = as_it_is.values()
    # What a second order would do is known only where there is one; repeats likewise.
    designs = product(
        sorted({n, *ITEMS}),
        sorted({1, wordings, 2 * wordings}),
        range(1, (ORDERS if ORDER in study.sizes else 1) + 1),
        *(sorted({1, number, 2 * number}) for number in repeats),
    )
    here = tuple(as_it_is.values())
    for these, asked in ((True, [here]), (False, list(designs))):
        numbers = list(zip(*asked, strict=True))
        found = study.coefficients(study.estimates, *numbers, these_items=these, unbiased=True)
        own = study.coefficients(draws[these], *numbers, these_items=these)
        columns = {name: getattr(found, name) for name in ("relative", "absolute", "sem", "sem_absolute")}
        for name, drawn in (("relative", own.relative), ("absolute", own.absolute)):
            columns[f"{name}_low"], columns[f"{name}_high"] = np.quantile(drawn, (0.025, 0.975), axis=0)
        for place, design in enumerate(asked):
            yield (
                dict(zip(as_it_is, design, strict=True))
                | {name: float(values[place]) for name, values in columns.items()}
                | {"inference": "these_items" if these else "items_like_these", "this_study": int(design == here)}
            )
