"""Exports and stores with one thing changed: the answers as they were, or one line that says where they are not."""

import copy
import os
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from near_misses import complaint, near_misses
from odd_columns import odd_columns
from targets import make_plan, make_target
from value_portrait.responses.assembly import answers_table, export_answers, prompt_hash, read_export
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.engine import attempt_record
from value_portrait.responses.explaining import explain
from value_portrait.responses.journal import journal_file, open_intents
from value_portrait.responses.recorded import find_recorded
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.store import Store, read_records, store_file
from value_portrait.tables import export_schema

TARGET = make_target("http://127.0.0.1:1")
MODEL = TARGET.row.model
PLAN = make_plan(TARGET, 3)
TEXTS = [orjson.loads(planned.body)["messages"][-1]["content"] for planned in PLAN]
HASHES = {
    (planned.prompt_version, planned.item_id): prompt_hash(text) for planned, text in zip(PLAN, TEXTS, strict=True)
}
RECORDS = [
    attempt_record(
        TARGET, "baseline", planned, Reply(200, {}, "{}", 0.5), Verdict("answered", answer="like me", usd=0.1), 1
    )
    for planned in PLAN
]
RECORDS = [orjson.loads(orjson.dumps(record)) for record in RECORDS]


def lines(rows: list[Any]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS) + b"\n" for row in rows)


def write_store(root: Path, records: list[Any]) -> Path:
    path = store_file(root, MODEL, "baseline")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines(records))
    return path


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict[str, Any]]:
    write_store(root, RECORDS)
    export_answers({"baseline": PLAN}, TARGET, root, root / "export.jsonl", VALUE_PORTRAIT)
    return [orjson.loads(line) for line in (root / "export.jsonl").read_bytes().splitlines()]


def read(path: Path) -> pa.Table:
    return read_export(path, HASHES, None, MODEL, "baseline", VALUE_PORTRAIT)


def writable(value: Any) -> bool:
    """Whether JSON of this project can hold it."""
    try:
        lines([value])
    except TypeError:
        return False
    return True


@given(data=st.data())
@settings(max_examples=40)
def test_one_change_in_an_export(root: Path, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    changed = data.draw(near_misses(rows).filter(writable))
    path = root / "changed.jsonl"
    path.write_bytes(lines(changed))
    said = complaint(read, path)
    assert said is None or said.startswith(str(path))
    if said is None:
        # What was said is never another's; of its circumstances a text may be another.
        assert read(path)["item_id"].to_pylist() == [item for _, item in HASHES]


@given(data=st.data())
@settings(max_examples=40)
def test_one_change_in_the_store(root: Path, data: st.DataObject) -> None:
    path = write_store(root, data.draw(near_misses(RECORDS).filter(writable)))

    def reopen() -> None:
        with Store(path) as store:
            assert store.usd >= 0

    for said in (complaint(reopen), complaint(answers_table, path, PLAN, MODEL, "baseline", VALUE_PORTRAIT)):
        assert said is None or said.startswith(str(path))


@given(st.binary(max_size=80))
@settings(max_examples=40)
def test_any_bytes_in_place_of_answers(root: Path, content: bytes) -> None:
    for name in ("any.jsonl", "any.parquet"):
        (root / name).write_bytes(content)
        assert complaint(read, root / name)
    path = store_file(root, "any", "baseline")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    complaint(answers_table, path, PLAN, MODEL, "baseline", VALUE_PORTRAIT)
    journal_file(path).write_bytes(content)
    complaint(open_intents, path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows.append(rows[0]), "row 4: repeats model Test/model:1, condition baseline"),
        (lambda rows: rows[1].update(model="other"), "holds answers of other, not of Test/model:1"),
        (lambda rows: rows[1].update(outcome="maybe"), "row 2: the outcome 'maybe' is none of those known"),
        (lambda rows: rows[1].update(raw_response=None), "row 2: is answered, but has no raw_response"),
        (lambda rows: rows[1].update(usd=-1.0), "row 2: usd is -1.0, outside"),
        (lambda rows: rows[1].update(usd="1"), "row 2: the usd '1' is of another type"),
        (lambda rows: rows[1].update(tokens_in=True), "row 2: the tokens_in True is of another type"),
        (lambda rows: rows[1].update(time=None), "row 2: has no time"),
        (lambda rows: rows[1].pop("time"), "row 2: is no JSON object with exactly"),
        (lambda rows: rows[1].update(more=1), "row 2: is no JSON object with exactly"),
    ],
)
def test_what_an_export_may_not_hold(root: Path, rows: list[dict[str, Any]], change: Any, words: str) -> None:
    changed = copy.deepcopy(rows)
    change(changed)
    (root / "wrong.jsonl").write_bytes(lines(changed))
    assert words in (complaint(read, root / "wrong.jsonl") or "")


@pytest.mark.parametrize(
    "torn", [b"\n{", b"[1]\n", b"\xff\n", b'{"a": NaN}\n', b'{"a": "\\ud800"}\n', b'{"a":1,"a":2}\n']
)
def test_a_torn_export_is_refused_with_its_row(root: Path, rows: list[dict[str, Any]], torn: bytes) -> None:
    path = root / "torn.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines(rows) + b"\n")
    assert read(path).num_rows == 3
    path.write_bytes(lines(rows) + torn)
    said = complaint(read, path) or ""
    assert any(words in said for words in ("row 4: ", "row 5: ", "line 4: ")), said


@pytest.mark.parametrize("cut", [0, 4, 100, -1])
def test_a_truncated_export_is_refused(root: Path, rows: list[dict[str, Any]], cut: int) -> None:
    write_store(root, RECORDS)
    whole = root / "whole.parquet"
    export_answers({"baseline": PLAN}, TARGET, root, whole, VALUE_PORTRAIT)
    assert read(whole).num_rows == 3
    path = root / "cut.parquet"
    path.write_bytes(whole.read_bytes()[:cut])
    assert "cut.parquet: cannot be read" in (complaint(read, path) or "")


def test_numbers_without_end_in_parquet_are_refused(root: Path, rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist([row | {"latency_s": float("nan")} for row in rows])
    pyarrow.parquet.write_table(table, root / "nan.parquet")
    assert "has a latency_s that is no finite number" in (complaint(read, root / "nan.parquet") or "")


@pytest.mark.parametrize("name", tuple(export_schema(VALUE_PORTRAIT).columns))
def test_columns_of_another_kind_are_refused_in_parquet(root: Path, rows: list[dict[str, Any]], name: str) -> None:
    again = {"repeat": 0} if name == "repeat" else {}
    table, path = pa.Table.from_pylist([row | again for row in rows]), root / "odd.parquet"
    place, wanted = table.column_names.index(name), export_schema(VALUE_PORTRAIT).columns[name].type
    is_text = not (pa.types.is_integer(wanted) or pa.types.is_floating(wanted))
    for kind, column in odd_columns(len(rows)).items():
        pyarrow.parquet.write_table(table.set_column(place, name, column), path)
        said = complaint(read, path)
        fits = {"nulls", "encoded numbers", "large numbers"}
        fits = {"nulls", "formulas", "orders to a terminal", "encoded texts", "large texts"} if is_text else fits
        assert (said or str(path)).startswith(str(path))
        assert said or kind in fits


def test_an_export_in_parquet_has_its_columns_each_once(root: Path, rows: list[dict[str, Any]]) -> None:
    table, path = pa.Table.from_pylist(rows), root / "columns.parquet"
    column = table["model"]
    for other in (table.append_column("model", column), table.append_column("more", column), table.drop_columns("usd")):
        pyarrow.parquet.write_table(other, path)
        assert "columns.parquet: has other columns than model, condition" in (complaint(read, path) or "")


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20))
@settings(max_examples=60)
def test_bytes_changed_in_parquet(root: Path, rows: list[dict[str, Any]], changes: list[tuple[float, int]]) -> None:
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), root / "bytes.parquet")
    content = bytearray((root / "bytes.parquet").read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    (root / "bytes.parquet").write_bytes(content)
    complaint(read, root / "bytes.parquet")


def test_two_exports_of_a_model_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    assert find_recorded([tmp_path]) == {"a": str(tmp_path / "a.jsonl")}
    (tmp_path / "a.parquet").touch()
    assert "a.parquet: holds the answers of a, as " in (complaint(find_recorded, [tmp_path]) or "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "maybe"}, "line 2: has no key, an unknown outcome, or a cost that is none"),
        ({"outcome": ["answered"]}, "line 2: has no key, an unknown outcome"),
        ({"usd": -1}, "line 2: has no key, an unknown outcome, or a cost that is none"),
        ({"usd": "1"}, "line 2: has no key"),
        ({"usd": True}, "line 2: has no key"),
        ({"key": None}, "line 2: has no key"),
        ({"answer": None}, "item 1-1, prompt version v1: is answered, but has no answer"),
        ({"answer": 5}, "item 1-1, prompt version v1: has a record whose answer is missing or of another type"),
        ({"tokens_in": 2**40}, "item 1-1, prompt version v1: has a record whose tokens_in is 1099511627776"),
        ({"latency_s": -1}, "item 1-1, prompt version v1: has a record whose latency_s is -1"),
        ({"request": {}}, "item 1-1, prompt version v1: has a record of another request than its key says"),
        ({"request": None}, "item 1-1, prompt version v1: has a record of another request than its key says"),
        ({"item_id": "2-1"}, "item 1-1, prompt version v1: has a record of ('2-1', "),
    ],
)
def test_what_the_store_may_not_hold(root: Path, change: dict[str, Any], words: str) -> None:
    path = write_store(root, [RECORDS[0], RECORDS[1] | change, RECORDS[2]])
    assert words in (complaint(answers_table, path, PLAN, MODEL, "baseline", VALUE_PORTRAIT) or "")


@pytest.mark.parametrize("line", ["[]", "{}", '{"event": "intent", "id": "a", "time": 1, "keys": [], "usd": 1}', "x"])
def test_a_journal_with_a_line_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    journal_file(tmp_path / "a.jsonl").write_text(f"{line}\n")
    assert "a.batches, line 1" in (complaint(open_intents, tmp_path / "a.jsonl") or "")


def beside(path: Path, kind: str) -> None:
    """Put what is no file in the place of one: a pipe, a folder, or a link to itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    {"pipe": os.mkfifo, "folder": Path.mkdir, "circle": lambda own: own.symlink_to(own.name)}[kind](path)


@pytest.mark.parametrize("kind", ["pipe", "folder", "circle"])
def test_what_is_no_file_is_waited_for_nowhere(tmp_path: Path, kind: str) -> None:
    answers = store_file(tmp_path / "store", MODEL, "baseline")
    for path, read_it in {
        tmp_path / "a.parquet": read,
        tmp_path / "a.jsonl": read,
        answers: lambda path: answers_table(path, PLAN, MODEL, "baseline", VALUE_PORTRAIT),
        journal_file(tmp_path / "b.jsonl"): lambda path: open_intents(tmp_path / "b.jsonl"),
        tmp_path / "other/ledger.json": lambda path: spent_usd(path.parent),
    }.items():
        beside(path, kind)
        said = complaint(read_it, path)
        # A link that leads nowhere is no file yet.
        assert (said or "").startswith(str(path)) or (kind == "circle" and path.suffix in (".batches", ".json"))
    if kind != "circle":
        assert str(answers) in (complaint(lambda: Store(answers).__enter__()) or "")


def test_a_record_that_tells_nothing_of_its_request_is_refused(tmp_path: Path) -> None:
    for name in RECORDS[0]:
        path = write_store(tmp_path / "store", [{key: value for key, value in RECORDS[0].items() if key != name}])

        def told(path: Path = path) -> list[list[str]]:
            return [explain(planned, TARGET, read_records(path)) for planned in PLAN]

        said = complaint(told)
        assert said is None or name in said or "line 1: has no key" in said
