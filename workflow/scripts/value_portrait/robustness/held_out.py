"""Raters scored on items that other raters chose: how the scores of their dimensions go together."""

from collections.abc import Sequence

import numpy as np

from value_portrait.instrument import Family, Instrument
from value_portrait.items.validation import Block
from value_portrait.robustness.resampling import draw_orders
from value_portrait.robustness.shuffling import strongest, unit_columns


def held_out_correlations(
    blocks: Sequence[Block],
    counts: np.ndarray,
    polarity: str,
    method: str,
    splits: int,
    shuffles: int | None,
    random: np.random.Generator,
    family: Family,
    instrument: Instrument,
) -> np.ndarray:
    """Correlations between raters' scores on items that were chosen without them, pooled over splits.

    Each block's raters are split in halves at random. One half chooses for every dimension its most correlated items
    (ranked in the block as a whole where ``method`` ranks), as many as ``counts`` says; the other half's ratings of
    these, centred over the tagged items that they saw and within the block, are its scores.

    Parameters
    ----------
    counts : tags of each dimension of the family, (D,).
    shuffles : studies in which the questionnaires of each block were shuffled before; None for the study as it is.

    Returns
    -------
    (shuffles or 1, D, D): correlations over the scored raters of all splits, of those who have both scores.
    """
    places = [place for place, (name, _) in enumerate(instrument.dimensions) if name == family.name]
    columns = unit_columns(blocks, method, instrument)
    studies = []
    for _ in range(1 if shuffles is None else shuffles):
        choosing, scored = [], []
        for block, (ratings, scores) in zip(blocks, columns, strict=True):
            raters = len(block.raters)
            own = scores if shuffles is None else scores[random.permutation(raters)]
            orders = draw_orders(random, splits, raters)
            choosing.append(_correlate_some(ratings, own[:, places], orders[:, : raters // 2]))
            scored.append(orders[:, raters // 2 :])
        tagged = strongest(np.concatenate(choosing, axis=1), counts, polarity).astype(np.float32)
        first, parts = 0, []
        for block, halves in zip(blocks, scored, strict=True):
            own = tagged[:, first : first + len(block.items)]
            parts.append(_scores(block.ratings.astype(np.float32)[halves], own))
            first += len(block.items)
        studies.append(_pooled_correlations(np.concatenate(parts, axis=1)))
    return np.stack(studies)


def _correlate_some(ratings: np.ndarray, scores: np.ndarray, raters: np.ndarray) -> np.ndarray:
    """Pearson's correlations of ratings (R, I) and scores (R, D) over some raters (K, H), as (K, I, D)."""
    columns = []
    for values in (ratings[raters], scores[raters]):
        values = values - values.mean(axis=1, keepdims=True)
        length = np.linalg.norm(values, axis=1, keepdims=True)
        columns.append(values / np.where(length > 1e-6, length, np.nan))
    return columns[0].transpose(0, 2, 1) @ columns[1]


def _scores(ratings: np.ndarray, tagged: np.ndarray) -> np.ndarray:
    """Centred scores (K, H, D) from ratings (K, H, I) under keys (K, I, D), less the mean over raters; NaN without."""
    used = (tagged != 0).any(axis=2, keepdims=True).astype(np.float32)
    n_used, number = used.sum(axis=1, keepdims=True), np.abs(tagged).sum(axis=1, keepdims=True)
    centre = ratings @ used / np.maximum(n_used, 1)
    scores = ((ratings - centre) @ tagged) / np.where(number > 0, number, np.nan)
    return scores - scores.mean(axis=1, keepdims=True)


def _pooled_correlations(scores: np.ndarray) -> np.ndarray:
    """Correlations (D, D) of centred scores (K, R, D) over all raters of all splits that have both; NaN without any."""
    present = np.isfinite(scores)
    filled, present = np.where(present, scores, 0).astype(float), present.astype(float)
    products = (filled.transpose(0, 2, 1) @ filled).sum(axis=0)
    squares = ((filled**2).transpose(0, 2, 1) @ present).sum(axis=0)
    spread = np.sqrt(squares * squares.T)
    return products / np.where(spread > 0, spread, np.nan)
