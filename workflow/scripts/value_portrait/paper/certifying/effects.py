"""What a cause does: the tags that it gives and takes, and how far it moves every profile."""

from collections.abc import Mapping

import pandas as pd

from value_portrait.paper.certifying.stated import CENTRING, TAG
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import Ratings

_KEYED_TAG = [*TAG, "polarity"]


def trace_effects(
    scenarios: Mapping[str, pd.DataFrame], reference: str, ratings: Ratings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Changes of tags and profiles under each scenario, against the scenario ``reference``.

    Parameters
    ----------
    scenarios : the table ``item_key`` of each scenario, by its name.

    Returns
    -------
    tags : one row per scenario and tag that differs: scenario, item_id, family, dimension, polarity, ``change``
        (gained or lost) and ``rho``, the correlation that made the tag (in the reference, where it was lost).
    profiles : one row per scenario, model, condition, family and dimension: n_items and centred_mean,
        reference_n_items and reference_centred_mean, and the ``difference`` of the centred means.
    """
    keys = ["model", "condition", "family", "dimension"]
    columns = [*keys, "n_items", "centred_mean"]
    base = profile_models(ratings, scenarios[reference], CENTRING, VALUE_PORTRAIT)[columns].rename(
        columns={"n_items": "reference_n_items", "centred_mean": "reference_centred_mean"}
    )
    tags, profiles = [], []
    for name, key in scenarios.items():
        if name == reference:
            continue
        tags.append(change_of_tags(scenarios[reference], key).assign(scenario=name))
        profiles.append(
            profile_models(ratings, key, CENTRING, VALUE_PORTRAIT)[columns].merge(base, on=keys).assign(scenario=name)
        )
    changed = pd.concat(profiles, ignore_index=True)
    changed["difference"] = changed["centred_mean"] - changed["reference_centred_mean"]
    return _with_scenario_first(pd.concat(tags, ignore_index=True)), _with_scenario_first(changed)


def change_of_tags(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The tags in one of two tables ``item_key`` only: item_id, family, dimension, polarity, change, rho."""
    texts = {"family": str, "dimension": str}
    both = (
        before[[*_KEYED_TAG, "rho"]]
        .astype(texts)
        .merge(
            after[[*_KEYED_TAG, "rho"]].astype(texts),
            on=_KEYED_TAG,
            how="outer",
            suffixes=("_before", "_after"),
            indicator=True,
        )
    )
    both = both[both["_merge"] != "both"]
    change = both["_merge"].map({"left_only": "lost", "right_only": "gained"}).astype(str)
    rho = both["rho_before"].fillna(both["rho_after"])
    return both[_KEYED_TAG].assign(change=change, rho=rho).reset_index(drop=True)


def _with_scenario_first(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["scenario", *frame.columns.drop("scenario")]]
