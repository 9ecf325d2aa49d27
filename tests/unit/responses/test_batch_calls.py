"""Calls of a batch API: what is tried again, what ends, and what may have been created."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from targets import make_target
from value_portrait.errors import InputError
from value_portrait.responses import batch_calls
from value_portrait.responses.batch_calls import BatchCalls
from value_portrait.responses.outcomes import FATAL
from value_portrait.responses.replies import Reply

PROVIDER = make_target("http://127.0.0.1:1").provider


class Client:
    """Replies in turn; what the SDK was told is kept in ``made``."""

    provider, response = PROVIDER, "raw"

    def __init__(self, *replies: Reply) -> None:
        self.replies, self.made = list(replies), []
        self.sdk = SimpleNamespace(get=self._take("get"), post=self._take("post"))

    def _take(self, kind: str) -> Callable[..., Awaitable[None]]:
        def call(path: str, **more: Any) -> Awaitable[None]:
            self.made.append((kind, path, more))
            return asyncio.sleep(0)

        return call

    async def reply(self, call: Callable[[], Awaitable[Any]], timeout_s: float) -> Reply:
        assert timeout_s == 600
        await call()
        return self.replies.pop(0)


def said(text: str, status: int | None = 200) -> Reply:
    return Reply(status, {}, text, 0.0, None if status else "network")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    sleep = asyncio.sleep
    fake = SimpleNamespace(sleep=lambda s: seconds.append(s) or sleep(0))
    monkeypatch.setattr(batch_calls, "asyncio", fake)
    return seconds


DOWN = said('{"error": {"message": "down"}}', 500)


def test_a_call_is_tried_again_ever_more_slowly(slept: list[float]) -> None:
    client = Client(DOWN, said("no route", None), said('{"a": 1}', 299))
    assert asyncio.run(BatchCalls(client).get("/batches/b1")) == {"a": 1}
    assert client.made == [("get", "/batches/b1", {"cast_to": "raw"})] * 3
    assert slept == [0.5, 1]
    lost = Client(*[DOWN] * 6)
    with pytest.raises(InputError) as caught:
        asyncio.run(BatchCalls(lost).get("/batches/b1"))
    assert str(caught.value) == (
        "batches of provider loopback: cannot be used (server, status 500: down). "
        "Run again later: the batch is not lost."
    )
    assert slept == [0.5, 1, 0.5, 1, 2, 4, 8, 16]


def test_what_no_attempt_can_mend_ends_at_once(slept: list[float]) -> None:
    for status, message, outcome, remedy in (
        (401, "no", "auth", FATAL["auth"]),
        (300, "no", "bad_parameter", FATAL["bad_parameter"]),
        (400, "flagged", "content_filter", "Run again."),
    ):
        client = Client(said(f'{{"error": {{"message": "{message}"}}}}', status))
        with pytest.raises(InputError) as caught:
            asyncio.run(BatchCalls(client).get("/x"))
        found = f"({outcome}, status {status}: {message})"
        assert str(caught.value) == f"batches of provider loopback: cannot be used {found}. {remedy}"
    assert slept == []


def test_a_creation_is_never_tried_again(slept: list[float]) -> None:
    client = Client(said('{"id": "b1"}', 299))
    assert asyncio.run(BatchCalls(client).create("/batches", b"{}")) == {"id": "b1"}
    options = {"headers": {"Content-Type": "application/json"}}
    assert client.made == [("post", "/batches", {"cast_to": "raw", "content": b"{}", "options": options})]
    for lost in (DOWN, said("cut", None)):
        assert asyncio.run(BatchCalls(Client(lost)).create("/batches", b"{}")) is None
    with pytest.raises(InputError, match=r"bad_parameter, status 300"):
        asyncio.run(BatchCalls(Client(said("{}", 300))).create("/batches", b"{}"))
    assert slept == []


def test_lines_are_read_but_for_empty_ones(slept: list[float]) -> None:
    client = Client(DOWN, said('{"a": 1}\n\n  \n{"b": 2}'))
    assert list(asyncio.run(BatchCalls(client).lines("/files/f"))) == [{"a": 1}, {"b": 2}]
    assert client.made == [("get", "/files/f", {"cast_to": "raw"})] * 2
    assert slept == [0.5]


@pytest.mark.parametrize("end", ['{"data": [{"id": "c"}]}', '{"data": [], "has_more": true}'])
def test_pages_are_turned_until_the_last(end: str) -> None:
    first = '{"data": [{"id": "a"}, {"id": "c"}, {"id": "b"}], "has_more": true}'
    client = Client(said(first), said(end))

    async def collect() -> list[str]:
        return [entry["id"] async for entry in BatchCalls(client).pages("/batches?limit=100", "after_id")]

    assert asyncio.run(collect()) == ["a", "c", "b", *(["c"] if "c" in end else [])]
    assert [path for _, path, _ in client.made] == ["/batches?limit=100", "/batches?limit=100&after_id=b"]
