"""What a persona does to a model's scores, and how that compares with what people of the group are like.

A persona's effect is its centred score minus the same model's at baseline. Its interval comes from resampling queries,
all responses of a query together and the same queries under both conditions, with the centre computed anew in every
resample (cluster bootstrap, percentile interval: Davison and Hinkley 1997, sections 3.8 and 5.3). It says how far the
effect depends on the queries that happen to be in the study; the item key is held fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.responses.conditions import BASELINE
from value_portrait.scores.ratings import Ratings

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Persona

DEFAULT_FRAMING = "default"
DRAWS = 2000
LEVEL = 0.95
# An interval needs a score in nearly every resample: a dimension with items of one or two queries gets none.
LEAST_DRAWS = 0.95
SUBJECT = ["source", "model", "framing"]
COLUMNS = [
    *SUBJECT,
    "axis",
    "persona",
    "group",
    "order",
    "people",
    "family",
    "dimension",
    "effect",
    "ci_low",
    "ci_high",
]
COLUMNS += ["n_queries", "version_mean", "version_sd", "version_ratio"]


@dataclass(frozen=True)
class QuerySums:
    """What centred scores are made of, summed over the items of each query.

    S subjects, Q queries, D dimensions and F families of the instrument.

    Attributes
    ----------
    rated, signs, counts : (S, Q, D), over the items with a rating of each dimension: ratings times polarity, polarity,
        and their number. centre, centre_counts : (S, Q, F), over the items that each family is centred on.
    of_family : (D,), the family of each dimension, counted from 0.
    """

    rated: np.ndarray
    signs: np.ndarray
    counts: np.ndarray
    centre: np.ndarray
    centre_counts: np.ndarray
    of_family: np.ndarray

    def scores(self, weights: np.ndarray) -> np.ndarray:
        """Centred scores (B, S, D) where query q counts ``weights[b, q]`` times; NaN for a dimension without items."""

        def total(sums: np.ndarray) -> np.ndarray:
            result: np.ndarray = np.einsum("bq,sqd->bsd", weights, sums, optimize=True)
            return result

        return self._score(*map(total, (self.rated, self.signs, self.counts, self.centre, self.centre_counts)))

    def without_each(self) -> np.ndarray:
        """Centred scores (S, Q, D) without the items of each query in turn."""
        sums = (self.rated, self.signs, self.counts, self.centre, self.centre_counts)
        return self._score(*(own.sum(axis=1, keepdims=True) - own for own in sums))

    def _score(
        self, rated: np.ndarray, signs: np.ndarray, counts: np.ndarray, centre: np.ndarray, centre_counts: np.ndarray
    ) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = centre / centre_counts
            centre = np.where(np.isnan(centre), 0, centre)
            scores: np.ndarray = (rated - centre[..., self.of_family] * signs) / counts
        return scores


def sum_by_query(
    averages: np.ndarray,
    items: Sequence[str],
    queries: Sequence[str],
    key: pd.DataFrame,
    centring: str,
    instrument: Instrument,
) -> QuerySums:
    """Sums for the scores that ``profiles.score`` defines.

    Parameters
    ----------
    averages : (S, I), ratings averaged over versions, NaN without any. queries : the query of each item.
    key : table ``item_key``. centring : as for ``profiles.score``.
    """
    position = {item: index for index, item in enumerate(items)}
    families = [family.name for family in instrument.families]
    of_family = np.array([families.index(family) for family, _ in instrument.dimensions])
    polarity = np.zeros((len(items), len(instrument.dimensions)))
    places = {dimension: index for index, dimension in enumerate(instrument.dimensions)}
    for item, family, dimension, sign in key[["item_id", "family", "dimension", "polarity"]].itertuples(index=False):
        polarity[position[item], places[family, dimension]] = sign
    centred = np.full((len(items), len(families)), centring == "all_items")
    if centring == "tagged_items":
        for index in range(len(families)):
            centred[:, index] = polarity[:, of_family == index].any(axis=1)
    codes = pd.factorize(np.asarray(queries))[0]
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    averages, polarity, centred = averages[:, order], polarity[order], centred[order]
    given = ~np.isnan(averages)
    rated = np.where(given, averages, 0)

    def total(cells: np.ndarray, of_item: np.ndarray) -> np.ndarray:
        result: np.ndarray = np.add.reduceat(cells[:, :, None] * of_item, first, axis=1)
        return result

    return QuerySums(
        total(rated, polarity),
        total(given, polarity),
        total(given, np.abs(polarity)),
        total(rated, centred),
        total(given, centred),
        of_family,
    )


def resample_queries(n: int, seed: int) -> np.ndarray:
    """How often each of ``n`` queries is drawn in each of ``DRAWS`` resamples, (DRAWS, n)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(float)


def interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the percentile interval over the first axis; NaN where too few draws have a number."""
    enough = np.isfinite(draws).mean(axis=0) >= LEAST_DRAWS
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    if np.isfinite(draws).all():
        return tuple(np.quantile(draws, tails, axis=0))
    filled = np.where(enough, draws, 0.0)  # a column without any number would make NumPy warn
    low, high = np.nanquantile(filled, tails, axis=0)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


@dataclass(frozen=True)
class Effects:
    """Persona effects: a table, and for each of its rows the effect in every resample, (DRAWS, rows), or None."""

    table: pd.DataFrame
    draws: np.ndarray | None


def subject_name(row: Mapping[Any, Any]) -> str:
    """What people call the subject of a row: its model, and the framing where that is not the default one."""
    return str(row["model"]) + (f", {row['framing']}" if row["framing"] != DEFAULT_FRAMING else "")


def estimate_effects(
    ratings: Ratings,
    queries: Sequence[str],
    key: pd.DataFrame,
    centring: str,
    personas: Sequence[Persona],
    seed: int,
    instrument: Instrument,
) -> Effects:
    """The effects of all personas of all models that answered as one.

    Parameters
    ----------
    queries : the query of each item of ``ratings``.
    key : table ``item_key``. centring : as for ``profiles.score``.
    personas : the rows of the table of personas.

    Returns
    -------
    Effects with columns source ("answers"), model, framing, axis, persona, group, order, people, family, dimension;
    effect and its interval; n_queries (queries with an item of the dimension); and over the prompt versions, each taken
    alone, version_mean, version_sd (sample SD of the effect; null for one version) and version_ratio (|mean| / SD).
    """
    known = {row.persona: row for row in personas}
    dimensions = instrument.dimensions
    told = {model for model, condition in ratings.subjects if condition != BASELINE}
    chosen = [row for row, (model, _) in enumerate(ratings.subjects) if model in told]
    ratings = ratings.take(chosen)
    row_of = {subject: row for row, subject in enumerate(ratings.subjects)}
    subjects = [(model, condition) for model, condition in ratings.subjects if condition != BASELINE]
    own = np.array([row_of[subject] for subject in subjects])
    base = np.array([row_of[model, BASELINE] for model, _ in subjects])
    model_of = np.array([model for model, _ in subjects])

    def difference(averages: np.ndarray, weights: np.ndarray) -> np.ndarray:
        scores = sum_by_query(averages, ratings.items, queries, key, centring, instrument).scores(weights)
        return (scores[:, own] - scores[:, base]).reshape(len(weights), -1)

    averages = ratings.averages()
    n = len(dict.fromkeys(queries))
    effect = difference(averages, np.ones((1, n)))[0]
    # Model by model, and kept in single precision: many resamples of many personas fill the memory.
    weights = resample_queries(n, seed)
    draws = np.empty((DRAWS, len(subjects), len(dimensions)), np.float32)
    ends = np.empty((2, len(subjects), len(dimensions)))
    for model in told:
        places = np.flatnonzero(model_of == model)
        rows = averages[[base[places[0]], *own[places]]]
        scores = sum_by_query(rows, ratings.items, queries, key, centring, instrument).scores(weights)
        changes = scores[:, 1:] - scores[:, :1]
        draws[:, places], ends[:, places] = changes, interval(changes)
    low, high = ends.reshape(2, -1)
    single = np.where(ratings.rated, ratings.values, np.nan).swapaxes(0, 1)
    by_version = np.concatenate([difference(values, np.ones((1, n))) for values in single])
    version_mean, version_sd = _over_versions(by_version)
    query_of = dict(zip(ratings.items, queries, strict=True))
    n_queries = key.assign(query=key["item_id"].map(query_of)).groupby(["family", "dimension"])["query"].nunique()
    names = []
    for model, condition in subjects:
        persona, _, framing = condition.partition("@")
        about = known[persona]
        names += [
            {
                "source": "answers",
                "model": model,
                "framing": framing or DEFAULT_FRAMING,
                "axis": about.axis,
                "persona": persona,
                "group": about.group,
                "order": about.order,
                "people": about.people,
                "family": family,
                "dimension": dimension,
            }
            for family, dimension in dimensions
        ]
    table = pd.DataFrame(names).assign(
        effect=effect,
        ci_low=low,
        ci_high=high,
        n_queries=np.tile([n_queries.get(dimension, 0) for dimension in dimensions], len(subjects)),
        version_mean=version_mean,
        version_sd=version_sd,
        version_ratio=np.abs(version_mean) / np.where(version_sd > 0, version_sd, np.nan),
    )
    kept = np.isfinite(effect)
    return Effects(table.loc[kept, COLUMNS].reset_index(drop=True), draws.reshape(DRAWS, -1)[:, kept])


def _over_versions(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sample SD over the rows that have a number."""
    frame = pd.DataFrame(effects)
    return frame.mean().to_numpy(), frame.std().to_numpy()


def join(parts: Sequence[Effects]) -> Effects:
    """One body of effects; rows without draws have NaN there, and no draws at all is None."""
    table = pd.concat([part.table for part in parts], ignore_index=True)
    if all(part.draws is None for part in parts):
        return Effects(table, None)
    blocks = [
        np.full((DRAWS, len(part.table)), np.nan, np.float32) if part.draws is None else part.draws for part in parts
    ]
    return Effects(table, np.hstack(blocks))
