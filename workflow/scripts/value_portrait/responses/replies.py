"""What a server sent and what it says: read the same way for every API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CREDIT = re.compile(
    r"insufficient_quota|credit balance|insufficient (?:credits?|funds|balance)|billing|payment required"
    r"|exceeded your current quota",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"model_not_found|(?:no such|unknown|invalid) model|not_found_error|not a valid model"
    r"|model\b.{0,80}\b(?:not exist|not found|deprecated|decommissioned)",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content_filter|content_policy|content management policy|flagged|moderation", re.IGNORECASE)
# Some gateways refuse a key with status 400; one without a database cannot look it up.
_AUTH = re.compile(
    r"authentication[ _]error|no_db_connection|unauthori[sz]ed|invalid[ _]token"
    r"|(?:invalid|incorrect|wrong|expired|missing|unknown|no)[ _](?:\w+[ _])?api[ _-]?key"
    r"|api[ _-]?key\b.{0,20}\b(?:not valid|invalid|incorrect|expired|missing|not found|required)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent, or why it sent nothing.

    ``status`` is the HTTP status, or None where no complete reply came; ``failure`` is then ``network`` or ``timeout``.
    ``latency_s`` is in seconds.
    """

    status: int | None
    headers: Mapping[str, str]
    text: str
    latency_s: float
    failure: str | None = None


MOST_USD = 1_000_000.0  # of one attempt


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class of an attempt, and what the reply says. Tokens as the server counts them, ``usd`` as it charges."""

    outcome: str
    message: str | None = None
    answer: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    upstream: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    usd: float | None = None


def refused(status: int, body: Any, text: str) -> Verdict:
    """The class of an error, by its status and its words."""
    error = body.get("error") if isinstance(body, dict) else None
    words = str(error.get("message") or error) if isinstance(error, dict) else str(error or "") or shortened(text)
    evidence = text[:4000]
    message = f"status {status}: {shortened(words)}"
    if status == 402 or (status in (400, 403, 429) and _CREDIT.search(evidence)):
        return Verdict("credit", message)
    if status in (400, 403) and _FILTERED.search(evidence):
        return Verdict("content_filter", message, finish_reason="error")
    if status == 401 or (status in (400, 403) and _AUTH.search(evidence)):
        return Verdict("auth", message)
    if status in (404, 410) or (status in (400, 403, 422) and _GONE.search(evidence)):
        return Verdict("model_gone", message)
    named = {
        403: "auth",
        408: "timeout",
        429: "rate_limited",
        503: "overloaded",
        529: "overloaded",
        409: "server",
        425: "server",
    }
    if status in named:
        return Verdict(named[status], message)
    return Verdict("server" if status >= 500 else "bad_parameter", message)


def error_status(body: Mapping[str, Any]) -> int:
    """The status that an error inside a 200 body stands for."""
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, int) and 300 <= code < 600:
        return code
    kind = str(error.get("type") or code) if isinstance(error, dict) else ""
    statuses = {
        "overloaded_error": 529,
        "rate_limit_error": 429,
        "rate_limit_exceeded": 429,
        "authentication_error": 401,
        "permission_error": 403,
        "not_found_error": 404,
        "model_not_found": 404,
        "invalid_request_error": 400,
        "insufficient_quota": 402,
        "billing_error": 402,
        "timeout_error": 504,
    }
    return statuses.get(kind, 500)


def outcome_of(answer: str | None, *, refused: bool, filtered: bool, cut: bool) -> str:
    """The class of an answer, by what the server says of it and whether it has words."""
    if refused:
        return "refusal"
    if filtered:
        return "content_filter"
    if not (answer or "").strip():
        return "empty"
    return "truncated" if cut else "answered"


def word_of(value: Any) -> str | None:
    """What a reply says in a word; None if it says anything else."""
    return value if isinstance(value, str) else None


def text_of(content: Any) -> str | None:
    """The text of a message's content, which is a string or a list of blocks."""
    if isinstance(content, list):
        return "".join(str(block.get("text") or "") for block in content)
    return content if content is None else str(content)


def count_of(value: Any) -> int | None:
    """A number of tokens, where the server gave one."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def cost_of(value: Any) -> float | None:
    """What an answer cost (USD), where the server tells what can be true."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= MOST_USD else None


def shortened(text: str) -> str:
    """The beginning of a text, in one line."""
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:300] + " …"
