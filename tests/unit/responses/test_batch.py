import json
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback
from targets import make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses import batch, batch_calls
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.journal import journal_file, open_intents
from value_portrait.responses.progress import Progress
from value_portrait.responses.run import Asking, query
from value_portrait.responses.store import read_records, store_file, terminal_records

PATH = ("Test/model:1", "baseline")
APIS = pytest.mark.parametrize("api", ["openai", "anthropic"])


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "SETTLING_S", 0.0)
    monkeypatch.setattr(batch, "POLL_S", 0.01)
    monkeypatch.setattr(batch_calls, "_FIRST_WAIT_S", 0.001)


def ask(url: str, api: str, root: Path, number: int = 40, max_usd: float = 10.0) -> dict[str, Any]:
    target = make_target(url, api, batch="yes")
    return query(Asking(target, PATH[1], root, max_usd), make_plan(target, number), Progress("test"))


@APIS
def test_a_batch_answers_everything_at_half_the_price(tmp_path: Path, server: Loopback, api: str) -> None:
    counts = ask(server.url, api, tmp_path)
    assert counts["requests"] == 40
    assert counts["usd"] == pytest.approx(40 * 0.00031 / 2)
    assert len(server.batches) == 1
    assert server.requests == 40
    records = list(read_records(store_file(tmp_path, *PATH)))
    assert {record["batch"] for record in records} == set(server.batches)
    assert open_intents(store_file(tmp_path, *PATH)) == []
    ask(server.url, api, tmp_path)
    assert server.requests == 40


@APIS
def test_a_batch_carries_what_a_condition_tells(tmp_path: Path, server: Loopback, api: str) -> None:
    target = make_target(server.url, api, batch="yes")
    plan = make_plan(target, 3, {"role": "system", "text": "You are old."})
    query(Asking(target, "age_old@first_turn", tmp_path, 10.0), plan, Progress("test"))
    assert [body.get("system") or body["messages"][0]["content"] for body in server.bodies] == ["You are old."] * 3
    assert len(terminal_records(tmp_path / "Test_model_1" / "age_old@first_turn.jsonl")) == 3


@APIS
def test_failed_lines_go_back_to_the_plan(tmp_path: Path, server: Loopback, api: str) -> None:
    server.failing_lines = 0.3
    ask(server.url, api, tmp_path)
    assert len(server.batches) > 1
    records = list(read_records(store_file(tmp_path, *PATH)))
    assert len(records) == server.requests > 40
    assert len(terminal_records(store_file(tmp_path, *PATH))) == 40


@APIS
def test_a_reply_lost_after_creation_is_found_by_listing(tmp_path: Path, server: Loopback, api: str) -> None:
    server.drop_next_create = True
    ask(server.url, api, tmp_path)
    assert len(server.batches) == 1
    assert server.requests == 40


@APIS
def test_a_crash_between_creation_and_record_is_found_by_listing(
    tmp_path: Path, server: Loopback, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(server.url, api, tmp_path / "other")  # somebody else's batch of the same size

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batch, "note_submitted", crash)
        with pytest.raises(KeyboardInterrupt):
            ask(server.url, api, tmp_path)
    (intent,) = open_intents(store_file(tmp_path, *PATH))
    assert intent.batch is None
    assert spent_usd(tmp_path) >= intent.usd
    assert len(server.batches) == 2
    ask(server.url, api, tmp_path)
    assert len(server.batches) == 2
    assert len(terminal_records(store_file(tmp_path, *PATH))) == 40


@APIS
def test_a_crash_before_creation_submits_once(
    tmp_path: Path, server: Loopback, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batch_calls.BatchCalls, "create", crash)
        with pytest.raises(KeyboardInterrupt):
            ask(server.url, api, tmp_path)
    assert len(open_intents(store_file(tmp_path, *PATH))) == 1
    ask(server.url, api, tmp_path)
    assert len(server.batches) == 1
    assert open_intents(store_file(tmp_path, *PATH)) == []


@APIS
def test_the_cap_holds_for_batches(tmp_path: Path, server: Loopback, api: str) -> None:
    with pytest.raises(InputError, match=r"max_usd: of 0\.001 USD"):
        ask(server.url, api, tmp_path, max_usd=0.001)
    assert 0 < server.requests < 40
    assert spent_usd(tmp_path) <= 0.001
    ask(server.url, api, tmp_path)
    assert server.requests == 40


def test_the_intent_is_on_disk_before_anything_is_created(tmp_path: Path, server: Loopback) -> None:
    ask(server.url, "openai", tmp_path)
    events = [json.loads(line)["event"] for line in journal_file(store_file(tmp_path, *PATH)).read_text().splitlines()]
    assert events == ["intent", "submitted", "closed"]
    (created,) = server.batches.values()
    assert (
        created["metadata"]["intent"]
        == json.loads(journal_file(store_file(tmp_path, *PATH)).read_text().split("\n")[0])["id"]
    )


def test_a_torn_journal_is_read_up_to_the_tear(tmp_path: Path, server: Loopback) -> None:
    ask(server.url, "openai", tmp_path)
    journal = journal_file(store_file(tmp_path, *PATH))
    with journal.open("ab") as file:
        file.write(b'{"event": "int')
    assert open_intents(store_file(tmp_path, *PATH)) == []
    ask(server.url, "openai", tmp_path, number=50)
    assert len(server.batches) == 2
    assert all(json.loads(line) for line in journal.read_text().splitlines())
