"""Raters and items with known truth, as the blocks of survey groups."""

import numpy as np
from value_portrait.items.validation import Block
from value_portrait.simulation.people_and_items import draw_loadings, draw_people, draw_ratings
from value_portrait.simulation.settings import EASY


def draw_groups(seed, instrument, groups=4, items=30, raters=40, planted=1.0):
    """Blocks of every group, and the planted loadings (items, planted dimensions), times ``planted``."""
    rng = np.random.default_rng(seed)
    loadings = draw_loadings(rng, groups * items, EASY, instrument) * planted
    drawn = []
    for group in range(groups):
        people = draw_people(rng, raters, EASY, instrument)
        own = slice(group * items, (group + 1) * items)
        ratings = draw_ratings(rng, people.scores, loadings[own], rng.normal(0, 0.3, items), EASY, instrument)
        names = [f"{group + 1}-{item + 1}" for item in range(items)]
        drawn.append(
            [as_block(names, range(group * raters, (group + 1) * raters), ratings, people.profiles, instrument)]
        )
    return drawn, loadings


def as_block(items, raters, ratings, scores, instrument):
    names = [f"P{rater:04d}" for rater in raters]
    return Block(list(items), names, list(instrument.dimensions), np.array(ratings, float), np.array(scores, float))


def uneven_group(seed, instrument, raters=9):
    """A group of few raters, one of whom left an item out; an item that all rate alike; scores with ties."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 5, (raters, len(instrument.dimensions)))
    ratings = np.clip(scores[:, :1] + rng.integers(-1, 2, (raters, 4)), 0, 4)
    ratings[:, 2] = 3
    whole = as_block(["1-1", "1-2", "1-3"], range(raters), ratings[:, :3], scores, instrument)
    part = as_block(["1-4"], range(1, raters), ratings[1:, 3:], scores[1:], instrument)
    return [whole, part]
