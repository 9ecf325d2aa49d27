"""What the items cover: items per value, topics, and how far apart on the value circle an item's tags lie."""

from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.dimensions import FAMILIES

CIRCLE = FAMILIES["pvq"]


def items_per_value(tags: pd.DataFrame) -> pd.DataFrame:
    """Number and share of tags per value: columns dimension, n_tags, share; ``tags`` like ``item_key``."""
    counts = tags.loc[tags["family"] == "pvq", "dimension"].value_counts().reindex(list(CIRCLE), fill_value=0)
    return pd.DataFrame(
        {
            "dimension": list(CIRCLE),
            "n_tags": counts.to_numpy(),
            "share": (counts / max(counts.sum(), 1)).to_numpy(),
        }
    )


def spread_of_shares(shares: pd.Series) -> tuple[float, float]:
    """The sample SD of the shares, and the largest share over the smallest (infinite where a value has none)."""
    low = shares.min()
    return float(shares.std(ddof=1)), float(shares.max() / low) if low > 0 else float("inf")


def cross_loading_distances(tags: pd.DataFrame) -> pd.DataFrame:
    """Steps on the value circle between two values that one item measures, for every such pair of tags.

    Returns columns direction (``same`` or ``opposite`` sign of the two correlations), distance (1 to 5) and n_pairs.
    """
    values = tags[tags["family"] == "pvq"]
    place = {value: index for index, value in enumerate(CIRCLE)}
    counts = {(direction, step): 0 for direction in ("same", "opposite") for step in range(1, 6)}
    for _, item in values.groupby("item_id", observed=True):
        for (one, rho), (other, other_rho) in combinations(zip(item["dimension"], item["rho"], strict=True), 2):
            gap = abs(place[one] - place[other])
            counts["same" if rho * other_rho > 0 else "opposite", min(gap, len(CIRCLE) - gap)] += 1
    return pd.DataFrame(
        [{"direction": direction, "distance": step, "n_pairs": n} for (direction, step), n in counts.items()]
    )


def topic_shares(topics: pd.DataFrame) -> pd.DataFrame:
    """Number and percentage of queries per topic; a query may have several."""
    queries = topics["query_id"].nunique()
    counts = topics["topic"].value_counts()
    return pd.DataFrame(
        {"topic": counts.index, "n_queries": counts.to_numpy(), "percent": 100 * counts.to_numpy() / queries}
    ).sort_values(["n_queries", "topic"], ascending=[False, True], ignore_index=True)


def mean_distance(distances: pd.DataFrame, direction: str) -> float:
    """The mean number of steps of the pairs of one direction; NaN without any pair."""
    own = distances[distances["direction"] == direction]
    return float(np.average(own["distance"], weights=own["n_pairs"])) if own["n_pairs"].sum() else float("nan")
