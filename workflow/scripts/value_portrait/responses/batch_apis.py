"""The two batch APIs (OpenAI Batch, Anthropic Message Batches), as far as they differ."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson

from value_portrait.errors import InputError
from value_portrait.responses.client import Client
from value_portrait.responses.journal import Intent
from value_portrait.responses.outcomes import FATAL, RETRIED, Reply, Verdict, judge

# One call of a batch API may move hundreds of megabytes.
_CALL_TIMEOUT_S = 600
_ATTEMPTS = 6
_FIRST_WAIT_S = 0.5
_CLOCKS_DIFFER_S = 900


@dataclass(frozen=True)
class Batch:
    """A batch at the provider; ``failure`` says why it came to nothing."""

    id: str
    created: float
    ended: bool
    requests: int
    raw: dict[str, Any]
    failure: str | None = None


class BatchApi(Protocol):
    """What both can do."""

    async def create(self, intent: Intent, bodies: dict[str, bytes]) -> Batch | None:
        """Submit; None where the reply was lost, and only a listing can tell."""

    async def get(self, batch: str) -> Batch:
        """The state of a batch."""

    async def find(self, intent: Intent) -> Batch | None:
        """The batch that an intent became, by listing."""

    def results(self, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:
        """The reply of every request, by its custom id."""


def open_batch_api(client: Client) -> BatchApi:
    """The batch API of a client's provider."""
    return AnthropicBatches(client) if client.provider.api == "anthropic" else OpenAIBatches(client)


class OpenAIBatches:
    """A file of requests is uploaded; answers and errors come back as two files. Metadata names the intent."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def create(self, intent: Intent, bodies: dict[str, bytes]) -> Batch | None:  # noqa: D102
        lines = b"".join(
            b'{"custom_id":%s,"method":"POST","url":"/v1/chat/completions","body":%s}\n' % (orjson.dumps(name), body)
            for name, body in bodies.items()
        )
        upload = await _call(
            self.client,
            lambda: self.client.sdk.files.with_raw_response.create(file=("requests.jsonl", lines), purpose="batch"),
        )
        request = {
            "input_file_id": upload["id"],
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {"intent": intent.id},
        }
        created = await _create(self.client, "/batches", orjson.dumps(request))
        return None if created is None else _openai_batch(created)

    async def get(self, batch: str) -> Batch:  # noqa: D102
        return _openai_batch(await _get(self.client, f"/batches/{batch}"))

    async def find(self, intent: Intent) -> Batch | None:  # noqa: D102
        async for listed in _pages(self.client, "/batches?limit=100", "after"):
            batch = _openai_batch(listed)
            if batch.created < intent.time - _CLOCKS_DIFFER_S:
                return None
            if (listed.get("metadata") or {}).get("intent") == intent.id:
                return batch
        return None

    async def results(self, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:  # noqa: D102
        for kind in ("output_file_id", "error_file_id"):
            if name := batch.raw.get(kind):
                for line in await _lines(self.client, f"/files/{name}/content"):
                    response = line.get("response") or {}
                    status = response.get("status_code") or 504
                    body = response.get("body") or {"error": line.get("error")}
                    headers = {"x-request-id": response["request_id"]} if response.get("request_id") else {}
                    yield line["custom_id"], Reply(status, headers, orjson.dumps(body).decode(), 0.0)


class AnthropicBatches:
    """Requests go in one call, and come back in one file. There is no metadata: custom ids name the intent."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def create(self, intent: Intent, bodies: dict[str, bytes]) -> Batch | None:  # noqa: D102
        requests = [{"custom_id": name, "params": orjson.Fragment(body)} for name, body in bodies.items()]
        created = await _create(self.client, "/v1/messages/batches", orjson.dumps({"requests": requests}))
        return None if created is None else _anthropic_batch(created)

    async def get(self, batch: str) -> Batch:  # noqa: D102
        return _anthropic_batch(await _get(self.client, f"/v1/messages/batches/{batch}"))

    async def find(self, intent: Intent) -> Batch | None:  # noqa: D102
        async for listed in _pages(self.client, "/v1/messages/batches?limit=100", "after_id"):
            batch = _anthropic_batch(listed)
            if batch.created < intent.time - _CLOCKS_DIFFER_S:
                return None
            if batch.requests != len(intent.keys):
                continue
            while not batch.ended:
                # Only its results show the custom ids.
                await asyncio.sleep(_CALL_TIMEOUT_S / 20)
                batch = await self.get(batch.id)
            async for name, _ in self.results(batch):
                if name in intent.keys:
                    return batch
                break
        return None

    async def results(self, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:  # noqa: D102
        for line in await _lines(self.client, f"/v1/messages/batches/{batch.id}/results"):
            result = line["result"]
            if result["type"] == "succeeded":
                yield line["custom_id"], Reply(200, {}, orjson.dumps(result["message"]).decode(), 0.0)
            elif result["type"] == "errored":
                yield line["custom_id"], Reply(200, {}, orjson.dumps(result["error"]).decode(), 0.0)
            else:
                words = orjson.dumps({"error": {"message": f"the request was {result['type']}"}}).decode()
                yield line["custom_id"], Reply(504, {}, words, 0.0)


def _openai_batch(raw: dict[str, Any]) -> Batch:
    status = raw["status"]
    errors = (raw.get("errors") or {}).get("data") or []
    failure = "; ".join(str(error.get("message")) for error in errors) or "no reason given"
    return Batch(
        id=raw["id"],
        created=raw["created_at"],
        ended=status in ("completed", "failed", "expired", "cancelled"),
        requests=(raw.get("request_counts") or {}).get("total", 0),
        raw=raw,
        failure=failure if status == "failed" else None,
    )


def _anthropic_batch(raw: dict[str, Any]) -> Batch:
    return Batch(
        id=raw["id"],
        created=datetime.fromisoformat(raw["created_at"]).timestamp(),
        ended=raw["processing_status"] == "ended",
        requests=sum(raw["request_counts"].values()),
        raw=raw,
    )


async def _pages(client: Client, path: str, cursor: str) -> AsyncIterator[dict[str, Any]]:
    """All batches of a listing, newest first."""
    after = ""
    while True:
        page = await _get(client, path + after)
        for entry in page["data"]:
            yield entry
        if not page.get("has_more") or not page["data"]:
            return
        after = f"&{cursor}={page['data'][-1]['id']}"


async def _get(client: Client, path: str) -> Any:
    return await _call(client, lambda: client.sdk.get(path, cast_to=client.response))


async def _lines(client: Client, path: str) -> Iterator[dict[str, Any]]:
    reply = await _reply(client, lambda: client.sdk.get(path, cast_to=client.response))
    return (orjson.loads(line) for line in reply.text.splitlines() if line.strip())


async def _create(client: Client, path: str, body: bytes) -> Any:
    """The created batch, or None where it may have been created although no reply came."""
    headers = {"headers": {"Content-Type": "application/json"}}
    reply = await client.reply(
        lambda: client.sdk.post(path, cast_to=client.response, content=body, options=headers), _CALL_TIMEOUT_S
    )
    if reply.status is not None and reply.status < 300:
        return orjson.loads(reply.text)
    _raise_if_fatal(client, reply)
    return None


async def _call(client: Client, call: Any) -> Any:
    return orjson.loads((await _reply(client, call)).text)


async def _reply(client: Client, call: Any) -> Reply:
    """A good reply, after a few attempts."""
    for attempt in range(_ATTEMPTS):
        reply = await client.reply(call, _CALL_TIMEOUT_S)
        if reply.status is not None and reply.status < 300:
            return reply
        _raise_if_fatal(client, reply)
        await asyncio.sleep(_FIRST_WAIT_S * 2**attempt)
    raise _unusable(client, judge(reply, client.provider), "Run again later: the batch is not lost.")


def _raise_if_fatal(client: Client, reply: Reply) -> None:
    verdict = judge(reply, client.provider)
    if verdict.outcome not in RETRIED:
        raise _unusable(client, verdict, FATAL.get(verdict.outcome, "Run again."))


def _unusable(client: Client, verdict: Verdict, remedy: str) -> InputError:
    where = f"batches of provider {client.provider.name}"
    return InputError(where, f"cannot be used ({verdict.outcome}, {verdict.message}).", remedy)
