"""The journal of a file's batches: what is about to be submitted is on disk before it is.

A batch opens with an intent (its own id, and which request each custom id stands for), is ``submitted`` once the
provider's id of it is known, and ``closed`` when its answers are in the store, or when it is certain that it never
came to be.
"""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from value_portrait.reading import Found, parse_json, read_bytes


@dataclass
class Intent:
    """A batch that was planned: ``keys`` by custom id, the most that it costs, and the provider's id once known."""

    id: str
    time: float
    keys: dict[str, str]
    usd: float
    batch: str | None = None


def journal_file(answers: Path) -> Path:
    """The journal beside a file of the store."""
    return answers.with_suffix(".batches")


def open_intents(answers: Path) -> list[Intent]:
    """The batches of a file of the store that are not closed, oldest first; a torn last entry is left out.

    Raises
    ------
    InputError : with the line, which is no entry.
    """
    path = journal_file(answers)
    intents: dict[str, Intent] = {}
    remedy = "Restore the file from a copy; it says which batches were paid for."
    for number, line in enumerate(read_bytes(path, remedy).splitlines(keepends=True) if path.exists() else (), 1):
        if not line.endswith(b"\n"):
            break
        entry = Found(parse_json(line, f"{path}, line {number}", remedy), f"{path}, line {number}")
        event, name = entry["event"].one_of(("intent", "submitted", "closed")), entry["id"].text()
        if event == "intent":
            keys = {own: key.text() for own, key in entry["keys"].members("request", filled=False)}
            intents[name] = Intent(name, entry["time"].number(), keys, entry["usd"].number(low=0))
        elif event == "submitted" and name in intents:
            intents[name].batch = entry["batch"].text()
        else:
            intents.pop(name, None)
    return list(intents.values())


def new_intent(answers: Path, keys: list[str], usd: float, now: float) -> Intent:
    """Write down that the requests with these keys are about to be submitted."""
    name = uuid.uuid4().hex[:16]
    intent = Intent(name, now, {f"{name}-{number}": key for number, key in enumerate(keys)}, usd)
    _write(answers, {"event": "intent", "id": name, "time": now, "keys": intent.keys, "usd": usd})
    return intent


def note_submitted(answers: Path, intent: Intent, batch: str) -> None:
    """Write down the provider's id of a batch."""
    intent.batch = batch
    _write(answers, {"event": "submitted", "id": intent.id, "batch": batch})


def note_closed(answers: Path, intent: Intent) -> None:
    """Write down that nothing more is expected of a batch."""
    _write(answers, {"event": "closed", "id": intent.id})


def _write(answers: Path, entry: dict[str, Any]) -> None:
    path = journal_file(answers)
    with path.open("ab") as file:
        # An entry that a crash tore off must not swallow this one.
        file.truncate(path.read_bytes().rfind(b"\n") + 1)
        file.write(orjson.dumps(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())
