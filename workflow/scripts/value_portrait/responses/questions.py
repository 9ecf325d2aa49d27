"""Questions as they are handed to others who ask them, and how an answer says which question it was given to."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from value_portrait.errors import InputError, shown
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.conditions import Message
from value_portrait.responses.requests import Planned, system_message

# Prompt version and item.
Place = tuple[str, str]
# Of each hash in an id, so many digits.
_DIGITS = 16


def prompt_hash(prompt: str) -> str:
    """SHA-256 (hexadecimal) of a prompt's text."""
    return hashlib.sha256(prompt.encode()).hexdigest()


def question_lines(turns: Mapping[Place, str], condition: str, message: Message | None) -> Iterator[dict[str, Any]]:
    """Every question of a condition: what it is of, the messages to send, and the hashes of their texts.

    Parameters
    ----------
    turns : the text of the user's turn by prompt version and item.
    message : what the condition tells the model.
    """
    system = system_message(message)
    for (version, item), turn in turns.items():
        yield {
            "item_id": item,
            "prompt_version": version,
            "condition": condition,
            "prompt_sha256": prompt_hash(turn),
            "system_sha256": None if system is None else prompt_hash(system),
            **api_of("openai").conversation(system, turn),
        }


def batch_lines(questions: Iterator[dict[str, Any]], plan: list[Planned]) -> Iterator[bytes]:
    """The same questions in the shape of OpenAI's batch files, with the bodies of a plan of them, in the same order.

    The ``custom_id`` says of which question an answer is: condition, prompt version, item and the first digits of the
    hashes.
    """
    for question, planned in zip(questions, plan, strict=True):
        hashes = [question[name][:_DIGITS] for name in ("prompt_sha256", "system_sha256") if question[name]]
        parts = (question["condition"], question["prompt_version"], question["item_id"], "-".join(hashes))
        about = {"custom_id": "/".join(parts), "method": "POST", "url": "/v1/chat/completions"}
        yield orjson.dumps(about | {"body": orjson.Fragment(planned.body)})


def question_of(custom_id: Any, where: str) -> dict[str, str]:
    """The question that a ``custom_id`` names, as cells of a row of answers.

    Raises
    ------
    InputError : it is none that ``batch_lines`` gives.
    """
    parts = custom_id.split("/") if isinstance(custom_id, str) else []
    if len(parts) < 4:
        raise InputError(where, f"the custom_id {shown(custom_id)} is none of this study.", "Leave it as it was asked.")
    condition, version, *item, hashes = parts
    prompt, _, system = hashes.partition("-")
    return {
        "item_id": "/".join(item),
        "prompt_version": version,
        "condition": condition,
        "prompt_sha256": prompt,
        "system_sha256": system,
    }
