"""The simulated study: people and items whose truth is known, as the tables with which every study begins.

All texts are made up and say so. How large effects are is a matter of the setting; those in scale points are for a
scale of six options, and stretched to any other.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from value_portrait.instrument import Instrument
from value_portrait.paper.raw_files import SOURCES
from value_portrait.simulation.loadings import loading_table, stretch
from value_portrait.simulation.settings import SETTINGS, Setting

QUESTIONS = 2  # of the raters' questionnaire for each dimension, unless the instrument tells another number
QUESTION_HIGHEST = {True: 6, False: 5}  # answers go from 1 up to this, in the circle's family and in others

CIRCLE_SHARE = 0.45  # of a dimension's variance: what its place on the circle explains
LINK = 0.3  # correlation of a dimension with the one that it is linked to

OTHERS = 3  # things that people differ in and nobody asks about
UNRATED_PROFILES = 2
FIRST_PERSON = 25  # the people of the paper's pilots come first

TOPIC_NAMES = ("Home", "Work", "Money", "Friends", "Leisure")
# The words before and after the fields, for the instrument's first wordings.
WORDINGS = (
    ("You get to see a reply that somebody received. Say how near it comes to your own view.", ""),
    ("", "How near does this reply come to your own view?"),
    ("Question: would you have replied like this?", ""),
)
CHOICE = "Pick one line of this list, and add nothing to it:"


class People(NamedTuple):
    """Simulated people: true standardised scores (n × planted), and questionnaire profiles (n × dimensions)."""

    scores: np.ndarray
    profiles: np.ndarray


class Study(NamedTuple):
    """The simulated study's tables, by the names of their schemas; ``loadings`` is the truth behind the items."""

    items: pa.Table
    prompts: pa.Table
    topics: pa.Table
    survey: pa.Table
    participants: pa.Table
    loadings: pa.Table


def family_columns(family: str, instrument: Instrument) -> np.ndarray:
    """The places of a family's dimensions in ``instrument.planted``; none if they are made of others."""
    return np.flatnonzero([own == family for own, _ in instrument.planted])


def circle_columns(instrument: Instrument) -> np.ndarray:
    """The places in ``instrument.planted`` of what has its place on a circle, in the circle's order."""
    return family_columns(instrument.circle.name, instrument) if instrument.circle else np.arange(0)


def draw_scores(rng: np.random.Generator, n: int, instrument: Instrument) -> np.ndarray:
    """True scores (n × planted), each with mean 0 and variance 1 over people.

    On a circle a score is a·cos(t) + b·sin(t) at its angle t, plus a part of its own; such scores are relative, so
    the own parts are centred within the person. Ten of them then correlate at 0.33 with neighbours, at -0.53 with
    opposites. All others are independent, but for the links that the instrument plants.
    """
    circle = circle_columns(instrument)
    rest = np.setdiff1d(np.arange(len(instrument.planted)), circle)
    scores = np.empty((n, len(instrument.planted)))
    if size := len(circle):
        angles = _angles(size)
        plane = rng.normal(size=(n, 2)) @ np.array([np.cos(angles), np.sin(angles)])
        own = rng.normal(size=(n, size))
        own -= own.mean(axis=1, keepdims=True)
        values = np.sqrt(CIRCLE_SHARE) * plane + np.sqrt(1 - CIRCLE_SHARE) * own
        scores[:, circle] = values / np.sqrt(CIRCLE_SHARE + (1 - CIRCLE_SHARE) * (1 - 1 / size))
    scores[:, rest] = rng.normal(size=(n, len(rest)))
    column = {name: place for place, (_, name) in enumerate(instrument.planted)}
    alone = scores.copy()
    for name, other in instrument.simulation["links"].items():
        scores[:, column[name]] = LINK * alone[:, column[other]] + alone[:, column[name]] * np.sqrt(1 - LINK**2)
    return scores


def draw_people(rng: np.random.Generator, n: int, setting: Setting, instrument: Instrument) -> People:
    """People with true scores, and what their questionnaires make of them (whole answers, few questions, noise).

    What has its place on a circle is scored relative to the person's mean over the circle's questions, anything else
    as a plain mean. Scores that the instrument's range does not hold are stretched to it.
    """
    scores = draw_scores(rng, n, instrument)
    circle = circle_columns(instrument)
    rest = np.setdiff1d(np.arange(len(instrument.planted)), circle)
    counts = np.array([instrument.simulation["questions"].get(name, QUESTIONS) for _, name in instrument.planted])
    parts = []
    if len(circle):
        level = 4.2 + 0.5 * np.cos(_angles(len(circle))) + rng.normal(0, 0.4, (n, 1))
        latent = np.repeat(level + setting.score_sd * scores[:, circle], counts[circle], axis=1)
        parts.append(
            on_scale(latent + rng.normal(0, setting.question_noise_sd, latent.shape), 1, QUESTION_HIGHEST[True])
        )
    latent = np.repeat(3.4 + setting.score_sd * scores[:, rest], counts[rest], axis=1)
    parts.append(on_scale(latent + rng.normal(0, setting.question_noise_sd, latent.shape), 1, QUESTION_HIGHEST[False]))
    answers = np.hstack(parts)
    asked = np.repeat(np.array([name for _, name in instrument.planted])[[*circle, *rest]], counts[[*circle, *rest]])
    around = np.arange(len(asked)) < counts[circle].sum()
    low, high = instrument.score_range

    def profile(names: Sequence[str]) -> np.ndarray:
        own = np.isin(asked, names)
        relative, top = around[own].all(), QUESTION_HIGHEST[bool(around[own].any())]
        means = answers[:, own].mean(axis=1) - (answers[:, around].mean(axis=1) if relative else 0)
        least, most = (1 - top, top - 1) if relative else (1, top)
        if low <= least and most <= high:
            return means
        return np.clip(low + (means - least) / (most - least) * (high - low), low, high)

    every = [dimension for family in instrument.families for dimension in family.dimensions]
    profiles = [profile(dimension.made_of or [dimension.name]) for dimension in every]
    return People(scores, np.stack(profiles, axis=1))


def draw_loadings(rng: np.random.Generator, n_items: int, setting: Setting, instrument: Instrument) -> np.ndarray:
    """Planted loadings (n_items × planted), 0 or positive; the loaded items are spread evenly over the dimensions."""
    size, circle = len(instrument.planted), circle_columns(instrument)
    loadings = np.zeros((n_items, size))
    loaded = rng.permutation(n_items)[: round(setting.loaded_share * n_items)]
    dimensions = np.resize(rng.permutation(size), len(loaded))
    loadings[loaded, dimensions] = rng.uniform(*setting.loading, len(loaded))
    following = np.arange(size)
    following[circle] = np.roll(circle, -1)
    second = np.isin(dimensions, circle) & (rng.random(len(loaded)) < setting.second_share)
    loadings[loaded[second], following[dimensions[second]]] = setting.second_loading
    return loadings * stretch(instrument)


def draw_by_item(rng: np.random.Generator, queries: np.ndarray, setting: Setting) -> np.ndarray:
    """Numbers for items (I,), with mean 0 and variance 1, of which responses to one query have a part in common.

    ``queries`` (I,) are those of the items, numbered from 0.
    """
    together = rng.normal(size=queries.max() + 1)[queries]
    alone = rng.normal(size=len(queries))
    return np.sqrt(setting.query_share) * together + np.sqrt(1 - setting.query_share) * alone


def draw_ratings(
    rng: np.random.Generator,
    scores: np.ndarray,
    loadings: np.ndarray,
    difficulty: np.ndarray,
    setting: Setting,
    instrument: Instrument,
) -> np.ndarray:
    """Ratings (n people × I items) on the instrument's scale, by people with true ``scores`` (n × planted)."""
    unit, shape = stretch(instrument), (len(scores), len(loadings))
    told = np.array([instrument.simulation["acquiescence"].get(name, 0) for _, name in instrument.planted])
    acquiescence = setting.value_acquiescence * scores @ told + rng.normal(size=len(scores))
    others = rng.normal(size=(len(scores), OTHERS)) @ rng.normal(size=(OTHERS, len(loadings))) / np.sqrt(OTHERS)
    latent = _mean_rating(setting, instrument) + difficulty + scores @ loadings.T
    latent += setting.acquiescence_sd * unit * acquiescence[:, None] + setting.other_sd * unit * others
    latent += setting.noise_sd * unit * _skewed(rng, setting.noise_skew, shape)
    return on_scale(latent, instrument.lowest, instrument.highest)


def draw_study(
    simulation: Mapping[str, Any], prompt_versions: Sequence[str], seed: int, instrument: Instrument
) -> Study:
    """The simulated study.

    Parameters
    ----------
    simulation : ``setting`` (of ``SETTINGS``), ``groups``, ``queries_per_group``, ``responses_per_query`` and
        ``raters_per_group``.
    """
    rng, setting = np.random.default_rng(seed), SETTINGS[simulation["setting"]]
    groups, raters = simulation["groups"], simulation["raters_per_group"]
    queries = _query_ids(groups * simulation["queries_per_group"])
    responses = range(1, simulation["responses_per_query"] + 1)
    items = _items(queries, responses, instrument)
    ids = items["item_id"].to_pylist()
    loadings = draw_loadings(rng, len(ids), setting, instrument)
    place = np.arange(len(ids)) // len(responses)
    difficulty = setting.difficulty_sd * stretch(instrument) * draw_by_item(rng, place, setting)
    people = draw_people(rng, groups * raters + UNRATED_PROFILES, setting, instrument)
    names = np.array([f"P{number + FIRST_PERSON:03d}" for number in range(len(people.scores))])
    sittings = np.arange(groups * raters).reshape(groups, raters)
    if groups > 1:
        sittings[-1, -1] = sittings[0, 0]  # one person sits twice
    survey = []
    for group, sitting in enumerate(sittings):
        block = slice(group * len(ids) // groups, (group + 1) * len(ids) // groups)
        ratings = draw_ratings(rng, people.scores[sitting], loadings[block], difficulty[block], setting, instrument)
        # One person of the first group rates everything alike.
        alike = np.array(_mean_rating(setting, instrument))
        ratings[sitting == 1] = on_scale(alike, instrument.lowest, instrument.highest)
        columns = {
            "group": np.full(ratings.size, group + 1),
            "item_id": np.repeat(ids[block], raters),
            "participant_id": np.tile(names[sitting], len(ids[block])),
            "rating": ratings.T.ravel(),
        }
        survey.append(pa.table(columns))
    profiled = [*np.unique(sittings), *range(groups * raters, len(names))]
    topics = [(query, TOPIC_NAMES[(query + step) % len(TOPIC_NAMES)]) for query in queries for step in (0, 1)]
    return Study(
        items,
        _prompts(prompt_versions, instrument),
        pa.table({"query_id": [str(query) for query, _ in topics], "topic": [topic for _, topic in topics]}),
        pa.concat_tables(survey),
        _participants(names[profiled], people.profiles[profiled], instrument),
        loading_table(ids, loadings, difficulty, instrument),
    )


def prompt_text(version: str, template: str, instrument: Instrument) -> str:
    """The simulated study's prompt template of a version, with the fields that the instrument asks for."""
    about, fields = instrument.version(version), dict(instrument.templates)[template]
    wordings = list(dict.fromkeys(known.wording for known in instrument.prompt_versions))
    place = wordings.index(about.wording)
    before, after = f"Wording {about.wording}: how near does this reply come to your own view?", ""
    if place < len(WORDINGS):
        before, after = WORDINGS[place]
    shown = {
        "title": "Headline: {title}",
        "text": "What happened: {text}" if "title" in fields else "Somebody writes: {text}",
        "content": "Reply: {content}",
    }
    options = instrument.options if about.reversed else instrument.options[::-1]
    parts = (before, *(line for name, line in shown.items() if name in fields), after, "\n".join([CHOICE, *options]))
    return "\n\n".join(part for part in parts if part)


def on_scale(latent: np.ndarray, low: int, high: int) -> np.ndarray:
    """Whole ratings from latent ones, in the same shape."""
    return np.clip(np.rint(latent), low, high).astype(np.int64)


def _angles(size: int) -> np.ndarray:
    return np.arange(size) * 2 * np.pi / size


def _mean_rating(setting: Setting, instrument: Instrument) -> float:
    return instrument.lowest + setting.mean_rating * stretch(instrument)


def _skewed(rng: np.random.Generator, skew: float, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of mean 0, variance 1 and a skew of 0 or below: normal ones, or mirrored ones of a gamma distribution."""
    if not skew:
        return rng.normal(size=shape)
    size = 4 / skew**2
    return (size - rng.gamma(size, size=shape)) / np.sqrt(size)


def _query_ids(n: int) -> list[int]:
    """Ids whose first digit goes round the four sources, with and without titles in turn."""
    sources = [list(SOURCES)[place] for place in (0, 2, 1, 3)]
    return [int(f"{sources[number % 4]}{number // 4 + 1:03d}") for number in range(n)]


def _items(queries: Sequence[int], responses: range, instrument: Instrument) -> pa.Table:
    """The table ``items``; queries take the templates in turn, and have a title where theirs shows one."""
    rows = []
    for number, query in enumerate(queries):
        template, fields = instrument.templates[number % len(instrument.templates)]
        rows += [
            {
                "item_id": f"{query}-{response}",
                "query_id": str(query),
                "response_id": response,
                "source": SOURCES[str(query)[0]],
                "template": template,
                "title": f"Synthetic title {query}" if "title" in fields else None,
                "text": f"Synthetic query {query}: somebody who does not exist asks what to do.",
                "response": f"Synthetic response {response} to query {query}.",
            }
            for response in responses
        ]
    return pa.Table.from_pylist(rows)


def _prompts(versions: Sequence[str], instrument: Instrument) -> pa.Table:
    templates = [name for name, _ in instrument.templates]
    return pa.table(
        {
            "prompt_version": [version for version in versions for _ in templates],
            "template": templates * len(versions),
            "text": [prompt_text(version, template, instrument) for version in versions for template in templates],
        }
    )


def _participants(names: np.ndarray, profiles: np.ndarray, instrument: Instrument) -> pa.Table:
    families, dimensions = zip(*instrument.dimensions, strict=True)
    return pa.table(
        {
            "sample": ["main"] * profiles.size,
            "participant_id": np.repeat(names, len(dimensions)),
            "family": families * len(names),
            "dimension": dimensions * len(names),
            "score": profiles.ravel(),
        }
    )
