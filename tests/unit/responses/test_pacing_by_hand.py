"""The pacer by a clock that stands still: who leaves when, and what is learned."""

import asyncio
import random
import time
from types import SimpleNamespace

import pytest
from value_portrait.responses import pacing
from value_portrait.responses.pacing import Pacer, Stopped, Ticket
from value_portrait.responses.replies import Reply


class Paced:
    """A pacer with its own time, from 1000 s on; its dice always fall on the upper end, or on the lower (``low``)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, requests: float | None = None, tokens: float | None = None):
        self.now, self.slept = 1000.0, 0
        monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: self.now, time=lambda: 0.0))
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

    def pause(self) -> float:
        """How long everybody waits from now on."""
        return max(0.0, self.pacer._paused_until - self.now)


def reply(**headers: str) -> Reply:
    return Reply(200, {name.replace("_", "-"): value for name, value in headers.items()}, "", 0.1)


def test_at_a_known_rate_requests_leave_evenly_and_idle_time_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    # A timer's hundredth of a second may be caught up.
    assert [one.ticket() for _ in range(4)] == pytest.approx([0, 0.5, 1, 1.5])
    one.now = 1010.0
    assert [one.ticket() for _ in range(3)] == pytest.approx([10, 10.49, 10.99])
    assert one.pacer.rate == 2
    assert asyncio.run(one.pacer.ticket(0)).number == 8


def test_without_a_limit_the_rate_doubles_each_second_up_to_the_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    assert one.ticket() == 0
    assert one.pacer.rate == 10
    assert one.ticket() == pytest.approx(0.1)
    assert one.pacer.rate == pytest.approx(10 * 2**0.1)
    assert one.ticket() == pytest.approx(0.1 + 1 / (10 * 2**0.1))
    one.now = 1003.0
    one.ticket()
    assert one.pacer.rate == pytest.approx(80)
    one.now = 1100.0
    one.ticket()
    assert one.pacer.rate == 10_000


def test_tokens_pace_too_with_a_second_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000, 600)
    assert one.ticket(5) == 0
    assert one.ticket(20) == pytest.approx(0.01)
    assert one.ticket(10) == pytest.approx(1.5)  # half of a second's ten were used, and two seconds' worth
    assert one.ticket(0) == pytest.approx(2.5)
    one.now = 1100.0
    assert [one.ticket(10) for _ in range(3)] == pytest.approx([100, 100, 101])


def test_a_refusal_halves_the_rate_and_everybody_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    one.ticket()
    one.pacer.refused(Ticket(1, 1000.0), reply())
    assert (one.pause(), one.pacer.rate) == (0.5, 1)
    # From before the pause: no news, but for a longer wait.
    one.pacer.refused(Ticket(1, 1000.0), reply())
    assert (one.pause(), one.pacer.rate) == (0.5, 1)
    one.pacer.refused(Ticket(1, 1000.0), reply(retry_after="2"))
    assert (one.pause(), one.pacer.rate) == (2, 1)
    assert one.ticket() == 2
    assert one.pacer.rate == pytest.approx(1.1**2)
    one.pacer.refused(Ticket(2, 1002.0), reply())
    assert one.pause() == 1
    assert one.pacer.rate == pytest.approx(1.1**2 / 2)


def test_the_rate_never_falls_below_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 4.5)
    one.pacer.refused(Ticket(1, 1000.0), reply())
    assert one.pacer.rate == 0.05


def test_refusals_of_a_pause_are_not_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.ticket()
    for number, when in ((1, 1000.0), (1, 1000.0), (1, 1000.0), (34, 1010.0)):
        one.pacer.refused(Ticket(number, when), reply())
    # Of 33 in ten seconds three were refused.
    assert one.pacer.rate == 3
    one.ticket()
    one.now = 1020.0
    one.ticket()
    assert one.pacer.rate == pytest.approx(3 * 1.1**20)


def test_a_server_that_never_serves_is_asked_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    for number in (1, 2, 3):
        one.ticket()
        one.pacer.refused(Ticket(number, one.now), reply())
    assert one.pacer.rate == 0.05
    assert one.ticket() < one.ticket()


def test_a_pacer_begins_closed_and_keeps_to_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 120)
    assert (one.pacer.trips, one.pacer.gave_up) == (0, False)
    one.pacer.succeeded(reply(x_ratelimit_limit_requests="240"))
    assert one.pacer.rate == 2


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("1m", 60),
        ("1h", 3600),
        ("2d", 172_800),
        ("1h2m3.5s", 3723.5),
        ("1970-01-01T00:00:09+00:00", 4),
        ("Thu, 01 Jan 1970 00:00:09 GMT", 4),
        ("1970-01-01T00:00:04+00:00", 0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_waiting_times_are_read(monkeypatch: pytest.MonkeyPatch, text: str | None, wait: float | None) -> None:
    monkeypatch.setattr(pacing, "time", SimpleNamespace(time=lambda: 5.0))
    assert pacing.seconds(text) == wait


def test_pauses_are_drawn_from_nothing_to_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.low = True
    assert one.pacer.backoff(3) == 0
    one.pacer.refused(Ticket(1, 1000.0), reply())
    assert one.pause() == 0
    for _ in range(10):
        one.pacer.failed(reply())
    assert one.pause() == 0.5


def test_between_two_refusals_the_servers_rate_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.pacer.refused(Ticket(28, 1003.0), reply())
    assert one.pacer.rate == 9  # 27 let through in three seconds
    one.pacer.refused(Ticket(129, 1013.0), reply())
    # 100 in ten seconds, a little less; the first 27 were three fewer than that, so no bucket was full at first.
    assert one.pacer.rate == pytest.approx(9.8)
    one.now = 1100.0
    assert [one.ticket() for _ in range(2)] == pytest.approx([100, 100 + 1 / one.pacer.rate - 0.01], abs=1e-4)


def test_the_first_rate_is_no_higher_for_what_a_full_bucket_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.pacer.refused(Ticket(41, 1002.0), reply())
    assert one.pacer.rate == 10
    one.pacer.refused(Ticket(142, 1012.0), reply())
    assert one.pacer.rate == pytest.approx(9.8)
    # 20 of the first 40 were the bucket's; half of that may be caught up: ten at once, a second's worth at most.
    one.now = 1100.0
    left = [one.ticket() for _ in range(13)]
    rate = one.pacer.rate
    assert left[:11] == [100] * 11
    assert left[11:] == pytest.approx([100 + 1 / rate, 100 + 2 / rate], abs=1e-3)


def test_what_is_caught_up_is_half_of_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    one.pacer.refused(Ticket(29, 1002.0), reply())
    one.pacer.refused(Ticket(130, 1012.0), reply())
    one.now = 1100.0
    # 28 less two seconds at 10: 8, of which 4.
    assert [one.ticket() for _ in range(6)] == pytest.approx([100] * 5 + [100 + 1 / one.pacer.rate], abs=1e-3)
    # Too little is let through to tell what the bucket holds.
    one.pacer.refused(Ticket(140, 1100.0), reply())
    one.now = 1110.0
    assert [one.ticket() for _ in range(2)] == pytest.approx([110, 110 + 1 / one.pacer.rate - 0.01], abs=1e-3)


def test_a_measured_rate_keeps_below_a_stated_limit_and_grows_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 300)
    one.pacer.refused(Ticket(101, 1010.0), reply())
    assert one.pacer.rate == 5
    one.pacer.refused(Ticket(202, 1020.0), reply())
    assert one.pacer.rate == 5
    one.pacer.refused(Ticket(223, 1030.0), reply())
    assert one.pacer.rate == pytest.approx(2 * 0.98)
    one.ticket()
    one.now += 10
    one.ticket()
    assert one.pacer.rate == pytest.approx(2 * 0.98 * 1.001 ** (one.now - 1000))


@pytest.mark.parametrize(("passed", "rate"), [(9, 5), (10, 1)])
def test_fewer_than_ten_requests_measure_nothing(monkeypatch: pytest.MonkeyPatch, passed: int, rate: float) -> None:
    one = Paced(monkeypatch)
    one.pacer.refused(Ticket(passed + 1, 1010.0), reply())
    assert one.pacer.rate == rate


def test_refusals_that_no_slowing_helps_are_not_about_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    for _ in range(6):
        one.pacer.succeeded(reply())
    for number in (1, 2):
        one.pacer.refused(Ticket(10 * number, 1000.0 + number), reply())
    assert one.pacer.rate == 2.5
    one.now = 1010.0
    one.pacer.refused(Ticket(39, 1003.0), reply())
    # The best second had 6; only who was refused waits.
    assert (one.pacer.rate, one.pause()) == (3, 0)
    one.pacer.refused(Ticket(49, 1004.0), reply(retry_after="7"))
    assert one.pause() == 7
    # Twenty that passed are a help.
    one.pacer.refused(Ticket(70, 1006.0), reply())
    assert one.pacer.rate == 3
    one.now = 1050.0
    one.pacer.refused(Ticket(71, 1006.5), reply())
    assert (one.pacer.rate, one.pause()) == (1.5, 0.5 * 2**5)
    one.pacer.refused(Ticket(72, 1006.5), reply())
    assert one.pacer.rate == 0.75
    one.pacer.refused(Ticket(73, 1006.5), reply())
    assert one.pacer.rate == 3
    assert one.ticket() == 82
    assert one.pacer.rate == pytest.approx(3 * 1.1**82)


def test_pauses_and_backoff_are_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    assert [one.pacer.backoff(attempt) for attempt in (0, 1, 6, 7, 20)] == [0.5, 1, 32, 60, 60]
    for number in range(1, 12):
        # Each after many that passed, so that none is in vain.
        one.pacer.refused(Ticket(100 * number, 1000.0 + 10 * number), reply())
    assert one.pause() == 60
    one.pacer.succeeded(reply())
    one.now = 2000.0
    one.pacer.refused(Ticket(5000, 2000.0), reply())
    assert one.pause() == 0.5


def test_the_best_second_counts_what_was_served_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch)
    for now in (1000.0, 1000.5, 1001.0, 1001.01, 1001.02, 1001.03, 1001.04, 1003.0):
        one.now = now
        one.pacer.succeeded(reply())
    for number in (1, 2, 3):
        one.pacer.refused(Ticket(number, one.now), reply())
    # Three up to 1001, then four.
    assert one.pacer.rate == 2


def test_limits_in_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, tokens=6000)
    one.pacer.succeeded(reply(x_ratelimit_limit_requests="0", x_ratelimit_limit_tokens="many"))
    one.pacer.succeeded(reply(x_ratelimit_limit_requests="²"))
    assert one.pacer.rate == 10
    one.pacer.succeeded(reply(x_ratelimit_limit_requests="120", anthropic_ratelimit_tokens_limit="600"))
    assert one.pacer.rate == 2
    one.pacer.succeeded(reply(x_ratelimit_limit_requests="1200", x_ratelimit_limit_tokens="60000"))
    assert one.pacer.rate == 2
    one.ticket(30)
    one.now = 1000.5
    # Ten tokens a second: a second's worth was there, and 30 are 3 s.
    assert one.ticket() == pytest.approx(2)
    one.now = 1100.0
    one.ticket()
    assert one.pacer.rate == 2
    one.pacer.succeeded(reply(anthropic_ratelimit_requests_limit="60"))
    one.now = 1101.0
    one.ticket()
    assert one.pacer.rate == 1


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
    one.pacer.succeeded(reply(**headers))
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
    one.pacer.failed(reply(**headers))
    assert one.pause() == pytest.approx(pause)
    one.pacer.failed(reply(retry_after="0.5"))
    assert one.pause() == pytest.approx(max(pause, 0.5)), "a shorter pause ends no longer one"


def test_ten_failures_in_a_row_open_the_breaker_and_six_openings_are_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    for _ in range(9):
        one.pacer.failed(reply())
    one.pacer.succeeded(reply())
    for _ in range(9):
        one.pacer.failed(reply())
    assert (one.pacer.trips, one.pause()) == (0, 0)
    one.pacer.failed(reply())
    assert (one.pacer.trips, one.pause()) == (1, 1)
    for _ in range(9):
        one.pacer.failed(reply())
    assert one.pacer.trips == 1
    for trips in range(2, 7):
        one.ticket()  # the probe: its failure is enough
        assert not one.pacer.gave_up
        one.pacer.failed(reply())
        assert (one.pacer.trips, one.pause()) == (trips, 0.5 * 2**trips)
    assert one.pacer.gave_up
    one.ticket()
    one.pacer.succeeded(reply())
    assert (one.pacer.trips, one.pacer.gave_up) == (0, False)
    one.ticket()
    one.pacer.failed(reply())
    assert one.pacer.trips == 0


def test_a_breaker_pauses_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Paced(monkeypatch, 6000)
    one.pacer.trips = 9
    for _ in range(10):
        one.pacer.failed(reply())
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
            getattr(one.pacer, verdict)(reply())
        return await asyncio.wait_for(waiting, 5)

    if verdict == "stopped":
        with pytest.raises(Stopped):
            asyncio.run(main())
        return
    ticket = asyncio.run(main())
    assert ticket.number == 2
    assert one.pacer.trips == {"succeeded": 0, "failed": 2, "refused": 1}[verdict]
    # A failure opens the breaker again, for 0.5 s times 2 to the number of openings.
    assert ticket.time == pytest.approx(1000.01 + {"succeeded": 0, "failed": 2, "refused": 7}[verdict])


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
