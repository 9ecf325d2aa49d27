"""A generalizability study: how much of what ratings and scores vary in is the model, and how much the asking.

Models, wordings, orders of the options and items are crossed; items are nested in queries, for responses to one query
are alike in what a model makes of them. All facets are random, but of orders there are only two (Brennan 2001,
Generalizability Theory, chapters 3 to 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MODEL, WORDING, ORDER = "model", "wording", "order"
ORDERS = 2

Effect = frozenset[str]


@dataclass(frozen=True)
class Component:
    """What one source adds to a rating's variance: the facets that interact, and what of the items: none, query, item.

    An item is one within its query, unless every query has one item. ``repeats`` marks that of repeats of the same
    question, which are nested in all facets.
    """

    effect: Effect
    items: str | None
    repeats: bool = False

    @property
    def name(self) -> str:
        """As in ``model x wording x item``."""
        if self.repeats:
            return "repeat"
        names = [facet for facet in (MODEL, WORDING, ORDER) if facet in self.effect]
        return " x ".join(names + ([self.items] if self.items else []))


@dataclass(frozen=True)
class Coefficients:
    """Of a study with some number of items and versions; arrays of draws, or single numbers.

    Attributes
    ----------
    relative, absolute : the coefficients of Brennan (2001, chapter 4): the squared correlation of scores with
        universe scores, and the same where the level counts too. NaN where scores do not vary.
    sem, sem_absolute : standard errors of measurement, in scale points.
    """

    relative: npt.NDArray[np.float64]
    absolute: npt.NDArray[np.float64]
    sem: npt.NDArray[np.float64]
    sem_absolute: npt.NDArray[np.float64]


@dataclass(frozen=True)
class VarianceStudy:
    """The analysis of variance of one score.

    Attributes
    ----------
    sizes : levels of each facet.
    squares, df : (E,) mean squares and their degrees of freedom.
    matrix : (C, E), from mean squares to the components in ``components``.
    from_items : (E, E), from mean squares to what items add to those of the models' scores.
    common : how far what models make of items is one pattern that they follow more or less: 0 to 1.
    n_items : items of the dimension. item_weight, query_weight : sums of the squared weights that single items, and
        that queries, have in the score. n_repeats : answers to a repeated question.
    """

    sizes: Mapping[str, int]
    components: list[Component]
    squares: np.ndarray
    df: np.ndarray
    matrix: np.ndarray
    from_items: np.ndarray
    common: float
    n_items: int
    item_weight: float
    query_weight: float
    n_repeats: int = 1

    @cached_property
    def estimates(self) -> np.ndarray:
        """(C,) variances, unbiased: they may be negative."""
        return self.matrix @ self.squares

    def draws(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Twice (n, C) variances that the mean squares leave possible: generalized pivotal quantities, whose quantiles
        bound any function of the components (Weerahandi 1993, Journal of the American Statistical Association 88;
        Hannig, Iyer and Patterson 2006, ibid. 101). Effects are taken for normal; it holds with three wordings too.
        In the second it counts as known what items add to the models' scores.
        """
        ratio = self.df / rng.chisquare(self.df, (n, len(self.df)))
        drawn = self.squares * ratio
        # The one pattern gives all scores together a single degree of freedom.
        common = self.common * np.maximum(drawn @ self.from_items.T, 0)
        of_items = common - common * rng.chisquare(1, common.shape) * ratio
        return (drawn + of_items) @ self.matrix.T, drawn @ self.matrix.T

    def coefficients(
        self,
        variances: np.ndarray,
        n_items: npt.ArrayLike,
        n_wordings: npt.ArrayLike,
        n_orders: npt.ArrayLike,
        n_repeats: npt.ArrayLike = 1,
        *,
        these_items: bool = False,
        unbiased: bool = False,
    ) -> Coefficients:
        """What scores of so many items, wordings, orders and repeats would be worth.

        Parameters
        ----------
        variances : (..., C), the estimates or draws of them. Sums of them below 0 count as 0.
        n_items, n_wordings, n_orders, n_repeats : of one design, or (K,) of K of them: the results' last axis.
        these_items : whether a score is to hold for these very items (a fixed facet: Brennan 2001, chapter 4), or for
            others like these.
        unbiased : whether error's share of the variance is taken (M - 3) / (M - 1) times, for its denominator varies
            over samples of models (Kristof 1963, Psychometrika 28); NaN below four models. Not for draws.
        """
        items, wordings, orders, repeats = np.broadcast_arrays(n_items, n_wordings, n_orders, n_repeats)
        sizes = {WORDING: wordings, ORDER: orders}
        parts = {name: np.zeros((len(self.components), *items.shape)) for name in ("universe", "relative", "level")}
        for place, component in enumerate(self.components):
            share = np.ones(items.shape)
            if component.items:
                weight = self.query_weight if component.items == "query" else self.item_weight
                share = weight * self.n_items / items
            stays = component.effect <= {MODEL, ORDER} and (these_items or not component.items)
            if component.repeats:
                share, stays = share / repeats, False
            kept = share / (ORDERS if ORDER in component.effect else 1) if stays else 0.0
            for facet in component.effect - {MODEL}:
                share = share / sizes[facet]
            if MODEL in component.effect:
                parts["universe"][place] = kept
            parts["relative" if MODEL in component.effect else "level"][place] = share - kept
        total = variances @ (parts["universe"] + parts["relative"])
        relative, level = (np.maximum(variances @ parts[name], 0) for name in ("relative", "level"))
        models = self.sizes.get(MODEL, 1)
        factor = (np.nan if models < 4 else (models - 3) / (models - 1)) if unbiased else 1.0

        def coefficient(error: npt.NDArray[np.float64], of: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            share = np.divide(error, of, out=np.full(np.shape(of), np.inf), where=of > 0)
            return np.where((error != 0) | (of != 0), np.clip(1 - factor * share, 0, 1), np.nan)

        absolute = relative + level
        of_differences = coefficient(relative, total)
        return Coefficients(
            of_differences,
            np.minimum(coefficient(absolute, total + level), of_differences),
            np.sqrt(relative),
            np.sqrt(absolute),
        )


class Repeats(NamedTuple):
    """How far answers to the same question vary.

    Attributes
    ----------
    number : answers to a question that was repeated. variance : between them, as a mean over all questions, of which
        those asked once count with 0. df : its degrees of freedom.
    """

    number: int
    variance: float
    df: float


def study_repeats(repeats: np.ndarray | None) -> Repeats | None:
    """The variance between repeats (..., R), NaN where there is no rating; None without any two of one question.

    Where ratings are missing, it is the variance that gives the means of those at hand the error that they have.
    """
    if repeats is None:
        return None
    counts = (~np.isnan(repeats)).sum(axis=-1)
    several = counts > 1
    if not several.any():
        return None
    of_means = np.nanvar(repeats[several], axis=-1, ddof=1) / counts[several]
    number = repeats.shape[-1]
    return Repeats(number, float(number * of_means.sum() / several.size), float((counts[several] - 1).sum()))


def fill_gaps(values: np.ndarray, rounds: int = 50) -> np.ndarray:
    """Ratings (M, V, I) with every NaN filled so that it adds nothing to the highest interaction.

    The missing-plot method (Yates 1933, Empire Journal of Experimental Agriculture 1), by iteration; each gap costs
    that interaction a degree of freedom. A cell that nothing else tells of starts, and may stay, at its item's mean.
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values

    def mean(axis: int | None) -> np.ndarray:
        count = np.sum(~gaps, axis=axis, keepdims=True)
        return np.sum(values, axis=axis, keepdims=True, where=~gaps) / np.where(count, count, np.nan)

    filled = values
    for own in (mean(1), mean(0), mean(None)):
        filled = np.where(np.isnan(filled), own, filled)
    axes = [axis for axis, size in enumerate(values.shape) if size > 1]
    for _ in range(rounds):
        residual = filled
        for axis in axes:
            residual = residual - residual.mean(axis=axis, keepdims=True)
        filled = np.where(gaps, filled - residual, filled)
    return filled


def analyse_variance(
    own: np.ndarray,
    scores: np.ndarray,
    queries: np.ndarray,
    item_weight: float,
    query_weight: float,
    gaps: int = 0,
    repeats: Repeats | None = None,
) -> VarianceStudy:
    """The components of variance of a score that weighs many items (ANOVA estimators, unbiased without normality).

    Items within queries are unbalanced: sums of squares within and between queries have the expectations of Searle,
    Casella and McCulloch (1992, Variance Components, chapter 3). What models make of an item is taken to vary as much
    in the centre's other items as in the dimension's own.

    Parameters
    ----------
    own : (M, W, O, I), the dimension's ratings as they enter its score. I at least 2; M, W and O may be 1, and what
        such a facet does is then part of the other components.
    scores : (M, W, O), each of which weighs items: those of ``own``, and those of a centre.
    queries : (I,) codes. item_weight, query_weight : sums of squares of the weights of items, and of their sums within
        queries; of a plain mean 1 / I, and the sum of squares of the queries' shares.
    gaps : how many ratings of ``own`` are filled in. repeats : what repeats of these questions vary in; what single
        answers vary in is part of the highest interaction with items.
    """
    sizes = {facet: size for facet, size in zip((MODEL, WORDING, ORDER), scores.shape, strict=True) if size > 1}
    n = own.shape[-1]
    own, scores = own.reshape(*sizes.values(), n), scores.reshape(*sizes.values(), 1)
    _, place, counts = np.unique(queries, return_inverse=True, return_counts=True)
    levels: list[tuple[str | None, np.ndarray, int]] = [(None, scores, 1)]
    centred = own - own.mean(axis=-1, keepdims=True)
    nested = 1 < len(counts) < n
    if nested:
        member = np.equal.outer(place, np.arange(len(counts))).astype(float)
        means = centred @ (member / counts)
        levels += [
            ("query", means * np.sqrt(counts), len(counts) - 1),
            ("item", centred - means[..., place], n - len(counts)),
        ]
    else:
        levels += [("item", centred, n - 1)]

    effects = [frozenset(names) for names in chain.from_iterable(combinations(sizes, k) for k in range(len(sizes) + 1))]
    squares: list[float] = []
    df: list[float] = []
    rows: dict[Component, int] = {}
    sphericity = _sphericity(centred, place) if MODEL in sizes else 1.0
    for items, values, own_df in levels:
        for effect in effects if items else effects[1:]:
            rows[Component(effect, items)] = len(squares)
            free = float(own_df * np.prod([sizes[facet] - 1 for facet in effect], dtype=int))
            squares.append(_sum_of_squares(values, sizes, effect) / free)
            if items and len(effect) == len(sizes):
                # Gaps are filled so that they add nothing here.
                squares[-1] /= 1 - gaps / own.size
                free *= 1 - gaps / own.size
            df.append(max(free * sphericity, 1.0) if items and MODEL in effect else free)
    models = sizes.get(MODEL, 1)
    common = max((1 / sphericity - 1) / (models - 2), 0.0) ** 0.5 if models > 2 else 1.0

    matrix = np.zeros((len(rows), len(rows)))
    for component, row in rows.items():
        rest = np.prod([sizes[facet] for facet in sizes if facet not in component.effect])
        for other, column in rows.items():
            if other.items == component.items and other.effect >= component.effect:
                matrix[row, column] = (-1) ** len(other.effect - component.effect) / rest
    from_items = np.zeros_like(matrix)
    alike = (len(counts) - 1) / (n - (counts**2).sum() / n) if nested else 0.0
    for effect in effects:
        item = rows[Component(effect, "item")]
        if nested:
            query = rows[Component(effect, "query")]
            matrix[query] = (matrix[query] - matrix[item]) * alike
        if effect:
            mean = rows[Component(effect, None)]
            matrix[mean] -= item_weight * matrix[item] + (query_weight * matrix[query] if nested else 0)
        if MODEL in effect:
            from_items[mean, item] = item_weight - query_weight * alike
            if nested:
                from_items[mean, query] = query_weight * alike
    components = list(rows)
    if repeats:
        components.append(Component(effects[-1], "item", repeats=True))
        squares.append(repeats.variance)
        df.append(repeats.df)
        matrix, from_items = (np.pad(own, (0, 1)) for own in (matrix, from_items))
        matrix[-1, -1] = 1
        matrix[item, -1] = -1 / repeats.number
    number = repeats.number if repeats else 1
    weights = item_weight, query_weight
    return VarianceStudy(
        sizes, components, np.array(squares), np.array(df), matrix, from_items, common, n, *weights, number
    )


def _sphericity(own: np.ndarray, place: np.ndarray) -> float:
    """How far models differ in what they make of items independently: 1, down to 1 / (M - 1) where all follow one.

    Box's epsilon (1954, Annals of Mathematical Statistics 25), by which degrees of freedom shrink: models that use more
    of the scale than others make more of every item. Queries are the independent units; the moments are unbiased
    (Srivastava 2005, Journal of the Japan Statistical Society 35).

    Parameters
    ----------
    own : (M, ..., I) deviations from each row's mean. place : (I,) query of each item, from 0.
    """
    effects = own.reshape(len(own), -1, own.shape[-1]).mean(axis=1)
    effects = (effects - effects.mean(axis=0)) @ np.equal.outer(place, np.arange(place.max() + 1)).astype(float)
    least, free = 1 / (len(own) - 1), place.max()
    if free < 2:
        return least
    covariance = effects @ effects.T / free
    trace, square = np.trace(covariance) ** 2, (covariance**2).sum()
    square = free**2 / ((free - 1) * (free + 2)) * (square - trace / free)
    return float(np.clip((trace - 2 * square / free) * least / square, least, 1)) if square > 0 else 1.0


def _sum_of_squares(values: np.ndarray, sizes: Mapping[str, int], effect: Effect) -> float:
    """Of an effect of crossed facets (the first axes of ``values``), each over all levels of the other facets."""
    for axis, facet in enumerate(sizes):
        mean = values.mean(axis=axis, keepdims=True)
        values = values - mean if facet in effect else mean
    return float((values**2).sum()) * float(np.prod([size for facet, size in sizes.items() if facet not in effect]))
