"""Planted effects of personas and of steering on simulated models, in the instrument's main family."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator
from value_portrait.simulation.models import PlantedModel, planted_scores
from value_portrait.simulation.people_and_items import draw_scores, family_columns

# In standard deviations of people: a persona's effect on a dimension; what full steering adds to the one that is told.
PERSONA_SD, STEERED = 0.7, 1.5
# How much of it a model follows, and how far it departs from it, dimension by dimension.
STRENGTH, OWN_SD = (0.4, 0.9), 0.15


def draw_shifts(
    model: str, seed: int, personas: Mapping[str, Mapping[str, Any]], instrument: Instrument
) -> dict[str, np.ndarray]:
    """How far each condition moves the main family's dimensions (D,) of a model, in standard deviations of people.

    Steering moves a dimension by the cosine of its angle to the target on the circle, or the target alone without a
    circle. A persona moves all models the same way, like one simulated person; the groups of an ordered axis lie on
    one line, at their order. A model follows with its own strength, below 1, and some noise.

    Parameters
    ----------
    personas : of each condition's persona ``axis``, ``group``, ``order`` (or None) and ``steers``: whether the group is
        a dimension that the model is told to hold.
    """
    strength = named_generator(f"{model} under conditions", seed).uniform(*STRENGTH)
    names = instrument.main.names
    shifts = {}
    for condition, persona in personas.items():
        axis, group, order = (persona[name] for name in ("axis", "group", "order"))
        if persona["steers"]:
            steps = np.arange(len(names)) - names.index(group)
            full = STEERED * (np.cos(2 * np.pi * steps / len(names)) if instrument.main.circle else steps == 0)
        elif order is None:
            full = PERSONA_SD * _draw_person(f"{axis}: {group}", seed, instrument)
        else:
            full = PERSONA_SD * order / 3 * _draw_person(axis, seed, instrument)
        noise = named_generator(f"{model} departs from {condition}", seed).normal(0, OWN_SD, len(names))
        shifts[condition] = strength * full + noise
    return shifts


def moved(planted: PlantedModel, shift: np.ndarray, instrument: Instrument) -> PlantedModel:
    """The model with its main family moved by ``shift`` (D,), in standard deviations of people."""
    main = instrument.main
    scores = np.array([planted.profile[main.name][name] for name in main.names]) + shift
    own = dict(zip(main.names, scores.tolist(), strict=True))
    return replace(planted, profile=planted.profile | {main.name: own})


def planted_effects(
    planted: PlantedModel,
    shifts: Mapping[str, np.ndarray],
    loadings: np.ndarray,
    centring: str,
    instrument: Instrument,
) -> dict[str, dict[str, float | None]]:
    """What the shifts of ``draw_shifts`` are worth in the main family's centred means, in scale points, without error.

    As ``planted_scores`` of a model are: over the items that truly measure a dimension, less the centre.
    """

    def means_of(model: PlantedModel) -> np.ndarray:
        return planted_scores(model, loadings, centring, instrument)[family_columns(instrument.main.name, instrument)]

    plain = means_of(planted)
    return {
        condition: {
            name: None if math.isnan(effect) else effect
            for name, effect in zip(
                instrument.main.names, (means_of(moved(planted, shift, instrument)) - plain).tolist(), strict=True
            )
        }
        for condition, shift in shifts.items()
    }


def _draw_person(name: str, seed: int, instrument: Instrument) -> np.ndarray:
    """The main family (D,) of one simulated person, who depends on the name and the seed."""
    scores = draw_scores(named_generator(name, seed), 1, instrument)[0]
    return scores[family_columns(instrument.main.name, instrument)]
