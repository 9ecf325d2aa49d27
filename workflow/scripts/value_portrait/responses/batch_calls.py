"""Calls of a provider's batch API: repeated a few times, and never a second submission by accident."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import orjson

from value_portrait.errors import InputError
from value_portrait.responses.client import Client
from value_portrait.responses.outcomes import FATAL, RETRIED, judge
from value_portrait.responses.replies import Reply, Verdict

# One call of a batch API may move hundreds of megabytes.
_CALL_TIMEOUT_S = 600
_ATTEMPTS = 6
_FIRST_WAIT_S = 0.5


class BatchCalls:
    """The ``Calls`` of ``apis.api``, made by a client."""

    def __init__(self, client: Client) -> None:
        self.client, self.sdk = client, client.sdk

    async def get(self, path: str) -> Any:  # noqa: D102
        return await self.call(lambda: self.sdk.get(path, cast_to=self.client.response))

    async def call(self, call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: D102
        return orjson.loads((await self._reply(call)).text)

    async def create(self, path: str, body: bytes) -> Any:
        """What was created, or None where it may have been created although no reply came."""
        headers = {"headers": {"Content-Type": "application/json"}}
        reply = await self.client.reply(
            lambda: self.sdk.post(path, cast_to=self.client.response, content=body, options=headers), _CALL_TIMEOUT_S
        )
        if reply.status is not None and reply.status < 300:
            return orjson.loads(reply.text)
        self._raise_if_fatal(reply)
        return None

    async def lines(self, path: str) -> Iterator[dict[str, Any]]:  # noqa: D102
        reply = await self._reply(lambda: self.sdk.get(path, cast_to=self.client.response))
        return (orjson.loads(line) for line in reply.text.splitlines() if line.strip())

    async def pages(self, path: str, cursor: str) -> AsyncIterator[dict[str, Any]]:  # noqa: D102
        after = ""
        while True:
            page = await self.get(path + after)
            for entry in page["data"]:
                yield entry
            if not page.get("has_more") or not page["data"]:
                return
            after = f"&{cursor}={page['data'][-1]['id']}"

    async def _reply(self, call: Callable[[], Awaitable[Any]]) -> Reply:
        """A good reply, after a few attempts."""
        for attempt in range(_ATTEMPTS):
            reply = await self.client.reply(call, _CALL_TIMEOUT_S)
            if reply.status is not None and reply.status < 300:
                return reply
            self._raise_if_fatal(reply)
            await asyncio.sleep(_FIRST_WAIT_S * 2**attempt)
        raise self._unusable(judge(reply, self.client.provider), "Run again later: the batch is not lost.")

    def _raise_if_fatal(self, reply: Reply) -> None:
        verdict = judge(reply, self.client.provider)
        if verdict.outcome not in RETRIED:
            raise self._unusable(verdict, FATAL.get(verdict.outcome, "Run again."))

    def _unusable(self, verdict: Verdict, remedy: str) -> InputError:
        where = f"batches of provider {self.client.provider.name}"
        return InputError(where, f"cannot be used ({verdict.outcome}, {verdict.message}).", remedy)
