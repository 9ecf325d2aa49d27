"""A server on the loopback interface that speaks the APIs of the live providers, with faults on request.

What it answers, and which fault it commits, depends on the seed, the request's body and how often that body came;
not on the order of requests. ``with Loopback(...) as server`` runs it in a thread, and
``python loopback.py '{"latency_s": 0.2}'`` on its own, printing its port.
"""

import asyncio
import hashlib
import json
import logging
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

OPTIONS = [
    "very much like me",
    "like me",
    "somewhat like me",
    "a little like me",
    "not like me",
    "not like me at all",
]
# Faults of an attempt: the next attempt at the same body is drawn anew.
TRANSIENT = ("server", "rate_limited", "overloaded", "hang", "cut", "error_in_200", "html", "drop")
# Properties of an answer: the same at every attempt.
LASTING = ("refusal", "empty", "huge", "control", "filtered", "long")


class Loopback:
    """Counts what it ``received`` (by the body's hash) and its ``statuses``; keeps ``bodies`` and ``seen_headers``."""

    def __init__(
        self,
        latency_s: float = 0.0,
        faults: Mapping[str, float] | None = None,
        seed: int = 0,
        requests_per_s: float | None = None,
        burst: float = 20,
        retry_after: bool = True,
        late_refusals: bool = False,
        limit_headers: Mapping[str, str] | None = None,
        key: str | None = None,
        refuse_parameters: tuple[str, ...] = (),
        refuse_roles: tuple[str, ...] = (),
        models: tuple[str, ...] | None = None,
        reject: Mapping[str, Any] | None = None,
        port: int = 0,
        light: bool = False,
    ) -> None:
        self.latency_s, self.faults, self.seed = latency_s, dict(faults or {}), seed
        self.requests_per_s, self.burst, self.retry_after = requests_per_s, burst, retry_after
        self.late_refusals, self.limit_headers = late_refusals, dict(limit_headers or {})
        self.key, self.refuse_parameters, self.models, self.reject = key, refuse_parameters, models, reject
        self.refuse_roles = refuse_roles
        self.port, self.light = port, light
        self.received: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.began: float | None = None  # by the monotonic clock: the first request
        self.bodies: list[dict[str, Any]] = []
        self.seen_headers: list[dict[str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.drop_next_create = False  # a batch is created, but the reply is lost
        self.failing_lines = 0.0
        self._light_reply = orjson.dumps(self._completion({"model": "m"}, "0" * 64))
        self._tokens, self._filled = burst, time.monotonic()

    # Running it.

    def __enter__(self) -> "Loopback":
        started = threading.Event()
        self._loop = asyncio.new_event_loop()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._start())
            started.set()
            self._loop.run_forever()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(self._runner.cleanup())

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        return sum(self.received.values())

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/messages", self._messages),
                web.post("/v1/files", self._upload),
                web.get("/v1/files/{id}/content", self._content),
                web.post("/v1/batches", self._create_batch),
                web.get("/v1/batches", self._list_batches),
                web.get("/v1/batches/{id}", self._get_batch),
                web.post("/v1/messages/batches", self._create_message_batch),
                web.get("/v1/messages/batches", self._list_batches),
                web.get("/v1/messages/batches/{id}", self._get_batch),
                web.get("/v1/messages/batches/{id}/results", self._results),
                web.get("/_requests", self._report),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def _report(self, request: web.Request) -> web.Response:
        return web.json_response(self._counts())

    def _counts(self) -> dict[str, Any]:
        return {"requests": self.requests, "statuses": dict(self.statuses), "distinct": len(self.received)}

    # Questions.

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, self._completion)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, self._message)

    async def _answer(self, request: web.Request, shape: Any) -> web.StreamResponse:
        raw = await request.read()
        if self.light:
            # For measurements: as little work as possible beside the client's.
            await asyncio.sleep(self.latency_s)
            return web.Response(body=self._light_reply, content_type="application/json")
        self.began = self.began or time.monotonic()
        name = hashlib.sha256(raw).hexdigest()
        self.received[name] += 1
        attempt = self.received[name]
        body = orjson.loads(raw)
        self.bodies.append(body)
        self.seen_headers.append(dict(request.headers))
        self.queries.append(dict(request.query))
        if not self._admits() and not self.late_refusals:
            return self._error(429, "Rate limit reached", "rate_limit_error", self._wait())
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if self.late_refusals and not self._admitted:
            return self._error(429, "Rate limit reached", "rate_limit_error", self._wait())
        if refusal := self._refusal(request, body):
            return refusal
        fault = self.fault_of(name, attempt)
        if fault == "server":
            return self._error(500, "The server had an error", "server_error")
        if fault == "overloaded":
            return self._error(529, "Overloaded", "overloaded_error")
        if fault == "rate_limited":
            header = {"retry-after-ms": "20"} if attempt % 2 and self.retry_after else {}
            return self._error(429, "Rate limit reached", "rate_limit_error", header)
        if fault == "hang":
            await asyncio.sleep(60)
        if fault == "drop":
            request.transport.close()  # type: ignore[union-attr]
        if fault == "cut":
            return self._reply(200, orjson.dumps(shape(body, name))[:-40], "application/json")
        if fault == "html":
            return self._reply(200, b"<html><body>Bad gateway</body></html>", "text/html")
        if fault == "error_in_200":
            error = {"error": {"code": 502, "message": "Upstream failed"}}
            return self._reply(200, orjson.dumps(error), "application/json")
        return self._reply(200, orjson.dumps(shape(body, name)), "application/json")

    def _admits(self) -> bool:
        self._admitted = True
        if self.requests_per_s is not None:
            now = time.monotonic()
            self._tokens = min(self.burst, self._tokens + (now - self._filled) * self.requests_per_s)
            self._filled = now
            self._admitted = self._tokens >= 1
            self._tokens -= self._admitted
        return self._admitted

    def _wait(self) -> dict[str, str]:
        return {"retry-after": "1"} if self.retry_after else {}

    def _refusal(self, request: web.Request, body: dict[str, Any]) -> web.Response | None:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.key and sent != self.key:
            masked = f"{sent[:7]}***{sent[-4:]}"
            return self._error(401, f"Incorrect API key provided: {masked} ({sent}).", "invalid_api_key")
        if self.models and body["model"] not in self.models:
            return self._error(404, f"The model `{body['model']}` does not exist", "model_not_found")
        for name in self.refuse_parameters:
            if name in body:
                return self._error(
                    400,
                    f"Unsupported parameter: '{name}' is not supported with this model.",
                    "unsupported_parameter",
                    param=name,
                )
        for message in body["messages"]:
            if message["role"] in self.refuse_roles:
                return self._error(400, f"Role '{message['role']}' is not supported.", "invalid_request_error")
        if self.reject:
            return self._reply(self.reject["status"], orjson.dumps(self.reject["body"]), "application/json")
        return None

    def _draw(self, what: str, faults: tuple[str, ...]) -> str | None:
        rng = random.Random(f"{self.seed} {what}")
        point = rng.random()
        for fault in faults:
            point -= self.faults.get(fault, 0)
            if point < 0:
                return fault
        return None

    def fault_of(self, name: str, attempt: int) -> str | None:
        """What goes wrong with an attempt at a body, counted from one."""
        return self._draw(f"{name} {attempt}", TRANSIENT)

    def text_of(self, name: str) -> tuple[str | None, str]:
        """The answer to a body, and the finish reason."""
        kind = self._draw(name, LASTING)
        option = OPTIONS[int(name[:8], 16) % 6]
        return {
            "refusal": ("I'm sorry, but I can't rate that.", "stop"),
            "empty": ("", "length"),
            "huge": (option + " " + "x" * 1_000_000, "stop"),
            "control": (f"\x00\x1b[31m{option}\u2028\x07", "stop"),
            "filtered": (None, "content_filter"),
            "long": (f"{option}, because", "length"),
        }.get(kind or "", (option, "stop"))

    def _completion(self, body: dict[str, Any], name: str) -> dict[str, Any]:
        text, finish = self.text_of(name)
        return {
            "id": f"chatcmpl-{name[:12]}",
            "object": "chat.completion",
            "created": 1,
            "model": f"{body['model']}-2026",
            "system_fingerprint": "fp_loopback",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None, "reasoning": "So."},
                    "finish_reason": finish,
                }
            ],
            "usage": {"prompt_tokens": 300, "completion_tokens": 5, "total_tokens": 305},
        }

    def _message(self, body: dict[str, Any], name: str) -> dict[str, Any]:
        text, finish = self.text_of(name)
        stops = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
        return {
            "id": f"msg_{name[:12]}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "thinking", "thinking": "So."}, {"type": "text", "text": text or ""}],
            "stop_reason": stops[finish],
            "usage": {"input_tokens": 300, "output_tokens": 5},
        }

    def _error(
        self,
        status: int,
        message: str,
        kind: str,
        headers: Mapping[str, str] | None = None,
        param: str | None = None,
    ) -> web.Response:
        body = {"type": "error", "error": {"type": kind, "code": kind, "message": message, "param": param}}
        return self._reply(status, orjson.dumps(body), "application/json", headers)

    def _reply(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> web.Response:
        self.statuses[status] += 1
        more = {
            "x-request-id": f"req-{self.requests}",
            "openai-organization": "org-secret1234",
            **self.limit_headers,
        }
        return web.Response(status=status, body=body, content_type=kind, headers={**more, **(headers or {})})

    # Batches.

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        name = f"file-{len(self.files)}"
        self.files[name] = form["file"].file.read()  # type: ignore[union-attr]
        return web.json_response({"id": name, "object": "file", "purpose": "batch"})

    async def _content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    async def _create_batch(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name = f"batch_{len(self.batches)}"
        good, bad = [], []
        for line in self.files[asked["input_file_id"]].splitlines():
            entry = orjson.loads(line)
            self.bodies.append(entry["body"])
            raw = orjson.dumps(entry["body"], option=orjson.OPT_SORT_KEYS)
            digest = hashlib.sha256(raw).hexdigest()
            self.received[digest] += 1
            fails = random.Random(f"{self.seed} {digest} {self.received[digest]}").random() < self.failing_lines
            reply = {
                "id": f"line-{digest[:8]}",
                "custom_id": entry["custom_id"],
                "response": {
                    "status_code": 500 if fails else 200,
                    "request_id": "req-batch",
                    "body": {"error": {"message": "failed"}} if fails else self._completion(entry["body"], digest),
                },
                "error": None,
            }
            (bad if fails else good).append(orjson.dumps(reply))
        batch = {
            "id": name,
            "object": "batch",
            "endpoint": asked["endpoint"],
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "completed",
            "created_at": int(time.time()),
            "metadata": asked.get("metadata"),
            "request_counts": {"total": len(good) + len(bad), "completed": len(good), "failed": len(bad)},
        }
        for kind, lines in (("output", good), ("error", bad)):
            if lines:
                batch[f"{kind}_file_id"] = f"{name}-{kind}"
                self.files[f"{name}-{kind}"] = b"\n".join(lines) + b"\n"
        self.batches[name] = batch
        return self._created(request, batch)

    async def _create_message_batch(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name = f"msgbatch_{len(self.batches)}"
        lines = []
        for entry in asked["requests"]:
            self.bodies.append(entry["params"])
            raw = orjson.dumps(entry["params"], option=orjson.OPT_SORT_KEYS)
            digest = hashlib.sha256(raw).hexdigest()
            self.received[digest] += 1
            fails = random.Random(f"{self.seed} {digest} {self.received[digest]}").random() < self.failing_lines
            result = (
                {
                    "type": "errored",
                    "error": {"type": "error", "error": {"type": "api_error", "message": "failed"}},
                }
                if fails
                else {"type": "succeeded", "message": self._message(entry["params"], digest)}
            )
            lines.append(orjson.dumps({"custom_id": entry["custom_id"], "result": result}))
        self.files[name] = b"\n".join(lines) + b"\n"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.batches[name] = {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended",
            "created_at": stamp,
            "expires_at": stamp,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results",
            "request_counts": {
                "processing": 0,
                "succeeded": len(lines),
                "errored": 0,
                "canceled": 0,
                "expired": 0,
            },
        }
        return self._created(request, self.batches[name])

    def _created(self, request: web.Request, batch: dict[str, Any]) -> web.Response:
        if self.drop_next_create:
            self.drop_next_create = False
            request.transport.close()  # type: ignore[union-attr]
        return web.json_response(batch)

    async def _list_batches(self, request: web.Request) -> web.Response:
        newest_first = list(reversed(self.batches.values()))
        return web.json_response(
            {"object": "list", "data": newest_first, "has_more": False, "first_id": None, "last_id": None}
        )

    async def _get_batch(self, request: web.Request) -> web.Response:
        return web.json_response(self.batches[request.match_info["id"]])

    async def _results(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])


def main() -> None:
    """Serve until killed, with the settings of the first argument (JSON)."""
    # A client that is killed is no fault of the server's.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)

    async def serve() -> None:
        server = Loopback(**json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}"))
        await server._start()
        print(server.port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
