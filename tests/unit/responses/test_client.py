"""The client without a server: keys, the environment, and what becomes of each end of a call."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from targets import make_target
from value_portrait.errors import InputError
from value_portrait.responses import client as clients
from value_portrait.responses.client import Client, read_key
from value_portrait.responses.replies import Reply

KEY = "lb-abcdefghijklmnop"
PROVIDER = make_target("http://127.0.0.1:1").provider


class StatusError(Exception):
    pass


class ConnectionFailed(Exception):
    pass


class TimedOut(ConnectionFailed):
    pass


ERRORS = SimpleNamespace(APIStatusError=StatusError, APIConnectionError=ConnectionFailed, APITimeoutError=TimedOut)


def make_client(monkeypatch: pytest.MonkeyPatch, sdk: Any = None, **changes: Any) -> Client:
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    provider = make_target("http://127.0.0.1:1", **changes).provider

    def open_sdk(*given: Any) -> tuple[Any, Any, str]:
        assert given == (provider, KEY)
        return sdk, ERRORS, "raw"

    monkeypatch.setattr(clients, "_open_sdk", open_sdk)
    clock = iter([100.0, 100.25])
    monkeypatch.setattr(clients, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    return Client(provider)


def response(status: int, content: bytes) -> SimpleNamespace:
    return SimpleNamespace(status_code=status, content=content, headers={"Retry-After": "3", "Set-Cookie": "c"})


def reply(monkeypatch: pytest.MonkeyPatch, call: Callable[[], Any], timeout_s: float = 5) -> Reply:
    async def called() -> Any:
        return call()

    return asyncio.run(make_client(monkeypatch).reply(called, timeout_s))


def fail(error: BaseException, cause: BaseException | None = None, **more: Any) -> Callable[[], Any]:
    def call() -> None:
        for name, value in more.items():
            setattr(error, name, value)
        raise error from cause

    return call


def test_a_reply_is_redacted_and_keeps_some_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"retry-after": "3"}
    said = f"\xe4 {KEY} **like me** sk-1234567".encode("latin-1")
    assert reply(monkeypatch, lambda: response(200, said)) == Reply(
        200, headers, "\\xe4 [redacted] **like me** sk-1234567", 0.25
    )
    assert reply(monkeypatch, lambda: response(299, said)).text.endswith("sk-1234567")
    failed = reply(monkeypatch, fail(StatusError(), response=response(300, said)))
    assert failed == Reply(300, headers, "\\xe4 [redacted] [redacted] [redacted] [redacted]", 0.25)


@pytest.mark.parametrize(
    ("error", "cause", "text", "kind"),
    [
        (TimedOut(), None, "no answer in 2.5 s", "timeout"),
        (TimeoutError(), None, "no answer in 2.5 s", "timeout"),
        (TimedOut(), ValueError("Connect timed out"), "ValueError('Connect timed out')", "network"),
        (ConnectionFailed("gone"), None, "ConnectionFailed('gone')", "network"),
        (ConnectionFailed("gone"), OSError(f"key {KEY}"), "OSError('key [redacted]')", "network"),
        (ConnectionFailed("sk-1234567"), None, "ConnectionFailed('[redacted]')", "network"),
    ],
)
def test_a_failure_is_a_reply_too(
    monkeypatch: pytest.MonkeyPatch, error: Exception, cause: Exception | None, text: str, kind: str
) -> None:
    assert reply(monkeypatch, fail(error, cause), 2.5) == Reply(None, {}, text, 0.25, kind)


def test_who_says_nothing_in_time_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_client(monkeypatch)
    found = asyncio.run(one.reply(lambda: asyncio.sleep(60), 0.01))
    assert found == Reply(None, {}, "no answer in 0.01 s", 0.25, "timeout")
    slow = SimpleNamespace(post=lambda *_, **__: asyncio.sleep(1, response(200, b"{}")))
    assert asyncio.run(make_client(monkeypatch, slow, timeout_s=0.01).ask(b"{}")) == found


@pytest.mark.parametrize(
    ("api", "base", "address"),
    [
        ("openai", "http://127.0.0.1:1/X/", "http://127.0.0.1:1/X/chat/completions"),
        ("anthropic", "http://127.0.0.1:1", "http://127.0.0.1:1/v1/messages"),
    ],
)
def test_a_question_is_posted_byte_for_byte(monkeypatch: pytest.MonkeyPatch, api: str, base: str, address: str) -> None:
    posted = []

    async def post(path: str, **more: Any) -> Any:
        posted.append((path, more))
        return response(200, b"{}")

    closed = []

    async def close() -> None:
        closed.append(True)

    async def main() -> Reply:
        async with make_client(monkeypatch, SimpleNamespace(post=post, close=close), api=api, base_url=base) as one:
            return await one.ask(b"{ }")

    assert asyncio.run(main()).status == 200
    headers = {"headers": {"Content-Type": "application/json"}}
    assert posted == [(address, {"cast_to": "raw", "content": b"{ }", "options": headers})]
    assert closed == [True]


def test_a_key_is_read_without_the_space_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPBACK_API_KEY", f" {KEY}\n")
    assert read_key(PROVIDER) == KEY
    assert read_key(PROVIDER.model_copy(update={"key_env": None})) is None


@pytest.mark.parametrize("key", ["a b", "ä-key", "a\x07b"])
def test_a_key_that_is_none_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("LOOPBACK_API_KEY", key)
    with pytest.raises(InputError, match=r"^LOOPBACK_API_KEY: holds characters that no key has") as caught:
        read_key(PROVIDER)
    assert key not in str(caught.value)


@pytest.mark.parametrize("key", [None, "", "  "])
def test_a_key_that_is_not_there_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.delenv("LOOPBACK_API_KEY")
    if key is not None:
        monkeypatch.setenv("LOOPBACK_API_KEY", key)
    with pytest.raises(InputError, match=r"provider loopback: needs a key, but LOOPBACK_API_KEY is not set.*export L"):
        read_key(PROVIDER)


@pytest.mark.parametrize(
    ("key_env", "seen"),
    [
        ("OPENAI_API_KEY", {"OPENAI_API_KEY", "OPENAI_ORG_ID", "OTHER_KEY"}),
        ("ANTHROPIC_API_KEY", {"ANTHROPIC_BASE_URL", "OTHER_KEY"}),
        ("OTHER_KEY", {"OTHER_KEY"}),
        (None, {"OTHER_KEY"}),
    ],
)
def test_an_sdk_sees_its_own_servers_environment_alone(
    monkeypatch: pytest.MonkeyPatch, key_env: str | None, seen: set[str]
) -> None:
    names = {"OPENAI_API_KEY", "OPENAI_ORG_ID", "ANTHROPIC_BASE_URL", "OTHER_KEY"}
    for name in names:
        monkeypatch.setenv(name, f"of {name}")
    provider = PROVIDER.model_copy(update={"key_env": key_env})
    with contextlib.suppress(ValueError), clients._only_own_environment(provider):
        assert names & set(os.environ) == seen
        raise ValueError("whatever happens")
    assert {name: os.environ[name] for name in names} == {name: f"of {name}" for name in names}


def test_the_sdk_gets_limits_no_retries_and_no_redirects(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    api = SimpleNamespace(path="", open=lambda *arguments: given.extend(arguments) or ("sdk", "errors"))
    monkeypatch.setattr(clients, "api_of", {"openai": api}.__getitem__)
    target = make_target("http://127.0.0.1:1", max_in_flight=7, timeout_s=9.0)
    sdk, errors, kind = clients._open_sdk(target.provider, None)
    assert (sdk, errors, kind.__name__) == ("sdk", "errors", "Response")
    options, transport, version = given
    assert version == "v1"
    assert options | {"timeout": 0} == {
        "api_key": "none",
        "default_headers": {},
        "default_query": {},
        "base_url": PROVIDER.base_url,
        "max_retries": 0,
        "timeout": 0,
    }
    assert (transport["limits"].max_connections, transport["limits"].max_keepalive_connections) == (7, 7)
    assert transport["follow_redirects"] is False
    for timeout in (options["timeout"], transport["timeout"]):
        assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (15, 9, 9, 9)
    given.clear()
    clients._open_sdk(target.provider, KEY)
    assert given[0]["api_key"] == KEY
