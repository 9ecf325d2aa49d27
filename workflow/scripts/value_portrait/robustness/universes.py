"""Scores in every universe of the multiverse, by the functions of the main analysis."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import tagged
from value_portrait.robustness.multiverse import CORRELATING, Multiverse
from value_portrait.robustness.other_correlations import Correlated
from value_portrait.scores.profiles import Tags, arrange_tags, centred_means
from value_portrait.scores.ratings import Ratings

CHUNK = 500


@dataclass
class KeyMaker:
    """The keys of a study whose items people rated.

    Attributes
    ----------
    correlations : by the settings of ``CORRELATING``, their items places in the averages that are scored.
    published : published correlations, or None.
    scored : the instrument with the families alone that are scored.
    """

    correlations: Mapping[tuple[str, ...], Correlated]
    published: Correlated | None
    scored: Instrument
    instrument: Instrument

    def key(self, choice: Mapping[str, Any]) -> list[Tags]:
        """The tags of every scored dimension, by the choices of one universe."""
        found = self.correlations[tuple(choice[option] for option in CORRELATING)]
        if choice["correlations"] == "published":
            assert self.published is not None
            found = self.published
        chosen = tagged(found.rho, found.p, choice["threshold"], choice["max_p"], choice["polarity"])
        items, signs = found.items[chosen], np.sign(found.rho[chosen])
        edges = np.searchsorted(found.dimensions[chosen], np.arange(len(self.instrument.dimensions) + 1))
        places = [self.instrument.dimensions.index(name) for name in self.scored.dimensions]
        return [Tags(items[edges[d] : edges[d + 1]], signs[edges[d] : edges[d + 1]]) for d in places]


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
