"""How fast to ask: one pacer for each account and model, shared by all requests of a run.

Requests leave evenly, by a token bucket. Its rate comes from the provider's row and the replies' headers; where neither
states a limit, it starts slowly, doubles each second, and learns from refusals (429). Between two refusals the server's
own bucket went from empty to empty, so what it let through in that time, over that time, is its rate. Where slowing
down was in vain several times, refusals are not about speed: the rate recovers, and only who was refused waits.
"""

import asyncio
import math
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from value_portrait.responses.replies import Reply

_FIRST_RATE = 10.0  # requests per second, where no limit is known
_SLOWEST, _FASTEST = 0.05, 10_000.0
_FEWEST_TO_MEASURE = 10  # requests between two refusals
_IN_VAIN = 3  # times that slowing down did not help
_SMALLEST_CATCH_UP_S = 0.01  # timers are no finer
_LEARNED_SHARE = 0.98  # of the measured rate
# How fast the rate grows, per second: without any limit in sight, after a refusal, once the limit is measured.
_SLOW_START, _PROBING, _MEASURED = 2.0, 1.1, 1.001
_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
_TRIPS_AFTER = 10  # failures in a row open the circuit breaker
_GIVES_UP_AFTER = 6  # openings in a row


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to send one request: its number, and when it was given (seconds of the monotonic clock)."""

    number: int
    time: float


class Stopped(Exception):
    """The run is stopping; nothing more is sent."""


class Pacer:
    """Gives out tickets.

    Parameters
    ----------
    requests_per_minute, tokens_per_minute : known limits; None where unknown.
    stop : set when the run ends; whoever waits gets ``Stopped``.
    rng : for the jitter.
    """

    def __init__(
        self,
        requests_per_minute: float | None,
        tokens_per_minute: float | None,
        stop: asyncio.Event,
        rng: random.Random,
    ) -> None:
        self.rate = requests_per_minute / 60 if requests_per_minute else _FIRST_RATE
        self.trips = 0
        self._ceiling = self.rate if requests_per_minute else _FASTEST
        self._growth = _MEASURED if requests_per_minute else _SLOW_START
        self._tokens_per_s = tokens_per_minute / 60 if tokens_per_minute else None
        self._stop, self._rng = stop, rng
        self._turn = asyncio.Lock()
        self._number = 0
        now = time.monotonic()
        self._next, self._next_token, self._grown = now, now - 1, now
        self._burst = 0.0  # requests that may follow each other at once
        self._paused_until = 0.0
        self._start = Ticket(0, now)  # of the interval between two refusals
        self._refused = 0
        self._first: tuple[int, float] | None = None  # let through before the first refusal, and in how many seconds
        self._paused_at = 0  # the last ticket that was given before the last pause
        self._in_vain = 0
        self._second, self._served, self._best = now, 0, 0  # most requests that were served within a second
        self._pauses = 0
        self._failures = 0
        self._probe: asyncio.Event | None = None

    @property
    def gave_up(self) -> bool:
        """Whether the provider failed so long that asking on is pointless."""
        return self.trips >= _GIVES_UP_AFTER

    async def ticket(self, tokens: int) -> Ticket:
        """Wait for the turn of a request that may use so many tokens.

        Raises
        ------
        Stopped : the run ends.
        """
        async with self._turn:
            while True:
                now = time.monotonic()
                wait = max(self._paused_until, self._next, self._next_token) - now
                if self._stop.is_set():
                    raise Stopped
                if wait > 0:
                    await self.sleep(wait)
                elif self._probe is not None and not self._probe.is_set():
                    # Half open: one request is under way, and decides for all.
                    await self._until(self._probe)
                else:
                    break
            if self.trips and self._probe is None:
                self._probe = asyncio.Event()
            self._grow(now)
            catch_up = max(self._burst / self.rate, _SMALLEST_CATCH_UP_S)
            self._next = max(self._next, now - catch_up) + 1 / self.rate
            if self._tokens_per_s:
                self._next_token = max(self._next_token, now - 1) + tokens / self._tokens_per_s
            self._number += 1
            return Ticket(self._number, now)

    async def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    def backoff(self, attempt: int) -> float:
        """Seconds to wait before another attempt at a request, with full jitter."""
        return self._rng.uniform(0, min(_LONGEST_PAUSE_S, _PAUSE_S * 2**attempt))

    def succeeded(self, reply: Reply) -> None:
        """A request was served: its headers tell the limits, and the breaker closes."""
        self._pauses = self._failures = self.trips = 0
        self._close_probe()
        if (now := time.monotonic()) - self._second > 1:
            self._second, self._served = now, 0
        self._served += 1
        self._best = max(self._best, self._served)
        headers = reply.headers
        if limit := _limit(headers, "requests"):
            if self._growth == _SLOW_START:
                # Nothing else was known.
                self.rate, self._growth = limit / 60, _MEASURED
            self._ceiling = min(self._ceiling, limit / 60)
        if limit := _limit(headers, "tokens"):
            self._tokens_per_s = min(limit / 60, self._tokens_per_s or math.inf)
        for kind in ("requests", "tokens"):
            if _header(headers, kind, "remaining") == "0" and (wait := seconds(_header(headers, kind, "reset"))):
                self._pause(min(wait, _LONGEST_PAUSE_S))

    def refused(self, ticket: Ticket, reply: Reply) -> None:
        """A request met a limit (429): everybody waits, and the rate is learned."""
        self._close_probe()
        self._refused += 1
        retry_after = _retry_after(reply.headers)
        if ticket.number <= self._paused_at:
            # Sent before the pause began: no news, except for a longer wait.
            self._pause(retry_after or 0)
            return
        self._learn(ticket)
        if self._in_vain < _IN_VAIN or retry_after:
            self._pause(retry_after or self._rng.uniform(0, min(_LONGEST_PAUSE_S, _PAUSE_S * 2**self._pauses)))
        self._pauses += 1
        self._paused_at = self._number

    def failed(self, reply: Reply) -> None:
        """The server or the network failed; many failures in a row open the circuit breaker."""
        self._pause(_retry_after(reply.headers) or 0)
        self._failures += 1
        if self._probe is not None or self._failures >= _TRIPS_AFTER:
            self._close_probe()
            self.trips += 1
            self._failures = 0
            self._pause(self._rng.uniform(0.5, 1) * min(_LONGEST_PAUSE_S, _PAUSE_S * 2**self.trips))

    def _learn(self, ticket: Ticket) -> None:
        sent = ticket.number - self._start.number
        elapsed = ticket.time - self._start.time
        passed = sent - self._refused
        if passed < 2 * _FEWEST_TO_MEASURE:
            self._in_vain += 1
            self._burst = 0.0
        else:
            self._in_vain = 0
        if self._in_vain >= _IN_VAIN:
            self.rate = max(self._best / 2, _SLOWEST)
            self._growth = _PROBING
        elif passed < _FEWEST_TO_MEASURE:
            self.rate = max(self.rate / 2, _SLOWEST)
            self._growth = _PROBING
        elif self._first is None:
            self._first = passed, elapsed
            self.rate = min(self.rate, passed / elapsed)
            self._growth = _PROBING
        else:
            measured = passed / elapsed
            self.rate = min(measured * _LEARNED_SHARE, self._ceiling)
            self._growth = _MEASURED
            held = self._first[0] - measured * self._first[1]
            # What the server's bucket held at first, so that a pause can be caught up; at most a second's worth.
            self._burst = min(max(0.0, held / 2), measured)
        self._start, self._refused = ticket, 0

    def _grow(self, now: float) -> None:
        elapsed, self._grown = now - self._grown, now
        self.rate = min(self.rate * self._growth**elapsed, self._ceiling)

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def _close_probe(self) -> None:
        if self._probe is not None:
            self._probe.set()
            self._probe = None

    async def _until(self, event: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


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


def _retry_after(headers: Mapping[str, str]) -> float | None:
    wait = seconds(headers.get("retry-after"))
    if (milliseconds := headers.get("retry-after-ms", "")).replace(".", "", 1).isdecimal():
        wait = float(milliseconds) / 1000
    return None if wait is None else min(wait, 10 * _LONGEST_PAUSE_S)


def _header(headers: Mapping[str, str], kind: str, what: str) -> str | None:
    """A limit's header as OpenAI (and those who copy it) or Anthropic name it."""
    return headers.get(f"x-ratelimit-{what}-{kind}") or headers.get(f"anthropic-ratelimit-{kind}-{what}")


def _limit(headers: Mapping[str, str], kind: str) -> float | None:
    text = _header(headers, kind, "limit") or ""
    return float(text) if text.isdecimal() else None
