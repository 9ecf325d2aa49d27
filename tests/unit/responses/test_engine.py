import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import KEY, make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.store import read_records, store_file, terminal_records

FAULTS = {
    "server": 0.05,
    "rate_limited": 0.10,
    "overloaded": 0.02,
    "hang": 0.01,
    "cut": 0.03,
    "error_in_200": 0.03,
    "html": 0.03,
    "drop": 0.02,
    "refusal": 0.05,
    "empty": 0.05,
    "huge": 0.01,
    "control": 0.05,
    "filtered": 0.03,
    "long": 0.03,
}
PATH = ("Test/model:1", "baseline")


def records_in(root: Path) -> list[dict[str, object]]:
    return list(read_records(store_file(root, *PATH)))


# What the client makes of each fault of an attempt.
OUTCOMES = {
    "server": "server",
    "error_in_200": "server",
    "rate_limited": "rate_limited",
    "overloaded": "overloaded",
    "hang": "timeout",
    "cut": "bad_body",
    "html": "bad_body",
    "drop": "network",
}


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_faults_lose_nothing_and_count_nothing_twice(tmp_path: Path, api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("value_portrait.responses.pacing._PAUSE_S", 0.01)
    monkeypatch.setattr("value_portrait.responses.limits._SHORTEST_GAP_S", 0.01)
    with Loopback(faults=FAULTS, seed=3) as server:
        target = make_target(server.url, api, max_in_flight=20)
        plan = make_plan(target, 150)
        summary = run(target, plan, tmp_path)
        assert summary.missing == 0
        assert summary.stopped is None
        records = records_in(tmp_path)
        attempts: dict[object, list[object]] = {planned.key: [] for planned in plan}
        for record in records:
            attempts[record["key"]].append(record["outcome"])
        faults: Counter[str | None] = Counter()
        for planned in plan:
            name = hashlib.sha256(planned.body).hexdigest()
            outcomes = attempts[planned.key]
            # Every request that reached the server is one line, by its class, and the last alone is an answer.
            assert len(outcomes) == server.received[name]
            assert [outcome in TERMINAL for outcome in outcomes] == [False] * (len(outcomes) - 1) + [True]
            for number, outcome in enumerate(outcomes, 1):
                fault = server.fault_of(name, number)
                faults[fault] += 1
                # On a busy machine the client may give up on a reply that the server has counted.
                assert outcome == "timeout" or (outcome == OUTCOMES[fault] if fault else outcome in TERMINAL)
                assert fault != "hang" or outcome == "timeout"
        assert set(faults) >= OUTCOMES.keys()
        assert len(records) == server.requests == sum(summary.outcomes.values())
        table = answers_table(store_file(tmp_path, *PATH), plan, *PATH, VALUE_PORTRAIT)
        # The words decide between an answer and a refusal in the table, as for recorded answers.
        expected = Counter(outcome_of(server, api, planned.body) for planned in plan)
        assert Counter(table["outcome"].to_pylist()) == expected
        assert len(expected) == 5 - (api == "anthropic")
        before = server.requests
        assert run(target, plan, tmp_path).missing == 0
        assert server.requests == before


def outcome_of(server: Loopback, api: str, body: bytes) -> str:
    """What the server said, told from its own draw."""
    text, finish = server.text_of(hashlib.sha256(body).hexdigest())
    if finish == "content_filter":
        return "content_filter" if api == "openai" else "refusal"
    if not text:
        return "empty"
    if text.startswith("I'm sorry"):
        return "refusal"
    return "truncated" if finish == "length" else "answered"


def test_the_exact_answer_is_kept(tmp_path: Path) -> None:
    with Loopback(faults={"control": 1.0}) as server:
        target = make_target(server.url)
        run(target, make_plan(target, 2), tmp_path)
    for record in records_in(tmp_path):
        assert str(record["answer"]).startswith("\x00\x1b[31m")
        assert json.loads(str(record["response"]))["choices"][0]["message"]["content"] == record["answer"]
        assert record["reasoning"] == "So."
        assert record["fingerprint"] == "fp_loopback"
        assert record["request"]["max_tokens"] == 64  # type: ignore[index]
        assert "org-secret" not in json.dumps(record)


@pytest.mark.parametrize(
    ("server_settings", "changes", "words"),
    [
        ({"key": "another"}, {}, "auth"),
        ({"models": ("other",)}, {}, "model_gone"),
        ({"refuse_parameters": ("temperature",)}, {}, "bad_parameter"),
        ({"reject": {"status": 402, "body": {"error": {"message": "Payment required"}}}}, {}, "credit"),
    ],
)
def test_fatal_errors_stop_the_model_with_one_line(
    tmp_path: Path, server_settings: dict[str, object], changes: dict[str, object], words: str
) -> None:
    with Loopback(**server_settings) as server:  # type: ignore[arg-type]
        target = make_target(server.url, max_in_flight=1, **changes)
        summary = run(target, make_plan(target, 50), tmp_path)
        assert server.requests == 1
    assert summary.stopped is not None
    line = str(summary.stopped)
    assert f"cannot be asked ({words}," in line
    assert "\n" not in line
    assert KEY not in line + (store_file(tmp_path, *PATH)).read_text()


def test_a_dead_server_stops_the_run_and_the_next_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("value_portrait.responses.pacing._PAUSE_S", 0.001)
    with Loopback() as server:
        target = make_target(server.url, max_in_flight=5)
    summary = run(target, make_plan(target, 50), tmp_path)
    assert f"cannot be reached (nobody answers at 127.0.0.1:{server.port})" in str(summary.stopped)
    with Loopback(port=server.port) as server:
        assert run(target, make_plan(target, 50), tmp_path).missing == 0
        assert len(server.received) == server.requests == 50


def test_a_missing_key_is_one_clear_line_and_sends_nothing(
    tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOPBACK_API_KEY")
    target = make_target(server.url)
    with pytest.raises(InputError, match="LOOPBACK_API_KEY is not set"):
        run(target, make_plan(target, 2), tmp_path)
    assert server.requests == 0


def test_what_is_answered_needs_no_key(tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    target = make_target(server.url)
    run(target, make_plan(target, 5), tmp_path)
    monkeypatch.delenv("LOOPBACK_API_KEY")
    assert run(target, make_plan(target, 5), tmp_path).missing == 0
    assert server.requests == 5


def test_the_environment_of_other_servers_is_not_sent(
    tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.setenv(name, "PLANTED-elsewhere")
    for api in ("openai", "anthropic"):
        monkeypatch.setenv(f"{api.upper()}_CUSTOM_HEADERS", "x-planted: PLANTED-elsewhere")
        target = make_target(server.url, api)
        assert run(target, make_plan(target, 1), tmp_path / api).missing == 0
    assert len(server.seen_headers) == 2
    assert "PLANTED-elsewhere" not in str(server.seen_headers)
    assert all(headers["Authorization"] == f"Bearer {KEY}" for headers in server.seen_headers)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with Loopback(reject={"status": 307, "body": {"error": {"message": "moved"}}}) as server:
        target = make_target(server.url, max_in_flight=1)
        assert "bad_parameter" in str(run(target, make_plan(target, 3), tmp_path).stopped)
        assert server.requests == 1


def test_two_questions_with_one_body_are_asked_once(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    plan = make_plan(target, 3)
    twice = [*plan, *plan]
    assert run(target, twice, tmp_path).planned == 3
    assert server.requests == 3
    assert set(terminal_records(store_file(tmp_path, *PATH))) == {planned.key for planned in plan}


def test_nothing_but_asking_imports_an_sdk() -> None:
    modules = "engine, client, run, preflight, planning, assembly, explaining, batch"
    heavy = ("openai", "anthropic", "httpx2", "aiohttp")
    code = (
        f"import sys; from value_portrait.responses import {modules}; print([m for m in {heavy} if m in sys.modules])"
    )
    library = Path(__file__).parents[3] / "workflow" / "scripts"
    done = subprocess.run([sys.executable, "-c", code], cwd=library, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
