"""Targets and plans against the loopback server, for all tests of live answers."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from value_portrait.config_tables import Model
from value_portrait.responses.budget import Budget
from value_portrait.responses.conditions import Message
from value_portrait.responses.engine import Summary, ask
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Parameters, Provider, Target
from value_portrait.responses.requests import Finding, Planned, plan_request
from value_portrait.responses.store import Store, store_file

KEY = "lb-PLANTED-4f9a8c7e6d5b"


def make_target(url: str, api: str = "openai", **changes: Any) -> Target:
    """A target at the loopback server; ``changes`` go to the model's row, the provider or the parameters."""
    row: dict[str, Any] = {
        "model": "Test/model:1",
        "answers": "live",
        "family": "Test",
        "developer": "Test",
        "weights": "open",
        "size_b": None,
        "conditions": ["baseline"],
        "model_id": "test-model",
        "provider": "loopback",
        "request": "chat",
        "batch": None,
        "reasoning": "no",
        "usd_in": 1.0,
        "usd_out": 2.0,
        "priced_on": "2026-11-01",
    }
    provider: dict[str, Any] = {
        "name": "loopback",
        "api": api,
        "base_url": f"{url}/v1" if api == "openai" else url,
        "api_version": "v1" if api == "openai" else "2026-10-21",
        "key_env": "LOOPBACK_API_KEY",
        "token_parameter": "max_tokens",
        "accepts": ["temperature", "seed"] if api == "openai" else [],
        "reasoning_fields": ["reasoning"] if api == "openai" else ["thinking"],
        "max_in_flight": 20,
        "timeout_s": 2.0,
        "requests_per_minute": 600_000,
        "batch_discount": 0.5,
    }
    parameters: dict[str, Any] = {"max_tokens": 64, "temperature": 0, "seed": 42, "repeats": 1}
    own = {"reasoning_effort", "checkpoint"}  # of the parameters
    optional = {
        "free",
        "tokens_per_minute",
        "extra_body",
        "reasoning_parameter",
        "identity",
        "key_header",
        "headers",
        "query",
    } | own
    for name in changes:
        part = next((part for part in (row, provider, parameters) if name in part), None)
        if part is None:
            assert name in optional, name
            part = parameters if name in own else provider
        part[name] = changes[name]
    provider |= {name: list(provider[name]) for name in ("accepts", "reasoning_fields")}
    return Target(Model(**row), Provider(**provider), Parameters(**parameters))


# The server counts 300 tokens for every question, and a token is at least a byte.
_LENGTH = "x" * 300


def make_plan(target: Target, number: int, message: Message | None = None) -> list[Planned]:
    """``number`` different questions."""
    return [
        plan_request(target, Finding(), f"How similar is thought {i}? {_LENGTH}", f"{i}-1", "v1", message)
        for i in range(number)
    ]


def run(
    target: Target, plan: list[Planned], root: Path, max_usd: float = 1000.0, condition: str = "baseline"
) -> Summary:
    """Ask a plan, with a store below ``root``."""
    with Store(store_file(root, target.row.model, condition)) as store:
        budget = Budget(root, max_usd, store)
        try:
            return ask(target, condition, plan, store, budget, Progress("test"))
        finally:
            budget.close()


def run_apart(function: Callable[[], Any]) -> Any:
    """What a function returns in a process of its own."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    process = context.Process(target=lambda: answers.put(function()))
    process.start()
    answer = answers.get()
    process.join()
    return answer
