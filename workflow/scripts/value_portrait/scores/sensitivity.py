"""How much a model's answers depend on the wording of the prompt and on the order of its options."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.scores.ratings import Ratings

REVERSED = "_reversed"


def wordings(versions: Sequence[str]) -> list[str]:
    """The wordings that were asked in both orders."""
    return [version for version in versions if version + REVERSED in versions]


def estimate_sensitivity(ratings: Ratings) -> pd.DataFrame:
    """The table ``sensitivity``, one row per subject.

    ``prompt_sensitivity`` is 1 - the share of items with the same rating under every wording in the original order,
    over items rated under all; ``prompt_difference`` the mean absolute difference over those items and all pairs of
    wordings. ``order_sensitivity`` of a wording is 1 - the share of items with the same rating in both orders, over
    items rated in both; ``order_difference`` their mean absolute difference; without a suffix, the means over wordings.
    """
    place = {version: index for index, version in enumerate(ratings.versions)}
    values = ratings.values
    originals = [index for version, index in place.items() if not version.endswith(REVERSED)]
    asked = values[:, originals]
    complete = np.all(asked > 0, axis=1)
    differs = np.any(asked != asked[:, :1], axis=1)
    pairs = list(combinations(originals, 2))
    distance = np.mean([np.abs(values[:, i] - values[:, j]) for i, j in pairs], axis=0) if pairs else differs * np.nan
    models, conditions = zip(*ratings.subjects, strict=True)
    summary: dict[str, object] = {
        "model": models,
        "condition": conditions,
        "prompt_sensitivity": _share(differs, complete),
        "prompt_difference": _share(distance, complete),
        "n_prompt_items": complete.sum(axis=1),
    }
    parts: dict[str, np.ndarray] = {}
    for wording in wordings(ratings.versions):
        first, second = values[:, place[wording]], values[:, place[wording + REVERSED]]
        both = (first > 0) & (second > 0)
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
