"""One real request before a model's thousands: is the key right, does the model exist, what does it accept?"""

import dataclasses
import logging
import re
from collections.abc import Container
from pathlib import Path
from typing import Any

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.reading import open_json
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.budget import Budget
from value_portrait.responses.conditions import Message
from value_portrait.responses.engine import ask
from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.parsing import parse_strict
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Finding, Planned, plan_request
from value_portrait.responses.store import Record, Store, read_records, store_file

# In the store beside the conditions; no condition's name starts so.
PREFLIGHT = "_preflight"
# Not one of the study's items, so that a change of these asks no preflight again.
_QUESTION = (
    "Question: How similar is this response to your own thoughts?\n\n"
    "Message: What do you do on a free afternoon?\n\nResponse: I take a long walk.\n\n"
    "IMPORTANT: Your response must contain ONLY ONE of these exact phrases, with no additional words, explanations, or "
    "punctuation:\n"
)
_MESSAGE = {"role": "system", "text": "You are a person who likes to be outdoors."}


def preflight(
    target: Target, store: str | Path, max_usd: float, progress: Progress, system: bool, instrument: Instrument
) -> dict[str, Any]:
    """Ask one question, leaving out what the model refuses, and say what was found; an earlier finding is kept.

    Where ``system``, ask it once more under a system message, which not every model takes.

    Raises
    ------
    InputError : the model cannot be asked, its answer is empty, or it takes no system message.
    """
    # A batch would take hours to say the same.
    target = dataclasses.replace(target, row=target.row.model_copy(update={"batch": None}))
    path = store_file(store, target.row.model, PREFLIGHT)
    finding = _first(target, path, instrument)
    while True:
        planned = _plan(target, finding, instrument)
        last = _last_attempt(path, planned)
        if last is None or not (last["outcome"] in TERMINAL or _without_refused(finding, target, last)):
            last = _ask(target, planned, path, store, max_usd, progress)
        if last["outcome"] in TERMINAL:
            found = _found(finding, last, target, instrument)
            if system:
                planned = _plan(target, finding, instrument, _MESSAGE)
                _check_system(target, planned, path, store, max_usd, progress)
            return found
        finding = _without_refused(finding, target, last) or finding


def _first(target: Target, path: Path, instrument: Instrument) -> Finding:
    """What to begin with: as the model has answered, where its provider was said to accept more than it is now."""
    once = [name for name in ("temperature", "seed") if name not in target.provider.accepts]
    for names in [(name,) for name in once] + [tuple(once)]:
        former = _last_attempt(path, _plan(target, Finding(added=names), instrument))
        if former and former["outcome"] in TERMINAL:
            return Finding(added=names)
    return Finding()


def _plan(target: Target, finding: Finding, instrument: Instrument, message: Message | None = None) -> Planned:
    question = _QUESTION + "\n".join(reversed(instrument.options))
    return plan_request(target, finding, question, "preflight", "preflight", message)


def _check_system(
    target: Target, planned: Planned, path: Path, store: str | Path, max_usd: float, progress: Progress
) -> None:
    last = _last_attempt(path, planned)
    if last is not None and last["outcome"] in TERMINAL:
        return
    try:
        last = _ask(target, planned, path, store, max_usd, progress)
    except InputError:
        last = _last_attempt(path, planned)
        if last is None or last["outcome"] != "bad_parameter":
            raise
    if last["outcome"] == "bad_parameter":
        raise InputError(
            f"model {target.row.model} at {target.provider.name}",
            f"answers a plain question, but none with a system message ({last['message']}).",
            "Choose framings of the role user, such as gender@first_turn or steering@steering_first_turn.",
        )


def check_name(target: Target, store: str | Path, models: Container[str]) -> None:
    """Refuse to ask a model anew that was asked under a name that is now nobody's.

    Parameters
    ----------
    models : the file names of all models of the table.

    Raises
    ------
    InputError : with the folder of its answers.
    """
    row = target.row
    if store_file(store, row.model, PREFLIGHT).exists():
        return
    for path in sorted(Path(store).glob(f"*/{PREFLIGHT}.jsonl")):
        own = (target.provider.known_as, target.parameters.checkpoint, row.model_id)
        if path.parent.name not in models and any(_asked(record) == own for record in read_records(path)):
            raise InputError(
                f"model {row.model}",
                f"was asked under another name; its answers are in {path.parent}.",
                f"Keep them: mv {path.parent} {store_file(store, row.model, PREFLIGHT).parent}. Or ask it again: "
                "choose a request set with another checkpoint.",
            )


def _asked(record: Record) -> tuple[str | None, str | None, str | None]:
    """Who was asked, apart from where; an answer tells that it was."""
    request = record.get("request")
    if record["outcome"] not in TERMINAL or not isinstance(request, dict):
        return None, None, None
    return record.get("identity"), record.get("checkpoint"), request.get("model")


def stored_finding(target: Target, store: str | Path, instrument: Instrument) -> Finding:
    """What the store already tells of a model's preflight; nothing is asked."""
    path = store_file(store, target.row.model, PREFLIGHT)
    finding = _first(target, path, instrument)
    while True:
        last = _last_attempt(path, _plan(target, finding, instrument))
        smaller = _without_refused(finding, target, last) if last else None
        if smaller is None:
            return finding
        finding = smaller


def read_finding(path: str | Path) -> Finding:
    """The finding in a file that was written from ``preflight``."""
    content = open_json(path)
    limit, added = content.get("token_parameter"), content.get("added")
    return Finding(
        tuple(name.text() for name in content["refused"].elements("parameter", filled=False)),
        limit.text() if limit else None,
        tuple(name.text() for name in added.elements("parameter", filled=False)) if added else (),
    )


def _ask(target: Target, planned: Planned, path: Path, root: str | Path, max_usd: float, progress: Progress) -> Record:
    with Store(path) as store:
        budget = Budget(root, max_usd, store)
        try:
            summary = ask(target, PREFLIGHT, [planned], store, budget, progress)
        finally:
            budget.close()
    last = _last_attempt(path, planned)
    if summary.interrupted or last is None:
        raise summary.stopped or InputError(path, "was interrupted.", "Run again.")
    if last["outcome"] in TERMINAL or (summary.stopped and _without_refused(Finding(), target, last)):
        return last
    raise summary.stopped or InputError(
        f"model {target.row.model} at {target.provider.name}",
        f"gave no answer ({last['outcome']}, {last['message']}).",
        "Check the server and the network, and run again.",
    )


def _last_attempt(path: Path, planned: Planned) -> Record | None:
    attempts = [record for record in read_records(path) if record["key"] == planned.key]
    return next((one for one in attempts if one["outcome"] in TERMINAL), attempts[-1] if attempts else None)


def _without_refused(finding: Finding, target: Target, record: Record) -> Finding | None:
    """The finding with the parameter that an error names, or None where it names none that can be left out."""
    if record["outcome"] != "bad_parameter":
        return None
    sent, words = record["request"], f"{record['message']} {record['response']}"
    limit = finding.token_parameter or target.provider.token_parameter
    for name in ("temperature", "seed"):
        if name in sent and re.search(rf"\b{name}\b", words):
            return dataclasses.replace(finding, refused=(*finding.refused, name))
    others = [name for name in api_of(target.provider.api).token_parameters if name != limit]
    if others and finding.token_parameter is None and re.search(rf"\b{limit}\b", words):
        return dataclasses.replace(finding, token_parameter=others[0])
    return None


def _found(finding: Finding, record: Record, target: Target, instrument: Instrument) -> dict[str, Any]:
    if record["outcome"] == "empty":
        raise InputError(
            f"model {target.row.model} at {target.provider.name}",
            f"answers nothing within {target.parameters.max_tokens} tokens (finish reason {record['finish_reason']}, "
            f"{record['tokens_reasoning'] or 'an unknown number of'} tokens of reasoning).",
            "Choose a request set with a larger max_tokens, such as reasoning.",
        )
    read = parse_strict(record["answer"], instrument)
    if read.rating is None:
        logging.warning("%s: the first answer names no option (%s).", target.row.model, read.answer_class)
    api = api_of(target.provider.api)
    texts = api.conversation(*api.said(record["request"]))
    return {
        "refused": list(finding.refused),
        "added": list(finding.added),
        "token_parameter": finding.token_parameter,
        "outcome": record["outcome"],
        "answer": record["answer"],
        "rating": read.rating,
        "served_model": record["served_model"],
        "sent": {name: value for name, value in record["request"].items() if name not in texts},
        "time": record["time"],
        "key": record["key"],
    }
