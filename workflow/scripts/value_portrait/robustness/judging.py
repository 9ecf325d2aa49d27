"""Whether claims hold, in many analyses at once, where models of one developer are no independent draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import scipy

from value_portrait.instrument import Instrument
from value_portrait.items.validation import correlate
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness.claims import SPREAD, parse_group
from value_portrait.robustness.clustering import ROUNDED, ROUNDING, cluster_robust, rank_slope
from value_portrait.scores.model_groups import developer_of

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Claim

# With fewer models a rank correlation says nothing.
LEAST_SIZES = 4
# Why a claim that could be tested has no p in any analysis.
NO_P = "too few developers to tell how these differ"
NO_P_OF = {"model_families_differ": "models of one family come from several developers, or differ in nothing"}
TESTS = ("group_above", "rises_with_size", "model_families_differ", "condition_above")


class Judged(NamedTuple):
    """What ``judge`` finds in U analyses: value (U,), p (U,), and the models that the claim is about, by name."""

    value: np.ndarray
    p: np.ndarray
    models: Sequence[str]


class Untestable(Exception):
    """Why a claim cannot be put to the test with the models at hand."""


@dataclass(frozen=True)
class Scored:
    """Scores of the same subjects in U analyses.

    Attributes
    ----------
    scores : (U, S, D) centred means, NaN where a subject has none. subjects : (model, condition) of each of the S.
    models : the columns of the table of models that groups are made of, by model.
    instrument : with the families alone whose D dimensions the scores are of.
    """

    scores: np.ndarray
    subjects: Sequence[tuple[str, str]]
    models: Mapping[str, Mapping[str, Any]]
    instrument: Instrument

    @cached_property
    def at_baseline(self) -> list[int]:
        """Where the subjects at baseline are."""
        return [place for place, (_, condition) in enumerate(self.subjects) if condition == BASELINE]

    @property
    def names(self) -> list[str]:
        """The models at baseline."""
        return [self.subjects[place][0] for place in self.at_baseline]

    def developers(self, names: Sequence[str]) -> list[str]:
        """Who made each of these models."""
        return [developer_of(self.models[name]) for name in names]

    @cached_property
    def mean_profile(self) -> np.ndarray:
        """Mean over models (U, D)."""
        return _mean(self.scores[:, self.at_baseline], axis=1)

    @cached_property
    def spread(self) -> np.ndarray:
        """Sample variance of a model's scores in the main family (U, models), as in ``value_spread``."""
        places = [self.place(name) for name in self.instrument.main.names]
        return _variance(self.scores[:, self.at_baseline][:, :, places], axis=2)

    def place(self, dimension: str) -> int:
        """Where a dimension is."""
        return [name for _, name in self.instrument.dimensions].index(dimension)

    def of_models(self, score: str) -> np.ndarray:
        """A score of every model at baseline (U, models): a dimension, or the spread."""
        return self.spread if score == SPREAD else self.scores[:, self.at_baseline, self.place(score)]

    def columns(self, name: str) -> list[Any]:
        """A column of the table of models, for every model at baseline."""
        return [self.models[model][name] for model in self.names]

    def sides(self, dimensions: Sequence[str]) -> tuple[list[int], list[int]]:
        """Where these dimensions are, and where the others of their family."""
        family = next(own for own in self.instrument.families if dimensions[0] in own.names)
        return [self.place(name) for name in dimensions], [
            self.place(name) for name in family.names if name not in dimensions
        ]


def judge(claim: Claim, scored: Scored) -> Judged:
    """How far a claim holds in every analysis.

    Returns
    -------
    value (U,), NaN where a dimension that it names has no score; the claim holds where the value is beyond ``bound``,
        which a tie is not.
        highest, lowest: the distance in scale points from the nearest of the others; highest_in_most_models: the share
        of models; above, group_above, condition_above: the mean difference; rises_with_size: Spearman's rho;
        model_families_differ: omega squared (Hays 1963), the share of variance between families.
    p (U,), two-sided, with models of one developer taken together (``cluster_robust``): of a difference of two means
        (group_above), of a mean over models (condition_above), of the slope of ranks on ranks (rises_with_size).
        model_families_differ: F over independent models of a family; what a developer's models share is in the means
        of its families, and these are what differs. If models of one family come from several developers, that is
        not so, and p is NaN, as it is for the other kinds, and where developers are too few. Two dimensions have
        different items, and models agree on items whatever their values: a paired t over models would call ``above``
        significant in 6 of 10 studies where no values were planted (``tools/bench_truth.py``). Keys from shuffled
        raters tell what is chance in it (``headlines.compare_dimensions``).

    Raises
    ------
    Untestable : the models that the claim is about are not there.
    """
    if not scored.at_baseline:
        raise Untestable("no model has ratings")
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _KINDS[claim.kind](scored, claim.arguments)
    # A tie must not go by the order of a sum.
    return found._replace(value=np.where(np.abs(found.value) < ROUNDING, 0, found.value))


def bound(claim: Claim) -> float:
    """The value beyond which a claim holds."""
    return 0.5 if claim.kind == "highest_in_most_models" else 0.0


def _highest(scored: Scored, dimensions: Sequence[str], sign: int = 1) -> Judged:
    return _untested(scored, _margin(sign * scored.mean_profile, *scored.sides(dimensions)))


def _lowest(scored: Scored, dimensions: Sequence[str]) -> Judged:
    return _highest(scored, dimensions, -1)


def _highest_in_most_models(scored: Scored, dimensions: Sequence[str]) -> Judged:
    margin = _margin(scored.scores[:, scored.at_baseline], *scored.sides(dimensions))
    return _untested(scored, _mean(np.where(np.isnan(margin), np.nan, margin > ROUNDING), axis=1))


def _above(scored: Scored, arguments: Sequence[str]) -> Judged:
    return _untested(scored, _mean(scored.of_models(arguments[0]) - scored.of_models(arguments[1]), axis=1))


def _untested(scored: Scored, value: np.ndarray) -> Judged:
    return Judged(value, np.full(len(value), np.nan), scored.names)


def _group_above(scored: Scored, arguments: Sequence[str]) -> Judged:
    values, sides = scored.of_models(arguments[2]), []
    for text in arguments[:2]:
        group = parse_group(text)
        assert group
        sides.append([place for place, name in enumerate(scored.names) if group.holds(scored.models[name])])
        if not sides[-1]:
            raise Untestable(f"no model is {text}")
    difference = _mean(values[:, sides[0]], axis=1) - _mean(values[:, sides[1]], axis=1)
    both = [*sides[0], *sides[1]]
    models = [scored.names[place] for place in both]
    design = np.column_stack([np.ones(len(both)), np.arange(len(both)) < len(sides[0])])
    return Judged(difference, _clustered_p(values[:, both], design, scored.developers(models)), models)


def _rises_with_size(scored: Scored, arguments: Sequence[str]) -> Judged:
    sizes = scored.columns("size_b")
    sized = [place for place, size in enumerate(sizes) if size is not None]
    if len(sized) < LEAST_SIZES:
        raise Untestable(f"fewer than {LEAST_SIZES} models state their size")
    values, size = scored.of_models(arguments[0])[:, sized], np.array([[sizes[place]] for place in sized])
    models = [scored.names[place] for place in sized]
    rho, p = np.full((2, len(values)), np.nan)
    whole = ~np.isnan(values).any(axis=1)
    # As coarse as rounding, so that equal scores share a rank.
    ranks = pd.DataFrame(values[whole].round(ROUNDED)).rank(axis=1).to_numpy()
    rho[whole] = correlate(ranks.T, size, "spearman")[:, 0]
    p[whole] = rank_slope(size[:, 0], scored.developers(models)).p(ranks)
    return Judged(rho, p, models)


def _model_families_differ(scored: Scored, arguments: Sequence[str]) -> Judged:
    values, families = scored.of_models(arguments[0]), np.array(scored.columns("family"))
    names = np.unique(families)
    between, within = len(names) - 1, len(families) - len(names)
    if not between or not within:
        raise Untestable("it takes two families of models, and two models in one of them")
    inside = sum(
        ((values[:, families == name] - values[:, families == name].mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        for name in names
    )
    total = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    noise = inside / within
    omega = (total - inside - between * noise) / (total + noise)
    p = scipy.special.fdtrc(between, within, (total - inside) / between / noise)
    if len(set(zip(families, scored.developers(scored.names), strict=True))) > len(names):
        p = np.full(len(p), np.nan)
    return Judged(omega, p, scored.names)


def _condition_above(scored: Scored, arguments: Sequence[str]) -> Judged:
    place = {subject: index for index, subject in enumerate(scored.subjects)}
    one, other = arguments[:2]
    both = [model for model in scored.models if (model, one) in place and (model, other) in place]
    if not both:
        raise Untestable(f"no model has answers under both {one} and {other}")
    values = scored.scores[:, :, scored.place(arguments[2])]
    differences = values[:, [place[model, one] for model in both]] - values[:, [place[model, other] for model in both]]
    p = _clustered_p(differences, np.ones((len(both), 1)), scored.developers(both))
    return Judged(_mean(differences, axis=1), p, both)


_KINDS: dict[str, Callable[[Scored, Sequence[str]], Judged]] = {
    "highest": _highest,
    "lowest": _lowest,
    "highest_in_most_models": _highest_in_most_models,
    "above": _above,
    "group_above": _group_above,
    "rises_with_size": _rises_with_size,
    "model_families_differ": _model_families_differ,
    "condition_above": _condition_above,
}


def _margin(values: np.ndarray, own: list[int], others: list[int]) -> np.ndarray:
    """How far the lowest of one's own (last axis) is above the highest other one; others without a score are let be."""
    rest = np.where(np.isnan(values[..., others]), -np.inf, values[..., others]).max(axis=-1)
    return values[..., own].min(axis=-1) - np.where(np.isinf(rest), np.nan, rest)


def _clustered_p(values: np.ndarray, design: np.ndarray, developers: Sequence[str]) -> np.ndarray:
    """Two-sided p (U,) of the last column of the ``design`` in each analysis, from the models with a score there."""
    p = np.full(len(values), np.nan)
    # Most models have a score in every analysis.
    told = ~np.isnan(values)
    _, first, own = np.unique(np.packbits(told, axis=1), axis=0, return_index=True, return_inverse=True)
    for number, present in enumerate(told[first]):
        rows = own.ravel() == number
        contrast = cluster_robust(design[present], design.shape[1] - 1, np.array(developers)[present])
        p[rows] = contrast.p(values[rows][:, present])
    return p


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the numbers; NaN without any."""
    n = (~np.isnan(values)).sum(axis=axis)
    mean: np.ndarray = np.nansum(values, axis=axis) / np.where(n, n, np.nan)
    return mean


def _variance(values: np.ndarray, axis: int) -> np.ndarray:
    """Sample variance over the numbers; NaN with fewer than two."""
    n = (~np.isnan(values)).sum(axis=axis)
    deviations = values - np.expand_dims(_mean(values, axis), axis)
    variance: np.ndarray = np.nansum(deviations**2, axis=axis) / np.where(n > 1, n - 1, np.nan)
    return variance
