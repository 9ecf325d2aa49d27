"""From records made by hand to tables and exports."""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from instruments import VALUE_PORTRAIT
from targets import make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses.assembly import answers_table, export_answers, prompt_hash, read_export
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import store_file
from value_portrait.tables import export_schema

TARGET = make_target("http://127.0.0.1:1")
MODEL = TARGET.row.model
# Another name, the same file name.
RENAMED = MODEL.replace("/", ":")
TOLD = {"role": "system", "text": "You are old."}
TEXTS = ("raw_response", "outcome", "finish_reason", "error")


def record(planned: Planned, **cells: Any) -> dict[str, Any]:
    """A record of a request; what is not given is null."""
    names = set(export_schema(VALUE_PORTRAIT).columns) | {"answer", "reasoning", "message"}
    given = {"key": planned.key, "outcome": "answered", "request": orjson.loads(planned.body)}
    given |= {"provider": "lab", "time": "2026-11-01T00:00:00Z", "latency_s": 0.5, "answer": "like me"}
    given |= {"model": MODEL, "item_id": planned.item_id, "prompt_version": planned.prompt_version}
    return dict.fromkeys(names) | given | cells


def write(root: Path, condition: str, *records: dict[str, Any]) -> Path:
    path = store_file(root, MODEL, condition)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in records))
    return path


@pytest.mark.parametrize(
    ("said", "answer", "outcome"),
    [
        ("answered", "like me", "answered"),
        ("answered", "I cannot rate that.", "refusal"),
        ("truncated", "I cannot rate that.", "refusal"),
        ("truncated", "like me, bec", "truncated"),
        ("answered", " ", "empty"),
        # What the server says goes before the words.
        ("content_filter", "I cannot rate that.", "content_filter"),
        ("refusal", "like me", "refusal"),
        ("empty", None, "empty"),
    ],
)
def test_words_decide_where_the_server_says_nothing(
    tmp_path: Path, said: str, answer: str | None, outcome: str
) -> None:
    (planned,) = make_plan(TARGET, 1)
    cells = {"finish_reason": "stop", "reasoning": "Hm, so.", "message": "words"}
    path = write(tmp_path, "age_old", record(planned, outcome=said, answer=answer, **cells))
    assert answers_table(path, [planned], "Name", "age_old", VALUE_PORTRAIT).to_pylist() == [
        {
            "model": "Name",
            "condition": "age_old",
            "prompt_version": "v1",
            "item_id": "0-1",
            "raw_response": answer,
            "outcome": outcome,
            "finish_reason": "stop",
            "reasoning_length": 7,
            "error": "words",
        }
    ]


def test_reasoning_that_nobody_saw_has_no_length(tmp_path: Path) -> None:
    one, other = make_plan(TARGET, 2)
    path = write(tmp_path, "baseline", record(one), record(other, reasoning=""))
    table = answers_table(path, [other, one], MODEL, "baseline", VALUE_PORTRAIT)
    assert table["reasoning_length"].to_pylist() == [0, None]
    assert table["item_id"].to_pylist() == ["1-1", "0-1"]


def test_without_answers_there_are_types(tmp_path: Path) -> None:
    schema = answers_table(tmp_path / "none", [], MODEL, "baseline", VALUE_PORTRAIT).schema
    assert {str(schema.field(name).type) for name in TEXTS} == {"string"}
    assert str(schema.field("reasoning_length").type) == "int32"


def test_what_is_missing_is_counted_and_the_first_is_named(tmp_path: Path) -> None:
    one, failed, never, other = make_plan(TARGET, 4)
    never = dataclasses.replace(never, prompt_version="v2")
    path = write(tmp_path, "baseline", record(one), record(failed, outcome="server"), record(other))
    with pytest.raises(InputError) as caught:
        answers_table(path, [one, failed, never, other], MODEL, "baseline", VALUE_PORTRAIT)
    assert str(caught.value) == f"{path}: lacks 2 of 4 answers, the first is item 1-1, prompt version v1. Run again."


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_an_export_is_hashes_parameters_and_what_was_said(tmp_path: Path, suffix: str, api: str) -> None:
    target = make_target("http://127.0.0.1:1", api)
    plans = {
        "baseline": make_plan(target, 2),
        "age_old": make_plan(target, 1, TOLD),
        "age_old@turn": make_plan(target, 1, TOLD | {"role": "user"}),
    }
    for condition, plan in plans.items():
        bodies = [dict(reversed(orjson.loads(one.body).items())) for one in plan]
        pairs = zip(plan, bodies, strict=True)
        write(
            tmp_path,
            condition,
            *(record(one, answer="like me", served_model="served", request=body) for one, body in pairs),
        )
    file = tmp_path / f"export.{suffix}"
    export_answers(plans, target, tmp_path, file, VALUE_PORTRAIT)
    for secret in (b"How similar", b"You are old"):
        assert secret not in file.read_bytes()
    texts = [f"How similar is thought {i}? {'x' * 300}" for i in range(2)]
    hashes = {("v1", f"{i}-1"): prompt_hash(text) for i, text in enumerate(texts)}
    old, told = {("v1", "0-1"): hashes["v1", "0-1"]}, prompt_hash("You are old.")
    turned = {("v1", "0-1"): prompt_hash(f"You are old.\n\n{texts[0]}")}
    backwards = dict(reversed(hashes.items()))
    table = read_export(file, backwards, None, RENAMED, "baseline", VALUE_PORTRAIT)
    assert table["item_id"].to_pylist() == ["1-1", "0-1"]
    assert set(table["model"].to_pylist()) == {RENAMED}
    nothing = read_export(file, {}, None, MODEL, "baseline", VALUE_PORTRAIT)
    assert {one.name for one in nothing.schema if one.type != "string"} == {"reasoning_length"}
    for place, system, condition in ((old, told, "age_old"), (turned, None, "age_old@turn")):
        path = store_file(tmp_path, MODEL, condition)
        own = answers_table(path, plans[condition], MODEL, condition, VALUE_PORTRAIT)
        table = read_export(file, place, system, MODEL, condition, VALUE_PORTRAIT)
        assert table.equals(own.select(table.column_names))
    if suffix == "jsonl":
        rows = [orjson.loads(line) for line in file.read_bytes().splitlines()]
        assert [row["prompt_sha256"] for row in rows] == [*hashes.values(), *old.values(), *turned.values()]
        assert [row["system_sha256"] for row in rows] == [None, None, told, None]
        more = ',"seed":42,"temperature":0' if api == "openai" else ""
        parameters = f'{{"max_tokens":64,"model":"test-model"{more}}}'
        assert {(row["parameters"], row["served_model"]) for row in rows} == {(parameters, "served")}
    where = f"{file}, condition {{}}, prompt version v1, item 0-1: "
    study = "this study's. Use the study that it was made for."
    message = (
        "was asked with another system message than this study's. Use the personas and framings that it was made with."
    )
    for place, system, condition, words in (
        (
            {("v2", "1-1"): "0"},
            None,
            "baseline",
            f"{file}, condition baseline, prompt version v2, item 1-1: has no answer. Get a",
        ),
        ({("v1", "0-1"): "0"}, None, "baseline", f"{where}answers another prompt than {study}"),
        (old, None, "age_old@turn", f"{where}answers another prompt than {study}"),
        (old, None, "age_old", where + message),
        (old, prompt_hash("You are young."), "age_old", where + message),
        (
            {},
            None,
            "age",
            f"{file}: has no answers under the condition 'age', only under age_old, age_old@turn, baseline. ",
        ),
    ):
        with pytest.raises(InputError) as caught:
            read_export(file, place, system, MODEL, condition, VALUE_PORTRAIT)
        assert str(caught.value).startswith(words.format(condition))


def test_an_export_of_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_text("")
    with pytest.raises(InputError, match=r"l: has no row\. Get the export anew"):
        read_export(tmp_path / "export.jsonl", {}, None, MODEL, "baseline", VALUE_PORTRAIT)


def test_a_hash_is_of_the_text_in_utf_8() -> None:
    assert prompt_hash("ä") == hashlib.sha256(b"\xc3\xa4").hexdigest()
