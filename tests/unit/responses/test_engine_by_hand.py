"""Runs without a server: what is written down of an attempt, what it costs, and what ends a run."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from targets import make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses import engine
from value_portrait.responses.engine import MOST_FAILURES, Summary, attempt_record, most_usd
from value_portrait.responses.limits import Ticket
from value_portrait.responses.outcomes import FATAL
from value_portrait.responses.pacing import Pacer
from value_portrait.responses.reasons import fatal, over_budget
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.store import read_records, store_file

URL = "http://127.0.0.1:1"
TARGET = make_target(URL, usd_in=2.0, usd_out=10.0)
PLAN = make_plan(TARGET, 3)


def test_a_record_holds_everything_of_an_attempt() -> None:
    reply = Reply(200, {"request-id": "r1", "retry-after": "1"}, "{}", 0.123456)
    verdict = Verdict("answered", "m", "like me", "Hm.", "stop", "served", "fp", "up", 10, 7, 5, 0.25)
    record = attempt_record(TARGET, "age_old", PLAN[1], reply, verdict, 3, "batch_7")
    assert abs(datetime.fromisoformat(record.pop("time")) - datetime.now(UTC)) < timedelta(minutes=1)
    assert orjson.loads(orjson.dumps(record)) == {
        "key": PLAN[1].key,
        "identity": "loopback",
        "checkpoint": None,
        "model": "Test/model:1",
        "condition": "age_old",
        "item_id": "1-1",
        "prompt_version": "v1",
        "repeat": 0,
        "provider": "loopback",
        "base_url": f"{URL}/v1",
        "api_version": "v1",
        "attempt": 3,
        "latency_s": 0.1235,
        "outcome": "answered",
        "message": "m",
        "answer": "like me",
        "reasoning": "Hm.",
        "finish_reason": "stop",
        "served_model": "served",
        "fingerprint": "fp",
        "upstream": "up",
        "tokens_in": 10,
        "tokens_out": 7,
        "tokens_reasoning": 5,
        "usd": 0.25,
        "status": 200,
        "request_id": "r1",
        "headers": {"request-id": "r1", "retry-after": "1"},
        "batch": "batch_7",
        "request": orjson.loads(PLAN[1].body),
        "response": "{}",
    }
    both = Reply(200, {"x-request-id": "x", "request-id": "r"}, "", 0.0)
    record = attempt_record(TARGET, "c", PLAN[0], both, verdict, 1)
    assert (record["request_id"], record["batch"]) == ("x", None)
    assert record["time"].endswith("+00:00")
    assert len(record["time"]) == len("2026-11-01T00:00:00.000+00:00")


MOST = (PLAN[0].most_tokens * 2 + 64 * 10) / 1e6


@pytest.mark.parametrize(
    ("outcome", "cells", "usd"),
    [
        ("answered", {"tokens_in": 10, "tokens_out": 7}, 90e-6),
        ("refusal", {"tokens_in": 0, "tokens_out": 0}, 0),
        ("answered", {"tokens_in": 10, "tokens_out": 7, "usd": 0.0}, 0),
        # Without its own counts an answer may have cost the most.
        ("answered", {"tokens_in": 10}, MOST),
        ("truncated", {"tokens_out": 7}, MOST),
        ("empty", {}, MOST),
        ("server", {"tokens_in": 10, "tokens_out": 7}, None),
        ("server", {"usd": 0.5}, 0.5),
    ],
)
def test_an_attempt_costs_what_it_says_or_at_most_could(outcome: str, cells: dict[str, Any], usd: float | None) -> None:
    record = attempt_record(TARGET, "c", PLAN[0], Reply(200, {}, "", 0.0), Verdict(outcome, **cells), 1)
    assert record["usd"] == (usd if usd is None else pytest.approx(usd))
    assert most_usd(TARGET, PLAN[0]) == pytest.approx(MOST)


def said(status: int | None = 200, text: str = "like me") -> Reply:
    message = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    usage = {"usage": {"prompt_tokens": 100, "completion_tokens": 10}}
    error = {"error": {"message": f"no {text}"}}
    return Reply(status, {}, orjson.dumps(message | usage if status == 200 else error).decode(), 0.1)


async def slow() -> Reply:
    await asyncio.sleep(0.1)
    return said()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that were asked; ``replies`` (see ``play``) are given in turn, the last one again and again."""
    monkeypatch.setattr("value_portrait.responses.pacing._PAUSE_S", 1e-6)
    return []


def play(
    monkeypatch: pytest.MonkeyPatch,
    asked: list[bytes],
    root: Path,
    *replies: Reply | Exception | Callable[[], Awaitable[Reply]],
    number: int = 3,
    max_usd: float = 1000.0,
    **changes: Any,
) -> Summary:
    class Client:
        def __init__(self, provider: Any) -> None:
            assert provider.name == "loopback"

        async def __aenter__(self) -> "Client":
            return self

        async def __aexit__(self, *fault: object) -> None:
            return None

        async def ask(self, body: bytes) -> Reply:
            asked.append(body)
            reply = replies[min(len(asked), len(replies)) - 1]
            if isinstance(reply, Exception):
                raise reply
            return reply if isinstance(reply, Reply) else await reply()

    monkeypatch.setattr(engine, "Client", Client)
    target = make_target(URL, **{"max_in_flight": 1, "usd_in": 2.0, "usd_out": 10.0} | changes)
    return run(target, make_plan(target, number), root, max_usd)


def attempts(root: Path) -> list[tuple[str, int, str]]:
    records = list(read_records(store_file(root, "Test/model:1", "baseline")))
    assert {record["condition"] for record in records} == {"baseline"}
    return [(record["item_id"], record["attempt"], record["outcome"]) for record in records]


def test_what_fails_is_asked_again_and_a_second_run_asks_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    replies = [
        said(),
        said(500),
        Reply(None, {}, "no route", 0.1, "network"),
        said(429),
        said(text="I cannot rate that."),
        said(500),
    ]
    summary = play(monkeypatch, asked, tmp_path, *replies)
    # Set aside after eight failures, and asked once more in the end.
    failures = [("2-1", attempt, "server") for attempt in range(1, sum(MOST_FAILURES) + 1)]
    done = [("0-1", 1, "answered"), ("1-1", 1, "server"), ("1-1", 2, "network"), ("1-1", 3, "rate_limited")]
    assert attempts(tmp_path) == [*done, ("1-1", 4, "answered"), *failures]
    assert asked == [PLAN[0].body, *[PLAN[1].body] * 4, *[PLAN[2].body] * 12]
    assert (summary.planned, summary.answered, summary.missing) == (3, 2, 1)
    assert summary.outcomes == {"answered": 2, "server": 13, "network": 1, "rate_limited": 1}
    assert summary.usd == pytest.approx(2 * 300e-6)
    assert (summary.stopped, summary.interrupted) == (None, False)
    asked.clear()
    again = play(monkeypatch, asked, tmp_path, said())
    assert asked == [PLAN[2].body]
    assert (again.planned, again.answered, again.outcomes) == (3, 3, {"answered": 1})
    assert again.usd == pytest.approx(3 * 300e-6)
    asked.clear()
    assert play(monkeypatch, asked, tmp_path, said()).usd == pytest.approx(3 * 300e-6)
    assert asked == []


def test_a_thread_can_ask_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]) -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(play, monkeypatch, asked, tmp_path, said()).result().missing == 0


def test_a_fatal_error_ends_the_run_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    summary = play(monkeypatch, asked, tmp_path, said(), said(401, "entry"), said())
    assert len(asked) == 2
    assert str(summary.stopped) == str(fatal(TARGET, Verdict("auth", "status 401: no entry")))
    assert str(summary.stopped) == (
        f"model Test/model:1 at loopback: cannot be asked (auth, status 401: no entry). {FATAL['auth']}"
    )
    assert (summary.answered, summary.missing) == (1, 2)


def test_a_provider_that_keeps_failing_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    summary = play(monkeypatch, asked, tmp_path, said(503, "way"), number=20)
    expected = rf"provider loopback \({URL}/v1\): keeps failing \(overloaded, status 503: no way\); every answer"
    with pytest.raises(InputError, match=expected):
        raise summary.stopped or ValueError
    # Ten failures open the breaker, then each that tries: eight times, for the server may start again.
    assert len(asked) == 17


def test_a_fault_of_ours_is_raised_and_a_full_disk_is_a_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    with pytest.raises(ZeroDivisionError):
        play(monkeypatch, asked, tmp_path / "a", slow, ZeroDivisionError(), said(), max_in_flight=2)
    assert len(asked) == 2
    assert attempts(tmp_path / "a") == [("0-1", 1, "answered")], "what is in flight is kept"
    asked.clear()
    summary = play(monkeypatch, asked, tmp_path / "b", said(), InputError("disk", "is full.", "Make room."), said())
    assert str(summary.stopped) == "disk: is full. Make room."
    assert len(asked) == 2


def test_no_more_is_asked_at_once_than_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    assert play(monkeypatch, asked, tmp_path, said(), number=40, max_in_flight=7).missing == 0
    assert len(asked) == len(set(asked)) == 40


ANSWER_USD = 300e-6


def test_the_cap_ends_a_run_and_a_higher_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    cap = MOST + 1.5 * ANSWER_USD
    summary = play(monkeypatch, asked, tmp_path, said(), max_usd=cap)
    assert str(summary.stopped) == str(over_budget(cap))
    assert str(summary.stopped).startswith(f"max_usd: of {cap:g} USD over the whole store is reached")
    assert (summary.answered, len(asked)) == (2, 2)
    assert play(monkeypatch, asked, tmp_path, said()).missing == 0
    assert asked == [planned.body for planned in PLAN]


def test_while_something_is_in_flight_the_cap_may_not_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    summary = play(monkeypatch, asked, tmp_path, said(), max_usd=1.6 * MOST, max_in_flight=2)
    assert (summary.stopped, summary.answered) == (None, 3)
    # What one could not pay for is asked next by the other.
    assert asked == [planned.body for planned in PLAN]
    asked.clear()
    cap = 2 * MOST + 0.5 * ANSWER_USD
    assert play(monkeypatch, asked, tmp_path / "b", said(), slow, said(), max_usd=cap, max_in_flight=3).stopped is None
    assert len(asked) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_waits_for_what_is_in_flight_and_a_second_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes], number: signal.Signals, times: int
) -> None:
    async def interrupted() -> Reply:
        for _ in range(times):
            os.kill(os.getpid(), number)
            await asyncio.sleep(0.02)
        return said()

    def unhandled(*_: object) -> None:
        raise AssertionError

    before = signal.signal(number, unhandled)
    try:
        summary = play(monkeypatch, asked, tmp_path, said(), interrupted)
    finally:
        signal.signal(number, before)
    assert (summary.interrupted, summary.stopped, len(asked)) == (True, None, 2)
    assert summary.answered == len(attempts(tmp_path)) == (2 if times == 1 else 1)


def test_how_it_goes_is_shown_from_beginning_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    shown: list[tuple[str, int, float]] = []

    class Shown:
        every_s = 0.01

        def __init__(self, *_: object) -> None:
            for name in ("start", "show", "finish"):
                setattr(self, name, partial(self._keep, name))

        def _keep(self, name: str, summary: Summary, usd: float) -> None:
            shown.append((name, summary.answered, round(usd, 6)))

    monkeypatch.setattr("targets.Progress", Shown)
    play(monkeypatch, asked, tmp_path, said(), slow, said())
    assert shown[0] == ("start", 0, 0.0)
    assert shown[-1] == ("finish", 3, 3 * ANSWER_USD)
    # A busy machine shows it less often, none more.
    assert 1 <= shown[1:-1].count(("show", 1, ANSWER_USD)) <= 10


def test_the_pacer_knows_limits_lengths_and_replies_and_two_runs_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]
) -> None:
    made: list[Any] = []
    tokens: list[int] = []
    told: list[tuple[Any, ...]] = []

    class Watched(Pacer):
        def __init__(self, *given: Any) -> None:
            made.extend(given)
            super().__init__(*given)

        async def ticket(self, number: int) -> Ticket:
            tokens.append(number)
            return await super().ticket(number)

        def refused(self, ticket: Ticket, reply: Reply) -> None:
            told.append(("refused", ticket.number, reply.status))
            super().refused(ticket, reply)

        def failed(self, ticket: Ticket, reply: Reply) -> None:
            told.append(("failed", ticket.number, reply.status))
            super().failed(ticket, reply)

        def succeeded(self, ticket: Ticket, reply: Reply) -> None:
            told.append(("succeeded", ticket.number, reply.status))
            super().succeeded(ticket, reply)

    monkeypatch.setattr(engine, "Pacer", Watched)
    limits = {"requests_per_minute": 60_000, "tokens_per_minute": 70_000_000}
    play(monkeypatch, asked, tmp_path, said(429), said(503), said(), number=1, **limits)
    assert made[:2] == [60_000, 70_000_000]
    assert tokens == [PLAN[0].expected_tokens + 64] * 3
    assert told == [("refused", 1, 429), ("failed", 2, 503), ("succeeded", 3, 200)]
    play(monkeypatch, asked, tmp_path / "other", said())
    assert made[3].random() != made[8].random()


def test_without_a_price_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[bytes]) -> None:
    with pytest.raises(InputError, match=r"model Test/model:1: has no price, so max_usd cannot be kept\. Enter usd_in"):
        play(monkeypatch, asked, tmp_path, said(), usd_out=None)
    assert asked == []
