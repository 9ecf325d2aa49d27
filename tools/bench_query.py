"""Measures the live engine beside other ways of asking: speed, CPU time and memory, on the loopback interface.

Everything runs in one go against one server with 200 ms latency; every measurement is a process of its own, and those
to be compared take turns. The engine keeps every answer durably (fsync); the others only read it.
"""

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests")]

NUMBER, LATENCY_S = 1000, 0.2
REPEATS = {10: 1, 50: 3, 200: 5}
LIMITED, LIMIT_PER_S = 400, 20
WAYS = ("engine", "sdk_aiohttp", "sdk_default", "aiohttp")
REFERENCE = "sdk_aiohttp"


def bodies(number: int) -> list[dict[str, Any]]:
    """Requests as long as the study's."""
    text = "How similar is this response to your own thoughts? " * 30
    return [
        {
            "model": "m",
            "messages": [{"role": "user", "content": f"{text}{i}"}],
            "temperature": 0,
            "max_tokens": 64,
            "seed": 42,
        }
        for i in range(number)
    ]


async def at_once(number: int, in_flight: int, send: Callable[[dict[str, Any]], Awaitable[Any]]) -> float:
    """Seconds for ``number`` requests behind a semaphore."""
    semaphore = asyncio.Semaphore(in_flight)

    async def one(body: dict[str, Any]) -> None:
        async with semaphore:
            await send(body)

    start = time.perf_counter()
    await asyncio.gather(*(one(body) for body in bodies(number)))
    return time.perf_counter() - start


async def sdk(url: str, number: int, in_flight: int, transport: str) -> float:
    """The plain loop over the SDK, without its retries."""
    import openai

    http = openai.DefaultAioHttpClient() if transport == "aiohttp" else openai.DefaultAsyncHttpxClient()
    async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0, http_client=http) as client:
        return await at_once(number, in_flight, lambda body: client.chat.completions.create(**body))


async def plain_aiohttp(url: str, number: int, in_flight: int) -> float:
    """The floor: no SDK at all."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def send(body: dict[str, Any]) -> None:
            async with session.post(f"{url}/v1/chat/completions", json=body) as reply:
                await reply.json()

        return await at_once(number, in_flight, send)


def ask_one(url: str, body: dict[str, Any]) -> None:
    """One request in a worker of the process pool."""
    import openai

    global CLIENT
    CLIENT = globals().get("CLIENT") or openai.OpenAI(api_key="k", base_url=f"{url}/v1", max_retries=0)
    CLIENT.chat.completions.create(**body)


def pool(url: str, number: int) -> float:
    """A process pool of two, as the authors asked."""
    with ProcessPoolExecutor(2) as workers:
        list(workers.map(ask_one, [url] * 2, bodies(2)))
        start = time.perf_counter()
        list(workers.map(ask_one, [url] * number, bodies(number)))
        return time.perf_counter() - start


def engine(url: str, number: int, in_flight: int, requests_per_minute: float | None) -> float:
    """The engine of this project, with its store on the disk of this folder."""
    import openai  # noqa: F401  (imports count for nobody)
    from targets import make_target, run
    from value_portrait.responses.requests import Planned, canonical, request_key

    os.environ["LOOPBACK_API_KEY"] = "lb-0123456789abcdefghijklmnopqrstuvwxyz"
    target = make_target(url, max_in_flight=in_flight, timeout_s=60, requests_per_minute=requests_per_minute)
    encoded = [canonical(body) for body in bodies(number)]
    plan = [Planned(request_key(body, target), str(i), "v1", body) for i, body in enumerate(encoded)]
    with tempfile.TemporaryDirectory(dir=ROOT) as store:
        start = time.perf_counter()
        summary = run(target, plan, Path(store))
        elapsed = time.perf_counter() - start
    if summary.missing:
        raise SystemExit(f"{summary.missing} requests were not answered: {summary.stopped}")
    return elapsed


def measure(way: str, url: str, number: int, in_flight: int, requests_per_minute: float | None) -> dict[str, float]:
    """Requests per second, CPU milliseconds per request and peak memory (MB) of one way, in this process."""
    used = sum(cpu_s(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if way == "engine":
        elapsed = engine(url, number, in_flight, requests_per_minute)
    elif way == "pool":
        elapsed = pool(url, number)
    elif way == "aiohttp":
        elapsed = asyncio.run(plain_aiohttp(url, number, in_flight))
    else:
        elapsed = asyncio.run(sdk(url, number, in_flight, way.removeprefix("sdk_")))
    used = sum(cpu_s(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) - used
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    peak = peaks[0] + (2 * peaks[1] if way == "pool" else 0)
    return {"seconds": elapsed, "per_s": number / elapsed, "cpu_ms": used / number * 1e3, "peak_mb": peak / 1024}


def cpu_s(who: int) -> float:
    """CPU seconds used so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


class Server:
    """The loopback server in a process of its own."""

    def __init__(self, **settings: Any) -> None:
        command = [sys.executable, str(ROOT / "tests/loopback.py"), json.dumps(settings)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def counts(self) -> dict[str, Any]:
        """How many requests it got, and how it answered."""
        import urllib.request

        with urllib.request.urlopen(f"{self.url}/_requests") as reply:
            return dict(json.load(reply))

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


def in_own_process(way: str, url: str, number: int, in_flight: int, per_minute: float | None) -> dict[str, float]:
    """``measure`` in a fresh process."""
    arguments = json.dumps([way, url, number, in_flight, per_minute])
    done = subprocess.run([sys.executable, __file__, arguments], capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def median(results: list[dict[str, float]]) -> dict[str, float]:
    """The median of every number."""
    return {name: statistics.median(result[name] for result in results) for name in results[0]}


def compare() -> bool:
    """Print the table of all ways at all levels; whether the engine keeps up with its reference."""
    print(f"{NUMBER} requests, {LATENCY_S * 1e3:.0f} ms latency; medians of {REPEATS} runs; ratio to {REFERENCE}")
    print(f"{'in flight':>9}  {'way':<12} {'per s':>7} {'ratio':>6} {'CPU ms':>7} {'peak MB':>8}")
    good = True
    for in_flight, repeats in REPEATS.items():
        server = Server(latency_s=LATENCY_S, light=True)
        results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(repeats):
            for way in WAYS:
                results[way].append(in_own_process(way, server.url, NUMBER, in_flight, 600_000))
        server.stop()
        reference = median(results[REFERENCE])["per_s"]
        for way in WAYS:
            row = median(results[way])
            print(
                f"{in_flight:>9}  {way:<12} {row['per_s']:>7.0f} {row['per_s'] / reference:>6.2f} "
                f"{row['cpu_ms']:>7.2f} {row['peak_mb']:>8.0f}",
                flush=True,
            )
        good &= median(results["engine"])["per_s"] / reference >= (0.85 if in_flight == 200 else 0.95)
    server = Server(latency_s=LATENCY_S, light=True)
    row = in_own_process("pool", server.url, 60, 2, None)
    server.stop()
    print(f"{2:>9}  {'pool of two':<12} {row['per_s']:>7.0f} {'':>6} {row['cpu_ms']:>7.2f} {row['peak_mb']:>8.0f}")
    return good


def pace() -> bool:
    """Print how the engine fares against a server that refuses what exceeds its limit; whether it keeps its pace."""
    ideal = LIMITED / LIMIT_PER_S
    print(f"\n{LIMITED} requests to a server that allows {LIMIT_PER_S} a second (ideal {ideal:.0f} s), 50 in flight")
    print(f"{'limit known from':<34} {'seconds':>8} {'429':>4} {'lost':>5}")
    good = True
    unknown: dict[str, Any] = {}
    for label, settings, per_minute in (
        ("the provider's row", unknown, LIMIT_PER_S * 60),
        ("headers", {"limit_headers": {"x-ratelimit-limit-requests": str(LIMIT_PER_S * 60)}}, None),
        ("refusals with Retry-After", unknown, None),
        ("refusals without", {"retry_after": False}, None),
    ):
        server = Server(latency_s=LATENCY_S, requests_per_s=LIMIT_PER_S, **settings)
        row = in_own_process("engine", server.url, LIMITED, 50, per_minute)
        counts = server.counts()
        server.stop()
        refused = counts["statuses"].get("429", 0)
        lost = LIMITED - counts["statuses"]["200"]
        print(f"{label:<34} {row['seconds']:>8.1f} {refused:>4} {lost:>5}", flush=True)
        good &= row["seconds"] <= 1.05 * ideal and refused <= 0.02 * LIMITED and not lost
    return good


def main() -> None:
    """Measure everything, or one way in this process."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(*json.loads(sys.argv[1]))))
        return
    good = [compare(), pace()]
    print("\nAll targets are met." if all(good) else "\nA target is missed.")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
