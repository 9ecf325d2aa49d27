import json

import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper.answers import answer_paths, read_answers
from value_portrait.tables import write_table

ITEMS = ["1001-1", "1001-2", "1001-3", "1001-4"]
QUOTE = "Could not parse valid Likert response from: "


def records():
    return [
        {"portrait_id": 1001, "option_id": 4, "error": QUOTE},
        {"portrait_id": 1001, "option_id": 1, "raw_response": "like me", "reasoning": "Hm."},
        {"portrait_id": 1001, "option_id": 2, "error": QUOTE + "I'm sorry, but\nI can't help."},
        {"portrait_id": 1001, "option_id": 3, "error": "Error code: 400 - flagged as potentially violating"},
    ]


def read(tmp_path, content):
    path = tmp_path / "m_v1_results.json"
    path.write_text(json.dumps(content))
    return read_answers({"v1": path}, "m/x:free", "baseline", ITEMS, VALUE_PORTRAIT)


def test_answers_come_in_the_order_of_items_with_quoted_words_recovered(tmp_path):
    table = read(tmp_path, records())
    write_table(table, tmp_path / "answers.parquet", "answers", VALUE_PORTRAIT)
    rows = table.to_pylist()
    assert [row["item_id"] for row in rows] == ITEMS
    assert [row["outcome"] for row in rows] == ["answered", "refusal", "content_filter", "empty"]
    assert [row["raw_response"] for row in rows] == ["like me", "I'm sorry, but\nI can't help.", None, ""]
    assert [row["reasoning_length"] for row in rows] == [3, None, None, None]
    assert rows[0]["error"] is None
    assert rows[1]["error"].startswith(QUOTE)


def test_an_error_of_the_connection_is_an_error(tmp_path):
    content = records()
    content[1] = {"portrait_id": 1001, "option_id": 1, "error": "Insufficient credits"}
    assert read(tmp_path, content).to_pylist()[0]["outcome"] == "error"


def change(number, **changes):
    content = records()
    content[number] = {**content[number], **changes}
    return content


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (records()[1:], r"m_v1_results\.json: lacks 1 item\(s\), the first is 1001-4"),
        (records() + records()[:1], "record 5: answers 1001-4 a second time"),
        (change(0, option_id=9), "record 1: answers 1001-9, which is no item"),
        (change(1, raw_response=5), "item 1001-1: raw_response is no text"),
        (change(1, error="x"), "item 1001-1: has neither or both"),
        ({"answers": []}, "is no list of answers"),
        ([1], "record 1: is no record"),
    ],
)
def test_files_with_a_fault_are_refused_with_its_place(tmp_path, content, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, content)


def test_hostile_text_is_kept_as_it_is(tmp_path):
    text = "<script>\x00\x1b[31m\u202e like me" + "x" * 1_000_000
    assert read(tmp_path, change(1, raw_response=text))["raw_response"].to_pylist()[0] == text


def test_the_file_of_a_model_and_version_is_the_one_with_its_name():
    files = ["a/claude_v1_results.json", "b/claude-3_v1_results.json", "b/claude-3_v1_reversed_results.json"]
    assert answer_paths(files, "claude-3", ["v1", "v2"]) == {"v1": files[1]}
    with pytest.raises(InputError, match=r"claude-3.*no files of recorded answers \(claude-3_v2_results"):
        answer_paths(files, "claude-3", ["v2"])
    with pytest.raises(InputError, match=r"claude-3.*2 files of recorded answers to prompt version v1 "):
        answer_paths([*files, "c/claude-3_v1_results.json"], "claude-3", ["v1"])
