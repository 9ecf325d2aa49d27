"""What is made from the store: tables, exports, explanations and estimates."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.assembly import answers_table, export_answers, prompt_hash, read_export
from value_portrait.responses.explaining import explain
from value_portrait.responses.planning import add_estimates, estimate, estimate_lines
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Finding, Planned, plan_request, user_turn
from value_portrait.responses.store import read_records, store_file
from value_portrait.tables import read_table, write_table

MODEL, CONDITION = "Test/model:1", "baseline"
# Another name, the same file name.
THEIRS = "Test_model/1"


def asked(server: Loopback, root: Path, number: int = 12) -> tuple[Target, list[Planned], Path]:
    target = make_target(server.url)
    plan = make_plan(target, number)
    run(target, plan, root)
    return target, plan, store_file(root, MODEL, CONDITION)


def prompts(plan: list[Planned]) -> dict[tuple[str, str], str]:
    texts = {planned.item_id: json.loads(planned.body)["messages"][-1]["content"] for planned in plan}
    return {(planned.prompt_version, planned.item_id): prompt_hash(texts[planned.item_id]) for planned in plan}


def test_the_table_of_answers_fits_its_schema(tmp_path: Path, server: Loopback) -> None:
    _, plan, path = asked(server, tmp_path)
    write_table(
        answers_table(path, plan, MODEL, CONDITION, VALUE_PORTRAIT),
        tmp_path / "answers.parquet",
        "answers",
        VALUE_PORTRAIT,
    )
    table = read_table(tmp_path / "answers.parquet", "answers", VALUE_PORTRAIT)
    assert table["item_id"].to_pylist() == [planned.item_id for planned in plan]
    assert set(table["outcome"].to_pylist()) == {"answered"}
    assert table["reasoning_length"].to_pylist() == [3] * 12


def test_a_missing_answer_is_named(tmp_path: Path, server: Loopback) -> None:
    target, _, path = asked(server, tmp_path)
    with pytest.raises(InputError, match=r"baseline\.jsonl: lacks 2 of 14 answers, the first is item 12-1, prompt"):
        answers_table(path, make_plan(target, 14), MODEL, CONDITION, VALUE_PORTRAIT)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_an_export_is_a_recorded_source_for_somebody_else(tmp_path: Path, server: Loopback, suffix: str) -> None:
    target, plan, path = asked(server, tmp_path)
    exported = tmp_path / f"export.{suffix}"
    export_answers({CONDITION: plan}, target, tmp_path, exported, VALUE_PORTRAIT)
    assert b"How similar is thought" not in exported.read_bytes()
    table = read_export(exported, prompts(plan), None, THEIRS, CONDITION, VALUE_PORTRAIT)
    own = answers_table(path, plan, THEIRS, CONDITION, VALUE_PORTRAIT)
    assert table.equals(own.select(table.column_names))
    write_table(table, tmp_path / "answers.parquet", "answers", VALUE_PORTRAIT)
    with pytest.raises(InputError, match="another prompt than this study's"):
        read_export(exported, dict.fromkeys(prompts(plan), "0"), None, MODEL, CONDITION, VALUE_PORTRAIT)
    with pytest.raises(InputError, match="has no answer"):
        read_export(exported, {("v9", "0-1"): "0"}, None, MODEL, CONDITION, VALUE_PORTRAIT)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
@pytest.mark.parametrize("api", ["openai", "anthropic"])
@pytest.mark.parametrize("role", ["system", "user"])
def test_an_export_holds_every_condition_with_what_it_tells(
    tmp_path: Path, server: Loopback, suffix: str, api: str, role: str
) -> None:
    target = make_target(server.url, api)
    message = {"role": role, "text": "You are old."}
    questions = [f"How similar is thought {i}? {'x' * 300}" for i in range(5)]
    plans = {
        condition: [plan_request(target, Finding(), text, f"{i}-1", "v1", own) for i, text in enumerate(questions)]
        for condition, own in ((CONDITION, None), ("age_old@turn", message))
    }
    for condition, plan in plans.items():
        run(target, plan, tmp_path, condition=condition)
    exported = tmp_path / f"export.{suffix}"
    export_answers(plans, target, tmp_path, exported, VALUE_PORTRAIT)
    assert b"You are old" not in exported.read_bytes()
    for condition, own in ((CONDITION, None), ("age_old@turn", message)):
        hashes = {("v1", f"{i}-1"): prompt_hash(user_turn(text, own)) for i, text in enumerate(questions)}
        system = prompt_hash("You are old.") if own and role == "system" else None
        table = read_export(exported, hashes, system, THEIRS, condition, VALUE_PORTRAIT)
        path = store_file(tmp_path, MODEL, condition)
        assert table.equals(
            answers_table(path, plans[condition], THEIRS, condition, VALUE_PORTRAIT).select(table.column_names)
        )
        if system:
            for other in (None, prompt_hash("You are young.")):
                with pytest.raises(InputError, match="another system message than this study's"):
                    read_export(exported, hashes, other, MODEL, condition, VALUE_PORTRAIT)
        elif own:
            plain = {place: prompt_hash(text) for place, text in zip(hashes, questions, strict=True)}
            with pytest.raises(InputError, match="another prompt than this study's"):
                read_export(exported, plain, None, MODEL, condition, VALUE_PORTRAIT)
    with pytest.raises(InputError, match="'gender_male', only under age_old@turn, baseline"):
        read_export(exported, hashes, None, MODEL, "gender_male", VALUE_PORTRAIT)


def test_explanations_name_the_fields_that_differ(tmp_path: Path, server: Loopback) -> None:
    target, plan, path = asked(server, tmp_path)
    records = list(read_records(path))
    assert ": in the store (answered, " in explain(plan[3], target.provider, records)[0]
    changed = make_target(server.url, max_tokens=65, name="other")
    lines = explain(make_plan(changed, 4)[3], changed.provider, records)
    assert "item 3-1, prompt version v1: not in the store. Nearest is item 3-1, prompt version v1" in lines[0]
    assert lines[1:] == [
        "  provider: planned 'other', stored 'loopback'",
        "  request.max_tokens: planned 65, stored 64",
    ]
    assert "is empty for this model" in explain(plan[0], target.provider, [])[0]
    failed = [record | {"outcome": "server", "message": "status 500"} for record in records[:1]]
    named = next(planned for planned in plan if planned.key == failed[0]["key"])
    assert "asked 1 time(s) without an answer" in explain(named, target.provider, failed)[0]


def test_estimates_count_what_is_missing_and_never_take_unknown_for_0(tmp_path: Path, server: Loopback) -> None:
    target, _, _ = asked(server, tmp_path)
    plan = make_plan(target, 20)
    one = estimate(target, CONDITION, plan, tmp_path)
    tokens = sum(len(planned.body) // 4 for planned in plan[12:])
    assert (one.requests, one.answered, one.tokens_in, one.tokens_out) == (20, 12, tokens, 8 * 6)
    assert one.usd == pytest.approx((tokens + 2 * 8 * 6) / 1e6)
    unknown = estimate(make_target(server.url, usd_in=None), CONDITION, plan, tmp_path)
    assert unknown.usd is None
    text = "\n".join(estimate_lines([one, unknown], 0.5, 2.0))
    assert "unknown" in text
    assert "1 unknown price(s)" in text
    assert "2026-11-01" in text
    assert "0.50 USD of max_usd 2.00" in text
    thinking = make_target(server.url, reasoning="yes")
    assert estimate(thinking, CONDITION, plan, tmp_path).tokens_out == 8 * 64


def test_the_estimates_of_a_kind_are_one_line(server: Loopback, tmp_path: Path) -> None:
    target, _, _ = asked(server, tmp_path)
    one, other = (estimate(target, condition, make_plan(target, 20), tmp_path) for condition in (CONDITION, "age_old"))
    both = add_estimates("personas", [one, other])
    assert (both.condition, both.requests, both.answered) == ("personas (2)", 40, 12)
    assert both.usd == pytest.approx(one.usd + other.usd)
    assert add_estimates("personas", [other]).condition == "age_old"
    unknown = estimate(make_target(server.url, usd_in=None), "age_young", make_plan(target, 20), tmp_path)
    assert add_estimates("personas", [one, unknown]).usd is None


def test_tables_of_imports_and_of_the_store_have_one_schema() -> None:
    assert pa.int32() == answers_table(Path("none"), [], MODEL, CONDITION, VALUE_PORTRAIT)["reasoning_length"].type
