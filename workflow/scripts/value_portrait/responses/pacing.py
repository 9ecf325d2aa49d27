"""How fast to ask: one pacer for each account and model, shared by all requests of a run.

Requests leave evenly, by a token bucket. Its rate comes from the provider's row and the replies' headers; where neither
states a limit, it starts slowly, doubles each second, and learns from refusals (see ``limits``).
"""

import asyncio
import math
import random
import time

from value_portrait.responses.limit_headers import per_minute, retry_after, until_reset
from value_portrait.responses.limits import Limit, Ticket
from value_portrait.responses.replies import Reply

_SMALLEST_CATCH_UP_S = 0.01  # timers are no finer
_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
_TRIPS_AFTER = 10  # failures in a row open the circuit breaker
_MOST_TRIPS = 8  # in a row: about two minutes, in which a server may start again
_UNREACHED_S = 4.0  # for a server that never answered, where nobody is patient
_REFUSED_S = 900.0  # with nothing but refusals
_SETTLING_S, _LONGEST_SETTLING_S = 0.05, 0.5  # beyond the longest time that a refusal took
_SETTLING_SHARE = 0.02  # of the time since none passes


class Stopped(Exception):
    """The run is stopping; nothing more is sent."""


class Pacer:
    """Gives out tickets.

    Parameters
    ----------
    requests_per_minute, tokens_per_minute : known limits; None where unknown.
    stop : set when the run ends; whoever waits gets ``Stopped``.
    rng : for the jitter.
    patient : whether a server that never answered may be starting.

    Attributes
    ----------
    reached : whether the server ever answered.
    trips : how often the circuit breaker opened, in a row.
    """

    def __init__(
        self,
        requests_per_minute: float | None,
        tokens_per_minute: float | None,
        stop: asyncio.Event,
        rng: random.Random,
        patient: bool = True,
    ) -> None:
        now = time.monotonic()
        self.limit = Limit(requests_per_minute / 60 if requests_per_minute else None, now)
        self.reached, self.trips = False, 0
        self._patient = patient
        self._tokens_per_s = tokens_per_minute / 60 if tokens_per_minute else None
        self._stop, self._rng = stop, rng
        self._turn = asyncio.Lock()
        self._left, self._next_token = now - 1 / self.limit.rate, now - 1
        self._paused_until = 0.0
        self._refusing_s = 0.0  # the longest time that a refusal took
        self._failures = 0
        self._tripped_at = 0  # the last ticket that was given before the breaker opened
        self._number = 0
        self._unreached_since: float | None = None
        self._probe: Ticket | None = None
        self._decided = asyncio.Event()

    @property
    def per_minute(self) -> float | None:
        """Requests per minute, as refusals tell them."""
        return None if self.limit.learned is None else 60 * self.limit.learned

    @property
    def refuses_all(self) -> bool:
        """Whether there were nothing but refusals for so long that more is pointless."""
        since = self.limit.refused_since
        return since is not None and time.monotonic() - since > _REFUSED_S

    @property
    def gave_up(self) -> bool:
        """Whether asking on is pointless."""
        since = self._unreached_since
        absent = not (self._patient or self.reached) and since is not None and time.monotonic() - since > _UNREACHED_S
        return self.trips >= _MOST_TRIPS or absent or self.refuses_all

    async def ticket(self, tokens: int) -> Ticket:
        """Wait for the turn of a request that may use so many tokens.

        Raises
        ------
        Stopped : the run ends.
        """
        async with self._turn:
            while True:
                now = time.monotonic()
                interval = 1 / self.limit.rate
                wait = max(self._paused_until, self._left + interval, self._next_token) - now
                if self._stop.is_set():
                    raise Stopped
                if self._probe is not None:
                    # One request is under way, and decides for all.
                    await self._verdict(self._probe)
                elif wait > 0:
                    await self.sleep(wait)
                else:
                    break
            alone = self.trips or self.limit.one_at_a_time
            ticket = self.limit.leave(now)
            self._number = ticket.number
            catch_up = max(self.limit.burst * interval, _SMALLEST_CATCH_UP_S)
            self._left = max(self._left + interval, now - catch_up)
            if self._tokens_per_s:
                self._next_token = max(self._next_token, now - 1) + tokens / self._tokens_per_s
            if alone:
                self._probe = ticket
                self._decided.clear()
            return ticket

    def unused(self, ticket: Ticket) -> None:
        """A request was not sent after all."""
        self._decide(ticket)

    async def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    def backoff(self, attempt: int) -> float:
        """Seconds to wait before another attempt at a request that failed so often, with full jitter."""
        return self._rng.uniform(0, min(_LONGEST_PAUSE_S, _PAUSE_S * 2**attempt))

    def succeeded(self, ticket: Ticket, reply: Reply) -> None:
        """A request was served: its headers tell the limits, and the breaker closes."""
        self._failures = self.trips = 0
        self.reached = True
        self.limit.serve(time.monotonic())
        self._passed(ticket)
        headers = reply.headers
        if limit := per_minute(headers, "requests"):
            self.limit.state(limit / 60)
        if limit := per_minute(headers, "tokens"):
            self._tokens_per_s = min(limit / 60, self._tokens_per_s or math.inf)
        for kind in ("requests", "tokens"):
            self._pause(min(until_reset(headers, kind) or 0, _LONGEST_PAUSE_S))

    def refused(self, ticket: Ticket, reply: Reply) -> None:
        """A request met a limit (429): the others wait until one passes."""
        self.reached = True
        self._refusing_s = max(self._refusing_s, reply.latency_s)
        wait = self.limit.refuse(ticket, time.monotonic())
        said = retry_after(reply.headers)
        # What was sent before the pause began is no news, except for a longer wait.
        self._pause((wait or 0.0) if said is None else said)
        self._decide(ticket)

    def failed(self, ticket: Ticket, reply: Reply) -> None:
        """The server or the network failed; many failures in a row open the circuit breaker."""
        self.reached |= reply.failure != "network"
        self._unreached_since = self._unreached_since or time.monotonic()
        self._pause(retry_after(reply.headers) or 0.0)
        if ticket.number > self._tripped_at:
            self._failures += 1
            if self.trips or self._failures >= _TRIPS_AFTER:
                self.trips += 1
                self._failures, self._tripped_at = 0, self._number
                self._pause(self._rng.uniform(0.5, 1) * min(_LONGEST_PAUSE_S, _PAUSE_S * 2**self.trips))
        self._passed(ticket)

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def _passed(self, ticket: Ticket) -> None:
        self.limit.let_pass(ticket)
        self._decide(ticket)

    def _decide(self, ticket: Ticket) -> None:
        if self._probe == ticket:
            self._probe = None
            self._decided.set()

    async def _verdict(self, probe: Ticket) -> None:
        """Wait until it is known what becomes of a request that decides for all, or the run ends."""
        # Refusals come quickly: who waits for one no longer was let in.
        settling = min(_SETTLING_S + _SETTLING_SHARE * self.limit.denied_s, _LONGEST_SETTLING_S)
        settled = probe.time + 1.5 * self._refusing_s + settling
        enough = None if self.trips else max(0.0, settled - time.monotonic())
        waits = [asyncio.ensure_future(self._decided.wait()), asyncio.ensure_future(self._stop.wait())]
        done, _ = await asyncio.wait(waits, timeout=enough, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not done:
            self._passed(probe)
