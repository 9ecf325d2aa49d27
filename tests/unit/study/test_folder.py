"""A folder of tables: what is right becomes tables, what is wrong one line with file, row and remedy."""

import csv
import io
from math import isclose

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from instruments import SMALL, SMALL_CONTENT, VALUE_PORTRAIT
from value_portrait.checking import check
from value_portrait.errors import InputError
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import InstrumentFile
from value_portrait.study import folder
from value_portrait.tables import read_table, write_table

OWN = ("Sweet", "Salty", "Sour_Bitter", "Haste")
MADE = as_instrument(
    check(
        InstrumentFile,
        SMALL_CONTENT
        | {
            "families": SMALL_CONTENT["families"]
            | {"sum": {"title": "Sums", "dimensions": {"Both": {"made_of": ["Sweet", "Haste"]}}}}
        },
        "made.yaml",
    ).completed()
)
ITEMS = "item_id,response\na,One.\nb,Two.\n"
PEOPLE = "participant_id,Sweet,Salty,Sour_Bitter,Haste\n" + "".join(f"P{n},{n},0,10,2.5\n" for n in range(1, 5))
SURVEY = "group,item_id,participant_id,rating\n" + "".join(
    f"{1 + (item == 'b')},{item},P{n},{n}\n" for item in "ab" for n in range(1, 5)
)
SCORING = (
    "question,dimension,reversed,lowest,highest\n"
    "q1,Sweet,no,0,10\nq2,Sweet,yes,0,10\nq3,Salty,no,0,10\nq4,Sour_Bitter,no,1,5\nq5,Haste,yes,1,5\n"
)
KEY = "item_id,dimension,polarity\nb,Haste,-1\na,Salty,\na,Sweet,1\n"
READERS = {
    "items.csv": lambda path: folder.read_items(path, SMALL),
    "participants.csv": lambda path: folder.read_participants(path, None, SMALL),
    "survey.csv": lambda path: folder.read_survey(path, ["a", "b"], ["P1", "P2", "P3", "P4"], SMALL),
    "item_key.csv": lambda path: folder.read_key(path, ["a", "b"], "tagged_items", SMALL),
    "topics.csv": lambda path: folder.read_topics(path, ["a", "b"]),
    "scoring.csv": lambda path: folder.read_scoring(path, OWN, []),
}
RIGHT = {
    "items.csv": ITEMS,
    "participants.csv": PEOPLE,
    "survey.csv": SURVEY,
    "item_key.csv": KEY,
    "topics.csv": "query_id,topic\na,Home\na,Work\nb,Home\n",
    "scoring.csv": SCORING,
}
SCHEMAS = {"items.csv": "items", "participants.csv": "participants", "survey.csv": "survey"} | {
    "item_key.csv": "item_key",
    "topics.csv": "topics",
}


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return READERS[name](path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_right_is_a_table_of_the_pipeline(tmp_path, name):
    table = read(tmp_path, name, RIGHT[name])
    path = tmp_path / f"table.{'csv' if name in ('item_key.csv', 'topics.csv') else 'parquet'}"
    write_table(table, path, SCHEMAS[name], SMALL)
    assert read_table(path, SCHEMAS[name], SMALL).num_rows == table.num_rows


def test_nothing_is_mirrored_on_nothing(tmp_path):
    path = tmp_path / "item_key.csv"
    path.write_text(KEY)
    with pytest.raises(InputError, match=r"item_key\.csv, row 2: the polarity is -1, but scoring\.centring is 'none'"):
        folder.read_key(path, ["a", "b"], "none", SMALL)
    path.write_text(KEY.replace("-1", "1"))
    assert folder.read_key(path, ["a", "b"], "none", SMALL).num_rows == 3


def test_what_is_not_said_of_items_follows(tmp_path):
    first, second = read(tmp_path, "items.csv", ITEMS).to_pylist()
    assert first == {
        "item_id": "a",
        "query_id": "a",
        "response_id": 1,
        "source": "own",
        "template": "plain",
        "title": None,
        "text": "",
        "response": "One.",
    }
    content = 'item_id,query_id,response\nx,q,"One,\nin two lines"\ny,q,Two\nz,r,Three\n'
    rows = read(tmp_path, "items.csv", content).to_pylist()
    assert [row["response_id"] for row in rows] == [1, 2, 1]
    assert rows[0]["response"] == "One,\nin two lines"
    assert second["response_id"] == 1


def test_items_need_what_their_template_shows(tmp_path):
    (tmp_path / "items.csv").write_text(
        "item_id,template,title,text,response\na,reddit,T,Q,R\nb,sharegpt,,Q,R\nc,reddit,,Q,R\n"
    )
    with pytest.raises(InputError, match=r"items\.csv, row 4: has no title\. The template reddit shows it"):
        folder.read_items(tmp_path / "items.csv", VALUE_PORTRAIT)
    (tmp_path / "items.csv").write_text("item_id,response\na,R\n")
    with pytest.raises(InputError, match=r"row 1: lacks the column template"):
        folder.read_items(tmp_path / "items.csv", VALUE_PORTRAIT)


def test_questionnaires_are_scored_by_hand(tmp_path):
    (tmp_path / "scoring.csv").write_text(SCORING)
    (tmp_path / "participants.csv").write_text("q2,q1,participant_id,q3,q4,q5\n3,8,P1,5,2,2\n")
    table = folder.read_participants(tmp_path / "participants.csv", tmp_path / "scoring.csv", MADE)
    scores = dict(zip(table["dimension"].to_pylist(), table["score"].to_pylist(), strict=True))
    # Sweet: 8 and 10 - 3; Haste: 1 + 5 - 2; Both: their mean.
    assert scores == {"Sweet": 7.5, "Salty": 5, "Sour_Bitter": 2, "Haste": 4, "Both": 5.75}
    assert table["family"].to_pylist() == ["taste"] * 3 + ["pace", "sum"]


def test_a_made_up_dimension_may_have_its_own_score(tmp_path):
    people = tmp_path / "participants.csv"
    people.write_text("participant_id,Sweet,Salty,Sour_Bitter,Haste,Both\nP1,1,2,3,4,9\n")
    assert folder.read_participants(people, None, MADE)["score"].to_pylist() == [1, 2, 3, 4, 9]


def test_the_key_stands_in_the_order_of_items_and_dimensions(tmp_path):
    rows = read(tmp_path, "item_key.csv", KEY).to_pylist()
    assert [(row["item_id"], row["dimension"], row["polarity"]) for row in rows] == [
        ("a", "Sweet", 1),
        ("a", "Salty", 1),
        ("b", "Haste", -1),
    ]
    assert [row["family"] for row in rows] == ["taste", "taste", "pace"]
    assert {row["rho"] for row in rows} == {None}


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("items.csv", "b,Two.", "a,Two.", "row 3: the item_id a stands in row 2, too. Keep one"),
        ("items.csv", "b,Two.", "b,", "row 3: has no response. Fill in"),
        ("items.csv", "b,Two.", ",Two.", "row 3: has no item_id. Fill in"),
        ("items.csv", "b,Two.", " b,Two.", "row 3: the item_id ' b' is no name"),
        ("items.csv", "b,Two.", "b", "row 3: has 1 cells where the header has 2. Correct its commas"),
        ("items.csv", "b,Two.", "b,Two,three", "row 3: has 3 cells where the header has 2"),
        ("items.csv", "b,Two.", '"b,Two.', "is no CSV"),
        ("items.csv", "response", "respons", "row 1: lacks the column response. The columns are item_id, response"),
        ("items.csv", "item_id,response", "item_id;response", "row 1: has no comma, but semicolons or tabs. Save"),
        ("items.csv", "item_id,response", "item_id\tresponse", "row 1: has no comma, but semicolons or tabs. Save"),
        ("items.csv", "response\n", "response,mood\n", "row 1: has the unknown column 'mood'. Remove it. The columns"),
        ("items.csv", "response\n", "response,response\n", "row 1: has the column 'response' twice"),
        ("items.csv", "a,One.\nb,Two.\n", "", "items.csv: has no row. Add one"),
        ("items.csv", "\nb,Two.", "\n\n,\nb,", "row 5: has no response"),
        ("survey.csv", "P4,4", "P4,5", "row 5: the rating '5' is not a whole number from 0 to 4. Correct it"),
        ("survey.csv", "P4,4", "P4,", "row 5: the rating '' is not a whole number"),
        ("survey.csv", "P4,4", "P4,4.0", "row 5: the rating '4.0' is not a whole number"),
        ("survey.csv", "a,P4", "c,P4", "row 5: the item_id 'c' is no item of items.csv"),
        ("survey.csv", "a,P4", "a,P9", "row 5: the participant_id 'P9' is no participant of participants.csv"),
        ("survey.csv", "a,P4", "a,P3", "row 5: the rating of a by P3 stands in row 4, too"),
        ("survey.csv", "1,a,P4", "2,a,P4", "row 5: the item a is in group 1, too"),
        ("survey.csv", "1,a,P4", "0,a,P4", "row 5: the group '0' is not a whole number from 1"),
        ("survey.csv", "1,a,P4,4\n", "", "the item a has 3 ratings, and a correlation needs 4. Add some"),
        ("participants.csv", "P2,", "P1,", "row 3: the participant_id P1 stands in row 2, too"),
        ("participants.csv", "P2,2", "P2,12", "row 3: the Sweet '12' is not a number from 0 to 10"),
        ("participants.csv", "P2,2", "P2,nan", "row 3: the Sweet 'nan' is not a number"),
        ("participants.csv", ",Haste", ",Hast", "row 1: lacks the column Haste"),
        ("item_key.csv", "a,Sweet", "c,Sweet", "row 4: the item_id 'c' is no item of items.csv"),
        ("item_key.csv", "a,Sweet", "a,Bland", "row 4: the dimension 'Bland' is unknown. Use one of Sweet, Salty"),
        ("item_key.csv", "a,Sweet,1", "a,Sweet,0", "row 4: the polarity '0' is unknown. Use one of 1, -1"),
        ("item_key.csv", "a,Sweet,1", "a,Salty,-1", "row 4: Salty of item a stands in row 3, too"),
        ("topics.csv", "b,Home", "c,Home", "row 4: the query_id 'c' is no query of items.csv"),
        ("topics.csv", "a,Work", "a,Home", "row 3: the topic Home of query a stands in row 2, too"),
        ("scoring.csv", "q2,Sweet,yes", "q2,Sweet,maybe", "row 3: the reversed 'maybe' is unknown. Use one of yes, no"),
        ("scoring.csv", "q4,Sour_Bitter,no,1,5", "q4,Sour_Bitter,no,5,5", "row 5: the lowest answer is not below"),
        ("scoring.csv", "q4,Sour_Bitter", "q4,Sweet", "scoring.csv: has no question for Sour_Bitter"),
        ("scoring.csv", "q2,", "q1,", "row 3: the question q1 stands in row 2, too"),
        ("scoring.csv", "q2,", "participant_id,", "row 3: the question has the name of a column"),
    ],
)
def test_a_fault_is_one_line_with_its_row(tmp_path, name, old, new, complaint):
    assert old in RIGHT[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, name, RIGHT[name].replace(old, new, 1))
    message = str(caught.value)
    assert name in message
    assert complaint in message
    assert "\n" not in message


def test_scores_beyond_the_instruments_range_are_refused(tmp_path):
    (tmp_path / "scoring.csv").write_text(SCORING.replace("q3,Salty,no,0,10", "q3,Salty,no,0,100"))
    (tmp_path / "participants.csv").write_text("participant_id,q1,q2,q3,q4,q5\nP1,1,1,1,1,1\nP2,1,1,50,1,1\n")
    with pytest.raises(InputError, match=r"row 3: the answers make the score 50 of Salty, outside 0 to 10"):
        folder.read_participants(tmp_path / "participants.csv", tmp_path / "scoring.csv", SMALL)


def test_what_is_no_utf_8_is_said_with_its_line(tmp_path):
    with pytest.raises(InputError, match=r"items\.csv, line 3: is no UTF-8 text\. Save"):
        read(tmp_path, "items.csv", "item_id,response\na,One\nb,Zwölf\n".encode("latin-1"))
    # What spreadsheets put before UTF-8, and their ends of lines.
    assert read(tmp_path, "items.csv", b"\xef\xbb\xbf" + ITEMS.replace("\n", "\r\n").encode()).num_rows == 2


def test_what_a_study_needs_is_found_or_named(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        folder.find_tables(tmp_path / "none", True)
    (tmp_path / "items.csv").write_text(ITEMS)
    with pytest.raises(InputError, match=r"survey\.csv: is missing\. Add it\. Where nobody rated .* given"):
        folder.find_tables(tmp_path, True)
    with pytest.raises(InputError, match=r"item_key\.csv: is missing\. Add it\.$"):
        folder.find_tables(tmp_path, False)
    for name in ("item_key.csv", "topics.csv", "scoring.csv"):
        (tmp_path / name).write_text("")
    names = ["items.csv", "item_key.csv", "topics.csv"]
    assert folder.find_tables(tmp_path, False) == [str(tmp_path / name) for name in names]


def mutants(text):
    """Files near the right one: bytes cut, doubled or put in, cells and columns exchanged, or anything at all."""
    rows = list(csv.reader(io.StringIO(text)))

    @st.composite
    def near(draw):
        table = [list(row) for row in rows]
        for _ in range(draw(st.integers(1, 3))):
            row = draw(st.integers(0, len(table) - 1))
            cell = draw(st.integers(0, len(table[row]) - 1))
            other = table[draw(st.integers(0, len(table) - 1))]
            table[row][cell] = draw(
                st.one_of(
                    st.sampled_from(
                        ["", "0", "-1", "1e999", "nan", "inf", "1_0", "٣", "9" * 5000, "yes", "\x00", "a\nb"]
                    ),
                    st.sampled_from(other),
                    st.text(max_size=5),
                )
            )
        file = io.StringIO()
        csv.writer(file).writerows(table)
        return file.getvalue().encode("utf-8", "surrogatepass")

    @st.composite
    def cut(draw):
        data = text.encode()
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        return data[:start] + draw(st.binary(max_size=4)) + data[draw(st.sampled_from([start, end])) :]

    return st.one_of(near(), cut(), st.binary(max_size=200))


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_file_holds_ends_in_a_table_or_one_line(tmp_path, name, data):
    content = data.draw(mutants(RIGHT[name]))
    said = f"{name}: fine."
    try:
        table = read(tmp_path, name, content)
        if name in SCHEMAS:
            write_table(table, tmp_path / "table.parquet", SCHEMAS[name], SMALL)
    except InputError as error:
        said = str(error)
    assert len(said.splitlines()) == 1
    assert name in said or "table.parquet" in said


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.floats(0, 10), min_size=3, max_size=3), ends=st.tuples(st.floats(1, 5), st.floats(1, 5)))
def test_reversing_every_question_mirrors_the_scores(tmp_path, answers, ends):
    people, scoring = tmp_path / "participants.csv", tmp_path / "scoring.csv"
    cells = ",".join(map(repr, [*answers, *ends]))
    people.write_text(f"participant_id,q1,q2,q3,q4,q5\nP1,{cells}\n")
    turned = SCORING.replace(",yes,", ",?,").replace(",no,", ",yes,").replace(",?,", ",no,")
    scores = []
    for key in (SCORING, turned):
        scoring.write_text(key)
        scores.append(folder.read_participants(people, scoring, SMALL)["score"].to_pylist())
    for one, other, mirror in zip(*scores, (10, 10, 6, 6), strict=True):
        assert isclose(one + other, mirror)
