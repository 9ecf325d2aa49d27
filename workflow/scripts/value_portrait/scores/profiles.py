"""From ratings to value profiles: averages over prompt versions, keyed and centred scores."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import Ratings


def score(
    averages: np.ndarray, items: Sequence[str], key: pd.DataFrame, centring: str, instrument: Instrument
) -> pd.DataFrame:
    """Scores of every row of ``averages`` on every dimension of the key.

    Parameters
    ----------
    averages : (S, I), ratings averaged over versions, NaN for items without any.
    key : table ``item_key``.
    centring : the centre is the mean over all items with a tag of the family, each once (``tagged_items``), over all
        items (``all_items``), or 0 (``none``).

    Returns
    -------
    Columns row (0 to S - 1), family, dimension, n_items, n_missing, mean, centred_mean and sd, sorted by row, then in
    the order of the instrument's dimensions. An item keyed -1 enters ``mean`` mirrored on the scale and
    ``centred_mean`` with the opposite sign of its deviation from the centre. ``sd`` is the population SD over items,
    keyed like ``mean``.
    """
    position = {item: index for index, item in enumerate(items)}
    frames = []
    for family in instrument.families:
        tags = key[key["family"] == family.name]
        tagged = sorted({position[item] for item in tags["item_id"]})
        centre = _centre(averages, tagged, centring)
        for dimension in family.names:
            own = tags[tags["dimension"] == dimension]
            columns = [position[item] for item in own["item_id"]]
            polarity = own["polarity"].to_numpy(float)
            rated = averages[:, columns]
            keyed = np.where(polarity > 0, rated, instrument.mirror - rated)
            n = (~np.isnan(rated)).sum(axis=1)
            mean = _row_mean(keyed)
            frames.append(
                pd.DataFrame(
                    {
                        "row": np.arange(len(averages)),
                        "family": family.name,
                        "dimension": dimension,
                        "n_items": n,
                        "n_missing": len(columns) - n,
                        "mean": mean,
                        "centred_mean": _row_mean((rated - centre[:, None]) * polarity),
                        "sd": np.sqrt(_row_mean((keyed - mean[:, None]) ** 2)),
                    }
                )
            )
    return pd.concat(frames).sort_values("row", kind="stable").reset_index(drop=True)


def profile_models(ratings: Ratings, key: pd.DataFrame, centring: str, instrument: Instrument) -> pd.DataFrame:
    """The table ``profiles``: every subject on every dimension."""
    scores = score(ratings.averages(), ratings.items, key, centring, instrument)
    missing = (~ratings.rated).sum(axis=1)
    position = {item: index for index, item in enumerate(ratings.items)}
    columns = [
        [position[item] for item in key.loc[(key["family"] == family) & (key["dimension"] == dimension), "item_id"]]
        for family, dimension in instrument.dimensions
    ]
    models, conditions = zip(*ratings.subjects, strict=True)
    rows = scores["row"].to_numpy()
    scores["n_missing_answers"] = np.stack([missing[:, own].sum(axis=1) for own in columns], axis=1).ravel()
    return scores.assign(model=np.array(models)[rows], condition=np.array(conditions)[rows])


def profile_raters(
    survey: pd.DataFrame, items: Sequence[str], key: pd.DataFrame, centring: str, instrument: Instrument
) -> pd.DataFrame:
    """The table ``rater_profiles``: each rater, in each group, scored like a model on the items that they saw.

    A rater's centre and means run over their own items only; ``n_missing`` counts the key's items that they rated
    none of their group's.
    """
    wide = survey.pivot(index=["group", "participant_id"], columns="item_id", values="rating")
    wide = wide.reindex(columns=list(items))
    scores = score(wide.to_numpy(float), items, key, centring, instrument)
    sitting = wide.index.to_frame(index=False).iloc[scores["row"].to_numpy()].reset_index(drop=True)
    return pd.concat([sitting, scores.drop(columns="row")], axis=1)


def profile_as_seen(
    ratings: Ratings, survey: pd.DataFrame, key: pd.DataFrame, centring: str, instrument: Instrument
) -> pd.DataFrame:
    """The table ``profiles_as_seen``: every subject scored on each survey group's items, as that group's raters are.

    A rater saw the items of one group, a model those of all; so a model's centred mean here is the mean over groups,
    each with as many votes as it has raters, leaving out groups without an item of the dimension.
    """
    averages = ratings.averages()
    position = {item: index for index, item in enumerate(ratings.items)}
    n: Any = 0
    total: Any = 0
    for _, group in survey.groupby("group"):
        seen = np.full(averages.shape[1], False)
        seen[[position[item] for item in group["item_id"].unique()]] = True
        scores = score(np.where(seen, averages, np.nan), ratings.items, key, centring, instrument)
        votes = group["participant_id"].nunique() * scores["centred_mean"].notna()
        n += votes
        total += votes * scores["centred_mean"].fillna(0)
    models, conditions = zip(*ratings.subjects, strict=True)
    rows = scores["row"].to_numpy()
    return scores[["family", "dimension"]].assign(
        model=np.array(models)[rows],
        condition=np.array(conditions)[rows],
        n_raters=n,
        centred_mean=total / n.where(n > 0),
    )


def _centre(averages: np.ndarray, tagged: list[int], centring: str) -> np.ndarray:
    if centring == "none":
        return np.zeros(len(averages))
    return _row_mean(averages[:, tagged] if centring == "tagged_items" else averages)


def _row_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row over its numbers; NaN for a row without any (where NumPy would warn)."""
    present = ~np.isnan(values)
    count = present.sum(axis=1)
    return np.where(present, values, 0).sum(axis=1) / np.where(count, count, np.nan)
