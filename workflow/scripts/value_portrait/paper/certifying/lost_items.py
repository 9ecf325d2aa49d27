"""Items that the authors' averaging over prompt versions loses.

A record of a published answer file carries the item's tags. The averages take the tags from the record of the first
prompt version; where that one is an error without tags, the averaged item has none, whatever the other versions
answered. Error records of some models carry tags nevertheless, so the outcome of the answer does not tell.
"""

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.stated import ARITHMETIC, VERSIONS
from value_portrait.scores.ratings import NO_RATING, Ratings

_SCORES = ("mean", "centred_mean", "sd")


def lost_items(records: pd.DataFrame, ratings: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """The tags that models lose: rated items of the key whose first record has no tags.

    Parameters
    ----------
    records : model, prompt_version, item_id and whether there are tags (``tagged``) in the answer files.
    ratings : one subject for each model.

    Returns
    -------
    One row per model and tag: model, item_id, family, dimension and ``n_ratings``, the versions with a rating.
    """
    untagged = records.loc[(records["prompt_version"] == VERSIONS[0]) & ~records["tagged"], ["model", "item_id"]]
    untagged = untagged.astype(str)
    models = [model for model, _ in ratings.subjects]
    rated = pd.DataFrame(
        {
            "model": np.repeat(models, len(ratings.items)),
            "item_id": np.tile(ratings.items, len(models)),
            "n_ratings": ratings.rated.sum(axis=1).ravel(),
        }
    )
    lost = untagged.merge(key[["item_id", "family", "dimension"]], on="item_id").merge(rated, on=["model", "item_id"])
    return lost[lost["n_ratings"] > 0].reset_index(drop=True)


def without_lost_items(ratings: Ratings, lost: pd.DataFrame) -> Ratings:
    """The ratings with every (model, item) of ``lost`` blanked out, in all versions: out of means and centre alike."""
    row = {model: index for index, (model, _) in enumerate(ratings.subjects)}
    column = {item: index for index, item in enumerate(ratings.items)}
    values = ratings.values.copy()
    for model, item in lost[["model", "item_id"]].drop_duplicates().itertuples(index=False):
        values[row[model], :, column[item]] = NO_RATING
    return Ratings(ratings.subjects, ratings.versions, ratings.items, values)


def reproduce_scores(reproduced: pd.DataFrame, corrected: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The published scores beside ours, with the lost items left out as the authors do, and with them put back.

    Parameters
    ----------
    reproduced, corrected : tables ``profiles`` by the authors' key, with the lost items left out, and with them.
    scores : published scores, as by ``read_published_scores``.

    Returns
    -------
    One row per model and dimension that all have: model, family, dimension; ``published_``, ``reproduced_`` and
    ``corrected_`` mean, centred_mean, sd and n; ``largest_difference`` of the reproduced mean, centred_mean and sd from
    the published; ``exact``: it is at most ``ARITHMETIC`` and n is equal.
    """
    names = ["model", "family", "dimension"]
    table = scores.rename(columns={name: f"published_{name}" for name in (*_SCORES, "n")})
    for label, profiles in (("reproduced", reproduced), ("corrected", corrected)):
        own = profiles.rename(columns={"n_items": "n"})[[*names, *_SCORES, "n"]]
        table = table.merge(own.rename(columns={name: f"{label}_{name}" for name in (*_SCORES, "n")}), on=names)
    differences = [(table[f"reproduced_{name}"] - table[f"published_{name}"]).abs() for name in _SCORES]
    largest = np.max(differences, axis=0)
    exact = (largest <= ARITHMETIC) & (table["reproduced_n"] == table["published_n"])
    return table.assign(largest_difference=largest, exact=exact)
