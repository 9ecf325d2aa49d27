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
    values : (S, V, I) int8, ratings on the instrument's scale, ``NO_RATING`` where there is none.
    """

    subjects: list[tuple[str, str]]
    versions: list[str]
    items: list[str]
    values: np.ndarray

    @property
    def rated(self) -> np.ndarray:
        """Where there is a rating, (S, V, I) bool."""
        return self.values != NO_RATING

    def averages(self) -> np.ndarray:
        """Mean over the versions that have a rating, (S, I) float; NaN where none has."""
        counts = self.rated.sum(axis=1)
        total = self.values.sum(axis=1, dtype=np.int64, where=self.rated)
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
        return Ratings([self.subjects[i] for i in places], self.versions, self.items, self.values[list(places)])


def read_ratings(
    path: str | Path, column: str, versions: Sequence[str], items: Sequence[str], instrument: Instrument
) -> Ratings:
    """The stored table ``ratings`` as one block, read part by part: the table takes fifty times as much memory."""
    columns = ["model", "condition", "prompt_version", "item_id", column]
    parts = [
        arrange_ratings(part, column, versions, items) for part in read_parts(path, "ratings", instrument, columns)
    ]
    subjects = [subject for part in parts for subject in part.subjects]
    return Ratings(subjects, list(versions), list(items), np.concatenate([part.values for part in parts]))


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
    values = np.full((len(subjects), len(versions), len(items)), NO_RATING, np.int8)
    rating = pc.fill_null(ratings[column], NO_RATING).to_numpy()
    values[place[inverse], _positions(ratings["prompt_version"], versions), _positions(ratings["item_id"], items)] = (
        rating
    )
    return Ratings(subjects, list(versions), list(items), values)


def _codes(column: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    encoded = column.unify_dictionaries().combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def _positions(column: pa.ChunkedArray, names: Iterable[str]) -> np.ndarray:
    labels, codes = _codes(column)
    index = {name: position for position, name in enumerate(names)}
    return np.array([index[label] for label in labels], np.int64)[codes]
