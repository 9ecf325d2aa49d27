"""Item keys of two other kinds: made from shuffled raters, and with the rater's mean rating partialled out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block, correlation_p, select_items
from value_portrait.randomness import named_generator
from value_portrait.robustness.encoding import columns_at, places_in
from value_portrait.robustness.shuffling import (
    AT_ONCE,
    block_items,
    key_counts,
    shuffled_correlations,
    strongest,
    unit_columns,
)
from value_portrait.tables import COUNT, RATING, REPEATED_TEXT, Column, Schema

NULL_KEYS = Schema(
    ("draw", "item_id", "family", "dimension"),
    {
        "draw": Column(COUNT, "key made from shuffled raters, from 0", low=0),
        "item_id": Column(REPEATED_TEXT, "item: query and response, as in 1021-3"),
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what the key has the item measure"),
        "polarity": Column(RATING, "1, or -1 for a negatively keyed item", -1, 1),
    },
)


def draw_null_keys(
    blocks: Sequence[Block],
    key: pd.DataFrame,
    method: str,
    polarity: str,
    draws: int,
    seed: int,
    families: Sequence[str],
    instrument: Instrument,
) -> pa.Table:
    """The table ``NULL_KEYS``: keys of these families from shuffled raters, with as many tags per dimension as ``key``.

    Each takes the strongest correlations of a shuffled study; see ``shuffled_correlations`` and ``strongest``.
    """
    wanted = np.array([family in families for family, _ in instrument.dimensions])
    counts = np.where(wanted, key_counts(key, instrument), 0)
    random = named_generator("null keys", seed)
    found = []
    for first, rho in enumerate(shuffled_correlations(blocks, method, draws, random, instrument)):
        keys = strongest(rho, counts, polarity)
        draw, item, dimension = np.nonzero(keys)
        found.append((draw + first * AT_ONCE, item, dimension, keys[draw, item, dimension]))
    draw, item, dimension, signs = (np.concatenate(part) for part in zip(*found, strict=True))
    texts = columns_at(item, dimension, block_items(blocks), instrument)
    return pa.table({"draw": draw, **texts, "polarity": signs})


def arrange_null_keys(table: pa.Table, items: Sequence[str], instrument: Instrument) -> np.ndarray:
    """The table ``NULL_KEYS`` as (K, I, D) int8: the polarity, 0 for no tag."""
    draw = table["draw"].to_numpy()
    keys = np.zeros((draw.max(initial=-1) + 1, len(items), len(instrument.dimensions)), np.int8)
    keys[draw, *places_in(table, items, instrument)] = table["polarity"].to_numpy()
    return keys


def partial_key(
    blocks: Sequence[Block], method: str, threshold: float, max_p: float | None, polarity: str, instrument: Instrument
) -> pd.DataFrame:
    """The table ``item_key`` by partial correlations, the rater's mean rating over the block's items partialled out.

    (r_xy - r_xz r_yz) / sqrt((1 - r_xz²) (1 - r_yz²)), of ranks for ``spearman``; p by Student's t with n - 3 degrees
    of freedom.
    """
    own = [
        Block(
            block.items,
            block.raters,
            block.dimensions,
            np.column_stack([block.ratings, block.ratings.mean(axis=1)]),
            block.scores,
        )
        for block in blocks
    ]
    frames = []
    for block, (columns, scores) in zip(blocks, unit_columns(own, method, instrument), strict=True):
        ratings, mean = columns[:, :-1], columns[:, -1]
        with_mean, of_mean = ratings.T @ mean, scores.T @ mean
        left = np.sqrt(np.maximum(np.outer(1 - with_mean**2, 1 - of_mean**2), 0))
        rho = (ratings.T @ scores - np.outer(with_mean, of_mean)) / np.where(left > 1e-6, left, np.nan)
        rho = np.clip(rho, -1, 1).astype(float)
        families, names = zip(*instrument.dimensions, strict=True)
        frames.append(
            pd.DataFrame(
                {
                    "item_id": np.repeat(block.items, len(names)),
                    "family": np.tile(families, len(block.items)),
                    "dimension": np.tile(names, len(block.items)),
                    "rho": rho.ravel(),
                    "p": correlation_p(rho, len(block.raters) - 1).ravel(),
                }
            )
        )
    return select_items(pd.concat(frames, ignore_index=True), threshold, max_p, polarity)
