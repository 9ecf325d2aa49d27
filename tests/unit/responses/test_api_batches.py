"""Batches of each API, call by call, without a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from value_portrait.responses.apis import anthropic
from value_portrait.responses.apis.api import Batch
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.replies import Reply

OPENAI, ANTHROPIC = api_of("openai"), api_of("anthropic")
BODIES = {"i-0": b'{"a":1}', "i-1": b'{"b":[2]}'}


class Calls:
    """Calls whose replies are known; what was called is kept in ``made``."""

    def __init__(self, **replies: Any) -> None:
        self.replies, self.made = replies, []
        self.sdk = SimpleNamespace(files=SimpleNamespace(with_raw_response=SimpleNamespace(create=self._upload)))

    def _upload(self, **given: Any) -> Awaitable[Any]:
        self.made.append(("upload", given))
        return asyncio.sleep(0, {"id": "file_1"})

    async def get(self, path: str) -> Any:
        self.made.append(("get", path))
        return self.replies["get"].pop(0)

    async def call(self, call: Callable[[], Awaitable[Any]]) -> Any:
        return await call()

    async def create(self, path: str, body: bytes) -> Any:
        self.made.append(("create", path, orjson.loads(body)))
        return self.replies["create"]

    async def lines(self, path: str) -> Iterator[dict[str, Any]]:
        self.made.append(("lines", path))
        return iter(self.replies[path])

    async def pages(self, path: str, cursor: str) -> AsyncIterator[dict[str, Any]]:
        self.made.append(("pages", path, cursor))
        for entry in self.replies["pages"]:
            yield entry


def openai_batch(name: str = "b1", status: str = "in_progress", created: int = 100, **more: Any) -> dict[str, Any]:
    return {"id": name, "created_at": created, "status": status, "request_counts": {"total": 2}} | more


def anthropic_batch(name: str = "b1", status: str = "in_progress", second: int = 40, number: int = 2) -> dict[str, Any]:
    counts = {"processing": number - 1, "succeeded": 1}
    created = f"1970-01-01T00:01:{second}+00:00"
    return {"id": name, "created_at": created, "processing_status": status, "request_counts": counts}


def results(api: Any, calls: Calls, batch: Batch) -> list[tuple[str, int | None, Any, Any]]:
    async def collect() -> list[tuple[str, Reply]]:
        return [one async for one in api.batch_results(calls, batch)]

    replies = asyncio.run(collect())
    assert {reply.latency_s for _, reply in replies} <= {0.0}
    return [(name, reply.status, dict(reply.headers), orjson.loads(reply.text)) for name, reply in replies]


def test_openai_uploads_lines_and_names_the_intent() -> None:
    calls = Calls(create=openai_batch())
    batch = asyncio.run(OPENAI.create_batch(calls, "intent", BODIES))
    assert batch == Batch("b1", 100, False, 2, openai_batch(), None)
    (_, upload), created = calls.made
    name, lines = upload["file"]
    assert (name, upload["purpose"]) == ("requests.jsonl", "batch")
    assert lines.endswith(b"\n")
    assert [orjson.loads(line) for line in lines.splitlines()] == [
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": orjson.loads(body)}
        for name, body in BODIES.items()
    ]
    assert created == (
        "create",
        "/batches",
        {
            "input_file_id": "file_1",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {"intent": "intent"},
        },
    )
    assert asyncio.run(OPENAI.create_batch(Calls(create=None), "intent", BODIES)) is None


@pytest.mark.parametrize(
    ("status", "ended", "failure"),
    [
        ("validating", False, None),
        ("finalizing", False, None),
        ("completed", True, None),
        ("expired", True, None),
        ("cancelled", True, None),
        ("failed", True, "bad line; 7"),
    ],
)
def test_a_batch_of_openai_ends_in_several_ways(status: str, ended: bool, failure: str | None) -> None:
    raw = openai_batch(status=status, errors={"data": [{"message": "bad line"}, {"message": 7}]})
    calls = Calls(get=[raw])
    batch = asyncio.run(OPENAI.get_batch(calls, "b1"))
    assert calls.made == [("get", "/batches/b1")]
    assert batch == Batch("b1", 100, ended, 2, raw, failure)


@pytest.mark.parametrize("errors", [None, {}, {"data": None}, {"data": []}])
def test_a_failure_of_openai_may_have_no_reason(errors: Any) -> None:
    raw = openai_batch(status="failed", errors=errors, request_counts=None)
    batch = asyncio.run(OPENAI.get_batch(Calls(get=[raw]), "b1"))
    assert (batch.failure, batch.requests) == ("no reason given", 0)
    del raw["errors"], raw["request_counts"]
    batch = asyncio.run(OPENAI.get_batch(Calls(get=[raw]), "b1"))
    assert (batch.failure, batch.requests) == ("no reason given", 0)


def test_openai_finds_a_batch_by_its_intent_back_to_its_time() -> None:
    def found(*listed: dict[str, Any]) -> str | None:
        calls = Calls(pages=listed)
        batch = asyncio.run(OPENAI.find_batch(calls, "intent", ["i-0", "i-1"], 100.0))
        assert calls.made == [("pages", "/batches?limit=100", "after")]
        return batch and batch.id

    own = {"metadata": {"intent": "intent"}}
    other = [openai_batch("x", metadata=None), openai_batch("y"), openai_batch("z", metadata={"intent": "another"})]
    assert found(*other, openai_batch("b2", **own)) == "b2"
    assert found(*other) is None
    assert found(openai_batch("old", created=99), openai_batch("b2", **own)) is None
    assert found(openai_batch("b2", created=99, **own)) is None


def test_results_of_openai_come_from_two_files() -> None:
    answers = [
        {"custom_id": "i-1", "response": {"status_code": 200, "body": {"x": 1}, "request_id": "r"}},
        {"custom_id": "i-0", "response": {"status_code": 400, "body": {"error": {"message": "no"}}}},
    ]
    errors = [{"custom_id": "i-2", "response": None, "error": {"code": "batch_expired"}}, {"custom_id": "i-3"}]
    replies = {"/files/f1/content": answers, "/files/f2/content": errors}
    raw = openai_batch(output_file_id="f1", error_file_id="f2")
    calls = Calls(**replies)
    assert results(OPENAI, calls, Batch("b1", 0, True, 4, raw)) == [
        ("i-1", 200, {"x-request-id": "r"}, {"x": 1}),
        ("i-0", 400, {}, {"error": {"message": "no"}}),
        ("i-2", 504, {}, {"error": {"code": "batch_expired"}}),
        ("i-3", 504, {}, {"error": None}),
    ]
    assert results(OPENAI, Calls(**replies), Batch("b1", 0, True, 4, openai_batch(output_file_id=None))) == []
    only = openai_batch(output_file_id=None, error_file_id="f2")
    assert len(results(OPENAI, Calls(**replies), Batch("b1", 0, True, 4, only))) == 2


def test_anthropic_sends_all_requests_in_one_call() -> None:
    calls = Calls(create=anthropic_batch())
    batch = asyncio.run(ANTHROPIC.create_batch(calls, "intent", BODIES))
    assert batch == Batch("b1", 100.0, False, 2, anthropic_batch(), None)
    requests = [{"custom_id": name, "params": orjson.loads(body)} for name, body in BODIES.items()]
    assert calls.made == [("create", "/v1/messages/batches", {"requests": requests})]
    assert asyncio.run(ANTHROPIC.create_batch(Calls(create=None), "intent", BODIES)) is None
    ended = Calls(get=[anthropic_batch(status="ended", number=5)])
    batch = asyncio.run(ANTHROPIC.get_batch(ended, "b7"))
    assert (batch.ended, batch.requests) == (True, 5)
    assert ended.made == [("get", "/v1/messages/batches/b7")]


def test_results_of_anthropic_are_messages_errors_or_neither() -> None:
    lines = [
        {"custom_id": "i-1", "result": {"type": "succeeded", "message": {"content": []}}},
        {"custom_id": "i-0", "result": {"type": "errored", "error": {"type": "error"}}},
        {"custom_id": "i-2", "result": {"type": "expired"}},
    ]
    calls = Calls(**{"/v1/messages/batches/b1/results": lines})
    assert results(ANTHROPIC, calls, Batch("b1", 0, True, 3, {})) == [
        ("i-1", 200, {}, {"content": []}),
        ("i-0", 200, {}, {"type": "error"}),
        ("i-2", 504, {}, {"error": {"message": "the request was expired"}}),
    ]


def test_anthropic_finds_a_batch_by_the_ids_of_its_results(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = []
    monkeypatch.setattr(anthropic, "asyncio", SimpleNamespace(sleep=lambda s: slept.append(s) or asyncio.sleep(0)))

    def found(listed: list[dict[str, Any]], *states: dict[str, Any]) -> str | None:
        answers = {name: [{"custom_id": f"{own}-0", "result": {"type": "expired"}}] for name, own in OWN.items()}
        answers["none"] = []
        lines = {f"/v1/messages/batches/{name}/results": lines for name, lines in answers.items()}
        calls = Calls(pages=listed, get=list(states), **lines)
        batch = asyncio.run(ANTHROPIC.find_batch(calls, "intent", ["i-0", "i-1"], 100.0))
        assert calls.made[0] == ("pages", "/v1/messages/batches?limit=100", "after_id")
        assert not calls.replies["get"]
        assert {path for kind, path, *_ in calls.made if kind == "get"} <= {"/v1/messages/batches/mine"}
        return batch and batch.id

    OWN = {"other": "j", "mine": "i", "long": "i"}
    other, mine = anthropic_batch("other", "ended"), anthropic_batch("mine", "ended")
    assert found([other, anthropic_batch("none", "ended"), mine]) == "mine"
    assert found([other]) is None
    long = anthropic_batch("long", "ended", number=3)
    assert found([long]) is None
    assert found([long, mine]) == "mine"
    assert found([anthropic_batch("old", second=39), mine]) is None
    assert slept == []
    waiting = anthropic_batch("mine")
    assert found([waiting], waiting, anthropic_batch("mine", "canceling"), mine) == "mine"
    assert slept == [30, 30, 30]


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_an_sdk_is_opened_with_our_transport(name: str) -> None:
    options = {"api_key": "k", "base_url": "http://127.0.0.1:1/v1", "max_retries": 0}

    async def opened() -> tuple[Any, Any]:
        sdk, errors = api_of(name).open(options, {"follow_redirects": False, "timeout": 7.5}, "2023-06-01")
        await sdk.close()
        return sdk, errors

    sdk, errors = asyncio.run(opened())
    assert (errors.__name__, sdk.api_key, sdk.max_retries) == (name, "k", 0)
    # The SDKs' own transport would follow.
    assert sdk._client.follow_redirects is False
    assert sdk._client.timeout.read == 7.5
    assert "Aio" in type(sdk._client).__name__
    assert str(sdk.base_url).startswith("http://127.0.0.1:1/v1")
    if name == "anthropic":
        # Not the SDK's own.
        versions = {key: value for key, value in sdk.default_headers.items() if key.lower() == "anthropic-version"}
        assert versions == {"anthropic-version": "2023-06-01"}
