"""Simulated models with planted profiles and habits, and their answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator
from value_portrait.simulation.loadings import stretch
from value_portrait.simulation.people_and_items import draw_by_item, draw_scores, on_scale
from value_portrait.simulation.settings import Setting

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
OWN_PROFILE_SD = 0.7


@dataclass(frozen=True)
class PlantedModel:
    """The truth about a simulated model.

    Attributes
    ----------
    level : mean rating, in scale points.
    spread : how far the model lets items move it, as a share of what they ask for (flat models have little).
    order_shift : added to its ratings where the options stand in reversed order, in scale points.
    version_noise : standard deviation of what differs between prompt versions, in scale points.
    refusal_rate, decoration_rate : shares of all answers.
    profile : score on each planted dimension, by family, in standard deviations of people.
    conditions : by condition, how far it moves the centred mean of each dimension of the main family (None without
        items), in scale points.
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


def draw_model(rng: np.random.Generator, model: str, setting: Setting, instrument: Instrument) -> PlantedModel:
    """A simulated model: a variation of the instrument's shared profile with its own habits of answering."""
    shared = np.array([instrument.simulation["shared_profile"].get(name, 0) for _, name in instrument.planted])
    scores = shared + OWN_PROFILE_SD * draw_scores(rng, 1, instrument)[0]
    profile: dict[str, dict[str, float]] = {}
    for (family, name), score in zip(instrument.planted, scores.tolist(), strict=True):
        profile.setdefault(family, {})[name] = score
    low, unit = instrument.lowest, stretch(instrument)
    return PlantedModel(
        model,
        level=low + unit * rng.uniform(*setting.level),
        spread=rng.uniform(*setting.spread),
        order_shift=rng.normal(0, setting.order_shift_sd * unit),
        version_noise=unit * rng.uniform(*setting.version_noise),
        refusal_rate=rng.uniform(0, 0.03),
        decoration_rate=rng.uniform(0, 0.15),
        profile=profile,
    )


def draw_views(
    rng: np.random.Generator,
    difficulty: np.ndarray,
    queries: np.ndarray,
    seed: int,
    setting: Setting,
    instrument: Instrument,
) -> np.ndarray:
    """What a model makes of each item (I,) beside its values, in scale points; the same in all its answers.

    Partly what people like (``difficulty``), partly what all models of a ``seed`` share, partly its own. ``queries``
    (I,) are those of the items, numbered from 0.
    """
    shared = draw_by_item(named_generator("what models make of items", seed), queries, setting)
    views = setting.shared_view_sd * shared + setting.own_view_sd * draw_by_item(rng, queries, setting)
    return setting.liking * difficulty + stretch(instrument) * views


def valued_ratings(planted: PlantedModel, loadings: np.ndarray, instrument: Instrument) -> np.ndarray:
    """The ratings (I,) that a model's values alone ask for, in scale points, neither rounded nor kept on the scale."""
    profile = np.array([planted.profile[family][dimension] for family, dimension in instrument.planted])
    return planted.level + planted.spread * (loadings @ profile)


def expected_ratings(
    planted: PlantedModel, loadings: np.ndarray, views: np.ndarray, instrument: Instrument
) -> np.ndarray:
    """A model's ratings (I,) in scale points, unrounded, without noise of answers, order effect or refusals.

    ``views`` (I,) are from ``draw_views``.
    """
    latent = valued_ratings(planted, loadings, instrument) + planted.spread * views
    return np.clip(latent, instrument.lowest, instrument.highest)


def planted_scores(planted: PlantedModel, loadings: np.ndarray, centring: str, instrument: Instrument) -> np.ndarray:
    """The planted score on each dimension (planted,): what the model's values contribute to it, in scale points.

    That is the centred mean, over the items that truly measure the dimension, of ``valued_ratings``: had all items been
    liked alike, by people and by models, the key been the truth, and no answer been rounded or noisy.

    Parameters
    ----------
    loadings : (I × planted); the items of a dimension are those that truly measure it.
    centring : as in the config: the centre is the mean over the items that truly measure any dimension of the family
        (``tagged_items``), over all items (``all_items``), or 0 (``none``).

    Returns
    -------
    NaN for a dimension that no item measures.
    """
    valued, measures = valued_ratings(planted, loadings, instrument), loadings > 0
    families = [family for family, _ in instrument.planted]
    means = np.full(len(families), np.nan)
    for family in dict.fromkeys(families):
        columns = [column for column, own in enumerate(families) if own == family]
        entering = measures[:, columns].any(axis=1) | (centring == "all_items")
        centre = valued[entering].mean() if entering.any() and centring != "none" else 0.0
        for column in columns:
            if measures[:, column].any():
                means[column] = valued[measures[:, column]].mean() - centre
    return means


def draw_answers(
    rng: np.random.Generator,
    planted: PlantedModel,
    expected: np.ndarray,
    items: Sequence[str],
    condition: str,
    prompt_versions: Sequence[str],
    reasoning: bool,
    instrument: Instrument,
) -> pa.Table:
    """A model's answers under a condition, one to each item in each prompt version (table ``answers``).

    Parameters
    ----------
    expected : (I,), from ``expected_ratings``.
    items : their ids, in the same order.
    reasoning : whether the answers come with a reasoning.
    """
    shape = (len(prompt_versions), len(items))
    latent = expected + rng.normal(0, planted.version_noise, shape)
    turned = np.array([instrument.version(version).reversed for version in prompt_versions])
    ratings = on_scale(latent + planted.order_shift * turned[:, None], instrument.lowest, instrument.highest)
    refusals = np.where(rng.random(shape) < planted.refusal_rate, rng.integers(len(REFUSALS), size=shape), -1)
    styles = np.where(rng.random(shape) < planted.decoration_rate, rng.integers(1, len(STYLES), size=shape), 0)
    steps = rng.integers(5, 60, size=shape)
    # All that a model can say: every option in every style, then the refusals.
    options = [{"option": option, "Option": option[:1].upper() + option[1:]} for option in instrument.options]
    said = [style.format(**option) for style in STYLES for option in options]
    outcomes = ["answered"] * len(said) + ["refusal" if text else "empty" for text in REFUSALS]
    errors = [None] * len(said) + [NO_OPTION + text for text in REFUSALS]
    refused = refusals >= 0
    choice = np.where(refused, len(said) + refusals, styles * len(options) + ratings - instrument.lowest).ravel()
    thoughts = len("Simulated reasoning.") + len(" One more step.") * steps.ravel()
    n = len(choice)
    return pa.table(
        {
            "model": [planted.model] * n,
            "condition": [condition] * n,
            "prompt_version": np.repeat(np.array(prompt_versions, object), len(items)),
            "item_id": list(items) * len(prompt_versions),
            "raw_response": np.array([*said, *REFUSALS], object)[choice],
            "outcome": np.array(outcomes, object)[choice],
            "reasoning_length": pa.array(thoughts, mask=refused.ravel() | (not reasoning)),
            "error": pa.array(np.array(errors, object)[choice], pa.string()),
            "finish_reason": pa.nulls(n, pa.string()),
        }
    )
