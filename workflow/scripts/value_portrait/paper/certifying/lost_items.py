"""Items that the authors' averaging over prompt versions loses.

A record of a published answer file carries the item's tags. The averages take the tags from the record of the first
prompt version; where that one is an error without tags, the averaged item has none, whatever the other versions
answered. Error records of some models carry tags nevertheless, so the outcome of the answer does not tell.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.errors import InputError
from value_portrait.paper.certifying.published_tags import FIELDS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import item_id
from value_portrait.reading import read_json
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import NO_RATING, Ratings

TOLERANCE = 1e-9

_SCORES = ("mean", "centred_mean", "sd")


def read_untagged_records(paths: Mapping[str, str | Path]) -> pd.DataFrame:
    """The records without any tag (model, item_id) in the published answer files ``paths``, one file for each model.

    Raises
    ------
    InputError : a file is missing or is no list of records.
    """
    rows = []
    for model, path in paths.items():
        records = read_json(path)
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise InputError(path, "is no list of answers.", "Restore the file.")
        rows += [
            (model, item_id(record.get("portrait_id"), record.get("option_id")))
            for record in records
            if not any(record.get(field) for field in FIELDS.values())
        ]
    return pd.DataFrame(rows, columns=["model", "item_id"])


def lost_items(untagged: pd.DataFrame, ratings: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """The tags that models lose: rated items of the key whose first record has no tags.

    Parameters
    ----------
    untagged : as by ``read_untagged_records``, from the files of the first prompt version.
    ratings : one subject for each model.

    Returns
    -------
    One row per model and tag: model, item_id, family, dimension and ``n_ratings``, the versions with a rating.
    """
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


def reproduce_scores(
    ratings: Ratings,
    key: pd.DataFrame,
    lost: pd.DataFrame,
    scores: pd.DataFrame,
    centring: str = "tagged_items",
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """The published scores beside ours, with the lost items left out as the authors do, and with them put back.

    Parameters
    ----------
    ratings : one subject for each model.
    key : the authors' key: the tags that their scores contain.
    lost : as by ``lost_items``.
    scores : published scores, as by ``read_published_scores``.

    Returns
    -------
    One row per model and dimension that both have: model, family, dimension; ``published_``, ``reproduced_`` (lost
    items left out) and ``corrected_`` (put back) mean, centred_mean, sd and n; ``largest_difference`` of the reproduced
    mean, centred_mean and sd from the published; ``exact``: it is at most ``tolerance`` and n is equal.
    """
    names = ["model", "family", "dimension"]
    table = scores.rename(columns={name: f"published_{name}" for name in (*_SCORES, "n")})
    for label, rated in (("reproduced", without_lost_items(ratings, lost)), ("corrected", ratings)):
        profiles = profile_models(rated, key, centring, VALUE_PORTRAIT).rename(columns={"n_items": "n"})[
            [*names, *_SCORES, "n"]
        ]
        profiles = profiles.rename(columns={name: f"{label}_{name}" for name in (*_SCORES, "n")})
        table = table.merge(profiles, on=names)
    differences = [(table[f"reproduced_{name}"] - table[f"published_{name}"]).abs() for name in _SCORES]
    largest = np.max(differences, axis=0)
    exact = (largest <= tolerance) & (table["reproduced_n"] == table["published_n"])
    return table.assign(largest_difference=largest, exact=exact)
