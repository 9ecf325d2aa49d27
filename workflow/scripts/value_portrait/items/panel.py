"""A panel: some items of every dimension, for a first cheap look."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator


def choose_panel(
    key: pd.DataFrame, items: Sequence[str], queries: Sequence[str], size: int, seed: int, instrument: Instrument
) -> list[str]:
    """Items of a panel with so many of every dimension, or all of those with fewer, in the order of ``items``.

    Queries come in a random order, the same for all dimensions; a dimension takes one of its items to each query before
    it takes a second. So its items depend on each other as little as they can, items of several dimensions serve all of
    them, and a larger panel holds every smaller one.

    Parameters
    ----------
    key : table ``item_key``. queries : of each of ``items``.
    """
    rng = named_generator("panel", seed)
    names, of_query = np.unique(list(queries), return_inverse=True)
    query = dict(zip(items, rng.permutation(len(names))[of_query].tolist(), strict=True))
    draw = dict(zip(items, rng.permutation(len(items)).tolist(), strict=True))
    tagged: dict[tuple[str, str], list[str]] = {}
    for item, family, name in zip(key["item_id"], key["family"], key["dimension"], strict=True):
        tagged.setdefault((family, name), []).append(item)
    chosen: set[str] = set()
    for dimension in instrument.dimensions:
        turns: list[tuple[int, int, str]] = []
        taken = Counter[int]()
        for item in sorted(tagged.get(dimension, ()), key=draw.__getitem__):
            turns.append((taken[query[item]], query[item], item))
            taken[query[item]] += 1
        chosen.update(item for *_, item in sorted(turns)[:size])
    return [item for item in items if item in chosen]
