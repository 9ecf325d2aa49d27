"""The multiverse: every combination of choices of the analysis that can be defended (Steegen et al. 2016).

Which choices there are follows from the config, the instrument and what the study has; what they do is in
``other_correlations`` and ``universes``. Combinations that are left out: published correlations were made in one way,
and go with no other choice about correlating; negative items cannot be keyed without a centre to mirror them on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.randomness import named_generator

# How correlations are made; the published ones were made by the first setting of each.
CORRELATING = {
    "method": ("spearman", "pearson"),
    "repeated_participants": ("keep", "drop"),
    "careless_raters": ("keep", "drop"),
    "scores": ("as stored", "rounded"),
    "rater_mean": ("left in", "partialled out", "taken off"),
}
THRESHOLDS = (0.20, 0.25, 0.30, 0.35, 0.40)
LIMITS = (None, 0.05, 0.01)
ALL_OPTIONS = ("correlations", *CORRELATING, "threshold", "max_p", "polarity", "centring", "parser", "prompt_versions")


@dataclass(frozen=True)
class Multiverse:
    """The universes that are looked at: each a combination of settings.

    Attributes
    ----------
    settings : every option's settings, by their labels; those that make the main analysis are ``main``.
    codes : (N, options), which setting of each option (in the order of ``settings``) a universe has; sorted, so that
        what universes share follows each other.
    """

    settings: Mapping[str, Mapping[str, Any]]
    main: Mapping[str, str]
    codes: np.ndarray

    @property
    def departures(self) -> np.ndarray:
        """In how many options each universe differs from the main analysis (N,)."""
        distance: np.ndarray = (self.codes != _main_codes(self.settings, self.main)).sum(axis=1)
        return distance

    def comparable(self, option: str) -> np.ndarray:
        """Universes that there are with every setting of an option (N,): only they show what the option does."""
        fine = np.full(len(self.codes), True)
        place = list(self.settings).index(option)
        for code in range(len(self.settings[option])):
            changed = self.codes.copy()
            changed[:, place] = code
            fine &= _defensible(changed, self.settings)
        return fine

    def labels(self, row: int) -> dict[str, str]:
        """The settings of one universe, by option."""
        return {name: list(own)[code] for (name, own), code in zip(self.settings.items(), self.codes[row], strict=True)}


def spread_out(settings: Mapping[str, Mapping[str, Any]], main: Mapping[str, str], limit: int, seed: int) -> Multiverse:
    """All universes, or where there are more than ``limit``, so many of them.

    These are the main analysis, all that differ from it in one option (even if they exceed the limit), and others drawn
    at random, each with equal chance.
    """
    shape = [len(own) for own in settings.values()]
    codes = np.indices(shape, np.int16).reshape(len(shape), -1).T
    away = (codes != _main_codes(settings, main)).sum(axis=1)
    codes, away = (values[_defensible(codes, settings) | (away == 0)] for values in (codes, away))
    if len(codes) > limit:
        near, far = np.flatnonzero(away <= 1), np.flatnonzero(away > 1)
        drawn = named_generator("universes", seed).choice(far, max(limit - len(near), 0), replace=False)
        codes = codes[np.sort(np.concatenate([near, drawn]))]
    return Multiverse(settings, main, codes)


def options_of_raters(items: Mapping[str, Any], published: bool) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Options of the item key where people rated the items, and the config's settings.

    Parameters
    ----------
    items : the section ``items`` of the config. published : whether the study has published correlations.
    """
    thresholds = sorted({*THRESHOLDS, items["threshold"]})
    limits = [*LIMITS, *({items["max_p"]} - set(LIMITS))]
    settings: dict[str, dict[str, Any]] = {
        "correlations": _labelled(["recomputed", *(["published"] if published else [])]),
        **{name: _labelled(own) for name, own in CORRELATING.items()},
        "threshold": {f"{value:.6g}": value for value in thresholds},
        "max_p": {"none" if value is None else f"{value:.6g}": value for value in limits},
        "polarity": _labelled(["positive", "both"]),
    }
    main = {name: next(iter(settings[name])) for name in CORRELATING}
    main |= {name: _label(settings[name], items[name]) for name in ("correlations", "threshold", "max_p", "polarity")}
    if items["correlations"] != "published":
        main |= {name: items[name] for name in ("method", "repeated_participants")}
    return settings, main


def options_of_given_key(key: pd.DataFrame) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Options of a given key (table ``item_key``), whose negative items may be left out, and its own setting."""
    if (key["polarity"] > 0).all():
        return {}, {}
    return {"polarity": _labelled(["positive", "both"])}, {"polarity": "both"}


def options_of_answers(
    scoring: Mapping[str, Any], versions: Sequence[str], instrument: Instrument
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Options of scoring, and the config's settings.

    Parameters
    ----------
    scoring : the section ``scoring`` of the config. versions : its prompt versions.
    """
    settings: dict[str, dict[str, Any]] = {
        "centring": _labelled(["tagged_items", "all_items", "none"]),
        "parser": _labelled(["published", "strict"]),
        "prompt_versions": _sets_of_versions(versions, instrument),
    }
    return settings, {**{name: scoring[name] for name in ("centring", "parser")}, "prompt_versions": "all"}


def _sets_of_versions(versions: Sequence[str], instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """All versions, those of each wording, those of each order of the options, and each alone; each set once."""
    about = [instrument.version(name) for name in versions]
    sets = {"all": tuple(versions)}
    for wording in dict.fromkeys(own.wording for own in about):
        sets[f"wording {wording}"] = tuple(own.name for own in about if own.wording == wording)
    for label, turned in (("options as they are", False), ("options reversed", True)):
        sets[label] = tuple(own.name for own in about if own.reversed == turned)
    sets |= {f"only {name}": (name,) for name in versions}
    once: dict[tuple[str, ...], str] = {}
    for label, own_versions in sets.items():
        if own_versions:
            once.setdefault(own_versions, label)
    return {label: own_versions for own_versions, label in once.items()}


def _defensible(codes: np.ndarray, settings: Mapping[str, Mapping[str, Any]]) -> np.ndarray:
    """Which combinations are no contradiction; see the head of the module."""
    place = {name: index for index, name in enumerate(settings)}
    fine = np.full(len(codes), True)
    if "published" in settings.get("correlations", ()):
        made_otherwise = (codes[:, [place[name] for name in CORRELATING]] != 0).any(axis=1)
        fine &= ~(made_otherwise & (codes[:, place["correlations"]] == 1))
    if "polarity" in settings:
        both, uncentred = (
            codes[:, place[name]] == list(settings[name]).index(label)
            for name, label in (("polarity", "both"), ("centring", "none"))
        )
        fine &= ~(both & uncentred)
    return fine


def _main_codes(settings: Mapping[str, Mapping[str, Any]], main: Mapping[str, str]) -> list[int]:
    return [list(own).index(main[name]) for name, own in settings.items()]


def _labelled(names: Sequence[str]) -> dict[str, Any]:
    return {name: name for name in names}


def _label(settings: Mapping[str, Any], value: Any) -> str:
    return next(label for label, own in settings.items() if own == value)
