"""What the items cover: items per dimension, topics, and how far apart on the circle an item's tags lie."""

from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.instrument import Family


def items_per_dimension(tags: pd.DataFrame, family: Family) -> pd.DataFrame:
    """Number and share of tags per dimension of a family (dimension, n_tags, share); ``tags`` are like ``item_key``."""
    names = list(family.names)
    counts = tags.loc[tags["family"] == family.name, "dimension"].value_counts().reindex(names, fill_value=0)
    return pd.DataFrame(
        {
            "dimension": names,
            "n_tags": counts.to_numpy(),
            "share": (counts / max(counts.sum(), 1)).to_numpy(),
        }
    )


def spread_of_shares(shares: pd.Series) -> tuple[float, float]:
    """The sample SD of the shares, and the largest share over the smallest (infinite where a dimension has none)."""
    low = shares.min()
    return float(shares.std(ddof=1)), float(shares.max() / low) if low > 0 else float("inf")


def cross_loading_distances(tags: pd.DataFrame, circle: Family) -> pd.DataFrame:
    """Steps on the circle between two dimensions that one item measures, for every such pair of tags.

    Returns columns direction (``same`` or ``opposite`` sign of the two correlations), distance (1 to half of the
    circle's places, rounded down) and n_pairs.
    """
    values = tags[tags["family"] == circle.name]
    places = len(circle.names)
    place = {name: index for index, name in enumerate(circle.names)}
    counts = {(direction, step): 0 for direction in ("same", "opposite") for step in range(1, places // 2 + 1)}
    for _, item in values.groupby("item_id", observed=True):
        for (one, rho), (other, other_rho) in combinations(zip(item["dimension"], item["rho"], strict=True), 2):
            gap = abs(place[one] - place[other])
            counts["same" if rho * other_rho > 0 else "opposite", min(gap, places - gap)] += 1
    return pd.DataFrame(
        [(direction, distance, n) for (direction, distance), n in counts.items()],
        columns=["direction", "distance", "n_pairs"],
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
