"""Anthropic's messages and message batches."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from value_portrait.responses.apis.api import Batch, Calls
from value_portrait.responses.replies import Reply, Verdict, count_of, outcome_of, word_of

_PATH = "/v1/messages"
_POLL_S = 30.0


class Anthropic:
    """Messages. Batches: requests go in one call and come back in one file; custom ids alone name the intent."""

    path = _PATH
    token_parameters: tuple[str, ...] = ("max_tokens",)

    def open(self, options: dict[str, Any], transport: dict[str, Any], version: str) -> tuple[Any, Any]:  # noqa: D102
        import anthropic

        http = anthropic.DefaultAioHttpClient(**transport)
        # The SDK sends its own name for a value that nobody gave.
        headers = {"anthropic-version": version, "x-stainless-timeout": anthropic.Omit()}
        options = options | {"default_headers": headers | options.get("default_headers", {})}
        return anthropic.AsyncAnthropic(**options, http_client=http), anthropic

    def conversation(self, system: str | None, turn: str) -> dict[str, Any]:  # noqa: D102
        return ({} if system is None else {"system": system}) | {"messages": [{"role": "user", "content": turn}]}

    def said(self, body: Mapping[str, Any]) -> tuple[str | None, str]:  # noqa: D102
        return body.get("system"), body["messages"][-1]["content"]

    def read_answer(self, body: Mapping[str, Any], reasoning_fields: Sequence[str]) -> Verdict:  # noqa: D102
        blocks, finish = body["content"], word_of(body.get("stop_reason"))
        answer = "".join(block["text"] for block in blocks if block["type"] == "text")
        reasoning = [block.get(name) for block in blocks for name in reasoning_fields if block["type"] == name]
        usage = body.get("usage") or {}
        # What the cache held or took in is not among the input tokens, but it was read.
        cached = sum(count_of(usage.get(f"cache_{kind}_input_tokens")) or 0 for kind in ("creation", "read"))
        tokens_in = count_of(usage.get("input_tokens"))
        return Verdict(
            outcome=outcome_of(
                answer,
                refused=finish == "refusal",
                filtered=False,
                cut=finish in ("max_tokens", "model_context_window_exceeded"),
            ),
            answer=answer,
            reasoning="".join(text for text in reasoning if text) or None,
            finish_reason=finish,
            served_model=word_of(body.get("model")),
            tokens_in=None if tokens_in is None else tokens_in + cached,
            tokens_out=count_of(usage.get("output_tokens")),
        )

    async def create_batch(self, calls: Calls, intent: str, bodies: Mapping[str, bytes]) -> Batch | None:  # noqa: D102
        requests = [{"custom_id": name, "params": orjson.Fragment(body)} for name, body in bodies.items()]
        created = await calls.create(f"{_PATH}/batches", orjson.dumps({"requests": requests}))
        return None if created is None else _batch(created)

    async def get_batch(self, calls: Calls, batch: str) -> Batch:  # noqa: D102
        return _batch(await calls.get(f"{_PATH}/batches/{batch}"))

    async def find_batch(  # noqa: D102
        self, calls: Calls, intent: str, names: Sequence[str], since: float
    ) -> Batch | None:
        async for listed in calls.pages(f"{_PATH}/batches?limit=100", "after_id"):
            batch = _batch(listed)
            if batch.created < since:
                return None
            if batch.requests != len(names):
                continue
            while not batch.ended:
                # Only its results show the custom ids.
                await asyncio.sleep(_POLL_S)
                batch = await self.get_batch(calls, batch.id)
            async for name, _ in self.batch_results(calls, batch):
                if name in names:
                    return batch
                break
        return None

    async def batch_results(self, calls: Calls, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:  # noqa: D102
        for line in await calls.lines(f"{_PATH}/batches/{batch.id}/results"):
            result = line["result"]
            if result["type"] == "succeeded":
                yield line["custom_id"], Reply(200, {}, orjson.dumps(result["message"]).decode(), 0.0)
            elif result["type"] == "errored":
                yield line["custom_id"], Reply(200, {}, orjson.dumps(result["error"]).decode(), 0.0)
            else:
                words = orjson.dumps({"error": {"message": f"the request was {result['type']}"}}).decode()
                yield line["custom_id"], Reply(504, {}, words, 0.0)


def _batch(raw: dict[str, Any]) -> Batch:
    return Batch(
        id=raw["id"],
        created=datetime.fromisoformat(raw["created_at"]).timestamp(),
        ended=raw["processing_status"] == "ended",
        requests=sum(raw["request_counts"].values()),
        raw=raw,
    )
