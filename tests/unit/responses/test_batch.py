import json
from pathlib import Path
from typing import Any

import pytest
from loopback import Loopback
from targets import make_plan, make_target
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


def ask(url: str, api: str, root: Path) -> dict[str, Any]:
    target = make_target(url, api, batch="yes")
    return query(Asking(target, PATH[1], root, 10.0), make_plan(target, 40), Progress("test"))


@APIS
def test_a_batch_answers_everything_at_half_the_price(tmp_path: Path, server: Loopback, api: str) -> None:
    counts = ask(server.url, api, tmp_path)
    assert counts["requests"] == 40
    assert counts["usd"] == pytest.approx(40 * 0.00031 / 2)
    assert len(server.batches) == 1
    assert server.requests == 40
    records = list(read_records(store_file(tmp_path, *PATH)))
    assert {record["batch"] for record in records} == set(server.batches)
    entries = [json.loads(line) for line in journal_file(store_file(tmp_path, *PATH)).read_text().splitlines()]
    assert [entry["event"] for entry in entries] == ["intent", "submitted", "closed"]
    if api == "openai":
        assert [created["metadata"]["intent"] for created in server.batches.values()] == [entries[0]["id"]]
    ask(server.url, api, tmp_path)
    assert server.requests == 40


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
