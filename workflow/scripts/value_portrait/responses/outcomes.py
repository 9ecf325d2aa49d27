"""What came of an attempt: one taxonomy for both APIs, and one behaviour for each of its classes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from value_portrait.responses.providers import Provider

# Data: kept, and never asked again.
TERMINAL = frozenset({"answered", "refusal", "content_filter", "empty", "truncated"})
# Asked again, a bounded number of times.
RETRIED = frozenset({"rate_limited", "overloaded", "server", "network", "timeout", "bad_body"})
# The model is stopped: nothing that is asked would be answered. With what to do about it.
FATAL = {
    "credit": "Add credit to the account, and run again.",
    "auth": "Correct the key in the environment, or the account's rights, and run again.",
    "bad_parameter": "Correct the parameters in providers.yaml or the model's row, and run again.",
    "model_gone": "Correct model_id (or base_url of the provider), and run again.",
}

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
_AUTH = re.compile(r"invalid_api_key|authentication_error|api key not valid|incorrect api key", re.IGNORECASE)


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


def judge(reply: Reply, provider: Provider) -> Verdict:
    """The class of a reply, by its status, its body and nothing else."""
    if reply.failure is not None:
        return Verdict(reply.failure, reply.text)
    status = reply.status or 0
    try:
        body = orjson.loads(reply.text)
    except orjson.JSONDecodeError:
        body = None
    if status >= 300:
        return _refused(status, body, reply.text)
    if not isinstance(body, dict):
        return Verdict("bad_body", f"no JSON object: {_shortened(reply.text)}")
    if body.get("error") or body.get("type") == "error":
        return _refused(_error_status(body), body, reply.text)
    try:
        return (_read_message if provider.api == "anthropic" else _read_completion)(body, provider)
    except (AttributeError, IndexError, KeyError, TypeError):
        return Verdict("bad_body", f"no answer in the reply: {_shortened(reply.text)}")


def _refused(status: int, body: Any, text: str) -> Verdict:
    """The class of an error, by its status and its words."""
    error = body.get("error") if isinstance(body, dict) else None
    words = str(error.get("message") or error) if isinstance(error, dict) else str(error or "") or _shortened(text)
    evidence = text[:4000]
    message = f"status {status}: {_shortened(words)}"
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


def _error_status(body: Mapping[str, Any]) -> int:
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


def _read_completion(body: Mapping[str, Any], provider: Provider) -> Verdict:
    choice = body["choices"][0]
    if choice.get("error"):
        return _refused(_error_status(choice), choice, str(choice["error"]))
    message = choice["message"]
    finish = choice.get("finish_reason")
    if finish == "error":
        return Verdict("server", "the upstream provider failed")
    answer = _text(message.get("content"))
    refusal = message.get("refusal")
    usage = body.get("usage") or {}
    return Verdict(
        outcome=_outcome(answer or refusal, finish, bool(refusal), finish == "content_filter", finish == "length"),
        answer=answer or refusal,
        reasoning=next((text for name in provider.reasoning_fields if (text := _text(message.get(name)))), None),
        finish_reason=finish,
        served_model=body.get("model"),
        fingerprint=body.get("system_fingerprint"),
        upstream=body.get("provider"),
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
        tokens_reasoning=_count((usage.get("completion_tokens_details") or {}).get("reasoning_tokens")),
        usd=usage.get("cost") if isinstance(usage.get("cost"), int | float) else None,
    )


def _read_message(body: Mapping[str, Any], provider: Provider) -> Verdict:
    blocks, finish = body["content"], body.get("stop_reason")
    texts = [block["text"] for block in blocks if block["type"] == "text"]
    reasoning = [block.get(name) for block in blocks for name in provider.reasoning_fields if block["type"] == name]
    usage = body.get("usage") or {}
    cached = sum(_count(usage.get(f"cache_{kind}_input_tokens")) or 0 for kind in ("creation", "read"))
    tokens_in = _count(usage.get("input_tokens"))
    return Verdict(
        outcome=_outcome(
            "".join(texts),
            finish,
            finish == "refusal",
            False,
            finish in ("max_tokens", "model_context_window_exceeded"),
        ),
        answer="".join(texts),
        reasoning="".join(text for text in reasoning if text) or None,
        finish_reason=finish,
        served_model=body.get("model"),
        tokens_in=None if tokens_in is None else tokens_in + cached,
        tokens_out=_count(usage.get("output_tokens")),
    )


def _outcome(answer: str | None, finish: str | None, refused: bool, filtered: bool, cut: bool) -> str:
    if refused:
        return "refusal"
    if filtered:
        return "content_filter"
    if not (answer or "").strip():
        return "empty"
    return "truncated" if cut else "answered"


def _text(content: Any) -> str | None:
    """The text of a message's content, which is a string or a list of blocks."""
    if isinstance(content, list):
        return "".join(str(block.get("text") or "") for block in content)
    return content if content is None else str(content)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:300] + " …"
