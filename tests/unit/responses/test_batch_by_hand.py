"""Batches without a server: what is submitted, found again, collected, kept and told."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from targets import make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses import batch
from value_portrait.responses.apis.api import Batch
from value_portrait.responses.batch import ask_batches
from value_portrait.responses.budget import Budget
from value_portrait.responses.engine import Summary, fatal, most_usd, over_budget
from value_portrait.responses.journal import journal_file, new_intent, note_submitted, open_intents
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Store, read_records, store_file

TARGET = make_target("http://127.0.0.1:1", batch="yes")
PLAN = make_plan(TARGET, 3)
# 100 tokens asked at 1 USD per million and 10 answered at 2, at half the price.
ANSWER_USD = 60e-6


def said(status: int = 200, words: str = "like me") -> Reply:
    message = {"choices": [{"message": {"content": words}, "finish_reason": "stop"}]}
    usage = {"usage": {"prompt_tokens": 100, "completion_tokens": 10}}
    error = {"error": {"message": words}}
    return Reply(status, {}, orjson.dumps(message | usage if status == 200 else error).decode(), 0.0)


def made(name: str, ended: bool = True, failure: str | None = None) -> Batch:
    return Batch(name, 0.0, ended, 0, {}, failure)


class Provider:
    """An API of batches that says what it is told to; what was called of it is kept in ``called``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
        self.now, self.called, self.shown = 1000.0, [], []
        self.path = store_file(root, TARGET.row.model, "age_old")
        self.created: list[Batch | Exception | None] = []
        self.states: list[Batch] = []
        self.found: list[Batch | Exception | None] = []
        # By the batch: the reply to each request, by its place in the plan.
        self.replies: dict[str, dict[int, Reply]] = {}
        self.names: dict[str, str] = {}
        self.root, self.max_usd, self.clients = root, 1.0, 0
        monkeypatch.setattr(batch, "api_of", {"openai": self}.__getitem__)
        monkeypatch.setattr(batch, "Client", self._client)
        monkeypatch.setattr(batch, "BatchCalls", lambda client: ("calls of", client))
        monkeypatch.setattr(batch, "time", SimpleNamespace(time=lambda: self.now))
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.called.append(("sleep", seconds))
        self.now += seconds

    def _client(self, provider: Any) -> "Provider":
        assert provider == TARGET.provider
        self.clients += 1
        return self

    async def __aenter__(self) -> str:
        return "client"

    async def __aexit__(self, *_: object) -> None:
        self.called.append(("closed",))

    def _call(self, calls: Any, *what: Any) -> None:
        assert calls == ("calls of", "client")
        self.called.append(what)

    async def create_batch(self, calls: Any, intent: str, bodies: Mapping[str, bytes]) -> Batch | None:
        last = open_intents(self.path)[-1]
        assert (last.id, last.time, list(last.keys)) == (intent, self.now, list(bodies))
        assert last.usd == pytest.approx(sum(most_usd(TARGET, planned) for planned in self.of(last.keys.values())))
        assert self.budget.in_flight == pytest.approx(sum(one.usd for one in open_intents(self.path)))
        self._call(calls, "create", [planned.item_id for planned in PLAN if planned.body in bodies.values()])
        assert list(bodies.values()) == [planned.body for planned in self.of(last.keys.values())]
        self.names |= {key: name for name, key in last.keys.items()}
        created = self.created.pop(0)
        if isinstance(created, Exception):
            raise created
        return created

    async def get_batch(self, calls: Any, name: str) -> Batch:
        self._call(calls, "get", name)
        return self.states.pop(0)

    async def find_batch(self, calls: Any, intent: str, names: Sequence[str], since: float) -> Batch | None:
        last = next(one for one in open_intents(self.path) if one.id == intent)
        assert names == list(last.keys)
        self._call(calls, "find", since)
        found = self.found.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def batch_results(self, calls: Any, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:
        self._call(calls, "results", batch.id)
        yield "of somebody else", said(500)
        for place, reply in self.replies[batch.id].items():
            yield self.names[PLAN[place].key], reply

    @staticmethod
    def of(keys: Any) -> list[Planned]:
        return [planned for key in keys for planned in PLAN if planned.key == key]

    def start(self, summary: Summary, usd: float) -> None:
        self.show(summary, usd, "start")

    def finish(self, summary: Summary, usd: float) -> None:
        self.show(summary, usd, "finish")

    def show(self, summary: Summary, usd: float, when: str = "show") -> None:
        self.shown.append((when, summary.answered, round(usd, 6)))

    def ask(self, number: int = 3) -> Summary:
        with Store(self.path) as store:
            self.budget = Budget(self.root, self.max_usd, store)
            summary = ask_batches(TARGET, "age_old", [*PLAN[:number], PLAN[0]], store, self.budget, self)
            assert self.budget.in_flight == pytest.approx(sum(one.usd for one in open_intents(self.path)))
            assert summary.usd == store.usd
        return summary

    def events(self) -> list[str]:
        return [orjson.loads(line)["event"] for line in journal_file(self.path).read_bytes().splitlines()]

    def records(self) -> list[tuple[str, str, str, int, str | None]]:
        names = ("item_id", "condition", "outcome", "attempt", "batch")
        return [tuple(record[name] for name in names) for record in read_records(self.path)]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Provider:
    return Provider(monkeypatch, tmp_path)


def answers(*places: int) -> dict[int, Reply]:
    return {place: said() for place in places}


def test_a_batch_is_submitted_awaited_and_kept(provider: Provider) -> None:
    provider.created = [made("b1", ended=False)]
    provider.states = [made("b1", ended=False), made("b1")]
    provider.replies = {"b1": answers(2, 0, 1)}
    summary = provider.ask()
    wait = [("sleep", 20), ("get", "b1")]
    assert provider.called == [("create", ["0-1", "1-1", "2-1"]), *wait, *wait, ("results", "b1"), ("closed",)]
    assert provider.records() == [(f"{i}-1", "age_old", "answered", 1, "b1") for i in (2, 0, 1)]
    assert (summary.planned, summary.answered, summary.outcomes) == (3, 3, {"answered": 3})
    assert summary.usd == pytest.approx(3 * ANSWER_USD)
    assert (summary.stopped, summary.interrupted) == (None, False)
    assert provider.events() == ["intent", "submitted", "closed"]
    assert provider.shown == [("start", 0, 0), ("show", 0, 0), ("show", 0, 0), ("finish", 3, 3 * ANSWER_USD)]
    assert provider.ask().answered == 3
    assert provider.clients == 1


def test_lines_that_failed_are_submitted_again_five_times_in_all(provider: Provider) -> None:
    provider.created = [made(f"b{i}") for i in range(5)]
    provider.replies = {f"b{i}": {1: said(500)} for i in range(5)}
    provider.replies["b0"] |= answers(0)
    # An answer that is there already is not kept twice.
    provider.replies["b1"] |= {0: said(words="not like me"), 2: said(500)}
    provider.replies["b2"] |= answers(2)
    summary = provider.ask()
    submitted = [what[1] for what in provider.called if what[0] == "create"]
    assert submitted == [["0-1", "1-1", "2-1"], ["1-1", "2-1"], ["1-1", "2-1"], ["1-1"], ["1-1"]]
    assert (summary.answered, summary.missing, summary.outcomes) == (2, 1, {"answered": 2, "server": 6})
    assert (summary.stopped, len(provider.records())) == (None, 8)
    assert provider.events() == ["intent", "submitted", "closed"] * 5
    assert provider.shown[0] == ("start", 0, 0)
    provider.created = [made("b9")]
    provider.replies = {"b9": answers(1)}
    assert (provider.ask().answered, provider.shown[-2]) == (3, ("start", 2, 2 * ANSWER_USD))


def test_a_large_plan_is_several_batches(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    assert batch.MOST_REQUESTS == 10_000
    monkeypatch.setattr(batch, "MOST_REQUESTS", 2)
    provider.created = [made("b1"), made("b2")]
    provider.replies = {"b1": answers(0, 1), "b2": answers(2)}
    assert provider.ask().missing == 0
    assert [what for what in provider.called if what[0] == "create"] == [
        ("create", ["0-1", "1-1"]),
        ("create", ["2-1"]),
    ]


def intended(provider: Provider, *places: int, submitted: str | None = None) -> None:
    """An intent that an earlier process left behind, from second 990."""
    intent = new_intent(provider.path, [PLAN[place].key for place in places], 0.125, 990.0)
    provider.names |= {key: name for name, key in intent.keys.items()}
    if submitted:
        note_submitted(provider.path, intent, submitted)


def test_a_batch_from_while_keys_held_addresses_is_collected(provider: Provider) -> None:
    provider.path.parent.mkdir()
    intent = new_intent(provider.path, [planned.former for planned in PLAN[:2]], 0.125, 990.0)
    provider.names = {planned.key: name for planned, name in zip(PLAN, intent.keys, strict=False)}
    note_submitted(provider.path, intent, "b1")
    provider.states, provider.replies = [made("b1")], {"b1": answers(0, 1)}
    assert provider.ask(2).missing == 0
    assert [name for name, *_ in provider.called] == ["get", "results", "closed"]
    assert [record["key"] for record in read_records(provider.path)] == [planned.key for planned in PLAN[:2]]


@pytest.mark.parametrize(
    ("submitted", "now", "calls"),
    [
        ("b1", 1000.0, [("get", "b1")]),
        (None, 993.0, [("sleep", 7.0), ("find", 90.0)]),
        (None, 1001.0, [("sleep", 0.0), ("find", 90.0)]),
    ],
)
def test_a_batch_of_an_earlier_process_is_found_and_collected(
    provider: Provider, submitted: str | None, now: float, calls: list[tuple[Any, ...]]
) -> None:
    provider.path.parent.mkdir()
    intended(provider, 0, 1, 2, submitted=submitted)
    provider.now = now
    provider.states = provider.found = [made("b1")]
    provider.replies = {"b1": answers(0, 1, 2)}
    # The answer of another plan is left alone.
    assert provider.ask(2).missing == 0
    assert provider.called == [*calls, ("results", "b1"), ("closed",)]
    assert [record[0] for record in provider.records()] == ["0-1", "1-1"]
    assert provider.events() == ["intent", "submitted", "closed"]


def test_what_never_came_to_be_is_closed_and_submitted(provider: Provider) -> None:
    provider.path.parent.mkdir()
    intended(provider, 0)
    provider.found = [None]
    provider.created = [made("b1")]
    provider.replies = {"b1": answers(0, 1, 2)}
    assert provider.ask().missing == 0
    assert provider.events() == ["intent", "closed", "intent", "submitted", "closed"]
    # Nothing is missing, and yet the journal is brought to its end.
    intended(provider, 0)
    provider.found = [None]
    provider.ask()
    assert provider.events()[-2:] == ["intent", "closed"]
    assert provider.clients == 2


def test_a_creation_whose_reply_was_lost_is_looked_for_and_tried_again(provider: Provider) -> None:
    provider.created = [None, None]
    provider.found = [None, made("b1")]
    provider.replies = {"b1": answers(0, 1, 2)}
    assert provider.ask().missing == 0
    create, sleep = ("create", ["0-1", "1-1", "2-1"]), ("sleep", 10.0)
    assert provider.called == [
        *(create, sleep, ("find", 100.0)),
        *(create, sleep, ("find", 110.0)),
        *(("results", "b1"), ("closed",)),
    ]
    assert provider.events() == ["intent", "closed", "intent", "submitted", "closed"]


def test_a_batch_that_cannot_be_looked_for_now_is_looked_for_by_the_next_run(provider: Provider) -> None:
    problem = InputError("batches", "cannot be used.", "Run again later.")
    provider.created, provider.found = [None], [problem, made("b1")]
    provider.replies = {"b1": answers(0, 1, 2)}
    assert provider.ask().stopped is problem
    assert provider.ask().missing == 0
    assert [what[0] for what in provider.called if what[0] in ("create", "find")] == ["create", "find", "find"]


def test_a_refused_creation_and_a_failed_batch_are_told(provider: Provider) -> None:
    problem = InputError("batches", "cannot be used.", "Mend it.")
    provider.created = [problem, made("b1", failure="no such file")]
    assert provider.ask().stopped is problem
    summary = provider.ask()
    assert str(summary.stopped) == "batch b1 of Test/model:1: failed (no such file). Correct that, and run again."
    assert (summary.answered, summary.interrupted) == (0, False)
    assert provider.events() == ["intent", "closed", "intent", "submitted", "closed"]


def test_a_line_that_no_attempt_can_mend_ends_the_run_once_all_is_kept(provider: Provider) -> None:
    provider.created = [made("b1")]
    provider.replies = {"b1": {0: said(401, "no"), 1: said(), 2: said(500)}}
    summary = provider.ask()
    assert str(summary.stopped) == str(fatal(TARGET, Verdict("auth", "status 401: no")))
    assert summary.outcomes == {"auth": 1, "answered": 1, "server": 1}
    assert len(provider.records()) == 3
    assert provider.events()[-1] == "closed"


def test_the_cap_submits_what_it_allows(provider: Provider) -> None:
    provider.max_usd = 2 * most_usd(TARGET, PLAN[0])
    provider.created = [made("b1")]
    provider.replies = {"b1": answers(0, 1)}
    summary = provider.ask()
    assert str(summary.stopped) == str(over_budget(provider.max_usd))
    assert summary.answered == 2
    provider.max_usd = 2 * ANSWER_USD
    assert str(provider.ask().stopped) == str(over_budget(provider.max_usd))
    assert [what for what in provider.called if what[0] == "create"] == [("create", ["0-1", "1-1"])]


def test_a_thread_can_ask_too(provider: Provider) -> None:
    provider.created = [made("b1")]
    provider.replies = {"b1": answers(0, 1, 2)}
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(provider.ask).result().missing == 0


@pytest.fixture
def signals() -> Iterator[None]:
    """Signals that nobody handles fail the test, and not the process."""

    def unhandled(*_: object) -> None:
        raise AssertionError

    before = {number: signal.signal(number, unhandled) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("signals")
def test_a_signal_leaves_the_batch_to_the_next_run(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    async def interrupted(calls: Any, name: str) -> Batch:
        os.kill(os.getpid(), number)
        await asyncio.wait_for(asyncio.Event().wait(), 5)
        raise AssertionError

    monkeypatch.setattr(provider, "get_batch", interrupted)
    provider.created = [made("b1", ended=False)]
    summary = provider.ask()
    assert (summary.interrupted, summary.stopped, summary.answered) == (True, None, 0)
    assert provider.shown[-1][0] == "finish"
    (intent,) = open_intents(provider.path)
    assert intent.batch == "b1"
