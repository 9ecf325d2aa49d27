"""Item keys as other raters would have made them: from half-samples of the raters, by a rule made stricter to match.

A resample adds its own noise to the noise of the raters who were there: with the same rule a bootstrap, or a half of
the raters, tags nearly twice as many items, most of them by chance, and scores by such keys vary too little (in the
simulated study by .7 of the true standard error). Here half of the raters must show a correlation as many standard
errors above 0 as the rule asks of all of them, so that chance tags as often; scores by these keys vary by 1.0 to 1.3
times the true standard error. Half-samples without replacement need no further scaling: (n - d) / d is 1 for d = n / 2
(Shao and Wu 1989, The Annals of Statistics 17, eq. 2.4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block

# Fisher's z of half of them has a standard error from four raters on.
LEAST_RATERS = 8


@dataclass(frozen=True)
class Rule:
    """By which an item is tagged: as in the config's ``items``."""

    method: str
    threshold: float
    max_p: float | None
    polarity: str

    def limit(self, n: int) -> float:
        """The correlation of ``n`` raters that a tag exceeds."""
        if self.max_p is None:
            return self.threshold
        t = special.stdtrit(n - 2, 1 - self.max_p / 2)
        return float(max(self.threshold, t / np.sqrt(n - 2 + t**2)))

    def limit_of_half(self, n: int) -> float:
        """The correlation of half of ``n`` raters with as large a ratio of Fisher's z to its standard error."""
        return float(np.tanh(np.arctanh(self.limit(n)) * np.sqrt((n - 3) / (n // 2 - 3))))


def half_sample_polarity(
    blocks: Sequence[Block],
    items: Sequence[str],
    rule: Rule,
    draws: int,
    rng: np.random.Generator,
    instrument: Instrument,
) -> np.ndarray:
    """Keys made from half of each block's raters: polarity (draws, I, D) int8, 0 without a tag.

    Who rated in several blocks is in or out of the half in all of them, as far as halves allow. Ranks, for Spearman's
    correlation, are those among all of a block's raters.

    Raises ValueError where a block has fewer than ``LEAST_RATERS`` raters.
    """
    people = {rater: place for place, rater in enumerate(dict.fromkeys(r for block in blocks for r in block.raters))}
    lot = rng.random((draws, len(people)), dtype=np.float32)
    place = {item: index for index, item in enumerate(items)}
    polarity = np.zeros((draws, len(items), len(instrument.dimensions)), np.int8)
    for block in blocks:
        n = len(block.raters)
        if n < LEAST_RATERS:
            raise ValueError(f"{n} raters are too few for half-samples; it takes {LEAST_RATERS}.")
        own = lot[:, [people[rater] for rater in block.raters]]
        inside = np.zeros(own.shape, np.float32)
        np.put_along_axis(inside, np.argpartition(own, n // 2, axis=1)[:, : n // 2], 1, axis=1)
        order = [block.dimensions.index(dimension) for dimension in instrument.dimensions]
        rho = _correlate_halves(inside, block.ratings, block.scores[:, order], rule.method)
        limit = rule.limit_of_half(n)
        tags = (rho > limit).astype(np.int8)
        if rule.polarity == "both":
            tags -= rho < -limit
        polarity[:, [place[item] for item in block.items]] = tags
    return polarity


def shuffled_by_query(polarity: np.ndarray, queries: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same keys, with the draws of each query in an order of their own: as if each query had had its own raters."""
    order = np.stack([rng.permutation(len(polarity)) for _ in range(queries.max() + 1)])
    shuffled: np.ndarray = polarity[order[queries].T, np.arange(polarity.shape[1])]
    return shuffled


def score_variance(averages: np.ndarray, polarity: np.ndarray, centring: str, instrument: Instrument) -> np.ndarray:
    """Variance over keys of the scores that ``profiles.centred_means`` defines, as (S, D).

    Parameters
    ----------
    averages : (S, I), NaN without rating. polarity : (draws, I, D), a key in each draw.

    Returns
    -------
    NaN for a dimension that more than one draw in twenty leaves without items.
    """
    total: np.ndarray | float = 0
    squares: np.ndarray | float = 0
    n: np.ndarray | float = 0
    origin = None
    for scores in _scores(averages, polarity, centring, instrument):
        present = np.isfinite(scores)
        if origin is None:
            origin = np.nan_to_num(scores[0])
        away = np.where(present, scores - origin, 0)
        n, total, squares = n + present.sum(0), total + away.sum(0), squares + (away**2).sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - total**2 / n) / (n - np.ones(1))
    return np.where(np.asarray(n) >= 0.95 * len(polarity), variance, np.nan)


def _correlate_halves(inside: np.ndarray, ratings: np.ndarray, scores: np.ndarray, method: str) -> np.ndarray:
    """Correlations (draws, I, D) of ``ratings`` (R, I) and ``scores`` (R, D) over the raters ``inside`` (draws, R)."""
    if method == "spearman":
        ratings, scores = (pd.DataFrame(values).rank().to_numpy() for values in (ratings, scores))
    x, y = (_standardised(values).astype(np.float32) for values in (ratings, scores))
    weights = inside / inside.sum(axis=1, keepdims=True)
    products = weights @ (x[:, :, None] * y[:, None, :]).reshape(len(x), -1)
    mean_x, mean_y = weights @ x, weights @ y
    spread_x, spread_y = weights @ x**2 - mean_x**2, weights @ y**2 - mean_y**2
    shared = products.reshape(len(inside), x.shape[1], -1) - mean_x[:, :, None] * mean_y[:, None, :]
    # Columns that do not vary have a spread of 0, up to rounding.
    scale = np.where(spread_x > 1e-5, spread_x, np.nan)[:, :, None] * np.where(spread_y > 1e-5, spread_y, np.nan)[:, None]
    rho: np.ndarray = shared / np.sqrt(scale)
    return rho


def _standardised(values: np.ndarray) -> np.ndarray:
    deviations = values - values.mean(axis=0)
    spread = values.std(axis=0)
    return deviations / np.where(spread > 0, spread, 1)


def _scores(
    averages: np.ndarray, polarity: np.ndarray, centring: str, instrument: Instrument
) -> Iterator[np.ndarray]:
    """Scores (b, S, D) of some draws at a time, as memory allows."""
    given = ~np.isnan(averages)
    rated = np.where(given, averages, 0).astype(np.float32)
    # Few subjects lack an item, and what the others count is the same.
    patterns, of_subject = np.unique(given, axis=0, return_inverse=True)
    patterns = patterns.astype(np.float32)
    families = [family for family, _ in instrument.dimensions]
    step = max(1, 4_000_000 // (len(averages) * len(families) + polarity[0].size))
    for start in range(0, len(polarity), step):
        part = polarity[start : start + step].astype(np.float32)
        tagged = np.abs(part)

        def total(values: np.ndarray, of_items: np.ndarray) -> np.ndarray:
            return np.tensordot(of_items, values, axes=(1, 1)).swapaxes(1, 2)

        with np.errstate(invalid="ignore", divide="ignore"):
            counts = total(patterns, tagged)
            scores: np.ndarray = total(rated, part)
            if centring != "none":
                signs = counts if part.min() >= 0 else total(patterns, part)
                for family in dict.fromkeys(families):
                    own = np.equal(families, family)
                    pool = tagged[:, :, own].max(axis=2, keepdims=True)
                    if centring == "all_items":
                        pool = np.ones_like(pool)
                    centre = total(rated, pool) / total(patterns, pool)[:, of_subject]
                    scores[:, :, own] -= np.nan_to_num(centre) * signs[:, of_subject][:, :, own]
            scores /= counts[:, of_subject]
        yield scores
