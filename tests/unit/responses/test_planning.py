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
from value_portrait.responses.requests import Finding, canonical
from value_portrait.responses.store import store_file
from value_portrait.responses.tokens import Tokens, expected_tokens

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
        "Test/model:1",
        "age_old",
        4,
        1,
        tokens,
        3 * 20,
        pytest.approx((tokens + 100 * 60) / 1e6),
        "2026-11-01",
        # A token for each byte, and 50 around them; 64 tokens that an answer may have.
        pytest.approx((sum(len(planned.body) + 50 for planned in plan[1:]) + 100 * 3 * 64) / 1e6),
        0,
    )
    assert estimate(make_target(URL, max_tokens=5), "x", make_plan(target, 2), tmp_path).tokens_out == 2 * 5
    free = estimate(make_target(URL, free=True, usd_in=None), "x", plan, tmp_path)
    assert (free.usd, free.priced_on) == (0.0, "free")
    assert estimate(make_target(URL, usd_in=None), "x", plan, tmp_path).usd is None
    for limit, tokens in ((64, 64), (2048, 500)):
        thinking = make_target(URL, reasoning="yes", max_tokens=limit)
        assert estimate(thinking, "x", make_plan(thinking, 2), tmp_path).tokens_out == 2 * tokens


def test_tokens_are_those_of_earlier_answers(tmp_path: Path) -> None:
    target = make_target(URL)

    def write(condition: str, number: int, outcome: str, asked: int | None, answered: int | None) -> None:
        path = store_file(tmp_path, target.row.model, condition)
        path.parent.mkdir(exist_ok=True)
        request = {"model": target.row.model_id, "text": ""}
        request["text"] = "x" * (400 - len(canonical(request)))
        about = {"item_id": "preflight" if condition == "_preflight" else "1-1", "identity": target.provider.known_as}
        line = about | {"key": "k", "outcome": outcome, "tokens_in": asked, "tokens_out": answered, "request": request}
        with path.open("ab") as file:
            file.write((orjson.dumps(line | {"usd": None}) + b"\n") * number)

    assert expected_tokens(target, tmp_path) == Tokens(1.0, 20, 0)
    write("_preflight", 1, "answered", 50, 40)
    assert expected_tokens(target, tmp_path) == Tokens(1.0, 40, 1)
    # Three of 100 and one of 300, where 100 were to be expected; what failed or was not counted says nothing.
    write("age_old", 3, "answered", 100, 10)
    write("baseline", 9, "server", 900, 900)
    write("baseline", 9, "answered", None, 900)
    write("baseline", 1, "refusal", 300, 30)
    assert expected_tokens(target, tmp_path) == Tokens(600 / 400, 20, 5)
    write("age_old", 2000, "answered", 200, 100)
    assert expected_tokens(target, tmp_path).seen == 2000
    # The row's name was another model's before, or the model another provider's.
    row, provider = target.row, target.provider
    for other in (
        dataclasses.replace(target, row=row.model_copy(update={"model_id": "other"})),
        dataclasses.replace(target, provider=provider.model_copy(update={"name": "other"})),
    ):
        assert expected_tokens(other, tmp_path) == Tokens(1.0, 20, 0)
    assert expected_tokens(make_target(URL, max_tokens=50), tmp_path).answered == 50
    found = estimate(target, "x", make_plan(target, 3), tmp_path)
    tokens = expected_tokens(target, tmp_path)
    assert found.tokens_out == round(3 * tokens.answered)
    assert found.tokens_in == round(tokens.asked * sum(len(planned.body) // 4 for planned in make_plan(target, 3)))


ONE = Estimate("m", "baseline", 1200, 200, 30_000, 6000, 0.125, "2026-11-01", 0.5, 900)


def test_estimates_of_a_kind_add_up_and_one_alone_keeps_its_name() -> None:
    other = Estimate("m", "age_old", 1, 2, 3, 4, 0.25, "2026-11-01", 1.5, 900)
    assert add_estimates("age", [ONE, other]) == Estimate(
        "m", "age (2)", 1201, 202, 30_003, 6004, 0.375, "2026-11-01", 2.0, 900
    )
    assert add_estimates("age", [other]) == other
    assert add_estimates("age", [ONE, dataclasses.replace(other, usd=None)]).usd is None


def test_the_table_of_estimates_is_aligned_and_says_what_is_unknown() -> None:
    unknown = Estimate("a long name", "x", 1, 0, 2, 3, None, None)
    assert estimate_lines(iter([ONE, unknown, unknown]), 0.5, 2) == [
        "model        condition  requests  answered  tokens in  tokens out  USD      at most  prices of",
        "m            baseline   1,200     200       30,000     6,000       0.12     0.50     2026-11-01",
        "a long name  x          1         0         2          3           unknown  unknown  unknown",
        "a long name  x          1         0         2          3           unknown  unknown  unknown",
        "",
        "Tokens of m: as in 900 of its answers.",
        "Tokens of a long name: assumed (one for four characters of a question, 20 for an answer, 500 with reasoning); "
        "the preflight tells more.",
        "To ask: about 0.12 USD, at most 0.50, and 2 unknown price(s). Spent or reserved: 0.50 USD of max_usd 2.00.",
        "Without a price a model is not asked: enter usd_in, usd_out and priced_on.",
    ]


def test_without_live_models_there_is_no_table():
    (line,) = estimate_lines([], 0.5, 2)
    assert "No model is live" in line


@pytest.mark.parametrize(
    ("spent", "cap", "said"),
    [
        (0.0, 1.0, "To ask: about 0.25 USD, at most 1.00. Spent or reserved: 0.00 USD of max_usd 1.00."),
        (0.5, 1.0, "max_usd leaves 0.50 USD, which should do; long answers could need more."),
        (0.75, 1.0, "max_usd leaves 0.25 USD, which should do; long answers could need more."),
        (0.8, 1.0, "max_usd leaves 0.20 USD: the run would stop there, and keep what it has. Raise responses.max_usd."),
        (2.0, 1.0, "max_usd leaves 0.00 USD: the run would stop there, and keep what it has. Raise responses.max_usd."),
    ],
)
def test_the_estimate_says_what_the_cap_leaves(spent: float, cap: float, said: str) -> None:
    assert estimate_lines([ONE, ONE], spent, cap)[-1] == said
