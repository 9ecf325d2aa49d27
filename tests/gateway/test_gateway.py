"""A server that nobody here wrote: LiteLLM's proxy, with mock answers, speaks both APIs through the whole workflow.

It has an environment of its own, made here from ``requirements-gateway.lock``; without a package index the test is
skipped. The proxy limits requests per minute by itself, and its refusals say nothing.
"""

import asyncio
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pandas as pd
import pytest
import yaml
from conftest import ROOT, run_snakemake
from live_study import LIVE_ROW
from value_portrait.responses.store import read_records

ENVIRONMENT = ROOT / ".venv-gateway"
LOCK = ROOT / "requirements-gateway.lock"
# What pip and uv say where no index answers.
UNREACHABLE = re.compile(r"connection broken by|Failed to fetch|error sending request|Network is", re.I)
KEY = "sk-gateway-0123456789abcdef"
MODELS = {"gateway-openai": "openai/gpt-4o", "gateway-anthropic": "anthropic/claude-3-5-sonnet-20241022"}
PROVIDERS = {"gateway-openai": "gateway_openai", "gateway-anthropic": "gateway_anthropic"}
PER_MINUTE = 120
ANSWERS = ("like me", "not like me")
VERSIONS = ["v1", "v1_reversed"]
ASKED = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
CONDITIONS = ["baseline", "gender_male", "gender_female"]
QUESTIONS = 2 * 3 * 2 * len(VERSIONS)


@pytest.fixture(scope="module")
def litellm() -> Path:
    """The program, in an environment that is made once and remade when the lock changes."""
    done = ENVIRONMENT / ".complete"
    if not done.exists() or done.stat().st_mtime < LOCK.stat().st_mtime:
        command = ["sh", "tools/set_up_environment.sh", ENVIRONMENT.name, LOCK.name]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if made.returncode and UNREACHABLE.search(made.stderr):
            pytest.skip("needs .venv-gateway, and no package index answers to make it")
        assert made.returncode == 0, made.stderr
    return ENVIRONMENT / "bin/litellm"


class Gateway:
    """LiteLLM's proxy on one port, started and stopped; ``log`` is what it says."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder, self.log = program, folder, folder / "gateway.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        # Each answer is a deployment of its own, and has its share of the limit.
        deployments = [
            {
                "model_name": name,
                "litellm_params": {
                    "model": model,
                    "api_key": "none",
                    "mock_response": words,
                    "rpm": PER_MINUTE // len(ANSWERS),
                },
            }
            for name, model in MODELS.items()
            for words in ANSWERS
        ]
        config = {
            "model_list": deployments,
            "router_settings": {"routing_strategy": "usage-based-routing-v2", "num_retries": 0},
            "general_settings": {"master_key": KEY},
        }
        (folder / "gateway.yaml").write_text(yaml.safe_dump(config))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {name: text for name, text in os.environ.items() if not name.startswith(("OPENAI", "ANTHROPIC"))}
        environment |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [self.program, "--config", "gateway.yaml", "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)
        raise AssertionError(self.log.read_text()[-3000:])

    def stop(self) -> None:
        """End it; what is under way is answered first."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def statuses(self) -> Counter[tuple[str, str]]:
        """How many requests came to which path, and how they were answered, by its own log."""
        return Counter(re.findall(r'"POST (\S+) HTTP/1.1" (\d+)', self.log.read_text()))

    def use_up(self, finished: threading.Event) -> None:
        """Others ask the same model until the limit of some minute is met by the workflow, too."""

        async def main() -> None:
            body = {"model": "gateway-openai", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}

            async def one() -> int:
                # Not the path that the SDK asks, so that the log tells them apart.
                async with asked.post(f"{self.url}/chat/completions", json=body) as reply:
                    return reply.status

            async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as asked:
                while not (self.statuses()[ASKED["openai"], "429"] or finished.is_set()):
                    if 429 in await asyncio.gather(*(one() for _ in range(4))):
                        await asyncio.sleep(1)

        asyncio.run(main())


def write_study(checkout: Path, url: str) -> None:
    """A small simulated study with one live model of each API."""
    header, *rows = (ROOT / "config/demo_models.tsv").read_text().splitlines()
    live = dict.fromkeys(header.split("\t"), "") | LIVE_ROW | {"conditions": "baseline;gender"}
    named = [live | {"model": name, "model_id": name, "provider": PROVIDERS[name]} for name in MODELS]
    lines = [header, *rows[:2], *("\t".join(row.values()) for row in named)]
    (checkout / "config/gateway_models.tsv").write_text("\n".join(lines) + "\n")
    file = yaml.safe_load((ROOT / "config/providers.yaml").read_text())
    for name, base in (("openai", f"{url}/v1"), ("anthropic", url)):
        own = {"base_url": base, "key_env": "GATEWAY_API_KEY", "free": True, "max_in_flight": 16}
        file["providers"][f"gateway_{name}"] = file["providers"][name] | own
    (checkout / "config/providers.yaml").write_text(yaml.safe_dump(file))
    config = {
        "study": "simulated",
        "results_dir": "results/gateway",
        "models": "config/gateway_models.tsv",
        "prompt_versions": VERSIONS,
        "simulation": {
            "setting": "easy",
            "groups": 2,
            "queries_per_group": 3,
            "responses_per_query": 2,
            "raters_per_group": 20,
        },
    }
    (checkout / "gateway.yaml").write_text(yaml.safe_dump(config))
    profile = checkout / "profiles/default/config.yaml"
    jobs = "".join(f"\n  - jobs_{name}=1" for name in PROVIDERS.values())
    profile.write_text(profile.read_text().replace("jobs_local=1", f"jobs_local=1{jobs}"))


def answered(checkout: Path) -> list[str]:
    """The keys of all answers in the store, as often as they were recorded."""
    files = (checkout / "data/responses").glob("gateway-*/*.jsonl")
    return [record["key"] for path in files for record in read_records(path) if record["outcome"] == "answered"]


@pytest.fixture(scope="module")
def gateway(litellm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The proxy, running: its start takes longer than most tests."""
    running = Gateway(litellm, tmp_path_factory.mktemp("gateway"))
    running.start()
    yield running
    running.stop()


def test_a_key_that_the_gateway_refuses_with_400_is_a_refused_key(
    gateway: Gateway, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_API_KEY", "sk-wrong-0123456789abcdef")
    write_study(checkout, gateway.url)
    target = "results/gateway/responses/gateway-openai/preflight.json"
    done = run_snakemake(checkout, "--configfile", "gateway.yaml", "--", target)
    assert done.returncode != 0
    assert "cannot be asked (auth, status 400: No connected db" in done.stdout
    assert gateway.statuses() == {(ASKED["openai"], "400"): 1}


def test_a_limit_and_a_restart_lose_nothing_and_ask_nothing_twice(
    gateway: Gateway, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_API_KEY", KEY)
    write_study(checkout, gateway.url)
    targets = ["scores", "results/gateway/personas/effects.csv"]
    finished = threading.Event()

    def restart() -> None:
        while len(answered(checkout)) < 2 * QUESTIONS:
            if finished.wait(0.2):
                return
        gateway.stop()
        gateway.start()

    threads = [threading.Thread(target=restart), threading.Thread(target=gateway.use_up, args=[finished])]
    try:
        for thread in threads:
            thread.start()
        done = run_snakemake(checkout, "--configfile", "gateway.yaml", "--", *targets)
        finished.set()
        for thread in threads:
            thread.join()
        assert done.returncode == 0, done.stdout + gateway.log.read_text()[-3000:]
        statuses = gateway.statuses()
        keys = answered(checkout)
        # Of each model: its preflight, alone and with a system message, and every question of every condition.
        each = 2 + QUESTIONS * len(CONDITIONS)
        assert len(keys) == len(set(keys)) == len(MODELS) * each
        assert [statuses[path, "200"] for path in ASKED.values()] == [each, each], statuses
        assert statuses[ASKED["openai"], "429"] > 0, statuses
        assert gateway.log.read_text().count("Application startup complete") == 2
        effects = pd.read_csv(checkout / "results/gateway/personas/effects.csv")
        assert set(MODELS) <= set(effects["model"])
        again = run_snakemake(checkout, "--configfile", "gateway.yaml", "--forceall", "--", *targets)
        assert again.returncode == 0, again.stdout
        assert gateway.statuses() == statuses
    finally:
        finished.set()
