"""Whether claims hold, in many analyses at once.

Tests take models for independent draws, as the field does; models come in families, so p is too small. Whoever needs
one that is right clusters by family; here it tells how far "significant" depends on the analysis.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

from value_portrait.configuration import Claim
from value_portrait.instrument import Instrument
from value_portrait.items.validation import correlate, correlation_p
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness.claims import SPREAD, parse_group

# With fewer models a rank correlation says nothing.
LEAST_SIZES = 4
Judged = tuple[np.ndarray, np.ndarray]


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
        return [self.models[self.subjects[place][0]][name] for place in self.at_baseline]

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
    value (U,), NaN where a dimension that it names has no score; the claim holds where the value is beyond ``bound``.
        highest, lowest: the distance in scale points from the nearest of the others; highest_in_most_models: the share
        of models; above, group_above, condition_above: the mean difference; rises_with_size: Spearman's rho;
        model_families_differ: omega squared (Hays 1963), the share of variance between families.
    p (U,), two-sided: paired t over models (condition_above), Welch's t (group_above), t of a correlation
        (rises_with_size), F (model_families_differ); NaN for the other kinds, and where there are too few models. Two
        dimensions have different items, and models agree on items whatever their values: a paired t over models would
        call ``above`` significant in 6 of 10 studies where no values were planted (``tools/bench_truth.py``).

    Raises
    ------
    Untestable : the models that the claim is about are not there.
    """
    if not scored.at_baseline:
        raise Untestable("no model has ratings")
    with np.errstate(divide="ignore", invalid="ignore"):
        return _KINDS[claim.kind](scored, claim.arguments)


def bound(claim: Claim) -> float:
    """The value beyond which a claim holds."""
    return 0.5 if claim.kind == "highest_in_most_models" else 0.0


def _highest(scored: Scored, dimensions: Sequence[str], sign: int = 1) -> Judged:
    margin = _margin(sign * scored.mean_profile, *scored.sides(dimensions))
    return margin, np.full(len(margin), np.nan)


def _lowest(scored: Scored, dimensions: Sequence[str]) -> Judged:
    return _highest(scored, dimensions, -1)


def _highest_in_most_models(scored: Scored, dimensions: Sequence[str]) -> Judged:
    margin = _margin(scored.scores[:, scored.at_baseline], *scored.sides(dimensions))
    share = _mean(np.where(np.isnan(margin), np.nan, margin > 0), axis=1)
    return share, np.full(len(share), np.nan)


def _above(scored: Scored, arguments: Sequence[str]) -> Judged:
    difference = _mean(scored.of_models(arguments[0]) - scored.of_models(arguments[1]), axis=1)
    return difference, np.full(len(difference), np.nan)


def _group_above(scored: Scored, arguments: Sequence[str]) -> Judged:
    values = scored.of_models(arguments[2])
    sides = []
    for text in arguments[:2]:
        group = parse_group(text)
        assert group
        own = [n for n, place in enumerate(scored.at_baseline) if group.holds(scored.models[scored.subjects[place][0]])]
        if not own:
            raise Untestable(f"no model is {text}")
        sides.append(values[:, own])
    # Welch 1947; the degrees of freedom are Satterthwaite's.
    squares = [_variance(side, axis=1) / (~np.isnan(side)).sum(axis=1) for side in sides]
    total = squares[0] + squares[1]
    freedom = total**2 / sum(
        own**2 / ((~np.isnan(side)).sum(axis=1) - 1) for own, side in zip(squares, sides, strict=True)
    )
    difference = _mean(sides[0], axis=1) - _mean(sides[1], axis=1)
    return difference, _two_sided(difference / np.sqrt(total), freedom)


def _rises_with_size(scored: Scored, arguments: Sequence[str]) -> Judged:
    sizes = scored.columns("size_b")
    sized = [place for place, size in enumerate(sizes) if size is not None]
    if len(sized) < LEAST_SIZES:
        raise Untestable(f"fewer than {LEAST_SIZES} models state their size")
    values, size = scored.of_models(arguments[0])[:, sized], np.array([[sizes[place]] for place in sized], float)
    rho = np.full(len(values), np.nan)
    whole = ~np.isnan(values).any(axis=1)
    rho[whole] = correlate(values[whole].T, size, "spearman")[:, 0]
    return rho, correlation_p(rho, len(sized))


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
    return omega, special.fdtrc(between, within, (total - inside) / between / noise)


def _condition_above(scored: Scored, arguments: Sequence[str]) -> Judged:
    place = {subject: index for index, subject in enumerate(scored.subjects)}
    one, other = arguments[:2]
    both = [model for model in scored.models if (model, one) in place and (model, other) in place]
    if not both:
        raise Untestable(f"no model has answers under both {one} and {other}")
    values = scored.scores[:, :, scored.place(arguments[2])]
    return _paired(
        values[:, [place[model, one] for model in both]] - values[:, [place[model, other] for model in both]]
    )


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


def _paired(differences: np.ndarray) -> Judged:
    """Mean over models of (U, models), and Student's paired t."""
    mean, n = _mean(differences, axis=1), (~np.isnan(differences)).sum(axis=1)
    return mean, _two_sided(mean / np.sqrt(_variance(differences, axis=1) / n), n - 1)


def _two_sided(t: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    p: np.ndarray = 2 * special.stdtr(freedom, -np.abs(t))
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
