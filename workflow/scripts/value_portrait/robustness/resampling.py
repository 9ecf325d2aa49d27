"""Raters drawn anew within their survey group: permuted, or split in two, whole questionnaires kept together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block, pearson_matrix, smallest_p, survey_blocks

# Correlations that are equal but for rounding are equal: a sum in another order must not make a tag.
ROUNDING = 1e-12


class TagRule(NamedTuple):
    """When an item measures a dimension, as in ``items`` of the config."""

    method: str
    threshold: float
    max_p: float | None
    polarity: str

    def limit(self, n: int) -> float:
        """What the correlation of ``n`` raters must exceed for a tag; NaN, which nothing exceeds, if ``n`` is below 3.

        A correlation's p-value falls with its size, so the limit of p is one of the correlation: t / sqrt(n - 2 + t²),
        with t from Student's distribution with n - 2 degrees of freedom; infinite where no correlation has it.
        """
        if self.max_p is None:
            return self.threshold + ROUNDING
        return float(np.maximum(correlation_of_p(self.max_p, n), self.threshold)) + ROUNDING


def correlation_of_p(p: float, n: int) -> float:
    """The size of a correlation of ``n`` pairs with this two-sided p-value (see ``items.validation.correlation_p``).

    NaN if ``n`` is below 3; infinite where no correlation of so few pairs has it.
    """
    if n < 3:
        return np.nan
    if p <= smallest_p(n):
        return np.inf
    t = scipy.special.stdtrit(n - 2, 1 - p / 2)
    return float(t / np.sqrt(n - 2 + t**2))


def survey_groups(survey: pd.DataFrame, participants: pd.DataFrame, instrument: Instrument) -> list[list[Block]]:
    """The blocks of every survey group, their dimensions in the order of the instrument.

    A group has one block where all its raters rated all its items. Somebody who sits in two groups is drawn in each on
    their own: what holds within a group is exact, and between groups their one profile is too little to matter.
    """
    groups = []
    for _, own in survey.groupby("group"):
        blocks = []
        for block in survey_blocks(own, participants):
            columns = [block.dimensions.index(name) for name in instrument.dimensions]
            scores = block.scores[:, columns]
            blocks.append(Block(block.items, block.raters, list(instrument.dimensions), block.ratings, scores))
        groups.append(blocks)
    return groups


def group_places(group: Sequence[Block]) -> tuple[int, list[np.ndarray]]:
    """The number of a group's raters, and the places of each block's raters among them."""
    raters = {rater: place for place, rater in enumerate(sorted({name for block in group for name in block.raters}))}
    return len(raters), [np.array([raters[name] for name in block.raters]) for block in group]


def draw_orders(rng: np.random.Generator, draws: int, n: int) -> np.ndarray:
    """Random orders of ``n`` raters, as (draws, n)."""
    return rng.permuted(np.tile(np.arange(n), (draws, 1)), axis=1)


def follow(orders: np.ndarray, places: np.ndarray) -> np.ndarray:
    """What permutations of a group (P, n) do to the m raters at ``places``, as (P, m): permutations of 0 to m - 1.

    Whoever would get the profile of somebody outside gets the one that this person would get, and so on. So each is
    drawn evenly from all permutations of the m, and blocks that share raters are permuted alike as far as they can be.
    """
    inside = np.full(orders.shape[1], -1)
    inside[places] = np.arange(len(places))
    image = orders[:, places]
    while (outside := inside[image] < 0).any():
        image = np.where(outside, np.take_along_axis(orders, image, axis=1), image)
    return inside[image]


def suborders(orders: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The m raters at ``places`` in the order of their group (P, n), as (P, m): permutations of 0 to m - 1."""
    rank = np.argsort(orders, axis=1)
    return np.argsort(rank[:, places], axis=1)


def correlate_samples(ratings: np.ndarray, scores: np.ndarray, method: str) -> np.ndarray:
    """``validation.correlate`` for many samples at once.

    ``ratings`` (S, n, I) and ``scores`` (S, n, D) give (S, I, D); NaN if constant.
    """
    if method == "spearman":
        ratings, scores = (_ranks(values) for values in (ratings, scores))
    return pearson_matrix(ratings, scores)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mean ranks along the second axis of (S, n, I), as SciPy's, which take half as long again."""
    samples, n, columns = values.shape
    side_by_side = values.swapaxes(0, 1).reshape(n, samples * columns)
    return pd.DataFrame(side_by_side).rank().to_numpy().reshape(n, samples, columns).swapaxes(0, 1)


def in_chunks(total: int, cells: int, most: int = 2_000_000) -> Iterator[slice]:
    """Slices of ``total`` draws of which each needs so many ``cells``; ``most`` are in memory at a time."""
    size = max(most // max(cells, 1), 1)
    return (slice(start, min(start + size, total)) for start in range(0, total, size))
