"""Claims: what is said of the models, as rows of a table, each checked before it is put to the test."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from value_portrait.errors import InputError
from value_portrait.instrument import Family, Instrument

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Claim

# The score of a model that says how pronounced its profile is; see ``judging``.
SPREAD = "spread"
# What the arguments of every kind of claim are, in order; several dimensions stand alone.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "highest": ("dimensions",),
    "lowest": ("dimensions",),
    "highest_in_most_models": ("dimensions",),
    "above": ("dimension", "dimension"),
    "group_above": ("group", "group", "score"),
    "rises_with_size": ("score",),
    "model_families_differ": ("score",),
    "condition_above": ("condition", "condition", "dimension"),
}
# What the number of a claim is, by its kind.
MEASURES: Mapping[str, str] = {
    **dict.fromkeys(("highest", "lowest"), "the distance from the nearest of the others, in scale points"),
    "highest_in_most_models": "the share of models",
    **dict.fromkeys(("above", "group_above", "condition_above"), "the mean difference, in scale points"),
    "rises_with_size": "the rank correlation with size",
    "model_families_differ": "omega squared, the share of variance that is between families",
}
_GROUP = re.compile(r"(weights|reasoning|family|developer)\s*(=)\s*(\S.*)|(size_b)\s*(<|>=)\s*(\d+(?:\.\d+)?)")
_HOW = "Write weights=open, reasoning=yes, family=..., developer=..., size_b>=30 or size_b<30."


class Group(NamedTuple):
    """Models of one setting of a column of the table of models."""

    column: str
    relation: str
    setting: str

    def holds(self, model: Mapping[str, Any]) -> bool:
        """Whether a model, by its columns, is one of the group; never where the column is empty."""
        value = model[self.column]
        if self.column != "size_b":
            return bool(value == self.setting)
        return value is not None and (value < float(self.setting)) == (self.relation == "<")


def parse_group(text: str) -> Group | None:
    """The group that an argument stands for; None if it is none."""
    from value_portrait.config_tables import Model

    found = _GROUP.fullmatch(text)
    if not found:
        return None
    group = Group(*filter(None, found.groups()))
    known = get_args(Model.model_fields[group.column].annotation) if group.column in ("weights", "reasoning") else ()
    return None if known and group.setting not in known else group


def read_claims(path: str | Path, instrument: Instrument) -> list[Claim]:
    """The rows of the table of claims, which may have none.

    Raises
    ------
    InputError : with the row, for a bad cell, an id given twice, arguments of another number or kind than the claim's
        kind takes, dimensions that the instrument does not have or that belong to several families, and comparisons
        that do not exist.
    """
    from value_portrait.checking import read_rows
    from value_portrait.config_tables import Claim

    claims: list[Claim] = []
    for where, claim in read_rows(path, "claims", Claim, may_be_empty=True):
        if any(claim.claim == earlier.claim for earlier in claims):
            raise InputError(where, f"'{claim.claim}' stands in an earlier row too.", "Rename one.")
        _check_arguments(claim, where, instrument)
        claims.append(claim)
    return claims


def measure(claim: Claim) -> str:
    """What the number of a claim is; how pronounced profiles are is a variance."""
    if claim.kind == "group_above" and claim.arguments[-1] == SPREAD:
        return "the mean difference in variance of the profile, in squared scale points"
    return MEASURES[claim.kind]


def named_highest(claims: Sequence[Claim], instrument: Instrument) -> list[str]:
    """The dimensions of the main family that a claim names as most models' highest: the first such; none without."""
    claimed = [claim.arguments for claim in claims if claim.kind == "highest_in_most_models"]
    return next((names for names in claimed if set(names) <= set(instrument.main.names)), [])


def held_apart(claims: Sequence[Claim]) -> dict[str, list[str]]:
    """The two dimensions of every claim that one is above the other, by its id."""
    return {claim.claim: claim.arguments for claim in claims if claim.kind == "above"}


def families_by_chance(claims: Sequence[Claim], instrument: Instrument) -> list[str]:
    """Those that keys from shuffled raters are made for: the main one, the circle's, and where two are held apart."""
    named = {dimension for pair in held_apart(claims).values() for dimension in pair}
    return [
        family.name
        for family in instrument.families
        if family in (instrument.main, instrument.circle) or named & set(family.names)
    ]


def families_of(claims: Sequence[Claim], instrument: Instrument) -> list[Family]:
    """The families whose scores the claims need, in the instrument's order."""
    named = {argument for claim in claims for argument in claim.arguments}
    return [
        family
        for family in instrument.families
        if named & set(family.names) or (SPREAD in named and family is instrument.main)
    ]


def conditions_of(claims: Sequence[Claim]) -> set[str]:
    """The conditions, beside the baseline, whose answers the claims need."""
    return {condition for claim in claims if claim.kind == "condition_above" for condition in claim.arguments[:2]}


def _check_arguments(claim: Claim, where: str, instrument: Instrument) -> None:
    kinds, given = ARGUMENTS[claim.kind], claim.arguments
    against_rest = kinds == ("dimensions",)
    if against_rest:
        kinds = ("dimension",) * len(given)
    if len(given) != len(kinds):
        raise InputError(
            where, f"{claim.kind} takes {len(kinds)} arguments, not {len(given)}.", f"Write {'; '.join(kinds)}."
        )
    for kind, argument in zip(kinds, given, strict=True):
        _check_argument(kind, argument, where, instrument)
    named = [argument for kind, argument in zip(kinds, given, strict=True) if kind == "dimension"]
    if "dimension" in kinds and claim.kind != "condition_above":
        _check_dimensions(named, against_rest, where, instrument)
    if "group" in kinds:
        _check_groups(given[0], given[1], where)
    if claim.kind == "condition_above" and given[0] == given[1]:
        raise InputError(where, f"compares '{given[0]}' with itself.", "Name another condition.")


def _check_argument(kind: str, argument: str, where: str, instrument: Instrument) -> None:
    if kind in ("dimension", "score"):
        known: Collection[str] = [name for _, name in instrument.dimensions]
        if argument not in known and not (kind == "score" and argument == SPREAD):
            raise InputError(
                where,
                f"'{argument}' is no dimension of the instrument {instrument.title}.",
                f"Use {f'{SPREAD} or ' if kind == 'score' else ''}one of {', '.join(known)}, or remove the row.",
            )
    elif kind == "group" and parse_group(argument) is None:
        raise InputError(where, f"'{argument}' is no group of models.", _HOW)


def _check_dimensions(named: Sequence[str], against_rest: bool, where: str, instrument: Instrument) -> None:
    """Dimensions that are held against each other, or against the rest of their family."""
    family = next(family for family in instrument.families if named[0] in family.names)
    if other := set(named) - set(family.names):
        raise InputError(
            where,
            f"'{min(other)}' is not of the family of '{named[0]}', so their scores do not compare.",
            f"Use {', '.join(family.names)}.",
        )
    if len(set(named)) < len(named):
        raise InputError(where, "names a dimension twice.", "Name it once.")
    if against_rest and len(named) == len(family.names):
        raise InputError(where, f"names all dimensions of the family {family.title}.", "Leave out some.")


def _check_groups(first: str, second: str, where: str) -> None:
    one, other = parse_group(first), parse_group(second)
    assert one
    assert other
    apart = one.column == other.column and one.setting != other.setting
    if one.column == other.column == "size_b":
        small, large = sorted((one, other), key=lambda group: group.relation)
        apart = small.relation != large.relation and float(small.setting) <= float(large.setting)
    if not apart:
        raise InputError(
            where, f"'{first}' and '{second}' are no two groups apart of one column.", "Compare settings of one column."
        )
