"""Scores in every universe of the multiverse, by the functions of the main analysis."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import (
    Block,
    correlate,
    correlation_p,
    drop_repeated_participants,
    select_items,
    survey_blocks,
    tagged,
)
from value_portrait.robustness.multiverse import CORRELATING, Multiverse
from value_portrait.scores.profiles import Tags, arrange_tags, centred_means
from value_portrait.scores.ratings import Ratings

# A rater is careless who gives one and the same rating to this share of the items or to more: the longest string of
# equal answers (Curran 2016, Journal of Experimental Social Psychology 66), for a survey whose order is not known.
CARELESS = 0.75
# Questionnaires are commonly reported to two digits; rounded, scores tie that differ by binary arithmetic alone.
DIGITS = 2
CHUNK = 500


@dataclass(frozen=True)
class Correlated:
    """Correlations of items with all dimensions of the instrument.

    Attributes
    ----------
    columns : places of these items among all of the study (I,), in the order of the survey. rho, p : (I, D).
    """

    columns: np.ndarray
    rho: np.ndarray
    p: np.ndarray


@dataclass
class KeyMaker:
    """The keys of a study whose items people rated.

    Attributes
    ----------
    survey, participants : as in the main analysis. published : published correlations, or None.
    items : all items of the study, in the order of the averages that are scored.
    scored : the instrument with the families alone that are scored.
    """

    survey: pd.DataFrame
    participants: pd.DataFrame
    published: pd.DataFrame | None
    items: Sequence[str]
    scored: Instrument
    instrument: Instrument
    _correlations: tuple[tuple[Any, ...], Any] = ((), None)
    _raters: dict[tuple[str, str], list[tuple[Block, np.ndarray]]] = field(default_factory=dict)

    def key(self, choice: Mapping[str, Any]) -> list[Tags]:
        """The tags of every scored dimension, by the choices of one universe."""
        rule = choice["threshold"], choice["max_p"], choice["polarity"]
        if choice["correlations"] == "published":
            assert self.published is not None
            return arrange_tags(select_items(self.published, *rule), self.items, self.scored)
        made = tuple(choice[option] for option in CORRELATING)
        # Universes that share correlations follow each other.
        if self._correlations[0] != made:
            self._correlations = made, self._recomputed(choice)
        found = self._correlations[1]
        chosen = tagged(found.rho, found.p, *rule)
        places = [self.instrument.dimensions.index(name) for name in self.scored.dimensions]
        return [Tags(found.columns[chosen[:, d]], np.sign(found.rho[chosen[:, d], d])) for d in places]

    def _recomputed(self, choice: Mapping[str, Any]) -> Correlated:
        blocks = self._blocks(choice["repeated_participants"], choice["careless_raters"])
        if not blocks:
            nothing = np.empty((0, len(self.instrument.dimensions)))
            return Correlated(np.empty(0, np.intp), nothing, nothing)
        parts = [
            correlate_block(block, means, choice["method"], choice["scores"] == "rounded", choice["rater_mean"])
            for block, means in blocks
        ]
        order = [[block.dimensions.index(name) for name in self.instrument.dimensions] for block, _ in blocks]
        rho, p = (
            np.concatenate([part[which][:, own] for part, own in zip(parts, order, strict=True)]) for which in (0, 1)
        )
        place = {item: index for index, item in enumerate(self.items)}
        return Correlated(np.array([place[item] for block, _ in blocks for item in block.items]), rho, p)

    def _blocks(self, repeated: str, careless: str) -> list[tuple[Block, np.ndarray]]:
        """The survey groups of these raters, and each rater's mean over all items that they rated."""
        if (repeated, careless) not in self._raters:
            survey = drop_repeated_participants(self.survey) if repeated == "drop" else self.survey
            if careless == "drop":
                survey = drop_careless_raters(survey)
            means = survey.groupby("participant_id", observed=True)["rating"].mean()
            blocks = survey_blocks(survey, self.participants) if len(survey) else []
            self._raters[repeated, careless] = [(block, means[block.raters].to_numpy()) for block in blocks]
        return self._raters[repeated, careless]


@dataclass
class GivenKey:
    """The key of a study without raters (table ``item_key``); see ``KeyMaker``."""

    given: pd.DataFrame
    items: Sequence[str]
    scored: Instrument

    def key(self, choice: Mapping[str, Any]) -> list[Tags]:
        """The tags of every scored dimension: as they are given, or the positively keyed ones."""
        own = self.given[self.given["polarity"] > 0] if choice.get("polarity") == "positive" else self.given
        return arrange_tags(own, self.items, self.scored)


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


def score_universes(
    multiverse: Multiverse, keys: KeyMaker | GivenKey, ratings: Mapping[str, Ratings], scored: Instrument
) -> Iterator[tuple[slice, np.ndarray]]:
    """The scores of all subjects in all universes, some at a time.

    Parameters
    ----------
    ratings : of the same subjects, by parser.

    Returns
    -------
    Which universes, and their scores (U, S, D), NaN for a dimension without items or ratings.
    """
    labels = {name: list(own) for name, own in multiverse.settings.items()}
    column = {name: place for place, name in enumerate(labels)}
    parsers, sets = labels["parser"], multiverse.settings["prompt_versions"]
    averages = np.stack(
        [_of_versions(ratings[parser], versions).averages() for parser in parsers for versions in sets.values()]
    )
    of_answers = multiverse.codes[:, column["parser"]] * len(sets) + multiverse.codes[:, column["prompt_versions"]]
    # The options before centring make the key, so universes of one key and centring follow each other.
    of_key = multiverse.codes[:, : column["centring"] + 1]
    starts = np.flatnonzero(np.append(True, (np.diff(of_key, axis=0) != 0).any(axis=1)))
    tags, last = [], None
    for first in range(0, len(of_key), CHUNK):
        chunk = slice(first, min(first + CHUNK, len(of_key)))
        scores = np.empty((chunk.stop - first, averages.shape[1], len(scored.dimensions)))
        edges = [first, *starts[(starts > first) & (starts < chunk.stop)], chunk.stop]
        for start, stop in pairwise(edges):
            choice = {
                name: multiverse.settings[name][labels[name][code]]
                for name, code in zip(labels, of_key[start], strict=False)
            }
            if (own := tuple(of_key[start, :-1])) != last:
                tags, last = keys.key(choice), own
            rows = averages[of_answers[start:stop]].reshape(-1, averages.shape[2])
            found = centred_means(rows, tags, choice["centring"], scored)
            scores[start - first : stop - first] = found.reshape(stop - start, averages.shape[1], -1)
        yield chunk, scores


def _of_versions(ratings: Ratings, versions: Sequence[str]) -> Ratings:
    places = [ratings.versions.index(name) for name in versions]
    return Ratings(ratings.subjects, list(versions), ratings.items, ratings.values[:, places])
