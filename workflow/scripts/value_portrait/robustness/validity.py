"""Whether items measure in other people what they were keyed to measure: a matrix of dimensions by two methods."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block
from value_portrait.randomness import named_generator
from value_portrait.robustness.resampling import (
    TagRule,
    correlate_samples,
    draw_orders,
    group_places,
    suborders,
)
from value_portrait.scores.profiles import Tags, centred_means
from value_portrait.tables import NUMBER, REPEATED_TEXT, Column, Schema

FOLDS = 5
FEWEST_RATERS = 2 * FOLDS  # of a block: those left out are compared with each other
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
    those of their group's items that the other parts tag by ``rule``. Scores and questionnaires are correlated within
    groups (over deviations from the part's mean in its group), since each group has items of its own. A block with
    fewer than ``FEWEST_RATERS`` raters is left out.

    Returns
    -------
    Correlations (3 keys as in ``KEYS``, repetitions · FOLDS, D by items, D by questionnaire), NaN where either does not
    vary, and the numbers of raters with a score (3, repetitions · FOLDS, D).
    """
    study = _Study(groups, rng, repetitions)
    size = len(instrument.dimensions)
    r = np.full((len(KEYS), repetitions, FOLDS, size, size), np.nan)
    n = np.zeros(r.shape[:-1])
    for fold in range(FOLDS):
        keys = [study.tags(fold, rule, rng, shuffled) for shuffled in (False, True)]
        for repetition in range(repetitions):
            rows, seen = study.held_out(fold, repetition)
            if not len(rows):
                continue
            own, labels = study.scores[rows], study.labels[rows]
            by_items = [centred_means(seen, _tags(key[repetition]), centring, instrument) for key in keys]
            for place, scores in enumerate((*by_items, own)):
                r[place, repetition, fold] = correlate_within(scores, own, labels)
                n[place, repetition, fold] = (~np.isnan(scores)).sum(axis=0)
    shape = (len(KEYS), repetitions * FOLDS)
    return r.reshape(*shape, size, size), n.reshape(*shape, size)


def correlate_within(x: np.ndarray, y: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Pearson correlations of the columns of ``x`` (n, A) and ``y`` (n, B) over deviations from their groups' means.

    Rows where a column of ``x`` is NaN are left out of its correlations. ``labels`` (n,) tells the groups.

    Returns
    -------
    (A, B); NaN where either does not vary within groups.
    """
    present = ~np.isnan(x)
    x = np.where(present, x, 0)
    member = np.unique(labels, return_inverse=True)[1][:, None] == np.arange(len(np.unique(labels)))
    count = np.maximum(member.T.astype(float) @ present, 1)  # (groups, A)
    deviations = (x - member @ ((member.T @ x) / count)) * present
    in_both = (member[:, :, None] & present[:, None, :]).reshape(len(x), -1).astype(float)
    sums = (in_both.T @ y).reshape(*count.shape, -1)  # (groups, A, B)
    of_x = (deviations**2).sum(axis=0)[:, None]
    of_y = present.T.astype(float) @ y**2 - (sums**2 / count[:, :, None]).sum(axis=0)
    # A sum of squares that is rounding alone is none.
    of_x = np.where(of_x > 1e-9, of_x, np.nan)
    of_y = np.where(of_y > 1e-9, of_y, np.nan)
    return np.clip(deviations.T @ y / np.sqrt(of_x * of_y), -1, 1)


def validate_key(
    groups: Sequence[Sequence[Block]],
    rule: TagRule,
    centring: str,
    repetitions: int,
    seed: int,
    instrument: Instrument,
) -> pd.DataFrame:
    """The table ``VALIDITY``: the matrix of every family, and its mean on and off the diagonal.

    An estimate is the mean over all parts held out. These share raters, so its standard error is no SD over √J: it is
    S · sqrt(1 / J + held out / keying), with S the SD over the J parts (Nadeau and Bengio 2003, Machine Learning 52, eq.
    9), and the interval is Student's with J - 1 degrees of freedom. Where nothing is keyed that is the jackknife which
    deletes the other parts (Shao and Wu 1989, Annals of Statistics 17). It is about other raters of the same items.
    """
    rng = named_generator("validity", seed)
    r, n = held_out_correlations(groups, rule, centring, repetitions, rng, instrument)
    raters = n.reshape(len(KEYS), repetitions, FOLDS, -1).sum(axis=2).mean(axis=1)
    rows: list[Mapping[str, object]] = []
    for place, key in enumerate(KEYS):
        for family in instrument.families:
            columns = [column for column, (name, _) in enumerate(instrument.dimensions) if name == family.name]
            own = r[place][:, columns][:, :, columns]
            for dimension, criterion, value in _cells(own, family.names):
                about = {"key": key, "family": family.name, "dimension": dimension, "criterion": criterion}
                scored = raters[place, columns]
                count = scored.mean() if dimension is None else scored[family.names.index(dimension)]
                rows.append(about | {"n": count} | _summary(value))
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
                if len(own) >= FEWEST_RATERS:
                    self.blocks.append((block, rows, columns, suborders(orders, own)))

    def tags(self, fold: int, rule: TagRule, rng: np.random.Generator, shuffled: bool) -> np.ndarray:
        """The key by all parts but one, as 1, -1 or 0 for each item and dimension (repetitions, I, D)."""
        repetitions = self.blocks[0][3].shape[0] if self.blocks else 0
        key = np.zeros((repetitions, self.ratings.shape[1], self.scores.shape[1]), np.int8)
        for block, _, columns, orders in self.blocks:
            keying = orders[:, np.arange(orders.shape[1]) % FOLDS != fold]
            profiles = rng.permuted(keying, axis=1) if shuffled else keying
            rho = correlate_samples(block.ratings[keying], block.scores[profiles], rule.method)
            limit = rule.limit(keying.shape[1])
            key[:, columns] = (rho > limit).astype(np.int8)
            if rule.polarity == "both":
                key[:, columns] -= rho < -limit
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
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return {"r": np.nan, "low": np.nan, "high": np.nan}
    mean = known.mean()
    error = known.std(ddof=1) * np.sqrt(1 / len(known) + 1 / (FOLDS - 1))
    reach = special.stdtrit(len(known) - 1, 0.975) * error
    return {"r": mean, "low": max(mean - reach, -1.0), "high": min(mean + reach, 1.0)}
