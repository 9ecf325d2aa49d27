"""Why a planned request is or is not in the store: field by field against the nearest stored one."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from value_portrait.errors import InputError
from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Record

# What keys hold beside the body.
_IDENTIFYING = ("identity", "api_version", "checkpoint", "repeat")
# Of a record, what tells which request it was, and what came of it.
_TOLD = ("item_id", "prompt_version", "api_version", "repeat", "request", "time", "message")


def explain(planned: Planned, target: Target, records: Iterable[Record]) -> list[str]:
    """Lines for people: whether the request is answered, and where not, how the nearest stored request differs.

    The nearest is the one with the fewest different fields, first among those for the same item and prompt version.

    Raises
    ------
    InputError : a record lacks what tells of its request.
    """
    place = f"item {planned.item_id}, prompt version {planned.prompt_version}"
    records = list(records)
    for record in records:
        if lacking := [name for name in _TOLD if name not in record]:
            where = f"store, record {record['key'][:12]}"
            raise InputError(where, f"lacks {lacking[0]}.", "Restore the file from a copy.")
    attempts = [record for record in records if record["key"] == planned.key]
    for record in attempts:
        if record["outcome"] in TERMINAL:
            return [f"{place}: in the store ({record['outcome']}, {record['time']}, key {planned.key[:12]})."]
    if attempts:
        last = attempts[-1]
        return [
            f"{place}: asked {len(attempts)} time(s) without an answer, the last time {last['outcome']} "
            f"({last['message']}, {last['time']}); it will be asked again."
        ]
    if not records:
        return [f"{place}: not in the store, which is empty for this model and condition."]
    who = {"identity": target.provider.known_as, "api_version": target.provider.api_version, "repeat": planned.repeat}
    wanted = _fields(who | {"checkpoint": target.parameters.checkpoint}, orjson.loads(planned.body))
    candidates = [
        (
            record["item_id"] != planned.item_id,
            record["prompt_version"] != planned.prompt_version,
            differences,
            record,
        )
        for record in records
        if (differences := _differences(wanted, _stored(record))) is not None
    ]
    *_, differences, nearest = min(candidates, key=lambda one: (one[0], one[1], len(one[2])))
    lines = [
        f"{place}: not in the store. Nearest is item {nearest['item_id']}, prompt version {nearest['prompt_version']} "
        f"({nearest['outcome']}, {nearest['time']}, key {nearest['key'][:12]}), which differs in:"
    ]
    return lines + [
        f"  {name}: planned {_shown(planned_value, stored)}, stored {_shown(stored, planned_value)}"
        for name, planned_value, stored in differences
    ]


def _stored(record: Record) -> dict[str, Any]:
    return _fields({name: record.get(name) for name in _IDENTIFYING}, record["request"])


def _fields(who: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: who[name] for name in _IDENTIFYING} | dict(_flat("request", body))


def _flat(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(f"{name}[{number}]", inner)
    else:
        yield name, value


def _differences(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    missing = "nothing"
    return [
        (name, wanted.get(name, missing), stored.get(name, missing))
        for name in dict.fromkeys([*wanted, *stored])
        if wanted.get(name, missing) != stored.get(name, missing)
    ]


def _shown(value: Any, other: Any) -> str:
    """A value; of a long text the part where it leaves ``other``."""
    if not isinstance(value, str) or not isinstance(other, str) or len(value) <= 60:
        return repr(value)
    start = next((i for i, (a, b) in enumerate(zip(value, other, strict=False)) if a != b), min(len(value), len(other)))
    return f"… {value[max(0, start - 20) : start + 40]!r} …"
