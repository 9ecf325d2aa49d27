"""Planted effects of personas and value steering on the values of simulated models."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from value_portrait.dimensions import STEERING
from value_portrait.simulation.models import PlantedModel, expected_centred_means, expected_ratings, named_generator
from value_portrait.simulation.people_and_items import PLANTED, VALUES, draw_scores

# In standard deviations of people: a persona's effect on a value; what full steering adds to the value itself.
PERSONA_SD, STEERED = 0.7, 1.5
# How much of it a model follows, and how far it departs from it, value by value.
STRENGTH, OWN_SD = (0.4, 0.9), 0.15


def draw_shifts(model: str, seed: int, personas: Mapping[str, Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """How far each condition moves the ten values (10,) of a model, in standard deviations of people.

    Steering moves a value by the cosine of its angle to the target on the value circle. A persona moves all models the
    same way, like one simulated person; the groups of an ordered axis lie on one line, at their order. A model follows
    with its own strength, below 1, and some noise.

    Parameters
    ----------
    personas : ``axis``, ``group`` and ``order`` (or None) of each condition's persona.
    """
    strength = named_generator(f"{model} under conditions", seed).uniform(*STRENGTH)
    shifts = {}
    for condition, persona in personas.items():
        axis, group, order = (persona[name] for name in ("axis", "group", "order"))
        if axis == STEERING:
            steps = np.arange(len(VALUES)) - VALUES.index(group)
            full = STEERED * np.cos(2 * np.pi * steps / len(VALUES))
        elif order is None:
            full = PERSONA_SD * _draw_values(f"{axis}: {group}", seed)
        else:
            full = PERSONA_SD * order / 3 * _draw_values(axis, seed)
        noise = named_generator(f"{model} departs from {condition}", seed).normal(0, OWN_SD, len(VALUES))
        shifts[condition] = strength * full + noise
    return shifts


def moved(planted: PlantedModel, shift: np.ndarray) -> PlantedModel:
    """The model with its values moved by ``shift`` (10,), in standard deviations of people."""
    values = np.array([planted.profile["pvq"][value] for value in VALUES]) + shift
    return replace(planted, profile=planted.profile | {"pvq": dict(zip(VALUES, values.tolist(), strict=True))})


def planted_effects(
    planted: PlantedModel,
    shifts: Mapping[str, np.ndarray],
    loadings: np.ndarray,
    difficulty: np.ndarray,
    centring: str,
) -> dict[str, dict[str, float | None]]:
    """What the shifts of ``draw_shifts`` are worth in the centred means of the values, in scale points, without error.

    As the planted scores of a model are: over the items that truly measure a value, less the centre.
    """

    def values_of(model: PlantedModel) -> np.ndarray:
        means = expected_centred_means(expected_ratings(model, loadings, difficulty), loadings, centring)
        return means[[PLANTED.index(("pvq", value)) for value in VALUES]]

    plain = values_of(planted)
    return {
        condition: {
            value: None if math.isnan(effect) else effect
            for value, effect in zip(VALUES, (values_of(moved(planted, shift)) - plain).tolist(), strict=True)
        }
        for condition, shift in shifts.items()
    }


def _draw_values(name: str, seed: int) -> np.ndarray:
    """The values (10,) of one simulated person, who depends on the name and the seed."""
    return draw_scores(named_generator(name, seed), 1)[0, : len(VALUES)]
