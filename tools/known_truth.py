"""Small simulated studies as arrays, and what their scores would be without each source of error."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from value_portrait.instrument import as_instrument  # noqa: E402
from value_portrait.instrument_file import read_instrument  # noqa: E402
from value_portrait.items.validation import Block, correlate, correlation_p  # noqa: E402
from value_portrait.responses.conditions import BASELINE  # noqa: E402
from value_portrait.responses.planning import Estimate  # noqa: E402
from value_portrait.robustness.designs import Asked, plan_table  # noqa: E402
from value_portrait.robustness.expecting import Material  # noqa: E402
from value_portrait.scores.profiles import Tags, centred_means  # noqa: E402
from value_portrait.scores.ratings import Ratings  # noqa: E402
from value_portrait.simulation.models import PlantedModel, draw_model, draw_views, expected_ratings  # noqa: E402
from value_portrait.simulation.people_and_items import (  # noqa: E402
    People,
    draw_by_item,
    draw_loadings,
    draw_people,
    draw_ratings,
    on_scale,
)
from value_portrait.simulation.settings import SETTINGS, Setting  # noqa: E402

INSTRUMENT = as_instrument(read_instrument(ROOT / "config/instruments/value_portrait.yaml"))
GROUPS, QUERIES, RESPONSES, RATERS, WORDINGS = 12, 6, 5, 46, 3
THRESHOLD, MAX_P, CENTRING = 0.3, 0.05, "tagged_items"
VERSIONS = [version.name for version in INSTRUMENT.prompt_versions]
# The main family's places among all dimensions, and among those that are planted.
MAIN = [place for place, (family, _) in enumerate(INSTRUMENT.dimensions) if family == INSTRUMENT.main.name]
PLANTED = [INSTRUMENT.planted.index(INSTRUMENT.dimensions[place]) for place in MAIN]


@dataclass(frozen=True)
class World:
    """What stays the same however often a study is made anew."""

    setting: Setting
    models: Sequence[PlantedModel]


class Items(NamedTuple):
    """Items (I,): what they measure, how they are liked, and their queries, numbered from 0."""

    loadings: np.ndarray
    difficulty: np.ndarray
    queries: np.ndarray

    def take(self, places: np.ndarray) -> "Items":
        """The items at these places."""
        return Items(self.loadings[places], self.difficulty[places], self.queries[places])


class Study(NamedTuple):
    """A study as the methods take it."""

    items: Items
    blocks: list[Block]
    ratings: Ratings
    key: pd.DataFrame

    @property
    def queries(self) -> list[str]:
        """The query of each item."""
        return [str(query) for query in self.items.queries]


class Truth(NamedTuple):
    """What scores (M, D) would be over infinitely many queries, wordings, sets of raters as large, or all of these."""

    queries: np.ndarray
    wordings: np.ndarray
    raters: np.ndarray
    all: np.ndarray


def make_world(setting: str, models: int, alike: bool = False, nothing: bool = False) -> World:
    """A world with so many models: all ``alike``, or with ``nothing`` planted in models, items or habits of raters."""
    own, rng = SETTINGS[setting], np.random.default_rng(7)
    drawn = [draw_model(rng, f"m{place:02d}", own, INSTRUMENT) for place in range(models)]
    if alike:
        drawn = [replace(drawn[0], model=model.model) for model in drawn]
    if nothing:
        own = replace(own, loaded_share=0, value_acquiescence=0)
        empty = {family: dict.fromkeys(scores, 0.0) for family, scores in drawn[0].profile.items()}
        drawn = [replace(model, profile=empty) for model in drawn]
    return World(own, drawn)


def draw_items(world: World, rng: np.random.Generator, queries: int) -> Items:
    """Items of so many queries."""
    place = np.repeat(np.arange(queries), RESPONSES)
    difficulty = world.setting.difficulty_sd * draw_by_item(rng, place, world.setting)
    return Items(draw_loadings(rng, len(place), world.setting, INSTRUMENT), difficulty, place)


def draw_blocks(world: World, rng: np.random.Generator, items: Items, groups: int = GROUPS) -> list[Block]:
    """Survey groups that rate an equal part of the items each, in their order."""
    blocks = []
    for group, places in enumerate(np.array_split(np.arange(len(items.queries)), groups)):
        people: People = draw_people(rng, RATERS, world.setting, INSTRUMENT)
        loadings, difficulty, _ = items.take(places)
        ratings = draw_ratings(rng, people.scores, loadings, difficulty, world.setting, INSTRUMENT)
        raters = [f"r{group}_{rater}" for rater in range(RATERS)]
        names = [f"i{place}" for place in places]
        blocks.append(Block(names, raters, list(INSTRUMENT.dimensions), ratings.astype(float), people.profiles))
    return blocks


def tag(blocks: Sequence[Block]) -> np.ndarray:
    """Which items (I, D) measure what, by the rule of the paper."""
    found = []
    for block in blocks:
        rho = correlate(block.ratings, block.scores, "spearman")
        with np.errstate(invalid="ignore"):
            found.append((rho > THRESHOLD) & (correlation_p(rho, RATERS) < MAX_P))
    return np.vstack(found)


def score(averages: np.ndarray, tagged: np.ndarray) -> np.ndarray:
    """Scores (M, D) by a key (I, D)."""
    tags = [Tags(np.flatnonzero(own), np.ones(own.sum())) for own in tagged.T]
    return centred_means(averages, tags, CENTRING, INSTRUMENT)


def look(world: World, rng: np.random.Generator, items: Items, developers: np.ndarray | None = None) -> np.ndarray:
    """What every model makes of every item (M, I), in scale points, before it answers.

    Models of one of the ``developers`` (M,), numbered from 0, have half of the variance in common of what each makes
    of items on its own.
    """
    seed = int(rng.integers(2**32))

    def views(count: int) -> np.ndarray:
        own = [items.difficulty, items.queries, seed, world.setting, INSTRUMENT]
        return np.array([draw_views(rng, *own) for _ in range(count)])

    seen = views(len(world.models))
    if developers is not None:
        seen = (seen + views(developers.max() + 1)[developers]) / 2
    return np.array(
        [
            expected_ratings(model, items.loadings, own, INSTRUMENT)
            for model, own in zip(world.models, seen, strict=True)
        ]
    )


def answer(world: World, rng: np.random.Generator, expected: np.ndarray, wordings: int) -> np.ndarray:
    """Ratings (M, 2 · wordings, I) under so many wordings, with both orders of the options each."""
    turned = np.tile([0, 1], wordings)[:, None]
    values = np.empty((len(expected), 2 * wordings, expected.shape[1]), np.int8)
    for model, own, into in zip(world.models, expected, values, strict=True):
        latent = own + rng.normal(0, model.version_noise, into.shape) + model.order_shift * turned
        into[:] = on_scale(latent, INSTRUMENT.lowest, INSTRUMENT.highest)
    return values


def draw_study(
    world: World, rng: np.random.Generator, same_views: bool = False, developers: np.ndarray | None = None
) -> Study:
    """A study; with ``same_views`` all its models make the same of its items; ``developers`` as for ``look``."""
    items = draw_items(world, rng, GROUPS * QUERIES)
    blocks = draw_blocks(world, rng, items)
    expected = look(world, rng, items, developers)
    if same_views:
        expected = np.repeat(expected[:1], len(expected), axis=0)
    return assemble(world, rng, items, blocks, expected)


def assemble(world: World, rng: np.random.Generator, items: Items, blocks: list[Block], expected: np.ndarray) -> Study:
    """The study of these items and raters, with the answers of models that make so much of its items."""
    names = [name for block in blocks for name in block.items]
    subjects = [(model.model, BASELINE) for model in world.models]
    ratings = Ratings(subjects, VERSIONS, names, answer(world, rng, expected, WORDINGS))
    rows, columns = np.nonzero(tag(blocks))
    families, dimensions = np.array(INSTRUMENT.dimensions, object)[columns].T
    key = {"item_id": np.array(names, object)[rows], "family": families, "dimension": dimensions, "polarity": 1}
    return Study(items, blocks, ratings, pd.DataFrame(key))


def draw_study_and_truth(
    world: World, rng: np.random.Generator, long_run: np.ndarray, more: int = 150, others: int = 24
) -> tuple[Study, Truth]:
    """A study, and what its scores would be in the long run of each source.

    Parameters
    ----------
    long_run : from ``score_in_the_long_run``. more : further queries that its raters and models get. others : sets of
        other raters that its items get; wordings are 40 more.
    """
    every = (QUERIES + more) * RESPONSES
    items = draw_items(world, rng, GROUPS * (QUERIES + more))
    # Each group's first items are the study's.
    own = np.arange(GROUPS * every).reshape(GROUPS, every)[:, : QUERIES * RESPONSES]
    long, expected = draw_blocks(world, rng, items), look(world, rng, items)
    blocks = [
        Block(b.items[: own.shape[1]], b.raters, b.dimensions, b.ratings[:, : own.shape[1]], b.scores) for b in long
    ]
    study = assemble(world, rng, items.take(own.ravel()), blocks, expected[:, own.ravel()])
    averages = study.ratings.averages()
    by_others = [score(averages, tag(draw_blocks(world, rng, study.items))) for _ in range(others)]
    truth = Truth(
        queries=score(answer(world, rng, expected, WORDINGS).mean(axis=1), tag(long)),
        wordings=score(answer(world, rng, expected[:, own.ravel()], 40).mean(axis=1), tag(blocks)),
        raters=np.nanmean(by_others, axis=0),
        all=long_run,
    )
    return study, truth


def score_in_the_long_run(world: World, rng: np.random.Generator, groups: int = 150, queries: int = 60) -> np.ndarray:
    """What the models' scores (M, D) would be over very many queries, raters and wordings like these.

    Chance tags stay as frequent as they are with so many raters to an item: that is part of the rule.
    """
    items = draw_items(world, rng, groups * queries)
    averages = answer(world, rng, look(world, rng, items), 2 * WORDINGS).mean(axis=1)
    return score(averages, tag(draw_blocks(world, rng, items, groups)))


def score_by_many_raters(
    world: World, rng: np.random.Generator, threshold: float, groups: int = 24, queries: int = 60
) -> np.ndarray:
    """The same by the key of very many raters: what correlates above the threshold among all people."""
    items = draw_items(world, rng, groups * queries)
    averages = answer(world, rng, look(world, rng, items), 2 * WORDINGS).mean(axis=1)
    return score(averages, correlate_people(world, rng, items, 2000) > threshold)


def correlate_people(world: World, rng: np.random.Generator, items: Items, n: int = 4000) -> np.ndarray:
    """The correlations (I, D) of the items with the questionnaire among very many people."""
    people = draw_people(rng, n, world.setting, INSTRUMENT)
    ratings = draw_ratings(rng, people.scores, items.loadings, items.difficulty, world.setting, INSTRUMENT)
    return correlate(ratings.astype(float), people.profiles, "spearman")


def expected_errors(study: Study, model: int) -> pd.DataFrame:
    """The plan (table ``PLAN``) for one model of a study that has answered, of errors over other items like these."""
    free = Estimate("", BASELINE, 0, 0, 0, 0, 0.0, None)
    asked = [Asked(study.ratings.subjects[model][0], 1, False, lambda versions, items, repeats, stored: free)]
    material = Material(study.ratings, study.queries, study.key, CENTRING, len(study.ratings.subjects), None, 42)
    table = plan_table(asked, material, INSTRUMENT)
    return table[table["inference"] == "items_like_these"]
