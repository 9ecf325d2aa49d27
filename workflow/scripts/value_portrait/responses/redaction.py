"""What must not be kept of a server's reply: keys, pieces of keys, and names of accounts."""

import re
from collections.abc import Mapping

# Of a reply's headers these are kept: limits, waiting times and the request's id.
_KEPT_HEADERS = re.compile(
    r"retry-after(?:-ms)?|(?:x-|anthropic-)?ratelimit-[a-z-]+|(?:x-)?request-id|openai-processing-ms|openai-version"
)
# Errors quote keys masked (sk-12***89) or cut short; answers may well hold asterisks.
_QUOTED = re.compile(
    r"[^\s\"'<>\\:]*(?:\*{2,}|•{2,})[^\s\"'<>\\]*"
    r"|\b(?:sk|pk|rk|gsk|xai|hf)[-_][A-Za-z0-9_.-]{4,}|\bAIza[A-Za-z0-9_-]{4,}"
    r"|\b(?:org|proj|user|acct)[-_][A-Za-z0-9]{8,}"
)
# A piece of a key as long as this is taken for one, in an error and in an answer.
_IN_ERROR, _IN_ANSWER = 6, 12
REDACTED = "[redacted]"


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may be kept, by their names in lower case."""
    return {name.lower(): value for name, value in headers.items() if _KEPT_HEADERS.fullmatch(name.lower())}


def redact(text: str, key: str | None, *, is_error: bool) -> str:
    """``text`` without ``key`` and pieces of it; an error also loses what looks like a key or an account."""
    if key:
        text = _without_pieces(text, key, min(len(key), _IN_ERROR if is_error else _IN_ANSWER))
    return _QUOTED.sub(REDACTED, text) if is_error else text


def _without_pieces(text: str, key: str, length: int) -> str:
    pieces = {key[start : start + length] for start in range(len(key) - length + 1)}
    if not any(piece in text for piece in pieces):
        return text
    kept, position, end = [], 0, 0
    for start in range(len(text) - length + 1):
        if text[start : start + length] in pieces:
            if start >= end:
                kept += [text[position:start], REDACTED]
            position = end = start + length
    return "".join([*kept, text[position:]])
