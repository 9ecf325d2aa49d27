"""The pacer by a clock that stands still: who leaves when, and what is learned."""

import asyncio
import random
import time
from types import SimpleNamespace

import pytest
from value_portrait.responses import limit_headers, pacing
from value_portrait.responses.limits import Ticket
from value_portrait.responses.pacing import Pacer, Stopped
from value_portrait.responses.replies import Reply


class Paced:
    """A pacer with its own time, from 1000 s on; its dice always fall on the upper end, or on the lower (``low``)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, requests: float | None = None, tokens: float | None = None):
        self.now, self.slept = 1000.0, 0
        monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(limit_headers, "time", SimpleNamespace(time=lambda: 0.0))
        self.stop = asyncio.Event()
        dice = random.Random(1)
        self.low = False
        dice.uniform = lambda low, high: low if self.low else high
        self.pacer = Pacer(requests, tokens, self.stop, dice)
        self.pacer.sleep = self.sleep

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        self.slept += 1

    def ticket(self, tokens: int = 0) -> float:
        """When the next request may leave, in seconds from the beginning."""
        return asyncio.run(self.pacer.ticket(tokens)).time - 1000

    def next(self) -> Ticket:
        """A ticket that nobody waited for."""
        self.pacer._number += 1
        return Ticket(self.pacer._number, self.now)

    def pause(self) -> float:
        """How long everybody waits from now on."""
        return max(0.0, self.pacer._paused_until - self.now)


OLD = Ticket(0, 1000.0)


def reply(**headers: str) -> Reply:
    return Reply(200, {name.replace("_", "-"): value for name, value in headers.items()}, "", 0.1)


def test_at_a_known_rate_requests_leave_evenly_and_idle_time_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    # A timer's hundredth of a second may be caught up.
    assert [one.ticket() for _ in range(4)] == pytest.approx([0, 0.5, 1, 1.5])
    one.now = 1010.0
    assert [one.ticket() for _ in range(3)] == pytest.approx([10, 10.49, 10.99])
    assert one.pacer.limit.rate == 2
    assert asyncio.run(one.pacer.ticket(0)).number == 8


def test_without_a_limit_the_rate_doubles_each_second_up_to_the_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    assert one.ticket() == 0
    assert one.pacer.limit.rate == 10
    assert one.ticket() == pytest.approx(0.1)
    assert one.pacer.limit.rate == pytest.approx(10 * 2**0.1)
    assert one.ticket() == pytest.approx(0.1 + 1 / (10 * 2**0.1))
    one.now = 1003.0
    one.ticket()
    assert one.pacer.limit.rate == pytest.approx(80)
    one.now = 1100.0
    one.ticket()
    assert one.pacer.limit.rate == 10_000


def test_tokens_pace_too_with_a_second_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000, 600)
    assert one.ticket(5) == 0
    assert one.ticket(20) == pytest.approx(0.01)
    assert one.ticket(10) == pytest.approx(1.5)  # half of a second's ten were used, and two seconds' worth
    assert one.ticket(0) == pytest.approx(2.5)
    one.now = 1100.0
    assert [one.ticket(10) for _ in range(3)] == pytest.approx([100, 100, 101])


def test_a_pacer_begins_closed_and_keeps_to_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    assert (one.pacer.trips, one.pacer.gave_up) == (0, False)
    one.pacer.succeeded(OLD, reply(x_ratelimit_limit_requests="240"))
    assert one.pacer.limit.rate == 2


def test_limits_in_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, tokens=6000)
    one.pacer.succeeded(OLD, reply(x_ratelimit_limit_requests="0", x_ratelimit_limit_tokens="many"))
    one.pacer.succeeded(OLD, reply(x_ratelimit_limit_requests="²"))
    assert one.pacer.limit.rate == 10
    one.pacer.succeeded(OLD, reply(x_ratelimit_limit_requests="120", anthropic_ratelimit_tokens_limit="600"))
    assert one.pacer.limit.rate == 2
    one.pacer.succeeded(OLD, reply(x_ratelimit_limit_requests="1200", x_ratelimit_limit_tokens="60000"))
    assert one.pacer.limit.rate == 2
    one.now = 1000.5
    one.ticket(30)
    # Ten tokens a second: a second's worth was there, and 30 are 3 s.
    assert one.ticket() == pytest.approx(2.5)
    one.now = 1100.0
    one.ticket()
    assert one.pacer.limit.rate == 2
    one.pacer.succeeded(OLD, reply(anthropic_ratelimit_requests_limit="60"))
    one.now = 1101.0
    one.ticket()
    assert one.pacer.limit.rate == 1


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "1m30s"}, 60),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "250ms"}, 0.25),
        ({"anthropic_ratelimit_requests_remaining": "0", "anthropic_ratelimit_requests_reset": "7"}, 7),
        ({"x_ratelimit_remaining_requests": "1", "x_ratelimit_reset_requests": "7"}, 0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_tokens": "7"}, 0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "1970-01-01T00:00:09+00:00"}, 9),
    ],
)
def test_who_has_nothing_left_waits_until_there_is_more(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], pause: float
) -> None:
    one = Paced(monkeypatch)
    one.pacer.succeeded(OLD, reply(**headers))
    assert one.pause() == pytest.approx(pause)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry_after": "3"}, 3),
        ({"retry_after": "3", "retry_after_ms": "1500"}, 1.5),
        ({"retry_after_ms": "1500.5"}, 1.5005),
        ({"retry_after": "3", "retry_after_ms": "soon"}, 3),
        ({"retry_after": "1h"}, 600),
        ({"retry_after_ms": "1.5.0"}, 0),
        ({"retry_after": "Thu, 01 Jan 1970 00:01:05 GMT"}, 65),
        ({"retry_after": "2d"}, 600),
        ({"retry_after": "²", "retry_after_ms": "²"}, 0),
        ({"retry_after": "1.5s"}, 1.5),
        ({}, 0),
    ],
)
def test_a_failure_waits_as_long_as_the_server_says(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], pause: float
) -> None:
    one = Paced(monkeypatch)
    one.pacer.failed(one.next(), reply(**headers))
    assert one.pause() == pytest.approx(pause)
    one.pacer.failed(one.next(), reply(retry_after="0.5"))
    assert one.pause() == pytest.approx(max(pause, 0.5)), "a shorter pause ends no longer one"


def test_a_breaker_pauses_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    one.pacer.trips = 9
    for _ in range(10):
        one.pacer.failed(one.next(), reply())
    assert one.pause() == 60


@pytest.mark.parametrize("verdict", ["succeeded", "failed", "refused", "stopped"])
def test_while_a_probe_is_under_way_everybody_waits_for_it(monkeypatch: pytest.MonkeyPatch, verdict: str) -> None:
    one = Paced(monkeypatch, 6000)
    one.pacer.trips = 1

    async def main() -> Ticket:
        probe = await one.pacer.ticket(0)
        waiting = asyncio.create_task(one.pacer.ticket(0))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        if verdict == "stopped":
            one.stop.set()
        elif verdict == "refused":
            one.pacer.refused(probe, reply(retry_after="7"))
        else:
            getattr(one.pacer, verdict)(probe, reply())
        return await asyncio.wait_for(waiting, 5)

    if verdict == "stopped":
        with pytest.raises(Stopped):
            asyncio.run(main())
        return
    ticket = asyncio.run(main())
    assert ticket.number == 2
    assert one.pacer.trips == {"succeeded": 0, "failed": 2, "refused": 1}[verdict]
    # A failure opens the breaker again, for 0.5 s times 2 to the number of openings.
    assert ticket.time == pytest.approx(1000 + {"succeeded": 0.01, "failed": 2, "refused": 7}[verdict])


def test_the_end_of_a_run_wakes_whoever_waits() -> None:
    async def main() -> tuple[float, float]:
        stop = asyncio.Event()
        one = Pacer(1, None, stop, random.Random(1))
        times = [time.monotonic()]
        await asyncio.wait_for(one.sleep(0.05), 5)
        times.append(time.monotonic())
        await one.ticket(0)
        waiting = asyncio.create_task(one.ticket(0))
        await asyncio.sleep(0.01)
        stop.set()
        with pytest.raises(Stopped):
            await asyncio.wait_for(waiting, 5)
        return times[1] - times[0], time.monotonic() - times[1]

    slept, waited = asyncio.run(main())
    assert 0.05 <= slept < 4
    assert waited < 4


def test_after_a_refusal_one_at_a_time_tries_and_retry_after_is_longer_news(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    first, second = (asyncio.run(one.pacer.ticket(0)) for _ in range(2))
    one.pacer.refused(second, reply())
    # One passed of two a second; little to tell, so half the rate, and an interval at that until somebody tries.
    assert one.pause() == pytest.approx(0.98)
    one.pacer.refused(first, reply())
    assert one.pause() == pytest.approx(0.98), "from before the pause: no news"
    one.pacer.refused(first, reply(retry_after="2"))
    assert one.pause() == 2
    assert one.pacer.limit.one_at_a_time
    assert one.pacer.per_minute == pytest.approx(60)
    assert one.ticket() == 2.5
    one.pacer.succeeded(Ticket(3, 1002.5), reply())
    assert not one.pacer.limit.one_at_a_time
    assert one.pacer.limit.rate == pytest.approx(0.98)


def test_who_waits_longer_than_refusals_take_was_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    refused = asyncio.run(one.pacer.ticket(0))
    one.pacer.refused(refused, Reply(429, {}, "", 0.2))

    async def main() -> float:
        await one.pacer.ticket(0)
        assert one.pacer.limit.one_at_a_time
        begin = time.monotonic()
        # The reply takes its time; refusals took 0.2 s.
        await asyncio.wait_for(one.pacer.ticket(0), 5)
        return time.monotonic() - begin

    assert 0.3 < asyncio.run(main()) < 3
    assert not one.pacer.limit.one_at_a_time


def test_what_was_not_sent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    one.pacer.trips = 1

    async def main() -> None:
        one.pacer.unused(await one.pacer.ticket(0))
        await asyncio.wait_for(one.pacer.ticket(0), 5)

    asyncio.run(main())


def test_backoff_is_drawn_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    assert [one.pacer.backoff(attempt) for attempt in (0, 1, 6, 7, 20)] == [0.5, 1, 32, 60, 60]
    one.low = True
    assert one.pacer.backoff(3) == 0


def test_ten_failures_in_a_row_open_the_breaker_and_eight_openings_are_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    for _ in range(9):
        one.pacer.failed(one.next(), reply())
    one.pacer.succeeded(OLD, reply())
    for _ in range(9):
        one.pacer.failed(one.next(), reply())
    assert (one.pacer.trips, one.pause()) == (0, 0)
    in_flight = [one.next() for _ in range(50)]
    for ticket in in_flight:
        one.pacer.failed(ticket, reply())
    # What was under way before the breaker opened is no news.
    assert (one.pacer.trips, one.pause()) == (1, 1)
    for trips in range(2, 9):
        assert not one.pacer.gave_up
        one.pacer.failed(one.next(), reply())  # the one that tries: its failure is enough
        assert (one.pacer.trips, one.pause()) == (trips, min(60, 0.5 * 2**trips))
    assert one.pacer.gave_up
    one.pacer.succeeded(one.next(), reply())
    assert (one.pacer.trips, one.pacer.gave_up) == (0, False)
    one.pacer.failed(one.next(), reply())
    assert one.pacer.trips == 0


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize("answered", [True, False])
def test_nobody_there_is_the_end_for_who_is_not_patient(
    monkeypatch: pytest.MonkeyPatch, patient: bool, answered: bool
) -> None:
    one = Paced(monkeypatch, 6000)
    one.pacer._patient = patient
    if answered:
        one.pacer.failed(one.next(), Reply(503, {}, "", 0.1))
    one.pacer.failed(one.next(), Reply(None, {}, "nobody", 0.0, "network"))
    one.now += 4
    assert not one.pacer.gave_up
    one.now += 0.1
    assert one.pacer.gave_up is not (patient or answered)
    assert one.pacer.reached is answered


def test_nothing_but_refusals_for_a_quarter_of_an_hour_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.pacer.refused(asyncio.run(one.pacer.ticket(0)), reply())
    one.now += 900
    assert not one.pacer.gave_up
    one.now += 1
    assert one.pacer.gave_up is one.pacer.refuses_all is True
    one.pacer.succeeded(OLD, reply())
    assert not one.pacer.gave_up
