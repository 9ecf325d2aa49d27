"""The live client: the official SDKs, without their retries and their parsing of replies.

The only module that reads keys, and the only one that has an API import its SDK.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from value_portrait.errors import InputError
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.providers import Provider
from value_portrait.responses.redaction import kept_headers, redact
from value_portrait.responses.replies import Reply

_CONNECT_S = 15
# The SDKs want a key, also where they are not to send it.
_NO_KEY = "none"


class Client:
    """Sends requests of one provider: ``async with Client(provider) as client: ...``.

    Raises
    ------
    InputError : the variable with the key is not set.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._key = read_key(provider)
        # A whole address spares the SDK taking the base apart for every request.
        self._address = provider.base_url.rstrip("/") + api_of(provider.api).path
        self.sdk, self._module, self.response = _open_sdk(provider, self._key)

    async def __aenter__(self) -> "Client":
        """The client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        await self.sdk.close()

    async def ask(self, body: bytes) -> Reply:
        """Post the body of a question, byte for byte."""
        return await self.reply(
            lambda: self.sdk.post(
                self._address,
                cast_to=self.response,
                content=body,
                options={"headers": {"Content-Type": "application/json"}},
            ),
            self.provider.timeout_s,
        )

    async def reply(self, call: Callable[[], Awaitable[Any]], timeout_s: float) -> Reply:
        """What a call of the SDK brings, redacted; a failure is a reply too."""
        start = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                response = await call()
        except self._module.APIStatusError as error:
            response = error.response
        except (self._module.APIConnectionError, TimeoutError) as error:
            cause = error.__cause__ or error
            # The transport calls a refused connection a timeout, too.
            late = isinstance(error, self._module.APITimeoutError | TimeoutError) and "onnect" not in repr(cause)
            reason = f"no answer in {timeout_s:g} s" if late else redact(repr(cause), self._key, is_error=True)
            return Reply(None, {}, reason, time.monotonic() - start, "timeout" if late else "network")
        latency = time.monotonic() - start
        text = response.content.decode("utf-8", "backslashreplace")
        text = redact(text, self._key, is_error=response.status_code >= 300)
        return Reply(response.status_code, kept_headers(response.headers), text, latency)


def read_key(provider: Provider) -> str | None:
    """The provider's key from the environment; None where it wants none.

    Raises
    ------
    InputError : the variable is not set, or holds what no key holds.
    """
    if provider.key_env is None:
        return None
    key = os.environ.get(provider.key_env, "").strip()
    if not key:
        raise InputError(
            f"provider {provider.name}",
            f"needs a key, but {provider.key_env} is not set.",
            f"Set it in the environment (export {provider.key_env}=...), and run again.",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(provider.key_env, "holds characters that no key has.", "Set it again.")
    return key


def _open_sdk(provider: Provider, key: str | None) -> tuple[Any, Any, Any]:
    """An asynchronous client of the provider's API, the module with its errors, and its type of a raw reply."""
    import httpx2

    limits = httpx2.Limits(max_connections=provider.max_in_flight, max_keepalive_connections=provider.max_in_flight)
    timeout = httpx2.Timeout(provider.timeout_s, connect=_CONNECT_S)
    # A redirect could carry the key to another host.
    transport: dict[str, Any] = {"limits": limits, "timeout": timeout, "follow_redirects": False}
    transport["event_hooks"] = {"request": [_send_no_stand_in]}
    options: dict[str, Any] = {
        # A header of its own takes the key in place of the API's.
        "api_key": _NO_KEY if key is None or provider.key_header else key,
        "default_headers": provider.headers | ({provider.key_header: key} if key and provider.key_header else {}),
        "default_query": provider.query,
        "base_url": provider.base_url,
        "max_retries": 0,
        "timeout": timeout,
    }
    with _only_own_environment(provider):
        sdk, errors = api_of(provider.api).open(options, transport, provider.api_version)
    return sdk, errors, httpx2.Response


async def _send_no_stand_in(request: Any) -> None:
    """Take the header of the API's key out of a request where nothing stands there for it."""
    if request.headers.get("Authorization") == f"Bearer {_NO_KEY}":
        del request.headers["Authorization"]


@contextmanager
def _only_own_environment(provider: Provider) -> Iterator[None]:
    """Hide from the SDKs what the environment holds for another server: they would send it to this one."""
    own = (provider.key_env or "-").removesuffix("API_KEY")
    hidden = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith(("OPENAI_", "ANTHROPIC_")) and not name.startswith(own)
    }
    try:
        yield
    finally:
        os.environ.update(hidden)
