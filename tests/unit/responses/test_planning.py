"""Questions, estimates and the table of them, on hand-made rows."""

import dataclasses
from pathlib import Path

import orjson
import pytest
from instruments import SMALL
from targets import make_plan, make_target
from value_portrait.responses.planning import (
    Estimate,
    Questions,
    add_estimates,
    estimate,
    estimate_lines,
    read_questions,
)
from value_portrait.responses.requests import Finding
from value_portrait.responses.store import store_file

URL = "http://127.0.0.1:1"
ITEMS = [
    {"item_id": "1-1", "title": None, "text": None, "response": "No.", "template": "plain"},
    {"item_id": "1-2", "title": "T", "text": "x", "response": "Yes.", "template": "post"},
]
PROMPTS = [
    {"prompt_version": version, "template": template, "text": f"{version} {template} {{title}}{{text}}: {{content}}"}
    for version in ("b", "a")
    for template in ("plain", "post")
]
TURNS = {
    ("b", "1-1"): "b plain : No.",
    ("b", "1-2"): "b post Tx: Yes.",
    ("a", "1-1"): "a plain : No.",
    ("a", "1-2"): "a post Tx: Yes.",
}


@pytest.mark.parametrize("message", [None, {"role": "user", "text": "Hi."}, {"role": "system", "text": "Hi."}])
def test_turns_are_those_of_the_plan_in_its_order(message: dict[str, str] | None) -> None:
    questions = Questions(ITEMS, PROMPTS)
    told = "Hi.\n\n" if message and message["role"] == "user" else ""
    turns = questions.turns(message)
    assert list(turns.items()) == [(place, told + text) for place, text in TURNS.items()]
    plan = questions.plan(make_target(URL), Finding(("seed",)), message)
    bodies = [orjson.loads(planned.body) for planned in plan]
    assert [(planned.prompt_version, planned.item_id) for planned in plan] == list(turns)
    assert [body["messages"][-1]["content"] for body in bodies] == list(turns.values())
    assert not any("seed" in body for body in bodies)


def test_the_chosen_versions_are_read_in_the_order_in_which_they_were_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {"items": ITEMS, "prompts": PROMPTS}

    class Table:
        def __init__(self, path: str, name: str, instrument: object) -> None:
            assert (path, instrument) == (f"{name}.parquet", SMALL)
            self.rows = tables[name]

        def to_pylist(self) -> list[dict[str, str | None]]:
            return list(self.rows)  # type: ignore[arg-type]

    monkeypatch.setattr("value_portrait.responses.planning.read_table", Table)
    assert read_questions("items.parquet", "prompts.parquet", ["a", "b"], SMALL) == Questions(
        ITEMS, [*PROMPTS[2:], *PROMPTS[:2]]
    )
    assert read_questions("items.parquet", "prompts.parquet", ["b"], SMALL).prompts == PROMPTS[:2]


def test_an_estimate_is_of_what_the_store_lacks(tmp_path: Path) -> None:
    target = make_target(URL, usd_in=1.0, usd_out=100.0)
    plan = make_plan(target, 4)
    path = store_file(tmp_path, target.row.model, "age_old")
    path.parent.mkdir()
    lines = [
        {"key": own.key, "outcome": outcome, "usd": None}
        for own, outcome in zip(plan, ("refusal", "server"), strict=False)
    ]
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    tokens = sum(len(planned.body) // 4 for planned in plan[1:])
    assert estimate(target, "age_old", [*plan, plan[2]], tmp_path) == Estimate(
        "Test/model:1", "age_old", 4, 1, tokens, 3 * 6, pytest.approx((tokens + 100 * 18) / 1e6), "2026-11-01"
    )
    assert estimate(make_target(URL, max_tokens=5), "x", make_plan(target, 2), tmp_path).tokens_out == 2 * 5
    free = estimate(make_target(URL, free=True, usd_in=None), "x", plan, tmp_path)
    assert (free.usd, free.priced_on) == (0.0, "free")
    assert estimate(make_target(URL, usd_in=None), "x", plan, tmp_path).usd is None
    thinking = make_target(URL, reasoning="yes")
    assert estimate(thinking, "x", make_plan(thinking, 2), tmp_path).tokens_out == 2 * 64


ONE = Estimate("m", "baseline", 1200, 200, 30_000, 6000, 0.125, "2026-11-01")


def test_estimates_of_a_kind_add_up_and_one_alone_keeps_its_name() -> None:
    other = Estimate("m", "age_old", 1, 2, 3, 4, 0.25, "2026-11-01")
    assert add_estimates("age", [ONE, other]) == Estimate("m", "age (2)", 1201, 202, 30_003, 6004, 0.375, "2026-11-01")
    assert add_estimates("age", [other]) == other
    assert add_estimates("age", [ONE, dataclasses.replace(other, usd=None)]).usd is None


def test_the_table_of_estimates_is_aligned_and_says_what_is_unknown() -> None:
    unknown = Estimate("a long name", "x", 1, 0, 2, 3, None, None)
    assert estimate_lines(iter([ONE, unknown, unknown]), 0.5, 2) == [
        "model        condition  requests  answered  tokens in  tokens out  USD      prices of",
        "m            baseline   1,200     200       30,000     6,000       0.12     2026-11-01",
        "a long name  x          1         0         2          3           unknown  unknown",
        "a long name  x          1         0         2          3           unknown  unknown",
        "",
        "To ask: about 0.12 USD and 2 unknown price(s). Spent or reserved: 0.50 USD of max_usd 2.00.",
    ]
    assert estimate_lines([ONE, ONE], 0, 2)[-1].startswith("To ask: about 0.25 USD. Spent")
