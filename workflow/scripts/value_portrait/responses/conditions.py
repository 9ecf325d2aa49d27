"""The conditions under which models answer: the baseline, personas and value steering, and what these tell a model."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from value_portrait.errors import InputError
from value_portrait.files import slug
from value_portrait.instrument import Instrument

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Model, Persona
    from value_portrait.configuration import Framing

BASELINE = "baseline"
# The axis of the values that a model is told to hold.
STEERING = "steering"
# The set of all personas; its name and that of steering are also those of their default framings.
PERSONAS = "personas"
# A file named preflight lies beside those of a model's conditions.
_RESERVED = {BASELINE, PERSONAS, "preflight"}

Message = Mapping[str, str]


@dataclass(frozen=True)
class Condition:
    """A condition of a model.

    Attributes
    ----------
    kind : ``baseline``, ``personas`` or ``steering``, with ``@`` and the framing where it is not the kind's default.
    persona : its row of ``personas.tsv``; None for the baseline.
    message : ``role`` (``system`` or ``user``) and ``text`` of what the model is told; None for the baseline.
    """

    kind: str
    persona: Persona | None = None
    message: Message | None = None


def read_personas(path: str | Path, groups: Mapping[str, Collection[str]], instrument: Instrument) -> list[Persona]:
    """The rows of ``personas.tsv``: ``order`` as a whole number or None, ``people`` None where it is empty.

    Parameters
    ----------
    groups : the config's groups of people, by axis; axes that it does not have are not compared.

    Raises
    ------
    InputError : with the row, for whatever does not fit the schema; an id, or a group or place of an axis given
        twice; an id that is an axis, too; an axis of which only some groups have a place; steering to no value; people
        that the config does not know as a group.
    """
    from value_portrait.checking import read_rows
    from value_portrait.config_tables import Persona

    personas: list[Persona] = []
    rows = read_rows(path, "personas", Persona)
    values = instrument.main.names
    axes = {row.axis for _, row in rows}
    for where, row in rows:
        name, axis = row.persona, row.axis
        if taken := {name, axis} & _RESERVED or {name} & axes:
            raise InputError(where, f"'{taken.pop()}' has another meaning among conditions.", "Rename it.")
        if axis == STEERING and row.group not in values:
            raise InputError(
                where,
                f"the group '{row.group}' of steering is no dimension of the family {instrument.main.title}.",
                f"Use one of {', '.join(values)}.",
            )
        if row.people is not None and axis in groups and row.people not in groups[axis]:
            raise InputError(
                where,
                f"the people '{row.people}' are no group of people.groups.{axis} in the config.",
                f"Use one of {', '.join(groups[axis])}, or leave the cell empty.",
            )
        for earlier in personas:
            own = earlier.axis == axis
            if earlier.persona == name:
                raise InputError(where, f"'{name}' stands in an earlier row too.", "Keep one of them.")
            if own and earlier.group == row.group:
                raise InputError(where, f"repeats the group '{row.group}' of the axis '{axis}'.", "Keep one of them.")
            if own and (earlier.order is None) != (row.order is None):
                raise InputError(
                    where, f"only some groups of the axis '{axis}' have an order.", "Give it to all, or to none."
                )
            if own and row.order is not None and earlier.order == row.order:
                raise InputError(where, f"repeats the order {row.order} of the axis '{axis}'.", "Change one.")
        personas.append(row)
    return personas


def model_conditions(
    model: Model,
    personas: Sequence[Persona],
    framings: Mapping[str, Framing],
    source: str,
    exported: Container[str],
    instrument: Instrument,
) -> dict[str, Condition]:
    """The conditions that a row of ``models.tsv`` names, by their ids: the baseline first, then in the row's order.

    An id is the persona's, followed by ``@`` and the framing where it is not the default one.

    Parameters
    ----------
    framings : ``role`` and ``text`` of each, by name; ``personas`` and ``steering`` are the defaults of these kinds.
    source : the file of models, for messages.
    exported : file names of models whose recorded answers come with an export.

    Raises
    ------
    InputError : an unknown name or framing, no baseline, or a condition that the model's answers cannot have.
    """
    where, names = f"{source}, model {model.model}", model.conditions
    if model.answers == "printed":
        if names:
            raise InputError(where, "is known only by printed scores, so it has no conditions.", "Empty that cell.")
        return {}
    if BASELINE not in names:
        raise InputError(
            where,
            f"lacks the condition {BASELINE}, from which the effects of all others are counted.",
            "Add it to the column conditions.",
        )
    found = {BASELINE: Condition(BASELINE)}
    for name in names:
        if name == BASELINE:
            continue
        if model.answers == "recorded" and slug(model.model) not in exported:
            raise InputError(
                where,
                f"was recorded at {BASELINE} alone, not under '{name}'.",
                "Remove it from the column conditions, or put an export that holds it into responses.exports.",
            )
        wanted, _, framing = name.partition("@")
        chosen = [
            persona
            for persona in personas
            if wanted in (persona.persona, persona.axis) or (wanted == PERSONAS and persona.axis != STEERING)
        ]
        if not chosen:
            axes = ", ".join(dict.fromkeys(persona.axis for persona in personas))
            raise InputError(
                where,
                f"has the condition '{name}', which is no persona and no axis.",
                f"Use {BASELINE}, {PERSONAS}, {axes}, or an id of the table of personas.",
            )
        if framing and framing not in framings:
            raise InputError(
                where,
                f"has the condition '{name}', whose framing the config does not define.",
                f"Use one of {', '.join(framings)}.",
            )
        for persona in chosen:
            default = STEERING if persona.axis == STEERING else PERSONAS
            suffix = f"@{framing}" if framing not in ("", default) else ""
            _check_framing(framings, framing or default, default, f"{where}, condition {name}")
            message = _message(framings[framing or default], persona, instrument)
            found[persona.persona + suffix] = Condition(default + suffix, persona, message)
    return found


def _check_framing(framings: Mapping[str, Framing], framing: str, kind: str, where: str) -> None:
    """Steering names its value, and nothing else does: a framing is for the one or the other."""
    named = "{group}" in framings[framing].text
    if named != (kind == STEERING):
        fault = "has the field {group}, which is for steering" if named else "lacks the field {group}, the value's name"
        fitting = [name for name, about in framings.items() if ("{group}" in about.text) != named]
        raise InputError(
            where, f"the framing '{framing}' {fault}.", f"Use one of {', '.join(fitting) or 'your own'}, or correct it."
        )


def _message(framing: Framing, persona: Persona, instrument: Instrument) -> Message:
    """A framing with a persona's statement and group filled in, in one pass: a statement may hold ``{group}``."""
    fields = {"statement": persona.statement, "group": instrument.titles.get(persona.group, persona.group)}
    text = re.sub(r"\{(statement|group)\}", lambda field: fields[field[1]], framing.text)
    return {"role": framing.role, "text": text}
