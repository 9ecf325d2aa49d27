"""A job of the live path, with an engine that is told what to answer."""

import asyncio
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from targets import make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses import run
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.engine import Summary
from value_portrait.responses.progress import Progress
from value_portrait.responses.run import Asking, query

TARGET = make_target("http://127.0.0.1:1")
PLAN = make_plan(TARGET, 3)


def answered(key: str, **cells: Any) -> dict[str, Any]:
    return {"key": key, "outcome": "answered", "usd": None, "served_model": None, "upstream": None} | cells


def play(monkeypatch: pytest.MonkeyPatch, root: Path, summary: Summary, *records: dict[str, Any], batch: str = "no"):
    """What a job says whose engine leaves these records; the other way of asking must not be taken."""

    def engine(target, condition, plan, store, budget, progress):
        assert (condition, plan, store.path) == ("age_old", PLAN, root / "Test_model_1/age_old.jsonl")
        assert (budget.root, budget.max_usd, budget.store) == (root, 1.5, store)
        assert (target.row.model, progress.label) == ("Test/model:1", "test")
        assert budget.reserve(0.5)
        for record in records:
            asyncio.run(store.append(record))
        if summary is None:
            raise ZeroDivisionError
        return summary

    monkeypatch.setattr(run, "ask_batches" if batch == "yes" else "ask", engine)
    monkeypatch.setattr(run, "ask" if batch == "yes" else "ask_batches", None)
    target = make_target("http://127.0.0.1:1", batch=batch)
    return query(Asking(target, "age_old", root, 1.5), PLAN, Progress("test"))


@pytest.mark.parametrize("batch", ["no", "yes"])
def test_outcomes_models_and_costs_of_the_plan_are_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, batch: str
) -> None:
    keys = [planned.key for planned in PLAN]
    records = [
        answered(keys[0], served_model="b", upstream="up", usd=0.1),
        answered(keys[0], served_model="later", usd=5.0),
        answered(keys[1], outcome="server", served_model="failed", usd=7.0),
        answered(keys[1], outcome="refusal", upstream="", usd=0.20000049),
        answered(keys[2], served_model="a", upstream="down"),
        answered("of another plan", served_model="c", usd=3.0),
    ]
    assert play(monkeypatch, tmp_path, Summary(3, 3), *records, batch=batch) == {
        "model": "Test/model:1",
        "condition": "age_old",
        "requests": 3,
        "outcomes": {"answered": 2, "refusal": 1},
        "served_models": ["a", "b", "unknown"],
        "upstreams": ["down", "up"],
        "usd": 0.3,
    }
    # Nothing stays reserved.
    assert spent_usd(tmp_path) == pytest.approx(15.30000049)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"stopped": InputError("max_usd", "is reached.", "Raise it.")},
            "2 of 3 answers are kept. max_usd: is reached. ",
        ),
        ({"interrupted": True}, "was interrupted; 2 of 3 answers are kept. Run again: only what is missing is asked."),
        (
            {"outcomes": Counter({"server": 8, "timeout": 4, "answered": 2})},
            "1 request(s) failed again and again (8 server, 4 timeout); 2 of 3 answers are kept. Run again: only what "
            "is missing is asked.",
        ),
        (
            {"outcomes": Counter({"server": 12, "rate_limited": 2}), "per_minute": 29_996.0},
            "1 request(s) failed again and again (12 server, 2 rate_limited); 2 of 3 answers are kept. Set "
            "requests_per_minute of loopback in providers.yaml to your account's limit; about 30,000 seem to pass. Run "
            "again: only what is missing is asked.",
        ),
    ],
)
def test_what_is_missing_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError) as caught:
        play(monkeypatch, tmp_path, Summary(3, 2, **changes))
    assert str(caught.value).startswith(f"model Test/model:1, condition age_old: {words}")
    assert spent_usd(tmp_path) == 0


def test_a_fault_leaves_no_reservation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        play(monkeypatch, tmp_path, None)
    assert spent_usd(tmp_path) == 0


@pytest.mark.parametrize(
    ("refused", "said"), [(0, []), (7, ["7 request(s) were refused (429), and asked again. Set "])]
)
def test_who_was_refused_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, refused: int, said: list[str]
) -> None:
    records = [answered(planned.key) for planned in PLAN]
    summary = Summary(3, 3, Counter({"answered": 3, "rate_limited": refused}), per_minute=60.0)
    with caplog.at_level(logging.WARNING):
        play(monkeypatch, tmp_path, summary, *records)
    assert [message[: len(said[0])] for message in caplog.messages] == said
    assert all("requests_per_minute of loopback in providers.yaml" in message for message in caplog.messages)
