"""The ratings of all models under all conditions, as one block of numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from value_portrait.instrument import Instrument
from value_portrait.tables import read_parts

# What stands where there is no rating: below every scale, for 0 may be a rating.
NO_RATING = np.iinfo(np.int8).min


@dataclass(frozen=True)
class Ratings:
    """The ratings of all subjects in one block.

    Attributes
    ----------
    subjects : (model, condition) of each of the S rows.
    versions, items : the V prompt versions and I items.
    values : (S, V, I), ratings on the instrument's scale, ``NO_RATING`` where there is none: int8, or where questions
        were repeated floats, the mean of the repeats that have a rating.
    repeats : (S, V, I, R) int8, the ratings of R repeats; None where every question was asked once.
    """

    subjects: list[tuple[str, str]]
    versions: list[str]
    items: list[str]
    values: np.ndarray
    repeats: np.ndarray | None = None

    @property
    def rated(self) -> np.ndarray:
        """Where there is a rating, (S, V, I) bool."""
        return self.values != NO_RATING

    @property
    def single(self) -> np.ndarray:
        """Every single rating, (S, V, I, R) int8: of one repeat, where every question was asked once."""
        return self.values[..., None] if self.repeats is None else self.repeats

    def averages(self) -> np.ndarray:
        """Mean over the versions that have a rating, (S, I) float; NaN where none has."""
        counts = self.rated.sum(axis=1)
        total = self.values.sum(axis=1, dtype=np.result_type(self.values, np.int64), where=self.rated)
        return total / np.where(counts, counts, np.nan)

    def observations(self, kind: str) -> np.ndarray:
        """Rows for a reliability, (N, I) float: each subject under each version (``model_by_version``), or averages."""
        if kind == "model_by_version":
            return np.where(self.rated, self.values, np.nan).reshape(-1, len(self.items))
        return self.averages()

    def under(self, condition: str) -> "Ratings":
        """The subjects under one condition."""
        return self.take([index for index, (_, own) in enumerate(self.subjects) if own == condition])

    def take(self, places: Sequence[int]) -> "Ratings":
        """The subjects at these places."""
        own, subjects = list(places), [self.subjects[i] for i in places]
        repeats = None if self.repeats is None else self.repeats[own]
        return Ratings(subjects, self.versions, self.items, self.values[own], repeats)


def of_items(ratings: Ratings, places: Sequence[int]) -> Ratings:
    """The ratings of the items at these places."""
    own = list(places)
    repeats = None if ratings.repeats is None else ratings.repeats[:, :, own]
    names = [ratings.items[place] for place in own]
    return Ratings(ratings.subjects, ratings.versions, names, ratings.values[:, :, own], repeats)


def read_ratings(
    path: str | Path, column: str, versions: Sequence[str], items: Sequence[str], instrument: Instrument
) -> Ratings:
    """The stored table ``ratings`` as one block, read part by part: the table takes fifty times as much memory."""
    columns = ["model", "condition", "prompt_version", "item_id", "repeat", column]
    parts = [
        arrange_ratings(part, column, versions, items) for part in read_parts(path, "ratings", instrument, columns)
    ]
    subjects = [subject for part in parts for subject in part.subjects]
    values = np.concatenate([part.values for part in parts])
    if all(part.repeats is None for part in parts):
        return Ratings(subjects, list(versions), list(items), values)
    most = max(1 if part.repeats is None else part.repeats.shape[-1] for part in parts)
    blocks = []
    for part in parts:
        own = part.values[..., None].astype(np.int8) if part.repeats is None else part.repeats
        blocks.append(np.pad(own, [(0, 0)] * 3 + [(0, most - own.shape[-1])], constant_values=NO_RATING))
    return Ratings(subjects, list(versions), list(items), values, np.concatenate(blocks))


def arrange_ratings(ratings: pa.Table, column: str, versions: Sequence[str], items: Sequence[str]) -> Ratings:
    """The table ``ratings`` as one block, subjects in the order in which they appear."""
    models = _codes(ratings["model"])
    conditions = _codes(ratings["condition"])
    pairs = models[1].astype(np.int64) * len(conditions[0]) + conditions[1]
    unique, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    subjects = [
        (models[0][pair // len(conditions[0])], conditions[0][pair % len(conditions[0])]) for pair in unique[order]
    ]
    repeat = ratings["repeat"].to_numpy() if "repeat" in ratings.column_names else np.zeros(len(ratings), np.int8)
    shape = len(subjects), len(versions), len(items), int(repeat.max(initial=0)) + 1
    repeats = np.full(shape, NO_RATING, np.int8)
    cells = place[inverse], _positions(ratings["prompt_version"], versions), _positions(ratings["item_id"], items)
    repeats[*cells, repeat] = pc.fill_null(ratings[column], NO_RATING).to_numpy()
    if shape[-1] == 1:
        return Ratings(subjects, list(versions), list(items), repeats[..., 0])
    return Ratings(subjects, list(versions), list(items), mean_of_repeats(repeats), repeats)


def mean_of_repeats(repeats: np.ndarray) -> np.ndarray:
    """The mean (...) over the last axis of those that have a rating; ``NO_RATING`` where none has."""
    rated = repeats != NO_RATING
    counts = rated.sum(axis=-1)
    mean: np.ndarray = np.divide(
        repeats.sum(axis=-1, where=rated), counts, out=np.full(counts.shape, float(NO_RATING)), where=counts > 0
    )
    return mean


def _codes(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    encoded = column.unify_dictionaries().combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def _positions(column: pa.ChunkedArray, names: Iterable[str]) -> np.ndarray:
    labels, codes = _codes(column)
    index = {name: position for position, name in enumerate(names)}
    return np.array([index[label] for label in labels], np.int64)[codes]
