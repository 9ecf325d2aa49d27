"""Errors of designs that nobody has tried: a decision study from the components of variance of answers that there are.

Brennan (2001, Generalizability Theory, chapters 1 and 4). Two models, asked alike, differ with a standard error of the
root of 2 times the relative error. The smallest difference that shows is that error times the quantile at which the
adjusted test rejects, and the one of the power, by Student's distribution (Bloom 1995, Evaluation Review 19). Adjusted
is for all pairs of models and dimensions of the family (Šidák 1967, Journal of the American Statistical Association
62), which the max-T of the pairs comes close to.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.robustness.comparing import INFERENCES
from value_portrait.robustness.contributions import LEAST_CLUSTERS
from value_portrait.robustness.precision import score_studies, score_weights
from value_portrait.robustness.uncertainty import estimate_spreads
from value_portrait.robustness.variance import MODEL, ORDER, WORDING, VarianceStudy
from value_portrait.scores.profiles import Tags
from value_portrait.scores.ratings import Ratings, of_items

POWER, LEVEL = 0.8, 0.05


class Design(NamedTuple):
    """Numbers of wordings, of orders under each, of items of each dimension (None: all), and of repeats."""

    wordings: int
    orders: int
    panel: int | None
    repeats: int


class Score(NamedTuple):
    """A dimension's score: its items, and the places of those of its centre."""

    own: Tags
    centre: np.ndarray


class Study(NamedTuple):
    """A study, its variances, and by inference the factors of its errors (of levels, and of differences).

    What a single model's components are is too uncertain for a sum of negative and positive ones, which could make
    nothing of the error of another design: there the negative count as 0 (Brennan 2001, section 3.4), and the factors
    make up for it, so that of the study's own design the error is the unbiased one.
    """

    study: VarianceStudy
    variances: np.ndarray
    factors: dict[str, tuple[float, float]]


class Material(NamedTuple):
    """What there is to plan from.

    Attributes
    ----------
    ratings : at baseline, of all who answered; they may be none. queries : of each item of the ratings.
    n_models : how many will be compared. panel : items of each dimension that are asked now; None for all.
    """

    ratings: Ratings
    queries: Sequence[str]
    key: pd.DataFrame
    centring: str
    n_models: int
    panel: int | None
    seed: int


def smallest_difference(error: float, df: float, n_models: int, n_dimensions: int) -> float:
    """The smallest difference that shows, in scale points; NaN where it cannot be told.

    Parameters
    ----------
    error : relative standard error of one model's score. df : degrees of freedom of a difference.
    n_models, n_dimensions : of all pairs that are compared.
    """
    comparisons = max(n_models * (n_models - 1) // 2, 1) * n_dimensions
    level = 1 - (1 - LEVEL) ** (1 / comparisons)
    reach = scipy.special.stdtrit(df, 1 - level / 2) + scipy.special.stdtrit(df, POWER)
    return float(reach * np.sqrt(2) * error)


def study_models(material: Material, models: Collection[str], instrument: Instrument) -> dict[str, Study]:
    """The studies of these models' scores, by dimension of the main family; none without answers."""
    if not (known := _answers_of(material, models)):
        return {}
    scores = score_studies(*known, material.centring, instrument, least_models=1)
    kind = "raw" if material.centring == "none" else "centred"
    return {
        own.about["dimension"]: _as_known(own.study)
        for own in scores
        if own.study and own.about["scores"] == kind and own.about["family"] == instrument.main.name
    }


def _as_known(study: VarianceStudy) -> Study:
    if MODEL in study.sizes:
        return Study(study, study.estimates, dict.fromkeys(INFERENCES, (1.0, 1.0)))
    design = Design(study.sizes.get(WORDING, 1), study.sizes.get(ORDER, 1), None, study.n_repeats)
    positive, factors = np.maximum(study.estimates, 0), {}
    for inference in INFERENCES:
        unbiased, other = (
            _sems(study, own, study.n_items, design, inference)[0] for own in (study.estimates, positive)
        )
        factors[inference] = (unbiased / other if unbiased > 0 else 1.0, 1.0)
    return Study(study, positive, factors)


def _sems(
    study: VarianceStudy, variances: np.ndarray, n_items: int, design: Design, inference: str
) -> tuple[float, float]:
    """Standard errors of a level and, relative, of differences."""
    numbers = n_items, design.wordings, design.orders, design.repeats
    found = study.coefficients(variances, *numbers, these_items=inference == "these_items")
    return float(found.sem_absolute), float(found.sem)


def _answers_of(material: Material, models: Collection[str]) -> tuple[Ratings, pd.DataFrame, list[str]] | None:
    """The ratings of these models, the key and the queries, of the items that they were asked; None without any."""
    own = material.ratings.take([row for row, (model, _) in enumerate(material.ratings.subjects) if model in models])
    places = np.flatnonzero(own.rated.any(axis=(0, 1)))
    if not len(places):
        return None
    some = of_items(own, places.tolist())
    return (
        some,
        material.key[material.key["item_id"].isin(some.items)],
        [material.queries[place] for place in places.tolist()],
    )


def expected_errors(
    known: Study | None, score: Score, inside: np.ndarray, codes: np.ndarray, design: Design, inference: str
) -> tuple[float, float]:
    """Standard errors of a level and, relative, of differences, with the items that are ``inside`` (I,)."""
    chosen = inside[score.own.columns]
    n = int(chosen.sum())
    if known is None or not n:
        return np.nan, np.nan
    own = Tags(score.own.columns[chosen], score.own.polarity[chosen])
    _, of_items, of_queries = score_weights(own, score.centre[inside[score.centre]], codes)
    study = replace(known.study, n_items=n, item_weight=of_items, query_weight=of_queries)
    level, difference = _sems(study, known.variances, n, design, inference)
    return level * known.factors[inference][0], difference * known.factors[inference][1]


def degrees_of_freedom(n_queries: int, design: Design, inference: str) -> float:
    """Degrees of freedom of a difference between two models, as ``comparing`` has them (of these items, at most)."""
    versions = design.wordings * design.orders
    if n_queries < LEAST_CLUSTERS or (inference == "these_items" and versions < 2):
        return np.nan
    return float(n_queries - 1 if inference == "items_like_these" else n_queries * (versions - 1))


def errors_that_came(material: Material, model: str, instrument: Instrument) -> dict[str, float]:
    """The standard errors of a model's answers by dimension, over queries and wordings like these."""
    if not (known := _answers_of(material, [model])):
        return {}
    own, key, queries = known
    _, spreads = estimate_spreads(own, queries, key, None, material.centring, instrument)
    errors = np.sqrt(spreads["all"].variance[0])
    return {
        name: error
        for (family, name), error in zip(instrument.dimensions, errors, strict=True)
        if family == instrument.main.name
    }
