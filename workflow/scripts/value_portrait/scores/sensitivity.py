"""How much a model's answers depend on the wording of the prompt, on the order of its options, and on chance."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.scores.ratings import NO_RATING, Ratings


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
    wordings; both null, without items, for fewer than two wordings. The more wordings, the more items differ under
    some. ``wording_sensitivity`` is therefore the share for two wordings, as ``order_sensitivity`` is for two orders:
    1 - the share of items with the same rating under both, over items rated under both; the mean over pairs of
    wordings. ``wording_difference`` is their mean absolute difference. ``order_sensitivity`` of a wording is 1 - the
    share of items with the same rating in both orders, over items rated in both; ``order_difference`` their mean
    absolute difference; without a suffix, the means over wordings. Where questions were repeated, each repeat counts
    by itself, and ``repeat_sensitivity`` is the share of pairs of answers to the same question with different ratings,
    ``repeat_difference`` their mean absolute difference.
    """
    repeats = ratings.single.shape[-1]
    # Repeats stand side by side, each with all items.
    values = np.moveaxis(ratings.single, -1, 2).reshape(*ratings.values.shape[:2], -1).astype(np.int16)
    rated = values != NO_RATING
    place = {version: index for index, version in enumerate(ratings.versions)}
    originals = [index for version, index in place.items() if not instrument.version(version).reversed]
    pairs = [(values[:, i], values[:, j]) for i, j in combinations(originals, 2)]
    complete = np.logical_and(rated[:, originals].all(axis=1), bool(pairs))
    differs = np.any([one != other for one, other in pairs], axis=0)
    distance = np.sum([np.abs(one - other) for one, other in pairs], axis=0) / max(len(pairs), 1)
    models, conditions = zip(*ratings.subjects, strict=True)
    by_pair = [
        (_share(values[:, i] != values[:, j], both), _share(np.abs(values[:, i] - values[:, j]), both))
        for i, j in combinations(originals, 2)
        for both in [rated[:, i] & rated[:, j]]
    ]
    shares, distances = np.mean(by_pair, axis=0) if by_pair else np.full((2, len(values)), np.nan)
    summary: dict[str, object] = {
        "model": models,
        "condition": conditions,
        "prompt_sensitivity": _share(differs, complete),
        "prompt_difference": _share(distance, complete),
        "n_prompt_items": _items(complete, repeats),
        "wording_sensitivity": shares,
        "wording_difference": distances,
    }
    parts: dict[str, np.ndarray] = {}
    for wording, (original, turned) in wordings(ratings.versions, instrument).items():
        first, second = values[:, place[original]], values[:, place[turned]]
        both = rated[:, place[original]] & rated[:, place[turned]]
        parts[f"order_sensitivity_{wording}"] = _share(first != second, both)
        parts[f"order_difference_{wording}"] = _share(np.abs(first - second), both)
        parts[f"n_order_items_{wording}"] = _items(both, repeats)
    for measure in ("order_sensitivity", "order_difference"):
        own = [column for name, column in parts.items() if name.startswith(measure)]
        summary[measure] = np.mean(own, axis=0) if own else np.full(len(values), np.nan)
    if ratings.repeats is not None:
        pairs = list(combinations(np.moveaxis(ratings.repeats, -1, 0).reshape(repeats, len(values), -1), 2))
        first, second = (np.concatenate(side, axis=1).astype(np.int16) for side in zip(*pairs, strict=True))
        both = (first != NO_RATING) & (second != NO_RATING)
        summary["repeat_sensitivity"] = _share(first != second, both)
        summary["repeat_difference"] = _share(np.abs(first - second), both)
        summary["n_repeated"] = (np.sum(ratings.repeats != NO_RATING, axis=-1) > 1).sum(axis=(1, 2))
    return pd.DataFrame({**summary, **parts})


def _items(where: np.ndarray, repeats: int) -> np.ndarray:
    """Items, of (S, repeats * I), with any repeat, as (S,)."""
    items: np.ndarray = where.reshape(len(where), repeats, -1).any(axis=1).sum(axis=1)
    return items


def _share(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Row means of ``values`` over ``where``, both (S, I); NaN for a row without any."""
    count = where.sum(axis=1)
    return np.where(where, values, 0).sum(axis=1) / np.where(count, count, np.nan)
