"""Item-dimension pairs beyond the p-limit, and whether the authors' scores contain them.

The authors tag by the threshold alone and switch pairs off by hand; the pairs that they meant follow from the p-limit.
"""

from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.items.validation import select_items
from value_portrait.paper.certifying.stated import ARITHMETIC, TAG
from value_portrait.scores.ratings import Ratings


def pairs_beyond_p(correlations: pd.DataFrame, threshold: float, max_p: float) -> pd.DataFrame:
    """The pairs of the table ``correlations`` with rho > ``threshold`` and p >= ``max_p``.

    Columns of the table ``item_key`` (polarity 1), then n and p.
    """
    pairs = select_items(correlations[correlations["p"] >= max_p], threshold, None)
    return pairs.merge(correlations[[*TAG, "n", "p"]], on=TAG)


def judge_pairs(pairs: pd.DataFrame, ratings: Ratings, key: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Whether the published scores of the pairs' dimensions contain them.

    A dimension's mean is taken over the key's items and every subset of the dimension's pairs, for every model; the
    subset under which most models equal the published mean and number of items is the one that the authors used.

    Parameters
    ----------
    pairs : as by ``pairs_beyond_p``.
    ratings : one subject for each model.
    key : table ``item_key`` without the pairs.
    scores : published scores, as by ``read_published_scores``.

    Returns
    -------
    ``pairs`` with ``n_models`` (with ratings and published scores), ``n_equal_with`` and ``n_equal_without`` (models
    that the best subset with, and without, the pair makes equal within ``ARITHMETIC``) and ``contained`` (null where
    neither equals in most models).
    """
    averages = ratings.averages()
    place = {item: index for index, item in enumerate(ratings.items)}
    models = [model for model, _ in ratings.subjects]
    judged = pairs.reset_index(drop=True)
    for (family, dimension), own in judged.groupby(["family", "dimension"], observed=True):
        tagged = key.loc[(key["family"] == family) & (key["dimension"] == dimension), "item_id"]
        theirs = scores[(scores["family"] == family) & (scores["dimension"] == dimension)].set_index("model")
        theirs = theirs.reindex(models)
        equal = {}
        for size in range(len(own) + 1):
            for subset in combinations(own["item_id"], size):
                rated = averages[:, [place[item] for item in [*tagged, *subset]]]
                same = np.abs(_row_mean(rated) - theirs["mean"].to_numpy()) <= ARITHMETIC
                equal[subset] = int((same & ((~np.isnan(rated)).sum(axis=1) == theirs["n"].to_numpy())).sum())
        present = int(theirs["mean"].notna().sum())
        for row, item in own["item_id"].items():
            judged.loc[row, "n_models"] = present
            judged.loc[row, "n_equal_with"] = max(count for subset, count in equal.items() if item in subset)
            judged.loc[row, "n_equal_without"] = max(count for subset, count in equal.items() if item not in subset)
    counts = ["n_models", "n_equal_with", "n_equal_without"]
    judged = judged.astype(dict.fromkeys(counts, "int64"))
    with_, without = judged["n_equal_with"], judged["n_equal_without"]
    decided = pd.concat([with_, without], axis=1).max(axis=1) * 2 > judged["n_models"]
    return judged.assign(contained=(with_ > without).astype("boolean").where(decided))


def add_pairs(key: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The table ``item_key`` with the pairs added."""
    return pd.concat([key, pairs[key.columns]], ignore_index=True)


def _row_mean(rated: np.ndarray) -> np.ndarray:
    present = ~np.isnan(rated)
    count = present.sum(axis=1)
    return np.where(present, rated, 0).sum(axis=1) / np.where(count, count, np.nan)
