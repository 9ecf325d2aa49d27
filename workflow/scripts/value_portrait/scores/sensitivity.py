"""How much a model's answers depend on the wording of the prompt and on the order of its options."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import Ratings


def wordings(versions: Sequence[str], instrument: Instrument) -> dict[str, tuple[str, str]]:
    """The wordings that were asked in both orders, each with its version in the original and the reversed order."""
    asked = [instrument.version(name) for name in versions]
    turned = {version.wording: version.name for version in asked if version.reversed}
    return {
        version.wording: (version.name, turned[version.wording])
        for version in asked
        if not version.reversed and version.wording in turned
    }


def estimate_sensitivity(ratings: Ratings, instrument: Instrument) -> pd.DataFrame:
    """The table ``sensitivity``, one row per subject.

    ``prompt_sensitivity`` is 1 - the share of items with the same rating under every wording in the original order,
    over items rated under all; ``prompt_difference`` the mean absolute difference over those items and all pairs of
    wordings; both null, without items, for fewer than two wordings. ``order_sensitivity`` of a wording is 1 - the
    share of items with the same rating in both orders, over items rated in both; ``order_difference`` their mean
    absolute difference; without a suffix, the means over wordings.
    """
    values, rated = ratings.values, ratings.rated
    place = {version: index for index, version in enumerate(ratings.versions)}
    originals = [index for version, index in place.items() if not instrument.version(version).reversed]
    pairs = [(values[:, i], values[:, j]) for i, j in combinations(originals, 2)]
    complete = np.logical_and(rated[:, originals].all(axis=1), bool(pairs))
    differs = np.any([one != other for one, other in pairs], axis=0)
    distance = np.sum([np.abs(one - other) for one, other in pairs], axis=0) / max(len(pairs), 1)
    models, conditions = zip(*ratings.subjects, strict=True)
    summary: dict[str, object] = {
        "model": models,
        "condition": conditions,
        "prompt_sensitivity": _share(differs, complete),
        "prompt_difference": _share(distance, complete),
        "n_prompt_items": complete.sum(axis=1),
    }
    parts: dict[str, np.ndarray] = {}
    for wording, (original, turned) in wordings(ratings.versions, instrument).items():
        first, second = values[:, place[original]], values[:, place[turned]]
        both = rated[:, place[original]] & rated[:, place[turned]]
        parts[f"order_sensitivity_{wording}"] = _share(first != second, both)
        parts[f"order_difference_{wording}"] = _share(np.abs(first - second), both)
        parts[f"n_order_items_{wording}"] = both.sum(axis=1)
    for measure in ("order_sensitivity", "order_difference"):
        own = [column for name, column in parts.items() if name.startswith(measure)]
        summary[measure] = np.mean(own, axis=0) if own else np.full(len(values), np.nan)
    return pd.DataFrame({**summary, **parts})


def _share(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Row means of ``values`` over ``where``, both (S, I); NaN for a row without any."""
    count = where.sum(axis=1)
    return np.where(where, values, 0).sum(axis=1) / np.where(count, count, np.nan)
