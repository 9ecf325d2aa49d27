"""Models held against each other: differences, ranks, and who has the named dimensions on top.

Two questions, each with an inference of its own:

these_items
    Would the models differ on these very items if they answered again? What varies is how an answer to an item departs
    from the model's average over the prompt versions. Answers to different queries, or under different versions,
    are independent.
items_like_these
    Would they differ on other queries like these? Queries are a sample, and both models answer the same ones: the
    standard error is that of paired differences, by jackknife over queries (``uncertainty``; Miller 2024, arXiv
    2411.00640, eq. 8, for paired clusters).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from value_portrait.instrument import Instrument
from value_portrait.robustness.contributions import LEAST_CLUSTERS, Contributions

INFERENCES = ("these_items", "items_like_these")
LEVEL = 0.95
AT_ONCE = 100_000  # differences between models
TIED = 1e-5  # of a statistic, within which a draw equals it: sums in four bytes are rounded, and few groups tie often


@dataclass(frozen=True)
class Sample:
    """What varies under one inference: G independent groups, each with its part in every score.

    Attributes
    ----------
    scores : (S, D). se, df : (D, S, S), of the difference between two models; NaN where there are too few groups.
    parts : (S, G, D); the squares of their differences between two models add up to the variance of the difference.
    tested : (S, G, D), the parts whose signs are flipped where there is no difference.
    statistic : (D, S, S), what is compared with the sums of flipped parts over their length.
    """

    scores: np.ndarray
    se: np.ndarray
    df: np.ndarray
    parts: np.ndarray
    tested: np.ndarray
    statistic: np.ndarray


@dataclass(frozen=True)
class Comparison:
    """All pairs of S models on D dimensions under one inference.

    Attributes
    ----------
    sample : what varied. p : (D, S, S). p_max_t : (D, S, S), adjusted for all pairs and dimensions of the family.
    low, high : (S, D), the ends of each model's rank, 1 the highest.
    """

    sample: Sample
    p: np.ndarray
    p_max_t: np.ndarray
    low: np.ndarray
    high: np.ndarray


def take_sample(parts: Contributions, inference: str) -> Sample:
    """What varies under an inference.

    Flipped sums divided by their length cannot exceed the root of the number of groups, a difference divided by its
    standard error can: so the statistic is the difference over the length of the parts that add up to it (items like
    these), or what this would be in as many groups as the standard error has degrees of freedom (these items).
    """
    scores = parts.scores
    n = parts.n_queries.max(axis=0)
    n = np.where(n >= LEAST_CLUSTERS, n, np.nan)
    difference = scores.T[:, :, None] - scores.T[:, None, :]
    if inference == "items_like_these":
        spread = parts.left_out * np.sqrt((n - 1) / n)
        df = np.broadcast_to((n - 1)[:, None, None], difference.shape)
        statistic = _ratio(difference, _norms_of_differences(parts.of_query))
        return Sample(scores, _norms_of_differences(spread), df, spread, parts.of_query, statistic)
    subjects, queries, versions, dimensions = parts.of_answers.shape
    few = np.isnan(n) | (versions < 2)
    spread = parts.of_answers * np.sqrt(versions / max(versions - 1, 1))
    # Satterthwaite's, for a sum of variances of single queries.
    total, squares = np.zeros((2, *difference.shape))
    for query in range(queries):
        of_query = _norms_of_differences(spread[:, query]) ** 2
        total += of_query
        squares += of_query**2
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (versions - 1) * total**2 / squares
    df = np.where(few[:, None, None], np.nan, np.where(np.isnan(df), 1, df))
    cells = spread.reshape(subjects, queries * versions, dimensions)
    se = np.where(few[:, None, None], np.nan, _norms_of_differences(cells))
    t = _ratio(difference, se)
    return Sample(scores, se, df, cells, cells, t / np.sqrt(1 + t**2 / df))


def estimate_mean(
    parts: Contributions, inference: str, entering: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean over the models that have a score, its standard error and degrees of freedom under an inference, (D,).

    ``entering`` (S,) says which of the models are meant.
    It is these models' mean: held against nothing as two models are held against each other, so that what queries, or
    prompt versions, do to all models alike counts in full.
    """
    present = np.isfinite(parts.scores) & entering[:, None]
    n = present.sum(axis=0)
    weights = np.stack([present / np.maximum(n, 1), np.zeros(present.shape)])
    sample = take_sample(parts.combined(weights), inference)
    mean, se, df = sample.scores[0], sample.se[:, 0, 1], sample.df[:, 0, 1]
    return np.where(n, mean, np.nan), np.where(n, se, np.nan), np.where(n, df, np.nan)


def flip_signs(sample: Sample, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Random signs of the groups (draws, G), float32."""
    signs: np.ndarray = rng.integers(0, 2, (draws, sample.parts.shape[1]), np.int8) * np.float32(2) - np.float32(1)
    return signs


def compare_pairs(sample: Sample, signs: np.ndarray, instrument: Instrument) -> Comparison:
    """Standard errors, p-values and ranks.

    ``p`` is Student's. ``p_max_t`` comes from signs flipped group by group, the same for all models and dimensions
    (wild cluster bootstrap with the hypothesis imposed: Cameron, Gelbach and Miller 2008, The Review of Economics and
    Statistics 90, appendix B), and the largest statistic of all pairs and dimensions (Westfall and Young 1993, section
    2.3). Dimensions have few queries or many; so that all have the same chance to reject, the largest of each counts
    by its place among the draws (Beran 1988, Journal of the American Statistical Association 83).

    A model's rank reaches from 1 + the number of models above it to all those not below it, by differences that hold
    for all pairs with this model at once (Mogstad, Romano, Shaikh and Wilhelm 2024, The Review of Economic Studies 91,
    section 3.1). Resampled ranks would be too sure among near ties.
    """
    scores, known = sample.scores, np.isfinite(sample.df).any(axis=(1, 2))
    difference = scores.T[:, :, None] - scores.T[:, None, :]
    p = 2 * scipy.special.stdtr(sample.df, -np.abs(_ratio(difference, sample.se)))
    adjusted = np.full(p.shape, np.nan)
    low, high = np.full((2, *scores.shape), np.nan)
    lengths = _norms_of_differences(sample.tested)
    for family in instrument.families:
        own = [d for d, (name, _) in enumerate(instrument.dimensions) if name == family.name and known[d]]
        places, observed = [], []
        for d in own:
            statistic, scored = sample.statistic[d], np.isfinite(scores[:, d])
            largest = _largest(signs, sample.tested[:, :, d], lengths[d])
            beyond = np.quantile(largest, LEVEL, axis=0)[:, None] * (1 + TIED)
            low[:, d] = np.where(scored, 1 + (statistic < -beyond).sum(axis=1), np.nan)
            high[:, d] = np.where(scored, scored.sum() - (statistic > beyond).sum(axis=1), np.nan)
            of_all = largest.max(axis=1)
            places.append(np.searchsorted(np.sort(of_all), of_all))
            observed.append(np.searchsorted(np.sort(of_all), np.abs(statistic) * (1 - TIED)))
        if own:
            top = np.sort(np.max(places, axis=0))
            above = len(top) - np.searchsorted(top, np.minimum(observed, len(top) - 1))
            adjusted[own] = np.where(np.isnan(p[own]), np.nan, (1 + above) / (1 + len(top)))
    return Comparison(sample, p, adjusted, low, high)


def probability_highest(sample: Sample, signs: np.ndarray, named: Sequence[str], instrument: Instrument) -> np.ndarray:
    """Per model the share of draws in which the named dimensions are its highest of the main family, (S,).

    A draw moves each score by its parts with random signs; NaN where a score of the family cannot be told.
    """
    main = [d for d, (family, _) in enumerate(instrument.dimensions) if family == instrument.main.name]
    chosen = np.isin(instrument.main.names, list(named))
    known = np.isfinite(sample.df[main]).any(axis=(1, 2)).all()
    shares = []
    for scores, parts in zip(sample.scores[:, main], sample.parts[:, :, main], strict=True):
        drawn = scores + signs @ parts
        held = drawn[:, chosen].min(axis=1) > drawn[:, ~chosen].max(axis=1, initial=-np.inf)
        shares.append(np.nan if np.isnan(scores).any() or not known else held.mean())
    return np.array(shares)


def _norms_of_differences(parts: np.ndarray) -> np.ndarray:
    """Lengths (D, S, S) of the differences between the rows of ``parts`` (S, G, D)."""
    rows = parts.transpose(2, 0, 1)
    products = rows @ rows.swapaxes(1, 2)
    own = np.diagonal(products, axis1=1, axis2=2)
    lengths = np.sqrt(np.maximum(own[:, :, None] + own[:, None, :] - 2 * products, 0))
    # What is left of equal rows is rounding.
    lengths[lengths < 1e-7] = 0
    return lengths


def _ratio(difference: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Difference over its scale: 0 where there is no difference, NaN where only the scale is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(scale > 0, difference / scale, np.nan)
    return np.where(np.abs(difference) < 1e-9, 0, ratio)


def _largest(signs: np.ndarray, tested: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The largest statistic of each model's pairs under each draw of signs, (draws, S)."""
    with np.errstate(divide="ignore"):
        weights = np.where(scale > 0, 1 / scale, 0).astype(np.float32)
    sums = signs @ np.nan_to_num(tested).T.astype(np.float32)
    largest = np.empty_like(sums)
    # Some draws at a time, so that all pairs of models stay in a processor's cache.
    step = max(1, AT_ONCE // sums.shape[1] ** 2)
    for start in range(0, len(sums), step):
        some = sums[start : start + step]
        apart = some[:, :, None] - some[:, None, :]
        np.abs(apart, out=apart)
        apart *= weights
        largest[start : start + step] = apart.max(axis=2)
    return largest
