"""A small study with all that the multiverse has options about: for tests of whatever runs it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from value_portrait.items.validation import correlate_items, drop_repeated_participants, select_items
from value_portrait.robustness.multiverse import THRESHOLDS, options_of_answers, options_of_raters, spread_out
from value_portrait.robustness.other_correlations import (
    arrange_correlations,
    arrange_published,
    correlate_in_every_way,
)
from value_portrait.robustness.universes import KeyMaker, score_universes
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import NO_RATING, Ratings

ITEMS_CONFIG = {
    "correlations": "recomputed",
    "method": "spearman",
    "threshold": 0.3,
    "max_p": 0.05,
    "polarity": "positive",
    "repeated_participants": "keep",
}
SCORING = {"parser": "published", "centring": "tagged_items"}


@dataclass(frozen=True)
class Study:
    """Two survey groups with a person in both and a careless one, models with missing ratings, two parsers."""

    survey: pd.DataFrame
    participants: pd.DataFrame
    published: pd.DataFrame
    items: list
    ratings: dict
    instrument: object

    @property
    def versions(self):
        return self.ratings["published"].versions

    def run(self, choice):
        """The table ``profiles`` as the workflow's own scripts make it with these choices."""
        survey = self.survey
        if choice["repeated_participants"] == "drop":
            survey = drop_repeated_participants(survey)
        table = self.published
        if choice["correlations"] == "recomputed":
            table = correlate_items(survey, self.participants, choice["method"])
        key = select_items(table, choice["threshold"], choice["max_p"], choice["polarity"])
        own = self.ratings[choice["parser"]]
        places = [own.versions.index(name) for name in choice["prompt_versions"]]
        own = Ratings(own.subjects, list(choice["prompt_versions"]), own.items, own.values[:, places])
        return profile_models(own, key, choice["centring"], self.instrument)

    def multiverse(self, limit=10**6, items=ITEMS_CONFIG, scoring=SCORING, published=True, without=()):
        """The multiverse, ``without`` options but for their first setting."""
        settings, main = options_of_raters(items, published)
        more, main_of_answers = options_of_answers(scoring, self.versions, self.instrument)
        settings |= {name: dict([next(iter(settings[name].items()))]) for name in without}
        return spread_out(settings | more, main | main_of_answers, limit, 1)

    def scores(self, multiverse):
        table = correlate_in_every_way(self.survey, self.participants, min(THRESHOLDS), self.instrument)
        correlations = arrange_correlations(table, self.items, self.instrument)
        published = arrange_published(pa.Table.from_pandas(self.published), self.items, self.instrument)
        keys = KeyMaker(correlations, published, self.instrument, self.instrument)
        parts = [scores for _, scores in score_universes(multiverse, keys, self.ratings, self.instrument)]
        return np.concatenate(parts)


def draw_study(instrument, versions, models=3, groups=(14, 11), items=9, seed=0):
    """Ratings that go with the raters' scores, so that keys have tags of either sign."""
    rng = np.random.default_rng(seed)
    names = [f"{n}-1" for n in rng.permutation(len(groups) * items)]
    people = [f"P{n}" for n in range(sum(groups))]
    low, high = instrument.score_range
    scores = rng.uniform(low, high, (len(people), len(instrument.dimensions))).round(3)
    participants = pd.DataFrame(
        [
            ("main", person, *name, scores[n, d])
            for n, person in enumerate(people)
            for d, name in enumerate(instrument.dimensions)
        ],
        columns=["sample", "participant_id", "family", "dimension", "score"],
    )
    rows, first = [], 0
    for group, size in enumerate(groups):
        # The first person sits in both groups.
        own = list(range(first, first + size)) + ([0] if group else [])
        for item in names[group * items : (group + 1) * items]:
            lean = rng.choice([-1, 1]) * scores[own, rng.integers(scores.shape[1])]
            lean = lean + rng.normal(0, 0.5 * (high - low), len(own))
            ranks = lean.argsort().argsort() / len(own) * len(instrument.options)
            rows += [(group + 1, item, people[n], instrument.lowest + int(r)) for n, r in zip(own, ranks, strict=True)]
        first += size
    survey = pd.DataFrame(rows, columns=["group", "item_id", "participant_id", "rating"])
    # The last person is careless: one rating to all items but one.
    last = np.flatnonzero(survey["participant_id"] == people[-1])[:-1]
    survey.loc[last, "rating"] = instrument.lowest
    published = correlate_items(survey, participants)
    published["rho"] = np.clip(published["rho"] + rng.normal(0, 0.1, len(published)), -1, 1)
    shape = models, len(versions), len(names)
    values = rng.integers(instrument.lowest, instrument.highest + 1, shape).astype(np.int8)
    values[rng.random(shape) < 0.1] = NO_RATING
    strict = np.where(rng.random(shape) < 0.1, NO_RATING, values).astype(np.int8)
    subjects = [(f"m{n}", "baseline") for n in range(models)]
    ratings = {
        parser: Ratings(subjects, list(versions), names, own)
        for parser, own in (("published", values), ("strict", strict))
    }
    return Study(survey, participants, published.sample(frac=1, random_state=seed), names, ratings, instrument)
