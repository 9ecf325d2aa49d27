"""From ratings to value profiles: averages over prompt versions, keyed and centred scores."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import Ratings


class Tags(NamedTuple):
    """The items of a key that measure one dimension: their places among all items, and 1 or -1 for each (floats)."""

    columns: np.ndarray
    polarity: np.ndarray


def arrange_tags(key: pd.DataFrame, items: Sequence[str], instrument: Instrument) -> list[Tags]:
    """The table ``item_key`` by dimension, in the order of ``instrument.dimensions``; each in the order of the key."""
    position = {item: index for index, item in enumerate(items)}
    own = dict(iter(key.groupby(["family", "dimension"])))
    return [
        Tags(
            np.array([position[item] for item in own[name]["item_id"]]),
            own[name]["polarity"].to_numpy(float),
        )
        if name in own
        else Tags(np.empty(0, np.intp), np.empty(0))
        for name in instrument.dimensions
    ]


def centred_means(averages: np.ndarray, tags: Sequence[Tags], centring: str, instrument: Instrument) -> np.ndarray:
    """The centred mean of every row of ``averages`` (S, I) on every dimension, as (S, D); NaN without any rating.

    Parameters
    ----------
    averages : ratings averaged over versions, NaN for items without any.
    tags : of each of the D dimensions, in the order of the instrument.
    centring : the centre is the mean over all items with a tag of the family, each once (``tagged_items``), over all
        items (``all_items``), or 0 (``none``). An item tagged -1 enters with the opposite sign of its deviation.
    """
    sizes = np.array([len(own.columns) for own in tags])
    centres = _centres(averages, tags, centring, instrument)
    deviations = averages.take(np.concatenate([own.columns for own in tags]), axis=1)
    deviations -= np.repeat(centres, sizes, axis=1)
    deviations *= np.concatenate([own.polarity for own in tags])
    return _means(deviations, sizes)


def score(
    averages: np.ndarray, items: Sequence[str], key: pd.DataFrame, centring: str, instrument: Instrument
) -> pd.DataFrame:
    """Scores of every row of ``averages`` (S, I) on every dimension of the key; see ``centred_means``.

    Returns
    -------
    Columns row (0 to S - 1), family, dimension, n_items, n_missing, mean, centred_mean and sd, sorted by row, then in
    the order of the instrument's dimensions. An item keyed -1 enters ``mean`` mirrored on the scale. ``sd`` is the
    population SD over items, keyed like ``mean``.
    """
    tags = arrange_tags(key, items, instrument)
    centred = centred_means(averages, tags, centring, instrument)
    frames = []
    for place, ((family, dimension), own) in enumerate(zip(instrument.dimensions, tags, strict=True)):
        rated = averages[:, own.columns]
        keyed = np.where(own.polarity > 0, rated, instrument.mirror - rated)
        n = (~np.isnan(rated)).sum(axis=1)
        mean = _row_mean(keyed)
        frames.append(
            pd.DataFrame(
                {
                    "row": np.arange(len(averages)),
                    "family": family,
                    "dimension": dimension,
                    "n_items": n,
                    "n_missing": len(own.columns) - n,
                    "mean": mean,
                    "centred_mean": centred[:, place],
                    "sd": np.sqrt(_row_mean((keyed - mean[:, None]) ** 2)),
                }
            )
        )
    return pd.concat(frames).sort_values("row", kind="stable").reset_index(drop=True)


def profile_models(ratings: Ratings, key: pd.DataFrame, centring: str, instrument: Instrument) -> pd.DataFrame:
    """The table ``profiles``: every subject on every dimension."""
    scores = score(ratings.averages(), ratings.items, key, centring, instrument)
    missing = (~ratings.rated).sum(axis=1)
    columns = [own.columns for own in arrange_tags(key, ratings.items, instrument)]
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
    sitting = wide.index.to_frame().iloc[scores["row"].to_numpy()].reset_index(drop=True)
    return pd.concat([sitting, scores.drop(columns="row")], axis=1)


def profile_as_seen(
    ratings: Ratings, survey: pd.DataFrame, key: pd.DataFrame, centring: str, instrument: Instrument
) -> pd.DataFrame:
    """The table ``profiles_as_seen``: every subject scored on each survey group's items, as that group's raters are.

    A rater saw the items of one group, a model those of all; so a model that answers like every rater scores like them.
    """
    averages, tags = ratings.averages(), arrange_tags(key, ratings.items, instrument)
    about = pd.DataFrame(ratings.subjects, columns=["model", "condition"]).merge(
        pd.DataFrame(instrument.dimensions, columns=["family", "dimension"]), how="cross"
    )
    frames = []
    for group, own in survey.groupby("group"):
        rated = set(own["item_id"].unique())
        seen = np.array([item in rated for item in ratings.items])
        scores = centred_means(np.where(seen, averages, np.nan), tags, centring, instrument)
        votes = own["participant_id"].nunique()
        frames.append(about.assign(centred_mean=scores.ravel(), group=group, n_raters=votes))
    return pd.concat(frames, ignore_index=True)


def _centres(averages: np.ndarray, tags: Sequence[Tags], centring: str, instrument: Instrument) -> np.ndarray:
    """The centre of each row for every dimension, (S, D)."""
    shape = (len(averages), len(tags))
    if centring == "none":
        return np.zeros(shape)
    if centring == "all_items":
        return np.broadcast_to(_row_mean(averages)[:, None], shape)
    names = [family.name for family in instrument.families]
    of_family = [names.index(family) for family, _ in instrument.dimensions]
    tagged = np.zeros((len(names), averages.shape[1]), bool)
    for own, family in zip(tags, of_family, strict=True):
        tagged[family, own.columns] = True
    columns = [np.flatnonzero(own) for own in tagged]
    means = _means(averages.take(np.concatenate(columns), axis=1), np.array([len(own) for own in columns]))
    return means[:, of_family]


def _row_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row over its numbers; NaN for a row without any (where NumPy would warn)."""
    return _means(values, np.array([values.shape[1]]))[:, 0]


def _means(values: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Means (S, D) of the numbers in each row of ``values`` (S, N), ``sizes`` (D,) columns at a time; NaN of none."""
    some = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[some]
    means = np.full((len(values), len(sizes)), np.nan)
    if len(some):
        # In this order a row adds up alike whoever stands beside it; taken columns come in the other.
        values = np.ascontiguousarray(values)
        means[:, some] = np.add.reduceat(values, starts, axis=1) / sizes[some]
        gaps = np.flatnonzero(np.isnan(means[:, some]).any(axis=1))
        if len(gaps):
            present = ~np.isnan(values[gaps])
            count = np.add.reduceat(present, starts, axis=1)
            total = np.add.reduceat(np.where(present, values[gaps], 0), starts, axis=1)
            means[np.ix_(gaps, some)] = total / np.where(count, count, np.nan)
    return means
