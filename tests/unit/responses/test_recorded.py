"""Answers that a study brings, or that others collected: plain rows, and replies of batches."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instruments import SMALL
from near_misses import complaint, near_misses
from value_portrait.errors import InputError
from value_portrait.responses.questions import prompt_hash
from value_portrait.responses.recorded import (
    answered_versions,
    find_answers,
    find_recorded,
    is_export,
    read_recorded,
    versions_missed,
)
from value_portrait.tables import write_table

ROWS = [(item, version, f"{version} {item}") for version in ("b", "a") for item in ("i2", "i1")]
VERSIONS = ["a", "a_turned", "b"]
SYSTEM = prompt_hash("You are old.")


def hashes(items=("i1", "i2"), versions=VERSIONS):
    return {(version, item): prompt_hash(f"{version}? {item}") for version in versions for item in items}


def as_csv(rows):
    return "item_id,prompt_version,raw_response\n" + "".join(",".join(row) + "\n" for row in rows)


def as_jsonl(rows):
    names = ("item_id", "prompt_version", "raw_response")
    return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def read(tmp_path, content, suffix="csv"):
    path = tmp_path / f"m.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_recorded(path, hashes(), None, "m/1", "baseline", SMALL)


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
        (
            "[]",
            r"m\.jsonl, row 1: is no JSON object with item_id, prompt_version, raw_response and at most condition,",
        ),
        ('{"item_id": "i1"}', "is no JSON object with item_id"),
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
        find_answers(tmp_path, "m/1", find_recorded([tmp_path, tmp_path / "none"]))
    assert str(caught.value) == (
        f"model m/1: has no file of recorded answers ({tmp_path}/m_1.csv or m_1.jsonl). "
        "Add it, or correct the model's row in the table of models."
    )
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/m_1.jsonl").write_text("")
    folders = [tmp_path / "answers", tmp_path]
    assert find_answers(tmp_path, "m/1", find_recorded(folders)) == str(tmp_path / "answers/m_1.jsonl")
    (tmp_path / "m_1.csv").write_text("")
    with pytest.raises(
        InputError, match=r"m_1\.csv: holds the answers of m_1, as .*answers/m_1\.jsonl does\. Keep one"
    ):
        find_recorded(folders)
    (tmp_path / "answers/m_1.eval").write_text("")
    with pytest.raises(InputError, match=r"m_1\.eval: is a log of Inspect\. Make answers of it with integrations/"):
        find_recorded(folders)


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
    assert read_recorded(path, hashes(versions=["b"]), None, "m", "baseline", SMALL)["raw_response"].to_pylist() == [
        "b i1",
        "b i2",
    ]
    assert answered_versions(path, ["b", "a_turned"]) == ["b"]
    with pytest.raises(InputError, match=r"m\.csv: answers none of the prompt versions a_turned, c\. Correct"):
        read_recorded(path, hashes(versions=["a_turned", "c"]), None, "m", "baseline", SMALL)
    with pytest.raises(InputError, match=r"m\.csv: lacks answers to 2 item\(s\) under a, the first is i3"):
        read_recorded(path, hashes(["i1", "i3", "i2", "i4"], ["a"]), None, "m", "baseline", SMALL)


def test_a_file_that_cannot_be_read_has_all_versions_until_it_is_refused(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text("{")
    assert answered_versions(path, ("a", "b")) == ["a", "b"]
    path.unlink()
    with pytest.raises(InputError, match=r"m\.jsonl: is missing"):
        read_recorded(path, hashes(), None, "m", "baseline", SMALL)


def test_an_unknown_item_is_quoted_in_short(tmp_path):
    with pytest.raises(InputError, match=r"row 2: answers 'x+\.\.\.x+', which"):
        read(tmp_path, as_csv([("x" * 121, "a", "")]))


def test_empty_lines_count_as_rows_and_say_nothing(tmp_path):
    lines = as_jsonl(ROWS).splitlines()
    assert read(tmp_path, "\n\n".join(lines) + "\n \n", "jsonl").num_rows == 4
    with pytest.raises(InputError, match=r"m\.jsonl, row 4: is no JSON"):
        read(tmp_path, f"{lines[0]}\n\n{lines[1]}\n{{", "jsonl")


def told(version, item, answer, condition="baseline", system=None, **cells):
    """A row as whoever asked with the written questions can give it back."""
    question = {"item_id": item, "prompt_version": version, "condition": condition}
    hashed = {"prompt_sha256": hashes()[version, item], "system_sha256": system}
    return question | {"raw_response": answer} | hashed | cells


def replied(version, item, answer, status=200, **body):
    """A line of a batch's replies."""
    choice = {"message": {"content": answer}, "finish_reason": "stop"} | body
    response = {"status_code": status, "body": {"choices": [choice]} if status == 200 else {"error": "busy"}}
    return {
        "custom_id": f"baseline/{version}/{item}/{hashes()[version, item][:16]}",
        "response": response,
        "error": None,
    }


TOLD = [told(version, item, f"{version} {item}") for version in ("a", "b") for item in ("i1", "i2")]
REPLIED = [replied(version, item, f"{version} {item}") for version in ("a", "b") for item in ("i1", "i2")]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("rows", [TOLD, REPLIED])
def test_answers_to_written_questions_are_those_of_a_plain_file(tmp_path, rows):
    plain = read(tmp_path, as_csv(ROWS)).drop_columns(["finish_reason"])
    assert read(tmp_path, lines(rows), "jsonl").drop_columns(["finish_reason"]) == plain
    assert answered_versions(tmp_path / "m.jsonl", VERSIONS) == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            told("b", "i2", "", prompt_sha256="0" * 64),
            "the prompt_sha256 '0{30,}.*' is not that of this study's prompt",
        ),
        (told("b", "i2", "", prompt_sha256=hashes()["b", "i2"][:15]), "the prompt_sha256 '.{15}' is not that"),
        (told("b", "i2", "", system=SYSTEM), "the system_sha256 '.*' is not that of this study's system message"),
        (told("b", "i2", "", condition="", finish_reason=3), r"finish_reason is no text\. Put it in quotes"),
        (replied("b", "i2", "", 429), r"has no answer, but .*429.*\. Ask it again"),
        (replied("b", "i2", "", error={"code": 502}), "has no answer, but"),
        (replied("b", "i2", "") | {"response": None, "error": {"code": "expired"}}, "has no answer, but .'code': 'exp"),
        (replied("b", "i2", "") | {"custom_id": f"baseline/b/i2/{'0' * 16}"}, "the prompt_sha256 '0{16}' is not that"),
        (replied("b", "i2", "") | {"custom_id": "request-7"}, "the custom_id 'request-7' is none of this study"),
        (replied("b", "i2", "") | {"custom_id": 7}, "the custom_id 7 is none of this study"),
        (TOLD[0], "answers i1 under a a second time"),
    ],
)
def test_an_answer_to_another_question_is_named_by_row(tmp_path, row, complaint):
    with pytest.raises(InputError, match=rf"m\.jsonl, row 4: {complaint}"):
        read(tmp_path, lines([*TOLD[:3], row]), "jsonl")


def test_items_that_are_not_asked_may_be_answered_and_are_left_out(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(as_csv([("i1", "a", "one"), ("i2", "a", "two")]))
    wanted = (hashes(items=["i2"]), None, "m", "baseline", SMALL)
    assert read_recorded(path, *wanted, {"i1", "i2"})["raw_response"].to_pylist() == ["two"]
    with pytest.raises(InputError, match=r"m\.csv, row 2: answers 'i1', which is no item\."):
        read_recorded(path, *wanted, {"i2"})


def test_conditions_lie_in_one_file_and_know_their_system_message(tmp_path):
    path = tmp_path / "m.jsonl"
    old = [told("a", item, "old", "age_old", SYSTEM) for item in ("i1", "i2")]
    path.write_text(lines([*TOLD, *old]))
    table = read_recorded(path, hashes(), SYSTEM, "m", "age_old", SMALL)
    assert table["raw_response"].to_pylist() == ["old", "old"]
    assert set(table["condition"].to_pylist()) == {"age_old"}
    for system, words in ((None, "the system_sha256 "), (prompt_hash("You are young."), "the system_sha256 ")):
        with pytest.raises(InputError, match=r"m\.jsonl: has 2 faults\. Correct them"):
            read_recorded(path, hashes(), system, "m", "age_old", SMALL)
        path.write_text(lines([*TOLD, old[0]]))
        with pytest.raises(InputError, match=rf"m\.jsonl, row 5: {words}"):
            read_recorded(path, hashes(), system, "m", "age_old", SMALL)
        path.write_text(lines([*TOLD, *old]))
    with pytest.raises(InputError, match=r"no answers under the condition 'age', only under age_old, baseline\. "):
        read_recorded(path, hashes(), None, "m", "age", SMALL)


def test_every_fault_is_named_by_its_row(tmp_path, caplog):
    with pytest.raises(InputError, match=r"m\.csv: has 23 faults, of which the first 20 are named\. Correct them"):
        read(tmp_path, as_csv([*ROWS, *[("i9", "a", "")] * 22, ROWS[0]]))
    assert [message.split(": ")[0].split("csv, ")[1] for message in caplog.messages] == [
        f"row {n}" for n in range(6, 26)
    ]
    with pytest.raises(InputError, match=r"m\.csv: has 20 faults\. Correct them"):
        read(tmp_path, as_csv([*ROWS, *[("i9", "a", "")] * 20]))
    caplog.clear()
    with pytest.raises(InputError, match=r"m\.csv: has 2 faults\. Correct them"):
        read(tmp_path, as_csv([ROWS[0], ROWS[2]]))
    assert "lacks answers to 1 item(s) under a, the first is i1" in caplog.messages[0]


@pytest.mark.parametrize(
    ("answer", "finish", "outcome"),
    [
        ("often", "stop", "answered"),
        ("often", "length", "truncated"),
        ("often", "max_tokens", "truncated"),
        ("", "length", "empty"),
        ("", "content_filter", "content_filter"),
        ("I cannot rate that.", "length", "refusal"),
        ("I cannot rate that.", "content_filter", "content_filter"),
    ],
)
def test_what_ended_an_answer_counts_as_of_live_ones(tmp_path, answer, finish, outcome):
    rows = [told("a", item, answer, finish_reason=finish) for item in ("i1", "i2")]
    # Chat completions have one word for a limit.
    rows += [replied("b", item, answer, finish_reason=finish.replace("max_tokens", "length")) for item in ("i1", "i2")]
    table = read(tmp_path, lines(rows), "jsonl")
    assert table["outcome"].to_pylist() == [outcome] * 4
    assert table["finish_reason"].to_pylist() == [finish] * 2 + [finish.replace("max_tokens", "length")] * 2


def test_what_a_reply_says_of_an_answer_decides_before_its_words(tmp_path):
    refused = {"message": {"content": None, "refusal": "often"}, "finish_reason": None}
    rows = [replied("a", "i1", "often", **refused), replied("a", "i2", None)]
    table = read(tmp_path, lines(rows), "jsonl").select(["raw_response", "outcome", "finish_reason"])
    assert table.to_pylist() == [
        {"raw_response": "often", "outcome": "refusal", "finish_reason": None},
        {"raw_response": "", "outcome": "empty", "finish_reason": "stop"},
    ]


def test_a_reply_that_failed_is_no_answer_whatever_it_holds(tmp_path):
    failed = replied("a", "i1", "often")
    failed["response"]["status_code"] = 500
    with pytest.raises(InputError, match=r"m\.jsonl, row 1: has no answer, but "):
        read(tmp_path, lines([failed]), "jsonl")
    whole = [row | {"condition": "baseline", "repeat": 0, "finish_reason": "stop"} for row in TOLD]
    assert read(tmp_path, lines(whole), "jsonl").num_rows == 4


@pytest.mark.parametrize(
    ("column", "given"), [("prompt_sha256", "0" * 64), ("system_sha256", "0" * 64), ("system_sha256", "x")]
)
def test_a_hash_is_checked_whatever_the_other_says(tmp_path, column, given):
    other = {"prompt_sha256": "", "system_sha256": ""} | {column: given}
    with pytest.raises(InputError, match=f"row 1: the {column} "):
        read(tmp_path, lines([TOLD[0] | other, *TOLD[1:]]), "jsonl")


def test_a_published_answer_is_known_by_what_is_told_of_it(tmp_path):
    for name, content, export in (
        ("m.parquet", "", True),
        ("m.csv", "latency_s", False),
        ("m.jsonl", lines(TOLD), False),
        ("m.jsonl", '{"latency_s": 0.1}', True),
        ("m.jsonl", "{", False),
        ("m.jsonl", "", False),
    ):
        (tmp_path / name).write_text(content)
        assert is_export(tmp_path / name) is export
    assert answered_versions(tmp_path / "m.parquet", VERSIONS) == VERSIONS


REPEATED = [row | {"repeat": repeat, "raw_response": f"{repeat}"} for row in TOLD for repeat in (1, 0)]


@pytest.mark.parametrize("as_text", [False, True])
def test_repeats_come_one_after_the_other_as_those_of_the_engine(tmp_path, as_text):
    rows = [row | {"repeat": str(row["repeat"])} for row in REPEATED] if as_text else REPEATED
    table = read(tmp_path, lines(rows), "jsonl")
    write_table(table, tmp_path / "answers.parquet", "answers", SMALL)
    once = read(tmp_path, lines(TOLD), "jsonl")
    for column in ("prompt_version", "item_id"):
        assert table[column].to_pylist() == 2 * once[column].to_pylist()
    assert table["repeat"].to_pylist() == [0] * 4 + [1] * 4
    assert table["raw_response"].to_pylist() == ["0"] * 4 + ["1"] * 4
    header = "item_id,prompt_version,raw_response,repeat\n"
    cells = "".join(f"{r['item_id']},{r['prompt_version']},{r['raw_response']},{r['repeat']}\n" for r in REPEATED)
    assert read(tmp_path, header + cells).equals(table)


def test_how_often_versions_that_are_not_asked_for_were_asked_is_nothing_to_this_study(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text(
        lines(
            [row for row in TOLD if row["prompt_version"] == "a"]
            + [row for row in REPEATED if row["prompt_version"] == "b"]
        )
    )
    asked_once = read_recorded(path, hashes(versions=["a"]), None, "m", "baseline", SMALL)
    assert asked_once["prompt_version"].to_pylist() == ["a", "a"]
    assert "repeat" not in asked_once.column_names
    assert read_recorded(path, hashes(versions=["b"]), None, "m", "baseline", SMALL).num_rows == 4


@pytest.mark.parametrize("said", [None, "", "0", 0])
def test_what_was_asked_once_has_no_repeats(tmp_path, said):
    assert read(tmp_path, lines([row | {"repeat": said} for row in TOLD]), "jsonl").equals(
        read(tmp_path, lines(TOLD), "jsonl")
    )


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (REPEATED[:-1], r"m\.jsonl: lacks answers to 1 item\(s\) under b, repeat 0, the first is i2\. Add them"),
        (
            [row for row in REPEATED if row["repeat"]],
            r"m\.jsonl: has answers numbered as repeat 1, and none as repeat 0\. Number repeats from 0 without a gap",
        ),
        (
            [*TOLD, *[row | {"repeat": 50} for row in TOLD]],
            r"m\.jsonl: has answers numbered as repeat 50, and none as repeat 1\.",
        ),
        ([*REPEATED, REPEATED[0]], r"row 9: answers i1 under a a second time\. Keep one, or number repeats from 0"),
        ([TOLD[0] | {"repeat": 100}, *TOLD], r"row 1: the repeat '100' is not a whole number from 0 to 99"),
        ([TOLD[0] | {"repeat": -1}, *TOLD], r"row 1: the repeat '-1' is not a whole number"),
        ([TOLD[0] | {"repeat": True}, *TOLD], r"row 1: repeat is no text"),
        ([TOLD[0] | {"repeat": 1.0}, *TOLD], r"row 1: repeat is no text"),
        ([TOLD[0] | {"item_id": 1}, *TOLD], r"row 1: item_id is no text"),
    ],
)
def test_a_repeat_that_is_missing_or_no_number_is_named(tmp_path, rows, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, lines(rows), "jsonl")


@pytest.mark.parametrize("rows", [TOLD, REPEATED, REPLIED])
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_change_in_answers_is_a_line_or_no_change_of_what_was_said(tmp_path, rows, data):
    changed = data.draw(near_misses(rows))
    path = tmp_path / "m.jsonl"
    try:
        path.write_text(lines(changed))
    except (TypeError, UnicodeEncodeError):
        return
    said = complaint(read_recorded, path, hashes(), None, "m", "baseline", SMALL)
    assert said is None or said.startswith(str(path))
    assert said is None or len(said.splitlines()) == 1
    if said is None:
        table = read_recorded(path, hashes(), None, "m", "baseline", SMALL)
        assert set(zip(table["prompt_version"].to_pylist(), table["item_id"].to_pylist(), strict=True)) <= set(hashes())
