"""What is made from a store that was really filled: a table, and an export that is a recorded source for others."""

from pathlib import Path

import orjson
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import make_plan, make_target, run
from value_portrait.responses.assembly import answers_table, export_answers, prompt_hash, read_export
from value_portrait.responses.explaining import explain
from value_portrait.responses.store import read_records, store_file
from value_portrait.tables import read_table, write_table

MODEL, CONDITION = "Test/model:1", "baseline"


def test_a_filled_store_becomes_tables_and_sources_for_somebody_else(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    plan = make_plan(target, 12)
    run(target, plan, tmp_path)
    path = store_file(tmp_path, MODEL, CONDITION)
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
    texts = [orjson.loads(planned.body)["messages"][-1]["content"] for planned in plan]
    hashes = {
        (planned.prompt_version, planned.item_id): prompt_hash(text) for planned, text in zip(plan, texts, strict=True)
    }
    for suffix in ("parquet", "jsonl"):
        exported = tmp_path / f"export.{suffix}"
        export_answers({CONDITION: plan}, target, tmp_path, exported, VALUE_PORTRAIT)
        theirs = read_export(exported, hashes, None, "Test_model/1", CONDITION, VALUE_PORTRAIT)
        own = answers_table(path, plan, "Test_model/1", CONDITION, VALUE_PORTRAIT)
        assert theirs.equals(own.select(theirs.column_names))
        write_table(theirs, tmp_path / "answers.parquet", "answers", VALUE_PORTRAIT)
    records = list(read_records(path))
    assert ": in the store (answered, " in explain(plan[3], target, records)[0]
    changed = make_target(server.url, max_tokens=65)
    assert explain(make_plan(changed, 4)[3], changed, records)[1:] == ["  request.max_tokens: planned 65, stored 64"]
