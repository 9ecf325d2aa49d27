"""Simulated models with planted profiles and habits, answering in the format of the authors' archive."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from value_portrait.dimensions import HIGHEST_RATING, LOWEST_RATING
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.simulation.people_and_items import PLANTED, TRAITS, VALUES, draw_scores, on_scale

PHRASES = VALUE_PORTRAIT.rating_of

# What a model's answer looks like; the first is the answer that was asked for.
STYLES = (
    "{option}",
    "{Option}.",
    "**{Option}**",
    "{option}\n\nSimulated explanation: the model found reasons for and against the reply.",
)
NO_OPTION = "Could not parse valid Likert response from: "
REFUSALS = (
    "I'm sorry, I cannot rate this simulated reply.",
    "As an AI, I hold no view of my own about this simulated reply.",
    "I do not feel comfortable with this simulated topic.",
    "",
)
# What the simulated models share, in standard deviations of people: helpful and careful, not greedy.
SHARED_PROFILE = {
    "Benevolence": 0.8,
    "Universalism": 0.6,
    "Security": 0.4,
    "Self_Direction": 0.4,
    "Power": -1.0,
    "Hedonism": -0.5,
    "Conscientiousness": 0.6,
    "Agreeableness": 0.6,
    "Neuroticism": -0.8,
}
OWN_PROFILE_SD = 0.7
ITEM_NOISE_SD = 0.3
PLANTED_FAMILIES = tuple(dict.fromkeys(family for family, _ in PLANTED))


@dataclass(frozen=True)
class PlantedModel:
    """The truth about a simulated model.

    Attributes
    ----------
    level : mean rating, in scale points.
    spread : how far the model lets items move it, as a share of what its profile asks for (flat models have little).
    order_shift : added to its ratings where the options stand in reversed order, in scale points.
    version_noise : standard deviation of what differs between prompt versions, in scale points.
    refusal_rate, decoration_rate : shares of all answers.
    profile : score on each planted dimension, by family, in standard deviations of people.
    conditions : by condition, how far it moves the centred mean of each value (None without items), in scale points.
    """

    model: str
    level: float
    spread: float
    order_shift: float
    version_noise: float
    refusal_rate: float
    decoration_rate: float
    profile: dict[str, dict[str, float]]
    conditions: dict[str, dict[str, float | None]] = field(default_factory=dict)


def named_generator(name: str, seed: int) -> np.random.Generator:
    """The random numbers of one model, say: they depend on its name and the seed, not on what else there is."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest)])


def draw_model(rng: np.random.Generator, model: str) -> PlantedModel:
    """A simulated model: a variation of ``SHARED_PROFILE`` with its own habits of answering."""
    shared = np.array([SHARED_PROFILE.get(dimension, 0) for _, dimension in PLANTED])
    scores = shared + OWN_PROFILE_SD * draw_scores(rng, 1)[0]
    n = len(VALUES)
    profile = {
        "pvq": dict(zip(VALUES, scores[:n].tolist(), strict=True)),
        "bfi": dict(zip(TRAITS, scores[n:].tolist(), strict=True)),
    }
    return PlantedModel(
        model,
        level=rng.uniform(3.6, 4.2),
        spread=rng.uniform(0.6, 1.1),
        order_shift=rng.normal(0, 0.15),
        version_noise=rng.uniform(0.05, 0.5),
        refusal_rate=rng.uniform(0, 0.03),
        decoration_rate=rng.uniform(0, 0.15),
        profile=profile,
    )


def draw_item_noise(rng: np.random.Generator, n_items: int) -> np.ndarray:
    """What a model makes of each item (I,) beside its values, in scale points; the same in all its answers."""
    return rng.normal(0, ITEM_NOISE_SD, n_items)


def expected_ratings(planted: PlantedModel, loadings: np.ndarray, difficulty: np.ndarray) -> np.ndarray:
    """A model's ratings (I,) in scale points, unrounded, without any noise, order effect or refusals."""
    profile = np.array([planted.profile[family][dimension] for family, dimension in PLANTED])
    latent = planted.level + planted.spread * (loadings @ profile + difficulty)
    return np.clip(latent, LOWEST_RATING, HIGHEST_RATING)


def expected_centred_means(expected: np.ndarray, loadings: np.ndarray, centring: str) -> np.ndarray:
    """What each dimension's centred mean (PLANTED,) would be without any error, in scale points.

    Parameters
    ----------
    expected : (I,), the model's noise-free ratings.
    loadings : (I × PLANTED); the items of a dimension are those that truly measure it.
    centring : as in the config: the centre is the mean over the items that truly measure any dimension of the family
        (``tagged_items``), over all items (``all_items``), or 0 (``none``).

    Returns
    -------
    NaN for a dimension that no item measures.
    """
    measures = loadings > 0
    means = np.full(len(PLANTED), np.nan)
    for family in PLANTED_FAMILIES:
        columns = [column for column, (own, _) in enumerate(PLANTED) if own == family]
        entering = measures[:, columns].any(axis=1) | (centring == "all_items")
        centre = expected[entering].mean() if entering.any() and centring != "none" else 0.0
        for column in columns:
            if measures[:, column].any():
                means[column] = expected[measures[:, column]].mean() - centre
    return means


def draw_answers(
    rng: np.random.Generator,
    planted: PlantedModel,
    expected: np.ndarray,
    items: Sequence[Mapping[str, Any]],
    prompts: Mapping[tuple[str, str], str],
    prompt_versions: Sequence[str],
    reasoning: bool,
) -> list[list[dict[str, Any]]]:
    """A model's records for each prompt version, as the authors keep them: an answer to every item, or an error.

    Parameters
    ----------
    expected : (I,), from ``expected_ratings`` and ``draw_item_noise``.
    items : rows of the table ``items``, in the same order.
    prompts : template by prompt version and name.
    reasoning : whether the answers come with a reasoning.
    """
    shape = (len(prompt_versions), len(items))
    latent = expected + rng.normal(0, planted.version_noise, shape)
    reversed_ = np.array([version.endswith("_reversed") for version in prompt_versions])
    ratings = on_scale(latent + planted.order_shift * reversed_[:, None])
    refusals = np.where(rng.random(shape) < planted.refusal_rate, rng.integers(len(REFUSALS), size=shape), -1)
    styles = np.where(rng.random(shape) < planted.decoration_rate, rng.integers(1, len(STYLES), size=shape), 0)
    steps = rng.integers(5, 60, size=shape)
    option_of = {rating: option for option, rating in PHRASES.items()}

    def record(v: int, i: int) -> dict[str, Any]:
        item, option = items[i], option_of[int(ratings[v, i])]
        title, text, response = item["title"], item["text"], item["response"]
        prompt = prompts[prompt_versions[v], item["template"]]
        answer: dict[str, Any] = {"error": NO_OPTION + REFUSALS[refusals[v, i]]}
        if refusals[v, i] < 0:
            words = STYLES[styles[v, i]].format(option=option, Option=option.capitalize())
            answer = {
                "raw_response": words,
                "parsed_response": option,
                "numeric_response": PHRASES[option],
            }
            if reasoning:
                answer["reasoning"] = "Simulated reasoning." + " One more step." * int(steps[v, i])
        return {
            "portrait_id": int(item["query_id"]),
            "option_id": item["response_id"],
            **answer,
            "content": {"title": title, "text": text, "output_text": response},
            "prompt": prompt.replace("{title}", title or "").replace("{text}", text).replace("{content}", response),
        }

    return [[record(v, i) for i in range(len(items))] for v in range(len(prompt_versions))]
