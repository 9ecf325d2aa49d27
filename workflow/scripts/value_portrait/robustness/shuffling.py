"""Correlations and keys as they come out by chance: each rater's whole questionnaire goes to another rater."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items import validation
from value_portrait.items.validation import Block
from value_portrait.robustness.resampling import draw_orders

# Studies that are shuffled at once: it bounds the memory.
AT_ONCE = 250
SCORED_AT_ONCE = 25  # keys: their signs as numbers stay in a processor's cache


def block_items(blocks: Sequence[Block]) -> list[str]:
    """The items of all blocks, in their order."""
    return [item for block in blocks for item in block.items]


def unit_columns(blocks: Sequence[Block], method: str, instrument: Instrument) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each block's ratings (R, I) and scores (R, D), ranked for ``spearman``, as columns of mean 0 and length 1.

    The product of two columns is their correlation. Dimensions stand in the instrument's order; constant or incomplete
    columns are NaN.
    """
    columns = []
    for block in blocks:
        order = {name: place for place, name in enumerate(block.dimensions)}
        absent = np.full((len(block.raters), 1), np.nan)
        scores = np.concatenate([block.scores, absent], axis=1)[:, [order.get(n, -1) for n in instrument.dimensions]]
        pair = []
        for values in (block.ratings, scores):
            if method == "spearman":
                values = pd.DataFrame(values).rank(na_option="keep").to_numpy()
            pair.append(validation.unit_columns(values).astype(np.float32))
        columns.append((pair[0], pair[1]))
    return columns


def shuffled_correlations(
    blocks: Sequence[Block], method: str, draws: int, random: np.random.Generator, instrument: Instrument
) -> Iterator[np.ndarray]:
    """Correlations of items with dimensions after each block's questionnaires were shuffled among its raters.

    Whole profiles move, so that the dependence between items and that between dimensions stay as they are.

    Yields
    ------
    (K, I, D) float32 for K of the ``draws`` studies at a time, items as in ``block_items``, dimensions as in the
    instrument; NaN where ratings or scores do not vary or are missing.
    """
    columns = unit_columns(blocks, method, instrument)
    for start in range(0, draws, AT_ONCE):
        size = min(AT_ONCE, draws - start)
        parts = []
        for ratings, scores in columns:
            orders = draw_orders(random, size, len(scores))
            parts.append(np.tensordot(scores[orders], ratings, axes=(1, 0)).transpose(0, 2, 1))
        yield np.concatenate(parts, axis=1)


def strongest(correlations: np.ndarray, counts: np.ndarray, polarity: str) -> np.ndarray:
    """For each dimension as many tags as ``counts`` (D,) says, on the items that correlate most: (K, I, D) int8.

    ``polarity`` as for ``select_items``: by the correlation (``positive``), or by its size, tags taking its sign
    (``both``). Items without a correlation are never tagged.
    """
    strength = np.where(
        np.isfinite(correlations), np.abs(correlations) if polarity == "both" else correlations, -np.inf
    )
    tagged = np.zeros(correlations.shape, np.int8)
    for place, count in enumerate(counts):
        if count:
            own = strength[:, :, place]
            items = np.argpartition(-own, min(count, own.shape[1]) - 1, axis=1)[:, :count]
            found = np.isfinite(np.take_along_axis(own, items, axis=1))
            sign = np.sign(np.take_along_axis(correlations[:, :, place], items, axis=1)) if polarity == "both" else 1
            np.put_along_axis(tagged[:, :, place], items, np.where(found, sign, 0).astype(np.int8), axis=1)
    return tagged


def key_counts(key: pd.DataFrame, instrument: Instrument) -> np.ndarray:
    """The number of tags of every dimension, in the instrument's order."""
    counts = key.groupby(["family", "dimension"], observed=True).size()
    return np.array([counts.get(name, 0) for name in instrument.dimensions])


def key_array(key: pd.DataFrame, items: Sequence[str], instrument: Instrument) -> np.ndarray:
    """The table ``item_key`` as (I, D) int8: its polarity, 0 for no tag."""
    position = {item: place for place, item in enumerate(items)}
    dimension = {name: place for place, name in enumerate(instrument.dimensions)}
    tagged = np.zeros((len(items), len(dimension)), np.int8)
    names = zip(key["family"], key["dimension"], strict=True)
    tagged[[position[item] for item in key["item_id"]], [dimension[name] for name in names]] = key["polarity"]
    return tagged


def score_keys(averages: np.ndarray, keys: np.ndarray, centring: str, instrument: Instrument) -> np.ndarray:
    """``profiles.centred_means`` under many keys at once.

    Parameters
    ----------
    averages : (S, I) ratings averaged over versions, NaN without any. keys : (K, I, D) int8, see ``key_array``.

    Returns
    -------
    (K, S, D); NaN where a row has no rating of the dimension's items.
    """
    used = np.flatnonzero((keys != 0).any(axis=(0, 1)))
    scores = np.full((len(keys), len(averages), keys.shape[2]), np.nan)
    families = [family for family, _ in instrument.dimensions]
    # Most models rate every item: what depends on gaps alone is worked out once for each pattern of them.
    present = ~np.isnan(averages)
    own = pd.factorize(np.array([row.tobytes() for row in present], object))[0]
    rated, n_rows = present[np.unique(own, return_index=True)[1]].T.astype(float), len(averages)
    cells = np.hstack([np.nan_to_num(averages).T, rated])

    def add_up(signs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Signs (..., I) times the ratings of every row, and times where every pattern has ratings."""
        sums = (signs.reshape(-1, len(cells)) @ cells).reshape(*signs.shape[:-1], cells.shape[1])
        return sums[..., :n_rows], sums[..., n_rows:]

    for start in range(0, len(keys), SCORED_AT_ONCE):
        some = slice(start, start + SCORED_AT_ONCE)
        turned = keys[some][:, :, used].transpose(0, 2, 1).astype(float)
        total, net = add_up(turned)
        number = np.abs(turned) @ rated
        for family in instrument.families:
            places = [place for place, dimension in enumerate(used) if families[dimension] == family.name]
            if centring == "none" or not places:
                continue
            tagged = np.ones_like(turned[:, 0]) if centring == "all_items" else np.abs(turned[:, places]).max(axis=1)
            centre, count = add_up(tagged)
            centre = centre / np.where(count > 0, count, np.nan)[:, own]
            total[:, places] -= centre[:, None] * net[:, places][:, :, own]
        found = total / np.where(number > 0, number, np.nan)[:, :, own]
        scores[some, :, used] = found.transpose(0, 2, 1)
    return scores
