"""Correlations of items with dimensions, made in every way that the multiverse has: people alone make them."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from value_portrait.instrument import Instrument
from value_portrait.items.validation import (
    Block,
    correlate,
    correlation_p,
    drop_repeated_participants,
    survey_blocks,
)
from value_portrait.robustness.encoding import columns_at, places_in, places_of, texts_at
from value_portrait.robustness.multiverse import CORRELATING
from value_portrait.tables import NUMBER, REPEATED_TEXT, Column, Schema

# A rater is careless who gives one and the same rating to this share of the items or to more: the longest string of
# equal answers (Curran 2016, Journal of Experimental Social Psychology 66), for a survey whose order is not known.
CARELESS = 0.75
# Questionnaires are commonly reported to two digits; rounded, scores tie that differ by binary arithmetic alone.
DIGITS = 2

_MEANINGS = {
    "method": "which correlation",
    "repeated_participants": "people who rated in more than one group",
    "careless_raters": "people who gave one rating to nearly all of their items",
    "scores": "the raters' own scores",
    "rater_mean": "what became of each rater's mean rating",
}
OTHER_CORRELATIONS = Schema(
    (*CORRELATING, "item_id", "family", "dimension"),
    {
        **{name: Column(REPEATED_TEXT, _MEANINGS[name], texts=settings) for name, settings in CORRELATING.items()},
        "item_id": Column(REPEATED_TEXT, "item: query and response, as in 1021-3"),
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "rho": Column(NUMBER, "correlation, where its size exceeds the lowest threshold of all analyses", -1, 1),
        "p": Column(NUMBER, "two-sided p of rho; null with too few raters", 0, 1, nullable=True),
    },
)


class Correlated(NamedTuple):
    """Correlations made in one way, by the place of the dimension, then in the order of the survey or table.

    ``items``, ``dimensions`` : places (N,) among the items of the study and the instrument's dimensions.
    ``rho``, ``p`` : (N,).
    """

    items: np.ndarray
    dimensions: np.ndarray
    rho: np.ndarray
    p: np.ndarray


def correlate_in_every_way(
    survey: pd.DataFrame, participants: pd.DataFrame, above: float, instrument: Instrument
) -> pa.Table:
    """The table ``OTHER_CORRELATIONS``: what exceeds ``above`` in size, by every combination of ``CORRELATING``.

    Combinations follow each other in the order of their settings; within each see ``Correlated``.
    """
    raters = {
        choice: blocks_of(survey, participants, *choice)
        for choice in product(CORRELATING["repeated_participants"], CORRELATING["careless_raters"])
    }
    place = {item: index for index, item in enumerate(survey["item_id"].unique())}
    ways, parts = list(product(*CORRELATING.values())), []
    for method, repeated, careless, scores, rater_mean in ways:
        found = []
        for block, means in raters[repeated, careless]:
            order = [block.dimensions.index(name) for name in instrument.dimensions]
            own = correlate_block(block, means, method, scores == "rounded", rater_mean)
            found.append([values[:, order].T for values in own])
        nothing = np.empty((len(instrument.dimensions), 0))
        rho, p = (np.concatenate([nothing, *(own[which] for own in found)], axis=1) for which in (0, 1))
        items = np.array([place[item] for block, _ in raters[repeated, careless] for item in block.items], np.intp)
        dimension, column = np.nonzero(np.abs(rho) > above)
        parts.append(Correlated(items[column], dimension, rho[dimension, column], p[dimension, column]))
    settings = np.indices([len(own) for own in CORRELATING.values()]).reshape(len(CORRELATING), -1)
    repeats = [len(own.rho) for own in parts]
    item, dimension, rho, p = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pa.table(
        {
            name: texts_at(np.repeat(codes, repeats), CORRELATING[name])
            for name, codes in zip(CORRELATING, settings, strict=True)
        }
        | columns_at(item, dimension, list(place), instrument)
        | {"rho": rho, "p": pa.array(p, from_pandas=True)}
    )


def arrange_correlations(
    table: pa.Table, items: Sequence[str], instrument: Instrument
) -> dict[tuple[str, ...], Correlated]:
    """The table ``OTHER_CORRELATIONS`` by the settings of ``CORRELATING``."""
    codes = [places_of(table[name], settings) for name, settings in CORRELATING.items()]
    way = np.ravel_multi_index(codes, [len(settings) for settings in CORRELATING.values()])
    columns = _columns(table, items, instrument)
    order = np.lexsort((columns.dimensions, way))
    columns = Correlated(*(column[order] for column in columns))
    ways = list(product(*CORRELATING.values()))
    edges = np.searchsorted(way[order], np.arange(len(ways) + 1))
    return {own: Correlated(*(column[edges[n] : edges[n + 1]] for column in columns)) for n, own in enumerate(ways)}


def arrange_published(table: pa.Table, items: Sequence[str], instrument: Instrument) -> Correlated:
    """Published correlations (table ``correlations``) of these items, in the order of the table for each dimension."""
    asked = pc.is_in(table["item_id"].cast(pa.string()), pa.array(items, pa.string()))
    columns = _columns(table.filter(asked), items, instrument)
    order = np.argsort(columns.dimensions, kind="stable")
    return Correlated(*(column[order] for column in columns))


def blocks_of(
    survey: pd.DataFrame, participants: pd.DataFrame, repeated: str, careless: str
) -> list[tuple[Block, np.ndarray]]:
    """The survey groups of these raters, and each rater's mean over all items that they rated."""
    if repeated == "drop":
        survey = drop_repeated_participants(survey)
    if careless == "drop":
        survey = drop_careless_raters(survey)
    means = survey.groupby("participant_id", observed=True)["rating"].mean()
    blocks = survey_blocks(survey, participants) if len(survey) else []
    return [(block, means[block.raters].to_numpy()) for block in blocks]


def drop_careless_raters(survey: pd.DataFrame) -> pd.DataFrame:
    """The survey without people who give one rating to nearly all of their items; see ``CARELESS``."""
    same = survey.groupby(["participant_id", "rating"], observed=True)["rating"].transform("size")
    commonest = same.groupby(survey["participant_id"], observed=True).transform("max")
    return survey[commonest < CARELESS * survey.groupby("participant_id", observed=True)["rating"].transform("size")]


def correlate_block(
    block: Block, means: np.ndarray, method: str, rounded: bool, rater_mean: str
) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of the items of a block with its dimensions, and their p, both (I, D).

    Parameters
    ----------
    means : (R,), each rater's mean over all items that they rated.
    rater_mean : ``left in``; ``partialled out`` of ratings and scores, or of their ranks (first-order partial
        correlation, with one degree of freedom less); or ``taken off`` the ratings. Schwartz (2003) advises both
        against differences in how people use a scale.
    """
    ratings = block.ratings - means[:, None] if rater_mean == "taken off" else block.ratings
    scores = block.scores.round(DIGITS) if rounded else block.scores
    rho = correlate(ratings, scores, method)
    if rater_mean != "partialled out":
        return rho, correlation_p(rho, len(block.raters))
    by_item, by_score = (correlate(values, means[:, None], method) for values in (ratings, scores))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (rho - by_item @ by_score.T) / np.sqrt(np.outer(1 - by_item**2, 1 - by_score**2))
    rho = np.clip(np.where(np.isfinite(rho), rho, np.nan), -1, 1)
    return rho, correlation_p(rho, len(block.raters) - 1)


def _columns(table: pa.Table, items: Sequence[str], instrument: Instrument) -> Correlated:
    return Correlated(*places_in(table, items, instrument), table["rho"].to_numpy(), table["p"].to_numpy())
