"""Answers that a study of tables brings."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.errors import InputError
from value_portrait.responses.recorded import answered_versions, find_answers, read_recorded, versions_missed
from value_portrait.tables import write_table

ROWS = [(item, version, f"{version} {item}") for version in ("b", "a") for item in ("i2", "i1")]
VERSIONS = ["a", "a_turned", "b"]


def as_csv(rows):
    return "item_id,prompt_version,raw_response\n" + "".join(",".join(row) + "\n" for row in rows)


def as_jsonl(rows):
    names = ("item_id", "prompt_version", "raw_response")
    return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def read(tmp_path, content, suffix="csv"):
    path = tmp_path / f"m.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_recorded(path, "m/1", ["i1", "i2"], VERSIONS, SMALL)


@pytest.mark.parametrize(("write", "suffix"), [(as_csv, "csv"), (as_jsonl, "jsonl")])
def test_answers_come_in_the_order_of_versions_and_items(tmp_path, write, suffix):
    table = read(tmp_path, write([*ROWS[:3], ("i1", "a", "")]), suffix)
    write_table(table, tmp_path / "answers.parquet", "answers", SMALL)
    rows = table.to_pylist()
    assert [row["raw_response"] for row in rows] == ["", "a i2", "b i1", "b i2"]
    assert [row["outcome"] for row in rows] == ["empty", "answered", "answered", "answered"]
    assert {(row["model"], row["condition"]) for row in rows} == {("m/1", "baseline")}
    assert answered_versions(tmp_path / f"m.{suffix}", VERSIONS) == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (ROWS[:3], r"m\.csv: lacks answers to 1 item\(s\) under a, the first is i1\. Add them"),
        ([*ROWS, ROWS[0]], r"m\.csv, row 6: answers i2 under b a second time"),
        ([*ROWS, ("i9", "a", "x")], r"m\.csv, row 6: answers 'i9', which is no item"),
        ([*ROWS, ("i1", "v9", "x")], r"m\.csv, row 6: the prompt_version 'v9' is unknown\. Use one of a, a_turned, b"),
    ],
)
def test_a_fault_is_one_line_with_its_row(tmp_path, rows, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, as_csv(rows))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", r"m\.jsonl, row 1: is no JSON"),
        ("[]", r"m\.jsonl, row 1: is no JSON object with exactly item_id, prompt_version, raw_response"),
        ('{"item_id": "i1"}', "is no JSON object with exactly"),
        ('{"item_id": 1, "prompt_version": "a", "raw_response": ""}', r"row 1: item_id is no text\. Put it in quotes"),
        ("", r"m\.jsonl: has no row\. Each row is a JSON object with item_id, prompt_version, raw_response\.$"),
        (as_jsonl([ROWS[0], ("i9", "a", "")]), r"m\.jsonl, row 2: answers 'i9', which is no item"),
    ],
)
def test_a_faulty_line_is_refused(tmp_path, line, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, line, "jsonl")


def test_a_model_has_one_file_by_its_file_name(tmp_path):
    with pytest.raises(InputError) as caught:
        find_answers(tmp_path, "m/1")
    assert str(caught.value) == (
        f"model m/1: has no file of recorded answers ({tmp_path}/answers/m_1.csv or m_1.jsonl). "
        "Add it, or correct the model's row in the table of models."
    )
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/m_1.jsonl").write_text("")
    assert find_answers(tmp_path, "m/1") == str(tmp_path / "answers/m_1.jsonl")
    (tmp_path / "answers/m_1.csv").write_text("")
    with pytest.raises(InputError, match=r"has two files of recorded answers .* Keep one"):
        find_answers(tmp_path, "m/1")


def test_versions_that_recorded_models_lack_are_counted():
    assert versions_missed([["v1"], ["v1"]], ["v1"]) == []
    lines = versions_missed([["v1"], ["v1", "v3"], ["v3"]], ["v1", "v2", "v3"])
    assert [line.split(";")[0] for line in lines] == [
        "1 recorded model has no answers to prompt version v1",
        "3 recorded models have no answers to prompt version v2",
        "1 recorded model has no answers to prompt version v3",
    ]


@pytest.mark.parametrize(("write", "suffix"), [(as_csv, "csv"), (as_jsonl, "jsonl")])
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.tuples(st.integers(0, 120), st.integers(0, 120)), put=st.binary(max_size=6) | st.text().map(str.encode))
def test_whatever_a_file_holds_ends_in_a_table_or_one_line(tmp_path, write, suffix, cut, put):
    right = write(ROWS).encode()
    start, end = sorted(cut)
    said = "fine"
    try:
        assert read(tmp_path, right[:start] + put + right[end:], suffix).num_rows in (2, 4, 6)
    except InputError as error:
        said = str(error)
    assert len(said.splitlines()) == 1


def test_a_table_of_answers_has_the_columns_of_any_other(tmp_path):
    table = read(tmp_path, as_csv(ROWS))
    assert table.column_names == [
        *("model", "condition", "prompt_version", "item_id", "raw_response"),
        *("outcome", "finish_reason", "reasoning_length", "error"),
    ]
    types = {name: str(table.schema.field(name).type) for name in ("finish_reason", "reasoning_length", "error")}
    assert types == {"finish_reason": "string", "reasoning_length": "int32", "error": "string"}
    assert table["prompt_version"].to_pylist() == ["a", "a", "b", "b"]
    assert table["item_id"].to_pylist() == ["i1", "i2", "i1", "i2"]


def test_versions_that_are_not_asked_for_are_left_out_and_none_at_all_is_refused(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(as_csv(ROWS))
    assert read_recorded(path, "m", ["i1", "i2"], ["b"], SMALL)["raw_response"].to_pylist() == ["b i1", "b i2"]
    assert answered_versions(path, ["b", "a_turned"]) == ["b"]
    with pytest.raises(InputError, match=r"m\.csv: answers none of the prompt versions a_turned, c\. Correct"):
        read_recorded(path, "m", ["i1", "i2"], ["a_turned", "c"], SMALL)
    with pytest.raises(InputError, match=r"m\.csv: lacks answers to 2 item\(s\) under a, the first is i3"):
        read_recorded(path, "m", ["i1", "i3", "i2", "i4"], ["a"], SMALL)


def test_a_file_that_cannot_be_read_has_all_versions_until_it_is_refused(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text("{")
    assert answered_versions(path, ("a", "b")) == ["a", "b"]
    path.unlink()
    with pytest.raises(InputError, match=r"m\.jsonl: is missing"):
        read_recorded(path, "m", ["i1"], ["a"], SMALL)


def test_an_unknown_item_is_quoted_up_to_120_letters(tmp_path):
    with pytest.raises(InputError, match=f"row 2: answers '{'x' * 120}', which"):
        read(tmp_path, as_csv([("x" * 121, "a", "")]))


def test_empty_lines_count_as_rows_and_say_nothing(tmp_path):
    lines = as_jsonl(ROWS).splitlines()
    assert read(tmp_path, "\n\n".join(lines) + "\n \n", "jsonl").num_rows == 4
    with pytest.raises(InputError, match=r"m\.jsonl, row 4: is no JSON"):
        read(tmp_path, f"{lines[0]}\n\n{lines[1]}\n{{", "jsonl")
