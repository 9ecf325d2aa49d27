"""Appendix D.2: how far apart on the value circle the values lie that one item measures, by two routes."""

import numpy as np
import pandas as pd

from value_portrait.items import coverage
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication.printed_tables import two_sided_tags

_VALUES = list(VALUE_PORTRAIT.main.names)


def distances(correlations: pd.DataFrame, threshold: float) -> np.ndarray:
    """Appendix D.2 from signs: same direction, then opposite, each with pairs at 1 to 5 steps, their sum and mean.

    With s the (items x values) matrix of the signs of correlations beyond the threshold, s's and |s|'|s| hold the sum
    and the number of the products of signs for each pair of values.
    """
    own = correlations[correlations["family"] == "pvq"].astype({"item_id": str, "dimension": str})
    wide = own.pivot(index="item_id", columns="dimension", values="rho").reindex(columns=_VALUES).to_numpy()
    signs = np.where(np.abs(wide) > threshold, np.sign(wide), 0)
    balance, number = signs.T @ signs, np.abs(signs).T @ np.abs(signs)
    gap = np.abs(np.subtract.outer(np.arange(len(_VALUES)), np.arange(len(_VALUES))))
    steps = np.minimum(gap, len(_VALUES) - gap)
    numbers: list[float] = []
    for pairs in ((number + balance) / 2, (number - balance) / 2):
        found = np.array([pairs[steps == step].sum() / 2 for step in range(1, 6)])
        total = found.sum()
        numbers += [*found, total, found @ np.arange(1, 6) / total if total else np.nan]
    return np.array(numbers)


def tabulated_distances(correlations: pd.DataFrame, threshold: float) -> np.ndarray:
    """The same by the way that the publication's own table goes."""
    table = coverage.cross_loading_distances(two_sided_tags(correlations, threshold), VALUE_PORTRAIT.main)
    numbers = []
    for direction in ("same", "opposite"):
        pairs = table.loc[table["direction"] == direction, "n_pairs"]
        numbers += [*pairs, pairs.sum(), coverage.mean_distance(table, direction)]
    return np.array(numbers, float)
