"""The one question before thousands, with an engine that is told what the server says."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import orjson
import pytest
from instruments import SMALL
from targets import make_target
from value_portrait.errors import InputError
from value_portrait.responses import preflight as module
from value_portrait.responses.engine import Summary, attempt_record, fatal
from value_portrait.responses.preflight import preflight, read_finding, stored_finding
from value_portrait.responses.progress import Progress
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.requests import Finding

URL = "http://127.0.0.1:1"
QUESTION = "punctuation:\n" + "\n".join(reversed(SMALL.options))
ANSWER = Verdict("answered", None, "often", served_model="served", finish_reason="stop")


def refused(words: str) -> Verdict:
    return Verdict("bad_parameter", words)


class Server:
    """Verdicts in turn for what is asked; ``asked`` holds the bodies."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path, *verdicts: Verdict | str) -> None:
        self.root, self.verdicts, self.asked, self.progress = root, list(verdicts), [], Progress("test")
        monkeypatch.setattr(module, "ask", self._ask)

    def _ask(self, target, condition, plan, store, budget, progress):
        assert (condition, target.row.batch, budget.max_usd, budget.store) == ("_preflight", None, 0.5, store)
        assert store.path == self.root / "Test_model_1/_preflight.jsonl"
        assert progress is self.progress
        (planned,) = plan
        assert (planned.item_id, planned.prompt_version) == ("preflight", "preflight")
        assert orjson.loads(planned.body)["messages"][-1]["content"].endswith(QUESTION)
        self.asked.append(orjson.loads(planned.body))
        verdict = self.verdicts.pop(0)
        if verdict == "interrupted":
            return Summary(1, 0, interrupted=True)
        record = attempt_record(target, condition, planned, Reply(200, {}, "said", 0.0), verdict, 1)
        asyncio.run(store.append(record))
        final = verdict.outcome in ("bad_parameter", "auth")
        return Summary(1, 1, stopped=fatal(target, verdict) if final else None)

    def check(self, api: str = "openai", system: bool = False, **changes: Any) -> dict[str, Any]:
        target = make_target(URL, api, **{"batch": "yes"} | changes)
        return preflight(target, str(self.root), 0.5, self.progress, system, SMALL)


def test_what_was_found_is_kept_and_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, ANSWER)
    assert stored_finding(make_target(URL), tmp_path, SMALL) == Finding()
    found = server.check()
    record = {name: found.pop(name) for name in ("time", "key")}
    assert found == {
        "refused": [],
        "added": [],
        "token_parameter": None,
        "outcome": "answered",
        "answer": "often",
        "rating": 3,
        "served_model": "served",
        "sent": {"max_tokens": 64, "model": "test-model", "seed": 42, "temperature": 0},
    }
    assert server.check() == found | record
    assert len(server.asked) == 1
    assert stored_finding(make_target(URL), tmp_path, SMALL) == Finding()


def test_each_parameter_that_an_error_names_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    errors = [refused("no 'seed' here"), refused("temperature: fixed"), refused("max_tokens is not supported")]
    server = Server(monkeypatch, tmp_path, *errors, ANSWER)
    found = server.check()
    assert [sorted(set(body) - {"messages", "model"}) for body in server.asked] == [
        ["max_tokens", "seed", "temperature"],
        ["max_tokens", "temperature"],
        ["max_tokens"],
        ["max_completion_tokens"],
    ]
    assert (found["refused"], found["token_parameter"]) == (["seed", "temperature"], "max_completion_tokens")
    path = tmp_path / "preflight.json"
    path.write_text(json.dumps(found))
    finding = Finding(("seed", "temperature"), "max_completion_tokens")
    assert read_finding(path) == stored_finding(make_target(URL), tmp_path, SMALL) == finding
    assert server.check() == found
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("api", "words", "changes"),
    [
        ("openai", "seedling temperatures max_tokens_x", {}),
        ("openai", "no seed", {"seed": None}),
        ("anthropic", "max_tokens", {}),
    ],
)
def test_an_error_that_names_nothing_to_leave_out_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: str, words: str, changes: dict[str, Any]
) -> None:
    server = Server(monkeypatch, tmp_path, refused(words), refused(words))
    # What did not work is asked again, for it may have been mended.
    for _ in range(2):
        with pytest.raises(InputError, match=rf"cannot be asked \(bad_parameter, {words}\)"):
            server.check(api, **changes)
    assert len(server.asked) == 2
    assert stored_finding(make_target(URL, api, **changes), tmp_path, SMALL) == Finding()


def test_the_other_name_of_the_limit_is_tried_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, refused("max_tokens"), refused("max_completion_tokens"))
    with pytest.raises(InputError, match="max_completion_tokens"):
        server.check()
    assert len(server.asked) == 2


def test_whatever_else_ends_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, Verdict("server", "status 500"), Verdict("auth", "no"), "interrupted")
    with pytest.raises(InputError, match=r"^model Test/model:1 at loopback: gave no answer \(server, status 500\)\."):
        server.check()
    with pytest.raises(InputError, match=r"^model Test/model:1 at loopback: cannot be asked \(auth, no\)"):
        server.check()
    with pytest.raises(InputError, match=r"_preflight\.jsonl: was interrupted\. Run again\."):
        server.check()
    server.verdicts.append(ANSWER)
    assert server.check()["rating"] == 3
    assert len(server.asked) == 4


@pytest.mark.parametrize(("tokens", "words"), [(60, "60"), (None, "an unknown number of"), (0, "an unknown number of")])
def test_an_empty_answer_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tokens: int | None, words: str
) -> None:
    verdict = Verdict("empty", None, "", finish_reason="length", tokens_reasoning=tokens)
    server = Server(monkeypatch, tmp_path, verdict)
    expected = rf"loopback: answers nothing within 64 tokens \(finish reason length, {words} tokens of reasoning\)"
    with pytest.raises(InputError, match=expected):
        server.check()


def test_an_answer_that_names_no_option_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(monkeypatch, tmp_path, Verdict("answered", None, "often or never"))
    with caplog.at_level(logging.WARNING):
        assert server.check()["rating"] is None
    assert caplog.messages == ["Test/model:1: the first answer names no option (ambiguous)."]


def test_a_system_message_is_tried_with_what_was_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, refused("seed"), ANSWER, Verdict("server", "down"), ANSWER)
    with pytest.raises(InputError, match=r"gave no answer \(server, down\)"):
        server.check(system=True)
    assert server.check(system=True)["refused"] == ["seed"]
    server.check(system=True)
    assert [[message["role"] for message in body["messages"]] for body in server.asked] == [
        ["user"],
        ["user"],
        ["system", "user"],
        ["system", "user"],
    ]
    assert ["seed" in body for body in server.asked] == [True, False, False, False]


def test_a_model_without_system_messages_is_refused_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, ANSWER, refused("system"), refused("temperature"))
    for words in ("system", "temperature"):
        expected = rf"^model Test/model:1 at loopback: answers a plain question, but none with a .* \({words}\)"
        with pytest.raises(InputError, match=expected):
            server.check(system=True)
    assert len(server.asked) == 3


@pytest.mark.parametrize("before", [("temperature",), ("temperature", "seed")])
def test_a_model_that_has_answered_with_a_parameter_goes_on_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: tuple[str, ...]
) -> None:
    server = Server(monkeypatch, tmp_path, ANSWER)
    server.check(accepts=before)
    assert stored_finding(make_target(URL, accepts=[]), tmp_path, SMALL) == Finding(added=before)
    found = server.check(accepts=[])
    assert len(server.asked) == 1, "it is not asked again"
    assert found["added"] == list(before)
    (tmp_path / "found.json").write_text(json.dumps(found))
    assert read_finding(tmp_path / "found.json") == Finding(added=before)


def test_what_a_model_refused_before_is_not_sent_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = Server(monkeypatch, tmp_path, refused("no temperature"), ANSWER)
    server.check(accepts=["temperature"])
    assert server.check(accepts=[])["added"] == []
    assert [("temperature" in body) for body in server.asked] == [True, False]
