"""Limits that no reply states: whole runs by a clock that jumps."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from targets import make_plan, make_target
from value_portrait.responses import engine, pacing
from value_portrait.responses.engine import Summary
from value_portrait.responses.progress import Progress
from value_portrait.responses.replies import Reply
from virtual_time import run_virtually

URL = "http://127.0.0.1:1"
NUMBER, IN_FLIGHT, LATENCY_S = 1040, 16, 0.2
ANSWER = orjson.dumps(
    {
        "choices": [{"message": {"content": "like me"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10},
    }
).decode()
REFUSED = '{"error": {"message": "Too many requests"}}'


class Kept:
    """A store and a budget that keep nothing but counts."""

    usd = 0.0

    def __init__(self) -> None:
        self.attempts: list[tuple[str, int, str]] = []

    async def append(self, record: dict[str, Any]) -> None:
        self.attempts.append((record["item_id"], record["attempt"], record["outcome"]))

    def reserve(self, usd: float) -> bool:
        return True

    def settle(self, usd: float) -> None:
        pass


def play(
    monkeypatch: pytest.MonkeyPatch,
    server: Callable[[float, bytes], Reply],
    number: int = NUMBER,
    latency_s: float = LATENCY_S,
    patient: bool = True,
    noise_s: float = 0.0,
    **changes: Any,
) -> tuple[Summary, Kept, float]:
    """A run of the engine against ``server``, which is told when a request comes; with its seconds.

    Requests take up to ``noise_s`` to arrive, and now and then six times as long.
    """
    dice = random.Random(3)

    class Client:
        def __init__(self, provider: Any) -> None:
            pass

        async def __aenter__(self) -> "Client":
            return self

        async def __aexit__(self, *fault: object) -> None:
            return None

        async def ask(self, body: bytes) -> Reply:
            way = dice.random() * noise_s * (1 if dice.random() < 0.97 else 6)
            await asyncio.sleep(way)
            reply = server(asyncio.get_running_loop().time(), body)
            rest = latency_s if reply.status == 200 else reply.latency_s
            await asyncio.sleep(rest)
            return replace(reply, latency_s=way + rest)

    monkeypatch.setattr(engine, "Client", Client)
    # Pauses are random, too; the same ones each time.
    monkeypatch.setattr(engine, "random", SimpleNamespace(Random=partial(random.Random, 7)))
    target = make_target(URL, **{"max_in_flight": IN_FLIGHT, "requests_per_minute": None} | changes)
    kept, summary = Kept(), Summary(number, 0)
    seconds = [0.0]

    async def main() -> None:
        start = asyncio.get_running_loop().time()
        one = engine._Run(target, "baseline", kept, kept, Progress("test"), summary, patient)  # type: ignore[arg-type]
        await one.run(make_plan(target, number))
        seconds[0] = asyncio.get_running_loop().time() - start

    run_virtually(monkeypatch, main())
    return summary, kept, seconds[0]


def answer(passes: bool, **headers: str) -> Reply:
    return Reply(200, headers, ANSWER, LATENCY_S) if passes else Reply(429, headers, REFUSED, 0.002)


def bucket(number: int, length: float) -> Callable[[float, bytes], Reply]:
    held, filled = float(number), 0.0

    def serve(now: float, body: bytes) -> Reply:
        nonlocal held, filled
        held, filled = min(number, held + (now - filled) * number / length), now
        passes = held >= 1
        held -= passes
        return answer(passes)

    return serve


def fixed_window(number: int, length: float) -> Callable[[float, bytes], Reply]:
    began, used = 0.0, 0

    def serve(now: float, body: bytes) -> Reply:
        nonlocal began, used
        if now - began >= length:
            began, used = now, 0
        used += 1
        return answer(used <= number)

    return serve


def sliding_window(number: int, length: float) -> Callable[[float, bytes], Reply]:
    passed: deque[float] = deque()

    def serve(now: float, body: bytes) -> Reply:
        while passed and now - passed[0] >= length:
            passed.popleft()
        if len(passed) < number:
            passed.append(now)
            return answer(True)
        return answer(False)

    return serve


@pytest.mark.parametrize(("number", "length"), [(20, 1), (100, 10), (300, 60)])
@pytest.mark.parametrize("kind", [bucket, fixed_window, sliding_window])
def test_a_limit_that_says_nothing_is_learned(
    monkeypatch: pytest.MonkeyPatch, kind: Callable[..., Callable[[float, bytes], Reply]], number: int, length: float
) -> None:
    summary, kept, seconds = play(monkeypatch, kind(number, length))
    assert (summary.missing, summary.stopped) == (0, None)
    waits = (NUMBER - number) / number if kind is bucket else (NUMBER - 1) // number
    assert waits * length < seconds <= 1.15 * waits * length
    assert summary.outcomes["rate_limited"] <= 0.06 * NUMBER
    assert summary.per_minute == pytest.approx(60 * number / length, rel=0.2)
    answered = [item for item, _, outcome in kept.attempts if outcome == "answered"]
    assert len(answered) == len(set(answered)) == NUMBER


@pytest.mark.parametrize(("number", "length"), [(100, 10), (300, 60)])
@pytest.mark.parametrize("kind", [bucket, fixed_window, sliding_window])
@pytest.mark.parametrize("noise_s", [0.03, 0.1])
def test_a_noisy_network_hides_no_limit(
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[..., Callable[[float, bytes], Reply]],
    number: int,
    length: float,
    noise_s: float,
) -> None:
    summary, _, seconds = play(monkeypatch, kind(number, length), noise_s=noise_s)
    assert (summary.missing, summary.stopped) == (0, None)
    waits = (NUMBER - number) / number if kind is bucket else (NUMBER - 1) // number
    assert seconds <= 1.25 * waits * length
    assert summary.outcomes["rate_limited"] <= 0.2 * NUMBER


@pytest.mark.parametrize(("number", "length", "questions"), [(3, 60, 20), (15, 60, 60), (1, 2, 60)])
def test_a_small_limit_is_kept_too(monkeypatch: pytest.MonkeyPatch, number: int, length: float, questions: int) -> None:
    summary, _, seconds = play(monkeypatch, fixed_window(number, length), questions)
    assert summary.missing == 0
    assert seconds <= 1.6 * ((questions - 1) // number) * length
    assert summary.outcomes["rate_limited"] <= 2.5 * questions


def test_who_refuses_at_random_is_not_asked_more_slowly_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1)
    summary, kept, seconds = play(monkeypatch, lambda now, body: answer(dice.random() > 0.2))
    assert summary.missing == 0
    # 13 s without any limit. Evenly, at the rate of the first seconds, it would be some minutes.
    assert seconds < 90
    # A refusal costs no question its attempts.
    assert max(attempt for _, attempt, _ in kept.attempts) >= 4


def test_a_limit_behind_random_refusals_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    dice, limit = random.Random(1), bucket(5, 1)
    summary, _, seconds = play(
        monkeypatch, lambda now, body: answer(dice.random() > 0.3) if now < 1020 else limit(now, body), 600
    )
    assert summary.missing == 0
    assert seconds < 200
    assert summary.outcomes["rate_limited"] < 400


def test_a_limit_that_falls_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = bucket(50, 1), bucket(5, 1)
    summary, _, seconds = play(monkeypatch, lambda now, body: (before if now < 1010 else after)(now, body), 700)
    assert summary.missing == 0
    # About 480 in ten seconds, and the rest at five a second.
    assert seconds < 80
    assert summary.outcomes["rate_limited"] < 120


def test_retry_after_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[float] = []
    limit = fixed_window(50, 30)

    def serve(now: float, body: bytes) -> Reply:
        times.append(now)
        reply = limit(now, body)
        return reply if reply.status == 200 else answer(False, **{"retry-after": "31"})

    summary, _, seconds = play(monkeypatch, serve, 120)
    assert summary.missing == 0
    assert seconds < 70
    assert summary.outcomes["rate_limited"] <= 2 * IN_FLIGHT
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    assert 26 < gaps[-2] <= gaps[-1] < 31.1


def test_refusals_cost_no_attempts_and_failures_are_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[bytes] = Counter()
    bad: list[bytes] = []

    def serve(now: float, body: bytes) -> Reply:
        calls[body] += 1
        bad[:] = bad or [body]
        if body == bad[0] and calls[body] <= 9:
            return Reply(500, {}, '{"error": {"message": "oops"}}', 0.1)
        return answer(calls[body] % 3 == 0)

    summary, kept, _ = play(monkeypatch, serve, 40)
    assert (summary.missing, summary.stopped) == (0, None)
    # Eight failures set a question aside; the ninth came when all others were answered.
    ninth = next(i for i, (item, attempt, _) in enumerate(kept.attempts) if (item, attempt) == ("0-1", 9))
    others = [i for i, (item, _, outcome) in enumerate(kept.attempts) if item != "0-1" and outcome == "answered"]
    assert len(others) == 39
    assert max(others) < ninth
    assert [outcome for item, _, outcome in kept.attempts if item == "0-1"][-1] == "answered"


def test_what_fails_again_and_again_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    bad: list[bytes] = []

    def serve(now: float, body: bytes) -> Reply:
        bad[:] = bad or [body]
        return Reply(500, {}, '{"error": {"message": "oops"}}', 0.1) if body == bad[0] else answer(True)

    summary, kept, _ = play(monkeypatch, serve, 40)
    assert (summary.missing, summary.stopped, summary.per_minute) == (1, None, None)
    assert [attempt for item, attempt, _ in kept.attempts if item == "0-1"] == list(range(1, 13))


def test_who_refuses_everything_is_given_up_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    summary, kept, seconds = play(monkeypatch, lambda now, body: answer(now < 1001), 40)
    assert 900 < seconds < 1300
    assert len(kept.attempts) < 150
    line = str(summary.stopped)
    assert line.startswith(
        f"provider loopback ({URL}/v1): has refused everything for a long time (status 429: Too many requests); every"
    )
    assert "Set requests_per_minute of loopback in providers.yaml" in line


@pytest.mark.parametrize(("patient", "least", "most"), [(False, 4, 20), (True, 60, 500)])
@pytest.mark.parametrize("in_flight", [1, 16])
def test_a_server_that_nobody_reaches_is_said_and_by_a_preflight_within_seconds(
    monkeypatch: pytest.MonkeyPatch, in_flight: int, patient: bool, least: float, most: float
) -> None:
    gone = Reply(None, {}, "nobody answers at 127.0.0.1:1", 0.0, "network")
    summary, _, seconds = play(monkeypatch, lambda now, body: gone, 40, patient=patient, max_in_flight=in_flight)
    assert least < seconds < most
    assert str(summary.stopped).startswith(
        f"provider loopback ({URL}/v1): cannot be reached (nobody answers at 127.0.0.1:1). Is the server up, and its "
        "port right? Start it, or correct base_url in providers.yaml, and run again"
    )


@pytest.mark.parametrize("begin", [999, 1003])
def test_a_server_that_restarts_is_waited_for(monkeypatch: pytest.MonkeyPatch, begin: float) -> None:
    def serve(now: float, body: bytes) -> Reply:
        return Reply(None, {}, "nobody", 0.0, "network") if begin < now < 1040 else answer(True)

    summary, _, seconds = play(monkeypatch, serve, 2000, max_in_flight=64)
    assert summary.missing == 0
    assert 40 < seconds < 90


def test_the_clock_of_the_pacer_is_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> float:
        begin = pacing.time.monotonic()
        await asyncio.sleep(3600)
        return pacing.time.monotonic() - begin

    assert run_virtually(monkeypatch, main()) == pytest.approx(3600)
