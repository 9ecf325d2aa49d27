"""What is sent: the exact body of every request of a model under a condition, and the key that identifies it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.conditions import Message
from value_portrait.responses.providers import Provider, Target
from value_portrait.study.prompts import prompt_text

# Bytes of a request beside its text that a provider may count as tokens: roles and separators.
_OVERHEAD = 50


@dataclass(frozen=True, slots=True)
class Planned:
    """One question: ``body`` is sent byte for byte, ``key`` identifies it with everything that shapes the answer.

    ``repeat`` counts from 0 how often the same was asked before. ``former`` is the key that it had while keys held the
    server's address.
    """

    key: str
    item_id: str
    prompt_version: str
    body: bytes
    repeat: int = 0
    former: str = ""

    @property
    def most_tokens(self) -> int:
        """Tokens that the question cannot exceed: one for each byte."""
        return len(self.body) + _OVERHEAD

    @property
    def expected_tokens(self) -> int:
        """Tokens to expect: one for four characters of English."""
        return len(self.body) // 4


@dataclass(frozen=True)
class Finding:
    """What the preflight found out about a model: parameters that it refuses, and its name of the token limit.

    ``added`` are parameters that it was asked with while its provider was said to accept them.
    """

    refused: tuple[str, ...] = ()
    token_parameter: str | None = None
    added: tuple[str, ...] = ()


def user_turn(prompt: str, message: Message | None) -> str:
    """The text of the user's turn: the prompt, after the condition's message where that is no system message.

    One turn, since many models and servers refuse two of the same role in a row.
    """
    return f"{message['text']}\n\n{prompt}" if message and message["role"] == "user" else prompt


def system_message(message: Message | None) -> str | None:
    """The text of the system message, where the condition's message is one."""
    return message["text"] if message and message["role"] == "system" else None


def plan_requests(
    target: Target,
    items: Sequence[Mapping[str, Any]],
    prompts: Iterable[Mapping[str, Any]],
    finding: Finding,
    message: Message | None = None,
) -> list[Planned]:
    """Every question of a model under a condition, repeat by repeat and version by version.

    Parameters
    ----------
    items : rows of the table ``items``.
    prompts : rows of the table ``prompts``, of the versions that are asked.
    finding : what the model's preflight found.
    message : what the condition tells the model; None for the baseline.
    """
    templates = {(row["prompt_version"], row["template"]): row["text"] for row in prompts}
    return [
        plan_request(
            target,
            finding,
            prompt_text(templates[version, item["template"]], item),
            item["item_id"],
            version,
            message,
            repeat,
        )
        for repeat in range(target.parameters.repeats)
        for version in dict.fromkeys(version for version, _ in templates)
        for item in items
    ]


def plan_request(
    target: Target,
    finding: Finding,
    prompt: str,
    item_id: str,
    prompt_version: str,
    message: Message | None = None,
    repeat: int = 0,
) -> Planned:
    """One question with its exact body. Each repeat has a seed of its own, or one answer would come again and again."""
    body = canonical(_body(target, finding, prompt, message, repeat))
    key, former = request_key(body, target, repeat), former_key(body, target.provider, repeat)
    return Planned(key, item_id, prompt_version, body, repeat, former)


def canonical(body: Any) -> bytes:
    """JSON with sorted keys and no spaces: the same request is the same bytes."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def request_key(body: bytes, target: Target, repeat: int = 0) -> str:
    """SHA-256 (hexadecimal) of who is asked, wherever that is, API version, number of the repeat, checkpoint, body."""
    provider = target.provider
    return _hash(provider.known_as, provider.api_version, str(repeat), target.parameters.checkpoint or "", body=body)


def former_key(body: bytes, provider: Provider, repeat: int = 0) -> str:
    """The key of a request while keys held the server's address."""
    return _hash(provider.known_as, provider.base_url.rstrip("/"), provider.api_version, str(repeat), body=body)


def renewed(record: dict[str, Any]) -> dict[str, Any]:
    """A record as it would be written now: one whose key held the server's address gets that of today.

    What is not the key of its own content stays as it is, and answers nothing.
    """
    names = ("provider", "base_url", "api_version")
    name, address, version = (record.get(cell) for cell in names)
    if "identity" in record or not (isinstance(name, str) and isinstance(address, str) and isinstance(version, str)):
        return record
    body, repeat = canonical(record.get("request")), str(record.get("repeat"))
    if _hash(name, address.rstrip("/"), version, repeat, body=body) != record["key"]:
        return record
    own = {"key": _hash(name, version, repeat, "", body=body), "former": record["key"]}
    return record | own | {"identity": name, "checkpoint": None}


def _hash(*parts: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join([*(part.encode() for part in parts), body])).hexdigest()


def _body(target: Target, finding: Finding, prompt: str, message: Message | None, repeat: int) -> dict[str, Any]:
    provider, parameters = target.provider, target.parameters
    body: dict[str, Any] = {"model": target.row.model_id}
    body |= api_of(provider.api).conversation(system_message(message), user_turn(prompt, message))
    body[finding.token_parameter or provider.token_parameter] = parameters.max_tokens
    for name in ("temperature", "seed"):
        value = getattr(parameters, name)
        if value is not None and name in (*provider.accepts, *finding.added) and name not in finding.refused:
            body[name] = value + repeat if name == "seed" else value
    if parameters.reasoning_effort is not None:
        *path, last = provider.reasoning_parameter.split(".")
        _merge(body, _nested(path, {last: parameters.reasoning_effort}))
    _merge(body, provider.extra_body)
    _merge(body, parameters.extra_body)
    return body


def _nested(path: Sequence[str], value: dict[str, Any]) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return value


def _merge(body: dict[str, Any], extra: Mapping[str, Any]) -> None:
    """Lay ``extra`` over ``body``, level by level."""
    for name, value in extra.items():
        if isinstance(value, Mapping):
            inner = body[name] = dict(body[name]) if isinstance(body.get(name), dict) else {}
            _merge(inner, value)
        else:
            body[name] = value
