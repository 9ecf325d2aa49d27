"""From ratings to value profiles: averages over prompt versions, keyed and centred scores."""

from collections.abc import Iterator, Sequence
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
    names = [family.name for family in instrument.families]
    centres = dict(zip(names, _centres(averages, tags, centring, instrument), strict=True))
    scores = np.empty((len(averages), len(tags)))
    for place, ((family, _), own) in enumerate(zip(instrument.dimensions, tags, strict=True)):
        deviations = averages.take(own.columns, axis=1)
        deviations -= centres[family][:, None]
        deviations *= own.polarity
        scores[:, place] = _row_mean(deviations)
    return scores


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
    averages = ratings.averages()
    models, conditions = (np.array(names) for names in zip(*ratings.subjects, strict=True))
    frames = []
    for group, own in survey.groupby("group"):
        seen = pd.Index(ratings.items).isin(own["item_id"])
        scores = score(np.where(seen, averages, np.nan), ratings.items, key, centring, instrument)
        rows = scores["row"].to_numpy()
        about = {"model": models[rows], "condition": conditions[rows], "group": group}
        votes = own["participant_id"].nunique()
        frames.append(scores[["family", "dimension", "centred_mean"]].assign(**about, n_raters=votes))
    return pd.concat(frames, ignore_index=True)


def _centres(averages: np.ndarray, tags: Sequence[Tags], centring: str, instrument: Instrument) -> Iterator[np.ndarray]:
    """The centre of each row (S,), family by family."""
    for family in instrument.families:
        if centring == "none":
            yield np.zeros(len(averages))
        elif centring == "all_items":
            yield _row_mean(averages)
        else:
            columns = [
                own.columns for (name, _), own in zip(instrument.dimensions, tags, strict=True) if name == family.name
            ]
            yield _row_mean(averages.take(np.unique(np.concatenate(columns)), axis=1))


def _row_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row over its numbers; NaN for a row without any (where NumPy would warn)."""
    # In this order a row adds up alike whoever stands beside it; taken columns come in the other.
    values = np.ascontiguousarray(values)
    mean: np.ndarray = values.sum(axis=1) / (values.shape[1] or np.nan)
    some = np.flatnonzero(np.isnan(mean))
    if len(some):
        present = ~np.isnan(values[some])
        count = present.sum(axis=1)
        mean[some] = np.where(present, values[some], 0).sum(axis=1) / np.where(count, count, np.nan)
    return mean
