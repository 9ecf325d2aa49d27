"""Why a request is not in the store, on records made by hand."""

import dataclasses
from typing import Any

import orjson
import pytest
from targets import make_target
from value_portrait.responses.explaining import explain
from value_portrait.responses.requests import Finding, Planned, plan_request

TARGET = make_target("http://127.0.0.1:1")
PROVIDER = TARGET.provider


def question(text: str, item: str = "1-1", version: str = "v1") -> Planned:
    return plan_request(TARGET, Finding(), text, item, version)


def record(planned: Planned, **cells: Any) -> dict[str, Any]:
    given = {"key": planned.key, "item_id": planned.item_id, "prompt_version": planned.prompt_version}
    given |= {"outcome": "answered", "message": None, "time": "2026-11-01T00:00:00Z", "repeat": 0}
    given |= {"identity": PROVIDER.name, "base_url": "http://moved", "api_version": PROVIDER.api_version}
    given |= {"checkpoint": None}
    return given | {"request": orjson.loads(planned.body)} | cells


ASKED = question("How similar?")
KEY = ASKED.key[:12]


def test_a_request_with_an_answer_is_in_the_store_whatever_failed_before() -> None:
    failed, refused = record(ASKED, outcome="server"), record(ASKED, outcome="refusal", time="later")
    assert explain(ASKED, TARGET, iter([failed, refused, failed])) == [
        f"item 1-1, prompt version v1: in the store (refusal, later, key {KEY})."
    ]


def test_a_request_that_failed_says_how_often_and_how_at_last() -> None:
    other = record(question("Another?"))
    failed = [record(ASKED, outcome="server", message="status 500"), other]
    failed += [record(ASKED, outcome="network"), record(ASKED, outcome="timeout", message="after 2 s", time="later")]
    assert explain(ASKED, TARGET, failed) == [
        "item 1-1, prompt version v1: asked 3 time(s) without an answer, the last time timeout (after 2 s, later); it "
        "will be asked again."
    ]


def test_an_empty_store_is_empty() -> None:
    assert explain(ASKED, TARGET, iter([])) == [
        "item 1-1, prompt version v1: not in the store, which is empty for this model and condition."
    ]


def nearest(*records: dict[str, Any], planned: Planned = ASKED) -> list[str]:
    first, *lines = explain(planned, TARGET, records)
    assert first.startswith(f"item {planned.item_id}, prompt version {planned.prompt_version}: not in the store. ")
    return [first.partition("Nearest is ")[2], *lines]


def test_every_field_that_differs_is_named_with_both_values() -> None:
    body = orjson.loads(ASKED.body)
    del body["seed"]
    changes = {"identity": "lab", "checkpoint": "2", "api_version": "v2", "repeat": 1}
    found = nearest(record(ASKED, key="0123456789abcdef", request=body | {"n": [1, {"m": 2}]}, **changes))
    assert found == [
        "item 1-1, prompt version v1 (answered, 2026-11-01T00:00:00Z, key 0123456789ab), which differs in:",
        "  identity: planned 'loopback', stored 'lab'",
        "  api_version: planned 'v1', stored 'v2'",
        "  checkpoint: planned None, stored '2'",
        "  repeat: planned 0, stored 1",
        "  request.seed: planned 42, stored 'nothing'",
        "  request.n[0]: planned 'nothing', stored 1",
        "  request.n[1].m: planned 'nothing', stored 2",
    ]


def test_an_address_is_no_difference() -> None:
    found = nearest(record(ASKED, key="x" * 16, base_url="http://10.0.0.5/v1", identity="lab"))
    assert found[1:] == ["  identity: planned 'loopback', stored 'lab'"]


def test_nothing_and_null_are_different() -> None:
    body = orjson.loads(ASKED.body)
    null = dataclasses.replace(ASKED, key="x" * 16, body=orjson.dumps(body | {"user": None}))
    assert nearest(record(null))[1:] == ["  request.user: planned 'nothing', stored None"]
    assert nearest(record(ASKED), planned=null)[1:] == ["  request.user: planned None, stored 'nothing'"]


def test_the_nearest_is_of_the_same_item_then_version_then_differs_least() -> None:
    three = {"identity": "lab", "api_version": "v2", "repeat": 9}
    far = record(question("How similar?", "2-1"), key="a" * 16, identity="lab")
    version = record(question("How similar?", "1-1", "v2"), key="b" * 16, identity="lab")
    same = record(ASKED, key="c" * 16, **three)
    closer = record(ASKED, key="d" * 16, identity="lab", repeat=9)
    for records, key in (
        ([far, version, same, closer], "d"),
        ([closer, same, version, far], "d"),
        ([far, version, same], "c"),
        ([far, version], "b"),
        ([far, record(question("x", "2-1", "v2"), key="e" * 16)], "a"),
    ):
        assert f"key {key * 12})" in nearest(*records)[0]


@pytest.mark.parametrize(
    ("planned", "stored", "shown", "other"),
    [
        ("a" * 60, "b" * 60, repr("a" * 60), repr("b" * 60)),
        ("a" * 61, "b" * 60, f"… {'a' * 40!r} …", repr("b" * 60)),
        # Of more than sixty letters twenty before the first that differs, and forty from there on.
        (
            "0123456789" * 3 + "X" * 50,
            "0123456789" * 3 + "Y" * 50,
            f"… {'0123456789' * 2 + 'X' * 40!r} …",
            f"… {'0123456789' * 2 + 'Y' * 40!r} …",
        ),
        ("abc" + "X" * 70, "abc" + "Y" * 5, f"… {'abc' + 'X' * 40!r} …", repr("abcYYYYY")),
        # One goes on where the other ends.
        ("z" * 70, "z" * 65, f"… {'z' * 25!r} …", f"… {'z' * 20!r} …"),
    ],
)
def test_of_long_texts_the_place_is_shown_where_they_part(planned: str, stored: str, shown: str, other: str) -> None:
    found = nearest(record(question(stored)), planned=question(planned))
    assert found[1:] == [f"  request.messages[0].content: planned {shown}, stored {other}"]
    assert "  request.messages[0].content: planned 'How similar?', stored 7" in nearest(
        record(ASKED, key="x" * 16, request=orjson.loads(ASKED.body) | {"messages": [{"role": "user", "content": 7}]})
    )
