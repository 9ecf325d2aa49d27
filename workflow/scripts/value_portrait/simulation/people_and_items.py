"""The simulated study: people and items whose truth is known, in the format of the authors' archive.

All texts are made up and say so. Nothing here is an estimate of the real study; sizes of effects are chosen such
that the pipeline has something to find, and something to miss.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from value_portrait.dimensions import DIMENSIONS, FAMILIES, HIGHER_VALUES, HIGHEST_RATING, LOWEST_RATING
from value_portrait.files import written_whole
from value_portrait.paper.raw_files import (
    ITEMS,
    PARTICIPANTS,
    PILOT_PARTICIPANTS,
    PILOT_SURVEYS,
    SOURCES,
    SURVEY,
    TEMPLATES,
    TOPICS,
    item_id,
    prompt_path,
)
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import NUMBER, REPEATED_TEXT, TEXT, Column, Schema

PHRASES = VALUE_PORTRAIT.rating_of

# Truth is planted on values and traits; higher-order values follow from the values and have no loadings of their own.
PLANTED = tuple((family, dimension) for family, dimension in DIMENSIONS if family != "higher_pvq")
VALUES, TRAITS = FAMILIES["pvq"], FAMILIES["bfi"]

PHRASES = PHRASES
LOADINGS = Schema(
    ("item_id", "family", "dimension"),
    {
        "item_id": Column(TEXT, "item: query and response, as in 1021-3"),
        "family": Column(REPEATED_TEXT, "pvq (values) or bfi (traits)"),
        "dimension": Column(REPEATED_TEXT, "value or trait"),
        "loading": Column(NUMBER, "planted: scale points per standard deviation of the true score, or 0", -5, 5),
        "difficulty": Column(NUMBER, "planted: the item's own shift of all ratings, in scale points", -5, 5),
    },
)

# The archive's values are means of two questions each (Universalism: three), less the person's mean over all 21.
QUESTIONS = {value: 3 if value == "Universalism" else 2 for value in VALUES}
QUESTIONS_PER_TRAIT = 2

CIRCLE_SHARE = 0.45  # of a value's variance: what its place on the circle explains
TRAIT_LINKS = {  # the value that each trait correlates with, by TRAIT_LINK
    "Openness": "Self_Direction",
    "Conscientiousness": "Security",
    "Extraversion": "Stimulation",
    "Agreeableness": "Benevolence",
}
TRAIT_LINK = 0.3

LOADED_SHARE = 0.45  # of the items; the others measure nothing
LOADING = (0.6, 1.0)  # scale points per standard deviation, drawn evenly
SECOND_SHARE, SECOND_LOADING = 0.25, 0.6  # of the items that measure a value: the next value on the circle as well
DIFFICULTY_SD, ACQUIESCENCE_SD, RATER_NOISE_SD = 0.5, 0.5, 1.1
MEAN_RATING = 3.9
CONSTANT_RATING = 4
UNRATED_PROFILES = 2
PILOT_RATERS = 12
PILOT_VALUES = {"Sel": "Self_Direction", "Pow": "Power", "Ben": "Benevolence"}

TOPIC_NAMES = ("Home", "Work", "Money", "Friends", "Leisure")
FIELDS = {
    "reddit": "Headline: {title}\n\nWhat happened: {text}\n\nReply: {content}",
    "sharegpt": "Somebody writes: {text}\n\nReply: {content}",
}
# The words before and after the fields.
WORDINGS = {
    "v1": ("You get to see a reply that somebody received. Say how near it comes to your own view.", ""),
    "v2": ("", "How near does this reply come to your own view?"),
    "v3": ("Question: would you have replied like this?", ""),
}
CHOICE = "Pick one line of this list, and add nothing to it:"


class People(NamedTuple):
    """Simulated people: true standardised scores (n × PLANTED), and questionnaire profiles as the archive has them."""

    scores: np.ndarray
    profiles: list[dict[str, dict[str, float]]]


def draw_scores(rng: np.random.Generator, n: int) -> np.ndarray:
    """True scores (n × PLANTED), each with mean 0 and variance 1 over people.

    A value is a·cos(t) + b·sin(t) at its angle t on Schwartz's circle, plus a part of its own; values are relative,
    so the own parts are centred within the person. Neighbours then correlate at 0.33, opposites at -0.53.
    """
    angles = np.arange(len(VALUES)) * 2 * np.pi / len(VALUES)
    circle = rng.normal(size=(n, 2)) @ np.array([np.cos(angles), np.sin(angles)])
    own = rng.normal(size=(n, len(VALUES)))
    own -= own.mean(axis=1, keepdims=True)
    values = np.sqrt(CIRCLE_SHARE) * circle + np.sqrt(1 - CIRCLE_SHARE) * own
    values /= np.sqrt(CIRCLE_SHARE + (1 - CIRCLE_SHARE) * (1 - 1 / len(VALUES)))
    links = np.array([[TRAIT_LINK * (TRAIT_LINKS.get(trait) == value) for trait in TRAITS] for value in VALUES])
    traits = values @ links + rng.normal(size=(n, len(TRAITS))) * np.sqrt(1 - (links**2).sum(axis=0))
    return np.hstack([values, traits])


def draw_people(rng: np.random.Generator, n: int) -> People:
    """People with true scores, and what their questionnaires make of them (whole answers, few questions, noise)."""
    scores = draw_scores(rng, n)
    angles = np.arange(len(VALUES)) * 2 * np.pi / len(VALUES)
    level = 4.2 + 0.5 * np.cos(angles) + rng.normal(0, 0.4, (n, 1))
    counts = np.array(list(QUESTIONS.values()))
    latent = np.repeat(level + 0.9 * scores[:, : len(VALUES)], counts, axis=1)
    answers = on_scale(latent + rng.normal(0, 0.6, latent.shape), 1, 6)
    latent = np.repeat(3.4 + 0.9 * scores[:, len(VALUES) :], QUESTIONS_PER_TRAIT, axis=1)
    traits = on_scale(latent + rng.normal(0, 0.6, latent.shape), 1, 5).reshape(n, len(TRAITS), -1).mean(axis=2)
    question_value = np.repeat(VALUES, counts)

    def mean_over(group: Sequence[str]) -> np.ndarray:
        return answers[:, np.isin(question_value, group)].mean(axis=1) - answers.mean(axis=1)

    values = np.stack([mean_over([value]) for value in VALUES], axis=1)
    higher = np.stack([mean_over(group) for group in HIGHER_VALUES.values()], axis=1)
    parts = {"bfi": (TRAITS, traits), "pvq": (VALUES, values), "higher_pvq": (tuple(HIGHER_VALUES), higher)}
    profiles = [
        {family: dict(zip(names, table[person].tolist(), strict=True)) for family, (names, table) in parts.items()}
        for person in range(n)
    ]
    return People(scores, profiles)


def draw_loadings(rng: np.random.Generator, n_items: int) -> np.ndarray:
    """Planted loadings (n_items × PLANTED), 0 or positive; the loaded items are spread evenly over the dimensions."""
    loadings = np.zeros((n_items, len(PLANTED)))
    loaded = rng.permutation(n_items)[: round(LOADED_SHARE * n_items)]
    dimensions = np.resize(rng.permutation(len(PLANTED)), len(loaded))
    loadings[loaded, dimensions] = rng.uniform(*LOADING, len(loaded))
    second = (dimensions < len(VALUES)) & (rng.random(len(loaded)) < SECOND_SHARE)
    loadings[loaded[second], (dimensions[second] + 1) % len(VALUES)] = SECOND_LOADING
    return loadings


def draw_ratings(
    rng: np.random.Generator, scores: np.ndarray, loadings: np.ndarray, difficulty: np.ndarray
) -> np.ndarray:
    """Ratings (n people × I items), 1 to 6, by people with true ``scores`` (n × PLANTED)."""
    acquiescence = rng.normal(0, ACQUIESCENCE_SD, (len(scores), 1))
    latent = MEAN_RATING + difficulty + scores @ loadings.T + acquiescence
    return on_scale(latent + rng.normal(0, RATER_NOISE_SD, latent.shape))


def simulate_archive(
    simulation: Mapping[str, int], prompt_versions: Sequence[str], seed: int
) -> tuple[dict[str, Any], pa.Table]:
    """The simulated study.

    Parameters
    ----------
    simulation : ``groups``, ``queries_per_group``, ``responses_per_query`` and ``raters_per_group``.

    Returns
    -------
    Content of each file (JSON values; prompts are text), by its path in the archive; and the table ``LOADINGS``, items
    in the archive's order, the dimensions of each in the order of ``PLANTED``.
    """
    rng = np.random.default_rng(seed)
    groups, raters = simulation["groups"], simulation["raters_per_group"]
    queries = _query_ids(groups * simulation["queries_per_group"])
    responses = range(1, simulation["responses_per_query"] + 1)
    items = [item_id(query, response) for query in queries for response in responses]
    loadings, difficulty = draw_loadings(rng, len(items)), rng.normal(0, DIFFICULTY_SD, len(items))
    people = draw_people(rng, groups * raters + UNRATED_PROFILES)
    # As in the archive, the pilots' people come first.
    names = [f"P{number + 1:03d}" for number in range(2 * PILOT_RATERS, 2 * PILOT_RATERS + len(people.scores))]
    sittings = np.arange(groups * raters).reshape(groups, raters)
    if groups > 1:
        sittings[-1, -1] = sittings[0, 0]  # one person sits twice
    survey = []
    for group, sitting in enumerate(sittings):
        block = slice(group * len(items) // groups, (group + 1) * len(items) // groups)
        ratings = draw_ratings(rng, people.scores[sitting], loadings[block], difficulty[block])
        ratings[sitting == 1] = CONSTANT_RATING  # one person of the first group rates everything alike
        own_queries = queries[block.start // len(responses) : block.stop // len(responses)]
        survey.append(_survey_group(own_queries, responses, ratings, [names[person] for person in sitting]))
    profiled = [*np.unique(sittings), *range(groups * raters, len(names))]
    files: dict[str, Any] = {
        SURVEY: survey,
        PARTICIPANTS: {names[person]: people.profiles[person] for person in profiled},
        ITEMS: [_query(query, responses) for query in queries],
        TOPICS: [
            {"content": _query_content(query), "categories": [TOPIC_NAMES[query % 5], TOPIC_NAMES[(query + 1) % 5]]}
            for query in queries
        ],
        **_draw_pilot(rng, 1),
        **_draw_pilot(rng, 2),
        **{
            prompt_path(version, template): prompt_text(version, template)
            for version in prompt_versions
            for template in TEMPLATES
        },
    }
    return files, _loading_table(items, loadings, difficulty)


def prompt_text(version: str, template: str) -> str:
    """The simulated study's prompt template, with the fields {title} (``reddit`` only), {text} and {content}."""
    wording = version.removesuffix("_reversed")
    before, after = WORDINGS.get(wording, (f"Wording {wording}: how near does this reply come to your own view?", ""))
    options = sorted(
        PHRASES,
        key=lambda option: PHRASES[option],
        reverse=not version.endswith("_reversed"),
    )
    parts = (before, FIELDS[template], after, "\n".join([CHOICE, *options]))
    return "\n\n".join(part for part in parts if part)


def write_content(content: Any, path: str | Path) -> None:
    """Write text as it is and anything else (dataclasses too) as JSON, whole or not at all."""
    data = content.encode() if isinstance(content, str) else orjson.dumps(content, option=orjson.OPT_INDENT_2)
    with written_whole(path) as partial:
        partial.write_bytes(data)


def loading_matrix(truth: pa.Table, items: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The table ``LOADINGS`` as loadings (I × PLANTED) and difficulties (I,), in the order of ``items``."""
    stored = truth["item_id"].to_pylist()[:: len(PLANTED)]
    place = {item: row for row, item in enumerate(stored)}
    rows = [place[item] for item in items]
    loadings, difficulty = (
        truth[name].to_numpy().reshape(-1, len(PLANTED))[rows] for name in ("loading", "difficulty")
    )
    return loadings, difficulty[:, 0]


def on_scale(latent: np.ndarray, low: int = LOWEST_RATING, high: int = HIGHEST_RATING) -> np.ndarray:
    """Whole ratings from latent ones, in the same shape."""
    return np.clip(np.rint(latent), low, high).astype(np.int64)


def _query_ids(n: int) -> list[int]:
    """Ids whose first digit goes round the four sources, with and without titles in turn."""
    sources = [list(SOURCES)[place] for place in (0, 2, 1, 3)]
    return [int(f"{sources[number % 4]}{number // 4 + 1:03d}") for number in range(n)]


def _query_content(query: int) -> dict[str, str | None]:
    titled = SOURCES[str(query)[0]] in ("Reddit", "Dear Abby")
    return {
        "title": f"Synthetic title {query}" if titled else None,
        "text": f"Synthetic query {query}: somebody who does not exist asks what to do.",
    }


def _query(query: int, responses: range) -> dict[str, Any]:
    texts = [{"content": f"Synthetic response {number} to query {query}.", "id": number} for number in responses]
    return {"content": _query_content(query), "outputs": texts, "portrait_id": query}


def _loading_table(items: Sequence[str], loadings: np.ndarray, difficulty: np.ndarray) -> pa.Table:
    families, dimensions = zip(*PLANTED, strict=True)
    return pa.table(
        {
            "item_id": np.repeat(items, len(PLANTED)),
            "family": families * len(items),
            "dimension": dimensions * len(items),
            "loading": loadings.ravel(),
            "difficulty": np.repeat(difficulty, len(PLANTED)),
        }
    )


def _survey_group(
    queries: Sequence[int], responses: range, ratings: np.ndarray, names: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    cells = iter(ratings.T.tolist())
    return {
        str(query): [
            {"option_id": response, "data": [[rating, name] for rating, name in zip(next(cells), names, strict=True)]}
            for response in responses
        ]
        for query in queries
    }


def _draw_pilot(rng: np.random.Generator, pilot: int) -> dict[str, Any]:
    """A pilot's two files: its survey, nested as the archive's (one source was never asked), and its profiles."""
    people = draw_people(rng, PILOT_RATERS)
    names = [f"P{(pilot - 1) * PILOT_RATERS + number:03d}" for number in range(1, PILOT_RATERS + 1)]

    def question(name: str, code: str) -> dict[str, Any]:
        loading = np.array([[dimension == PILOT_VALUES[code] for _, dimension in PLANTED]], float)
        ratings = draw_ratings(rng, people.scores, loading, np.zeros(1))[:, 0].tolist()
        return {"responses": [list(pair) for pair in zip(ratings, names, strict=True)], "question_id": name}

    questions: dict[str, Any] = {
        source: {
            code: {kind: question(f"{pilot}_{source}_{code}_{kind}", code) for kind in ("likely", "similar")}
            for code in PILOT_VALUES
        }
        for source in ("share", "reddit")
    }
    questions["touche"] = {side: {"Sel": question(f"{pilot}_touche_{side}_Sel", "Sel")} for side in ("pos", "neg")}
    questions["fulcra"] = {"Sel": {"question_id": {"responses": []}, "responses": {"responses": []}}}
    profiles = [{family: profile[family] for family in ("bfi", "pvq")} for profile in people.profiles]
    return {
        PILOT_SURVEYS[pilot]: {"questions": questions},
        PILOT_PARTICIPANTS[pilot]: dict(zip(names, profiles, strict=True)),
    }
