"""Whether items measure in other people what they were keyed to measure: a matrix of dimensions by two methods."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block
from value_portrait.randomness import named_generator
from value_portrait.robustness.resampling import (
    ROUNDING,
    TagRule,
    correlate_samples,
    draw_orders,
    group_places,
    in_chunks,
    suborders,
)
from value_portrait.scores.profiles import Tags, centred_means
from value_portrait.tables import NUMBER, REPEATED_TEXT, Column, Schema

FOLDS = 5
FEWEST_RATERS = 2 * FOLDS  # of a block: those held out are compared with each other
FEWEST_GROUPS = 6  # whose differences tell the error; below, differences between raters must do
KEYS = ("raters", "shuffled", "questionnaire")

VALIDITY = Schema(
    ("key", "family", "dimension", "criterion"),
    {
        "key": Column(
            REPEATED_TEXT,
            "raters: items keyed by other raters | shuffled: by other raters with permuted questionnaires | "
            "questionnaire: the questionnaire itself in place of items",
        ),
        "family": Column(REPEATED_TEXT, "family of both dimensions"),
        "dimension": Column(REPEATED_TEXT, "what the items measure; empty: mean over a family's", nullable=True),
        "criterion": Column(
            REPEATED_TEXT,
            "what the questionnaire measures; convergent: the same as the items, discriminant: anything else",
        ),
        "n": Column(NUMBER, "raters with a score by items, mean over repetitions", low=0, nullable=True),
        "r": Column(NUMBER, "Pearson's correlation within survey groups", -1, 1, nullable=True),
        "low": Column(NUMBER, "lower end of its 95 % interval", -1, 1, nullable=True),
        "high": Column(NUMBER, "upper end of its 95 % interval", -1, 1, nullable=True),
    },
)


def held_out_correlations(
    groups: Sequence[Sequence[Block]],
    rule: TagRule,
    centring: str,
    repetitions: int,
    rng: np.random.Generator,
    instrument: Instrument,
) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of scores by items with scores by questionnaire, in raters who had no part in the key.

    The raters of each group are cut at random into ``FOLDS`` parts. Each part in turn is scored, as models are, on
    those of their group's items that the other parts tag by ``rule``. Scores and questionnaires enter as deviations
    from the part's mean in its group, since each group has items of its own. A block with fewer than
    ``FEWEST_RATERS`` raters is left out.

    Returns
    -------
    Correlations (3 keys as in ``KEYS``, 1 + C, D by items, D by questionnaire) of all raters, then without each of C
    clusters, and the mean numbers of raters with a score by items (3, D). The clusters are survey groups if there are
    ``FEWEST_GROUPS``, else raters. Each is the mean over those parts and repetitions where both vary: pooled, keys with
    few tags would weigh less, which pulls the mean below 0 where nothing is to be found.
    """
    size = len(instrument.dimensions)
    large = [[block for block in group if len(block.raters) >= FEWEST_RATERS] for group in groups]
    large = [group for group in large if group]
    if not large:
        return np.full((len(KEYS), 1, size, size), np.nan), np.zeros((len(KEYS), size))
    study = _Study(large, rng, repetitions)
    clusters = study.labels if len(large) >= FEWEST_GROUPS else np.arange(len(study.labels))
    sums = np.zeros((len(KEYS), 2 + clusters[-1], size, size))
    known, n = np.zeros(sums.shape), np.zeros((len(KEYS), size))
    for fold in range(FOLDS):
        keys = [study.tags(fold, rule, rng, shuffled) for shuffled in (False, True)]
        for repetition in range(repetitions):
            rows, seen = study.held_out(fold, repetition)
            own, cluster = study.scores[rows], clusters[rows]
            first = np.flatnonzero(np.diff(cluster, prepend=-1))
            by_items = [centred_means(seen, _tags(key[repetition]), centring, instrument) for key in keys]
            for place, scores in enumerate((*by_items, own)):
                products = products_within(scores, own, study.labels[rows])
                by_cluster = np.add.reduceat(products, first, axis=0)
                total = by_cluster.sum(axis=0)
                r = np.tile(correlation_of_products(total), (len(sums[place]), 1, 1))
                r[1 + cluster[first]] = correlation_of_products(total - by_cluster)
                sums[place] += np.nan_to_num(r)
                known[place] += ~np.isnan(r)
                n[place] += (~np.isnan(scores)).sum(axis=0)
    return sums / np.where(known, known, np.nan), n / repetitions


def products_within(x: np.ndarray, y: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The products xy, xx and yy of deviations from group means: of each row, column of ``x`` and column of ``y``.

    ``labels`` (n,) tells the groups, ``x`` is (n, A), ``y`` (n, B); the result (n, 3, A, B). A row where a column of
    ``x`` is NaN adds nothing to its products, nor to the means of ``y`` that these are taken from.
    """
    present = ~np.isnan(x)
    member = (labels[:, None] == np.unique(labels)).astype(float)
    count = np.maximum(member.T @ present, 1)
    dx = (np.where(present, x, 0) - member @ (member.T @ np.where(present, x, 0) / count)) * present
    masked = present[:, :, None] * y[:, None, :]
    means = (member.T @ masked.reshape(len(y), -1)).reshape(-1, *masked.shape[1:]) / count[:, :, None]
    dy = masked - present[:, :, None] * (member @ means.reshape(len(means), -1)).reshape(masked.shape)
    dx = np.broadcast_to(dx[:, :, None], dy.shape)
    return np.stack([dx * dy, dx * dx, dy * dy], axis=1)


def correlation_of_products(products: np.ndarray) -> np.ndarray:
    """Pearson's correlation (..., A, B) from sums of products (..., 3, A, B); NaN where either does not vary."""
    xy, xx, yy = np.moveaxis(products, -3, 0)
    varies = (xx > ROUNDING) & (yy > ROUNDING)
    return np.clip(xy / np.sqrt(np.where(varies, xx * yy, np.nan)), -1, 1)


def validate_key(
    groups: Sequence[Sequence[Block]],
    rule: TagRule,
    centring: str,
    repetitions: int,
    seed: int,
    instrument: Instrument,
) -> pd.DataFrame:
    """The table ``VALIDITY``: the matrix of every family, and its mean on and off the diagonal.

    Repetitions share raters, so their spread is no sampling error. Intervals are the jackknife's (Efron and Tibshirani
    1993, An Introduction to the Bootstrap, eq. 11.5) with one cluster left out at a time, and Student's t with a degree
    of freedom less than there are clusters. Survey groups have raters and items of their own, so leaving them out has
    all of the error in it: raters, items and the key. Below ``FEWEST_GROUPS`` groups it is raters that are left out,
    which takes the keys as they are and is too narrow.
    """
    rng = named_generator("validity", seed)
    r, n = held_out_correlations(groups, rule, centring, repetitions, rng, instrument)
    rows: list[Mapping[str, object]] = []
    for place, key in enumerate(KEYS):
        for family in instrument.families:
            columns = [column for column, (name, _) in enumerate(instrument.dimensions) if name == family.name]
            for dimension, criterion, values in _cells(r[place][:, columns][:, :, columns], family.names):
                scored = n[place, columns]
                about = {"key": key, "family": family.name, "dimension": dimension, "criterion": criterion}
                count = scored.mean() if dimension is None else scored[family.names.index(dimension)]
                rows.append(about | {"n": count} | _summary(values))
    return pd.DataFrame(rows)


class _Study:
    """All raters of all groups in one matrix, and who of each block is held out when."""

    def __init__(self, groups: Sequence[Sequence[Block]], rng: np.random.Generator, repetitions: int) -> None:
        sized = [(group, *group_places(group)) for group in groups]
        starts = np.cumsum([0, *(n for _, n, _ in sized)])
        self.labels = np.repeat(np.arange(len(groups)), np.diff(starts))
        self.scores = np.full((starts[-1], len(groups[0][0].dimensions)), np.nan)
        self.ratings = np.full((starts[-1], sum(len(block.items) for group in groups for block in group)), np.nan)
        self.blocks: list[tuple[Block, np.ndarray, slice, np.ndarray]] = []
        column = 0
        for (group, n, places), start in zip(sized, starts[:-1], strict=True):
            orders = draw_orders(rng, repetitions, n)
            for block, own in zip(group, places, strict=True):
                rows, columns = start + own, slice(column, column + len(block.items))
                column = columns.stop
                self.scores[rows] = block.scores
                self.ratings[rows, columns] = block.ratings
                self.blocks.append((block, rows, columns, suborders(orders, own)))

    def tags(self, fold: int, rule: TagRule, rng: np.random.Generator, shuffled: bool) -> np.ndarray:
        """The key by all parts but one, as 1, -1 or 0 for each item and dimension (repetitions, I, D)."""
        repetitions = len(self.blocks[0][3])
        key = np.zeros((repetitions, self.ratings.shape[1], self.scores.shape[1]), np.int8)
        for block, _, columns, orders in self.blocks:
            keying = orders[:, np.arange(orders.shape[1]) % FOLDS != fold]
            profiles = rng.permuted(keying, axis=1) if shuffled else keying
            limit = rule.limit(keying.shape[1])
            for part in in_chunks(repetitions, block.ratings.size + block.scores.size):
                rho = correlate_samples(block.ratings[keying[part]], block.scores[profiles[part]], rule.method)
                key[part, columns] = rho > limit
                if rule.polarity == "both":
                    key[part, columns] -= rho < -limit
        return key

    def held_out(self, fold: int, repetition: int) -> tuple[np.ndarray, np.ndarray]:
        """The raters held out, and their ratings, NaN for items that they did not see or had a part in keying."""
        seen = np.full(self.ratings.shape, np.nan)
        for _, rows, columns, orders in self.blocks:
            out = rows[orders[repetition, fold::FOLDS]]
            seen[out, columns] = self.ratings[out, columns]
        rows = np.flatnonzero((~np.isnan(seen)).any(axis=1))
        return rows, seen[rows]


def _tags(key: np.ndarray) -> list[Tags]:
    """The tags of each dimension, from 1, -1 or 0 for each item and dimension (I, D)."""
    places = [np.flatnonzero(column) for column in key.T]
    return [Tags(own, column[own].astype(float)) for own, column in zip(places, key.T, strict=True)]


def _cells(r: np.ndarray, names: Sequence[str]) -> Iterator[tuple[str | None, str, np.ndarray]]:
    """The mean on and off the diagonal of matrices (J, D, D), then every cell, each as (J,)."""
    same = np.eye(len(names), dtype=bool)
    yield None, "convergent", _mean(r[:, same])
    yield None, "discriminant", _mean(r[:, ~same])
    for row, dimension in enumerate(names):
        for column, criterion in enumerate(names):
            yield dimension, criterion, r[:, row, column]


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row over its numbers; NaN without any."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    return np.where(known, values, 0).sum(axis=1) / np.where(count, count, np.nan)


def _summary(values: np.ndarray) -> dict[str, float]:
    """Estimate and interval from the estimate with all clusters, then without each."""
    estimate, left_out = float(values[0]), values[1:]
    clusters = len(left_out)
    if clusters < 2:
        return {"r": estimate, "low": np.nan, "high": np.nan}
    error = np.sqrt((clusters - 1) * left_out.var())
    reach = scipy.special.stdtrit(clusters - 1, 0.975) * error
    return {
        "r": estimate,
        "low": float(np.clip(estimate - reach, -1, 1)),
        "high": float(np.clip(estimate + reach, -1, 1)),
    }
