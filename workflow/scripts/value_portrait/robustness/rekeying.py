"""Item keys as other raters would have made them: from half-samples of the raters, by a rule made stricter to match.

A resample adds its own noise to the noise of the raters who were there: by the same rule a bootstrap, or a half of the
raters, tags nearly twice as many items, the more by chance, and scores by such keys vary too little (in the simulated
study by .7 of the true standard error). A rule that asks of half the raters as many standard errors above 0 tags too
few real items, and the scores vary too much (1.2). So the limit of each dimension is put where half-samples tag as
many items as the key has, on average: scores by these keys vary by 1.04 times the true standard error. Half-samples
without replacement need no further scaling: (n - d) / d is 1 for d = n / 2 (Shao and Wu 1989, The Annals of Statistics
17, eq. 2.4).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block
from value_portrait.robustness.shuffling import score_keys

# Fisher's z of half of them has a standard error from four raters on.
LEAST_RATERS = 8
PILOT = 200  # draws by which limits are found


def half_sample_polarity(
    blocks: Sequence[Block],
    items: Sequence[str],
    key: pd.DataFrame,
    method: str,
    both_signs: bool,
    draws: int,
    rng: np.random.Generator,
    instrument: Instrument,
) -> np.ndarray:
    """Keys made from half of each block's raters: polarity (draws, I, D) int8, 0 without a tag.

    Who rated in several blocks is in or out of the half in all of them, as far as halves allow. Ranks, for Spearman's
    correlation, are those among all of a block's raters.

    Parameters
    ----------
    key : table ``item_key``; says how many tags each dimension has.
    method : ``spearman`` or ``pearson``. both_signs : whether negative correlations tag as well.

    Raises ValueError where a block has fewer than ``LEAST_RATERS`` raters.
    """
    few = min(len(block.raters) for block in blocks)
    if few < LEAST_RATERS:
        raise ValueError(f"{few} raters are too few for half-samples; it takes {LEAST_RATERS}.")
    people = {rater: place for place, rater in enumerate(dict.fromkeys(r for block in blocks for r in block.raters))}
    lot = rng.random((draws, len(people)), dtype=np.float32)
    places = {item: index for index, item in enumerate(items)}

    def strengths(block: Block, draws: slice) -> np.ndarray:
        own = lot[draws][:, [people[rater] for rater in block.raters]]
        return _strengths(own, block, method, instrument)

    def columns(block: Block) -> list[int]:
        return [places[item] for item in block.items]

    pilot = np.full((min(draws, PILOT), len(items), len(instrument.dimensions)), np.nan, np.float32)
    for block in blocks:
        pilot[:, columns(block)] = strengths(block, slice(PILOT))
    if both_signs:
        pilot = np.abs(pilot)
    counts = key.groupby(["family", "dimension"], observed=True).size()
    limits = [
        _exceeded_by(pilot[:, :, place], counts.get(dimension, 0))
        for place, dimension in enumerate(instrument.dimensions)
    ]
    polarity = np.zeros((draws, *pilot.shape[1:]), np.int8)
    for block in blocks:
        found = strengths(block, slice(None))
        tags = (found > limits).astype(np.int8)
        if both_signs:
            tags -= found < np.negative(limits)
        polarity[:, columns(block)] = tags
    return polarity


def shuffled_by_query(polarity: np.ndarray, queries: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same keys, with the draws of each query in an order of their own: as if each query had had its own raters."""
    order = np.stack([rng.permutation(len(polarity)) for _ in range(queries.max() + 1)])
    shuffled: np.ndarray = polarity[order[queries].T, np.arange(polarity.shape[1])]
    return shuffled


def score_variance(
    averages: np.ndarray,
    polarity: np.ndarray,
    changes: tuple[Sequence[int], Sequence[int]] | None,
    centring: str,
    instrument: Instrument,
) -> np.ndarray:
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
    step = max(1, 4_000_000 // (len(averages) * polarity.shape[2]))
    for start in range(0, len(polarity), step):
        scores = score_keys(averages, polarity[start : start + step], centring, instrument)
        if changes:
            scores = scores[:, changes[0]] - scores[:, changes[1]]
        present = np.isfinite(scores)
        if origin is None:
            origin = np.nan_to_num(scores[0])
        away = np.where(present, scores - origin, 0)
        n, total, squares = n + present.sum(0), total + away.sum(0), squares + (away**2).sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - total**2 / n) / (n - np.ones(1))
    return np.where(np.asarray(n) >= 0.95 * len(polarity), variance, np.nan)


def _strengths(lot: np.ndarray, block: Block, method: str, instrument: Instrument) -> np.ndarray:
    """Fisher's z over its standard error (draws, I, D), from the half of the raters with the lowest lots (draws, R)."""
    half = len(block.raters) // 2
    inside = np.zeros(lot.shape, np.float32)
    np.put_along_axis(inside, np.argpartition(lot, half, axis=1)[:, :half], 1, axis=1)
    order = [block.dimensions.index(dimension) for dimension in instrument.dimensions]
    rho = _correlate_halves(inside, block.ratings, block.scores[:, order], method)
    strength: np.ndarray = np.arctanh(np.clip(rho, -0.9999, 0.9999)) * np.float32(np.sqrt(half - 3))
    return strength


def _exceeded_by(strengths: np.ndarray, count: int) -> float:
    """What ``count`` items exceed in the average draw of (draws, I)."""
    known = strengths[np.isfinite(strengths)]
    above = min(count * len(strengths), len(known))
    return float(np.sort(known)[-above - 1]) if 0 < above < len(known) else (np.inf if not above else -np.inf)


def _correlate_halves(inside: np.ndarray, ratings: np.ndarray, scores: np.ndarray, method: str) -> np.ndarray:
    """Correlations (draws, I, D) of ``ratings`` (R, I) and ``scores`` (R, D) over the raters ``inside`` (draws, R)."""
    if method == "spearman":
        ratings, scores = (pd.DataFrame(values).rank().to_numpy() for values in (ratings, scores))
    x, y = (_standardised(values).astype(np.float32) for values in (ratings, scores))
    weights = inside / inside.sum(axis=1, keepdims=True)
    products = weights @ (x[:, :, None] * y[:, None, :]).reshape(len(x), -1)
    mean_x, mean_y = weights @ x, weights @ y
    spread_x, spread_y = weights @ x**2 - mean_x**2, weights @ y**2 - mean_y**2
    rho: np.ndarray = products.reshape(len(inside), x.shape[1], -1)
    rho -= mean_x[:, :, None] * mean_y[:, None, :]
    # Columns that do not vary have a spread of 0, up to rounding.
    rho /= np.sqrt(np.where(spread_x > 1e-5, spread_x, np.nan))[:, :, None]
    rho /= np.sqrt(np.where(spread_y > 1e-5, spread_y, np.nan))[:, None]
    return rho


def _standardised(values: np.ndarray) -> np.ndarray:
    deviations = values - values.mean(axis=0)
    spread = values.std(axis=0)
    return deviations / np.where(spread > 0, spread, 1)
