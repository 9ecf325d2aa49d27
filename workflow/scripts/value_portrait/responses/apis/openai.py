"""OpenAI's chat completions, which many servers speak, and its batches."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson

from value_portrait.responses.apis.api import Batch, Calls
from value_portrait.responses.replies import (
    Reply,
    Verdict,
    cost_of,
    count_of,
    error_status,
    outcome_of,
    refused,
    text_of,
    word_of,
)

_COMPLETIONS = "/v1/chat/completions"


class OpenAI:
    """Chat completions. Batches: a file of requests is uploaded, answers and errors come back as two files."""

    path = "/chat/completions"
    token_parameters: tuple[str, ...] = ("max_tokens", "max_completion_tokens")

    def open(self, options: dict[str, Any], transport: dict[str, Any], version: str) -> tuple[Any, Any]:  # noqa: D102
        import openai

        return openai.AsyncOpenAI(**options, http_client=openai.DefaultAioHttpClient(**transport)), openai

    def conversation(self, system: str | None, turn: str) -> dict[str, Any]:  # noqa: D102
        messages = [] if system is None else [{"role": "system", "content": system}]
        return {"messages": [*messages, {"role": "user", "content": turn}]}

    def said(self, body: Mapping[str, Any]) -> tuple[str | None, str]:  # noqa: D102
        first, last = body["messages"][0], body["messages"][-1]
        return first["content"] if first["role"] == "system" else None, last["content"]

    def read_answer(self, body: Mapping[str, Any], reasoning_fields: Sequence[str]) -> Verdict:  # noqa: D102
        choice = body["choices"][0]
        if choice.get("error"):
            return refused(error_status(choice), choice, str(choice["error"]))
        message = choice["message"]
        finish = word_of(choice.get("finish_reason"))
        if finish == "error":
            return Verdict("server", "the upstream provider failed")
        answer = text_of(message.get("content"))
        refusal = text_of(message.get("refusal"))
        usage = body.get("usage") or {}
        return Verdict(
            outcome=outcome_of(
                answer or refusal, refused=bool(refusal), filtered=finish == "content_filter", cut=finish == "length"
            ),
            answer=answer or refusal,
            reasoning=next((text for name in reasoning_fields if (text := text_of(message.get(name)))), None),
            finish_reason=finish,
            served_model=word_of(body.get("model")),
            fingerprint=word_of(body.get("system_fingerprint")),
            upstream=word_of(body.get("provider")),
            tokens_in=count_of(usage.get("prompt_tokens")),
            tokens_out=count_of(usage.get("completion_tokens")),
            tokens_reasoning=count_of((usage.get("completion_tokens_details") or {}).get("reasoning_tokens")),
            usd=cost_of(usage.get("cost")),
        )

    async def create_batch(self, calls: Calls, intent: str, bodies: Mapping[str, bytes]) -> Batch | None:  # noqa: D102
        lines = b"".join(
            b'{"custom_id":%s,"method":"POST","url":"%s","body":%s}\n'
            % (orjson.dumps(name), _COMPLETIONS.encode(), body)
            for name, body in bodies.items()
        )
        upload = await calls.call(
            lambda: calls.sdk.files.with_raw_response.create(file=("requests.jsonl", lines), purpose="batch")
        )
        request = {
            "input_file_id": upload["id"],
            "endpoint": _COMPLETIONS,
            "completion_window": "24h",
            "metadata": {"intent": intent},
        }
        created = await calls.create("/batches", orjson.dumps(request))
        return None if created is None else _batch(created)

    async def get_batch(self, calls: Calls, batch: str) -> Batch:  # noqa: D102
        return _batch(await calls.get(f"/batches/{batch}"))

    async def find_batch(  # noqa: D102
        self, calls: Calls, intent: str, names: Sequence[str], since: float
    ) -> Batch | None:
        async for listed in calls.pages("/batches?limit=100", "after"):
            batch = _batch(listed)
            if batch.created < since:
                return None
            if (listed.get("metadata") or {}).get("intent") == intent:
                return batch
        return None

    async def batch_results(self, calls: Calls, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:  # noqa: D102
        for kind in ("output_file_id", "error_file_id"):
            if name := batch.raw.get(kind):
                for line in await calls.lines(f"/files/{name}/content"):
                    response = line.get("response") or {}
                    status = response.get("status_code") or 504
                    body = response.get("body") or {"error": line.get("error")}
                    headers = {"x-request-id": response["request_id"]} if response.get("request_id") else {}
                    yield line["custom_id"], Reply(status, headers, orjson.dumps(body).decode(), 0.0)


def _batch(raw: dict[str, Any]) -> Batch:
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
