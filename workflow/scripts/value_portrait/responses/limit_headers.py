"""What a reply's headers say of limits, as OpenAI (and those who copy it) and Anthropic name them."""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_LONGEST_WAIT_S = 600.0


def seconds(text: str | None) -> float | None:
    """A waiting time in a header: seconds, ``1m30s``, ``20ms``, or a date (as an HTTP date or by ISO 8601)."""
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h|d))+", text):
        units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
        return sum(float(part[0]) * units[part[1]] for part in re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text))
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return max(0.0, parse(text).timestamp() - time.time())
        except ValueError:
            continue
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """For how many seconds nothing should be sent, ten minutes at most; None where that is not said."""
    wait = seconds(headers.get("retry-after"))
    if (milliseconds := headers.get("retry-after-ms", "")).replace(".", "", 1).isdecimal():
        wait = float(milliseconds) / 1000
    return None if wait is None else min(wait, _LONGEST_WAIT_S)


def per_minute(headers: Mapping[str, str], kind: str) -> float | None:
    """The limit of ``requests`` or ``tokens``."""
    text = _header(headers, kind, "limit") or ""
    return float(text) if text.isdecimal() else None


def until_reset(headers: Mapping[str, str], kind: str) -> float | None:
    """Seconds until there are ``requests`` or ``tokens`` again, where none remain."""
    return seconds(_header(headers, kind, "reset")) if _header(headers, kind, "remaining") == "0" else None


def _header(headers: Mapping[str, str], kind: str, what: str) -> str | None:
    return headers.get(f"x-ratelimit-{what}-{kind}") or headers.get(f"anthropic-ratelimit-{kind}-{what}")
