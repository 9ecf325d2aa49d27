"""What each query, and each answer, contributes to a model's centred scores: the material of standard errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.personas.effects import QuerySums, sum_by_query
from value_portrait.scores.ratings import Ratings

# A spread between queries, or wordings, needs more than two of them.
LEAST_CLUSTERS = 3


@dataclass(frozen=True)
class Contributions:
    """Of S subjects, Q queries, V prompt versions and D dimensions.

    Attributes
    ----------
    scores : (S, D), the centred means. n_queries : (S, D), queries with a rated item of the dimension.
    of_query : (S, Q, D), sums of the items' deviations from the centre over the number of items; they add up to the
        score.
    left_out : (S, Q, D), by how much the score changes without a query; 0 where there is no score without it.
    of_answers : (S, Q, V, D), by how much the answers to a query under one version move the score away from where
        the average over versions has it; they add up to 0 over versions.
    """

    scores: np.ndarray
    n_queries: np.ndarray
    of_query: np.ndarray
    left_out: np.ndarray
    of_answers: np.ndarray

    def changes(self, own: Sequence[int], base: Sequence[int]) -> "Contributions":
        """The same of the differences between the subjects at ``own`` and those at ``base``."""

        def change(values: np.ndarray) -> np.ndarray:
            difference: np.ndarray = values[own] - values[base]
            return difference

        n_queries = np.minimum(self.n_queries[own], self.n_queries[base])
        return Contributions(
            change(self.scores), n_queries, change(self.of_query), change(self.left_out), change(self.of_answers)
        )

    def combined(self, weights: np.ndarray) -> "Contributions":
        """The same of R weighted sums of the subjects; ``weights`` (R, S, D) are 0 where a subject has no score."""

        def add_up(values: np.ndarray) -> np.ndarray:
            total: np.ndarray = np.einsum("rsd,s...d->r...d", weights, np.nan_to_num(values))
            return total

        n_queries = np.broadcast_to(self.n_queries.max(axis=0), (len(weights), weights.shape[2]))
        return Contributions(
            add_up(self.scores), n_queries, add_up(self.of_query), add_up(self.left_out), add_up(self.of_answers)
        )


def find_contributions(
    ratings: Ratings, queries: Sequence[str], key: pd.DataFrame, centring: str, instrument: Instrument
) -> Contributions:
    """The contributions to the scores that ``profiles.score`` defines; ``queries`` are those of the ratings' items."""
    averages = ratings.averages()

    def sums_of(values: np.ndarray) -> QuerySums:
        return sum_by_query(values, ratings.items, queries, key, centring, instrument)

    sums = sums_of(averages)
    scores = sums.scores(np.ones((1, sums.counts.shape[1])))[0]
    left_out = sums.without_each() - scores[:, None]
    rated = ratings.rated
    counts = np.maximum(rated.sum(axis=1, keepdims=True), 1)
    away = np.where(rated, ratings.values - averages[:, None], 0) / counts
    # An item without any rating has no average and must not count here either.
    away = np.where(rated.any(axis=1, keepdims=True), away, np.nan)
    of_answers = [_linear(sums, sums_of(away[:, version]), 0) for version in range(away.shape[1])]
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.nan_to_num(sums.centre.sum(axis=1, keepdims=True) / sums.centre_counts.sum(axis=1, keepdims=True))
    return Contributions(
        scores,
        (sums.counts > 0).sum(axis=1),
        _linear(sums, sums, centre),
        np.nan_to_num(left_out, posinf=0, neginf=0),
        np.stack(of_answers, axis=2),
    )


def _linear(sums: QuerySums, own: QuerySums, centre: np.ndarray | float) -> np.ndarray:
    """Influence of each query's cells on the scores (S, Q, D), the cells being deviations from ``centre`` (S, 1, F)."""
    signs, counts, of_centre = (
        total.sum(axis=1, keepdims=True) for total in (sums.signs, sums.counts, sums.centre_counts)
    )
    pool = own.centre - centre * sums.centre_counts
    scored = own.rated - (centre * np.ones_like(of_centre))[..., sums.of_family] * sums.signs
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.nan_to_num(pool / of_centre)[..., sums.of_family]
        influence: np.ndarray = (scored - signs * shares) / counts
    return influence
