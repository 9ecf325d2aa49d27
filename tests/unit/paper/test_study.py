import json

import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper import raw_files as study
from value_portrait.reading import read_json
from value_portrait.tables import write_table

ITEMS = ["1001-1", "1001-2"]
PEOPLE = {"P1", "P2"}


def survey(first=((4, "P1"), (5, "P2")), second=((1, "P1"), (6, "P2"))):
    options = [{"option_id": 1, "data": list(first)}, {"option_id": 2, "data": list(second)}]
    return [{"1001": options}]


def read(tmp_path, content, reader, *arguments):
    path = tmp_path / "raw.json"
    path.write_text(json.dumps(content))
    return reader(path, *arguments)


def test_the_survey_becomes_one_row_per_rating(tmp_path):
    table = read(tmp_path, survey(), study.read_survey, ITEMS, PEOPLE, VALUE_PORTRAIT)
    assert table.to_pylist()[1] == {"group": 1, "item_id": "1001-1", "participant_id": "P2", "rating": 5}
    write_table(table, tmp_path / "survey.parquet", "survey", VALUE_PORTRAIT)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (survey(first=[(7, "P1")]), "group 1, item 1001-1, participant P1: the rating 7 is not"),
        (survey(first=[("4", "P1")]), "the rating '4' is not a whole number"),
        (survey(first=[(4.0, "P1")]), r"the rating 4\.0 is not"),
        (survey(first=[(True, "P1")]), "the rating True is not"),
        (survey(first=[(None, "P1")]), "the rating None is not"),
        (survey(first=[(4, "P9")]), "participant P9: rates without a profile"),
        (survey(first=[(4, "P1"), (5, "P1")]), "participant P1: rates the item twice"),
        (survey(first=[]), "item 1001-1: has no ratings"),
        (survey() + survey(), "group 2, item 1001-1: stands in group 1 too"),
        ([{"1001": survey()[0]["1001"][:1]}], "1 item.* have no ratings, the first is 1001-2"),
        ([{**survey()[0], "1002": [{"option_id": 1, "data": [(4, "P1")]}]}], "rates 1002-1, which is no item"),
    ],
)
def test_a_survey_with_a_fault_is_refused_with_its_place(tmp_path, content, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, content, study.read_survey, ITEMS, PEOPLE, VALUE_PORTRAIT)


def query(query_id=1001, title="T", responses=2):
    outputs = [{"content": f"R{n}", "id": n} for n in range(1, responses + 1)]
    return {"content": {"title": title, "text": f"Q{query_id}"}, "outputs": outputs, "portrait_id": query_id}


def test_items_take_the_template_of_their_query(tmp_path):
    table = read(tmp_path, [query(), query(3001, None)], study.read_items)
    assert table["item_id"].to_pylist() == [*ITEMS, "3001-1", "3001-2"]
    assert table["template"].to_pylist() == ["reddit"] * 2 + ["sharegpt"] * 2
    assert table["source"].to_pylist() == ["Reddit"] * 2 + ["ShareGPT"] * 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ([query(), query()], "query 1001: stands there twice"),
        ([query(), query(1002, responses=1)], "query 1002: has 1 responses where others have 2"),
        ([{**query(), "outputs": query()["outputs"][1:]}], "query 1001: lacks response 1"),
    ],
)
def test_items_with_a_fault_are_refused(tmp_path, content, complaint):
    with pytest.raises(InputError, match=complaint):
        read(tmp_path, content, study.read_items)


def test_a_profile_without_a_score_is_refused(tmp_path):
    scores = {family: dict.fromkeys(VALUE_PORTRAIT.family(family).names, 1.0) for family in study.FAMILIES}
    assert (
        read(tmp_path, {"P1": scores}, study.read_participants, "main", study.FAMILIES, VALUE_PORTRAIT).num_rows == 19
    )
    del scores["pvq"]["Power"]
    with pytest.raises(InputError, match="participant P1: has no score for Power"):
        read(tmp_path, {"P1": scores}, study.read_participants, "main", study.FAMILIES, VALUE_PORTRAIT)


def test_what_is_no_json_is_said_to_be_none(tmp_path):
    (tmp_path / "raw.json").write_text('{"P1": NaN}')
    with pytest.raises(InputError, match=r"raw\.json: is no JSON"):
        read_json(tmp_path / "raw.json")


def test_pilot_questions_are_found_at_any_depth(tmp_path):
    question = {"question_id": "1_a", "responses": [[3, "P1"]]}
    content = {
        "questions": {"one": {"Pow": {"likely": question}}, "two": {"agree": {**question, "question_id": "1_b"}}}
    }
    content["questions"]["empty"] = {"Pow": {"question_id": {"responses": []}, "responses": {"responses": []}}}
    table = read(tmp_path, content, study.read_pilot_survey, 1, VALUE_PORTRAIT)
    assert table.select(["question_id", "source"]).to_pylist() == [
        {"question_id": "1_a", "source": "one"},
        {"question_id": "1_b", "source": "two"},
    ]
