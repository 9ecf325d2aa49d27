import csv
from pathlib import Path

import pytest
import yaml
from instruments import VALUE_PORTRAIT
from value_portrait.config_tables import Model, read_models
from value_portrait.configuration import Framing, check_config
from value_portrait.errors import InputError
from value_portrait.responses.conditions import model_conditions, read_personas

ROOT = Path(__file__).resolve().parents[3]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
FRAMINGS = {name: Framing(**framing) for name, framing in CONFIG["framings"].items()}
GROUPS = CONFIG["people"]["groups"]
SHIPPED = read_personas(ROOT / "config/personas.tsv", GROUPS, VALUE_PORTRAIT)
HEADER = ["persona", "axis", "order", "group", "statement", "people"]
OLD = ["age_old", "age", "2", "old", "You are old.", ""]
YOUNG = ["age_young", "age", "1", "young", "You are young.", "young"]
CAT = ["pet_cat", "pet", "", "cat", "You keep a {group}.", ""]
POWER = ["steering_power", "steering", "", "Power", "You want power.", ""]
# What a framing may hold is checked where the config is read, not here.
PLANTED = {
    "personas": Framing(role="system", text="P: {statement}"),
    "steering": Framing.model_construct(role="system", text="S {group}"),
}
ROW = {
    "provider": "lab",
    "model_id": "a",
    "request": "chat",
    "family": "Lab",
    "developer": "Lab",
    "weights": "open",
    "size_b": None,
    "reasoning": "no",
    "batch": None,
    "usd_in": None,
    "usd_out": None,
    "priced_on": None,
}


def write_personas(tmp_path, *rows):
    path = tmp_path / "personas.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in (HEADER, *rows)))
    return path


def conditions(names, answers="live", personas=SHIPPED, framings=FRAMINGS, exported=()):
    model = Model(model="a/b", answers=answers, conditions=names.split(";") if names else [], **ROW)
    return model_conditions(model, personas, framings, "models.tsv", exported, VALUE_PORTRAIT)


def printed(name):
    with (ROOT / "data/reference" / name).open() as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_the_shipped_personas_are_the_papers():
    ours = [(row.axis, row.group) for row in SHIPPED]
    theirs = [(row["axis"], row["group"]) for row in printed("tables_13_to_19_personas.csv")]
    assert ours[:25] == theirs
    assert ours[25:] == [("steering", value) for value in VALUE_PORTRAIT.main.names]
    people = {(row["axis"], row["group"]) for row in printed("tables_13_to_16_people.csv")}
    assert {(row.axis, row.people) for row in SHIPPED if row.people} == people
    ordered = {row.axis for row in SHIPPED if row.order is not None}
    assert ordered == {"age", "politics", "education", "income"}
    assert [row.order for row in SHIPPED if row.axis == "education"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("names", "number"), [("baseline", 1), ("gender;baseline", 3), ("baseline;personas", 26), ("baseline;steering", 11)]
)
def test_a_set_stands_for_its_personas(names, number):
    found = conditions(names)
    assert len(found) == number
    assert next(iter(found)) == "baseline"
    assert (found["baseline"].kind, found["baseline"].message) == ("baseline", None)


def test_conditions_keep_the_order_of_the_row_and_stand_once():
    found = conditions("age;baseline;gender_female;gender;age_80_plus@first_turn;gender@personas")
    assert list(found) == [
        "baseline",
        *(f"age_{group}" for group in ("20_39", "40_59", "60_79", "80_plus")),
        "gender_female",
        "gender_male",
        "age_80_plus@first_turn",
    ]
    kinds = {name: condition.kind for name, condition in found.items()}
    assert kinds["age_80_plus"] == "personas"
    assert kinds["age_80_plus@first_turn"] == "personas@first_turn"
    steered = conditions("baseline;steering_power@steering_first_turn")
    assert steered["steering_power@steering_first_turn"].kind == "steering@steering_first_turn"


def test_a_persona_is_a_system_message_and_a_framing_moves_it_into_the_turn():
    system, turn = (conditions(f"baseline;gender{framing}") for framing in ("", "@first_turn"))
    text = "Your Profile\n\nYou are a woman."
    assert system["gender_female"].message == {"role": "system", "text": text}
    assert turn["gender_female@first_turn"].message == {"role": "user", "text": text}
    steered = conditions("baseline;steering")["steering_self_direction"].message
    assert steered["role"] == "system"
    assert (
        "Hold this value above all others: Self-Direction. You want to think and choose for yourself" in steered["text"]
    )


def test_rows_of_several_axes_are_read_with_their_orders(tmp_path):
    wise = ["mind_old", "mind", "2", "old", "You are wise.", ""]
    rows = read_personas(write_personas(tmp_path, OLD, YOUNG, wise, CAT), {"age": ["young"]}, VALUE_PORTRAIT)
    assert [(row.persona, row.axis, row.order, row.people) for row in rows] == [
        ("age_old", "age", 2, None),
        ("age_young", "age", 1, "young"),
        ("mind_old", "mind", 2, None),
        ("pet_cat", "pet", None, None),
    ]
    assert conditions("baseline;age", personas=rows)["age_young"].persona == rows[1]


def test_fields_are_filled_in_one_pass(tmp_path):
    own = read_personas(write_personas(tmp_path, CAT, POWER), {}, VALUE_PORTRAIT)
    found = conditions("baseline;pet;steering", personas=own, framings=PLANTED)
    assert found["pet_cat"].message["text"] == "P: You keep a {group}."
    assert found["steering_power"].message["text"] == "S Power"


@pytest.mark.parametrize(
    ("names", "answers", "complaint"),
    [
        ("gender", "live", "model a/b: lacks the condition baseline, from which the effects"),
        ("", "live", "lacks the condition baseline"),
        ("baseline;mood", "live", "'mood', which is no persona and no axis.*gender, age, politics"),
        ("baseline;gender@aloud", "live", "'gender@aloud', whose framing .* Use one of personas, steering, first_turn"),
        ("baseline;gender", "recorded", "recorded at baseline alone, not under 'gender'.*responses.exports"),
        (
            "baseline;steering_power@first_turn",
            "live",
            r"model a/b, condition steering_power@first_turn: the framing 'first_turn' lacks the field \{group\}"
            ".* Use one of steering, steering_first_turn, or",
        ),
        (
            "baseline;gender@steering",
            "live",
            r"condition gender@steering: the framing 'steering' has the field \{group\}.* personas, first_turn, or",
        ),
        ("baseline", "printed", "printed scores, so it has no conditions"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(names, answers, complaint):
    with pytest.raises(InputError, match=complaint) as caught:
        conditions(names, answers)
    assert str(caught.value).startswith("models.tsv, model a/b")


def test_where_no_framing_fits_one_of_ones_own_is_asked_for():
    framings = dict.fromkeys(("personas", "steering"), PLANTED["personas"])
    with pytest.raises(
        InputError, match=r"condition steering: the framing 'steering' lacks .* Use one of your own, or"
    ):
        conditions("baseline;steering", framings=framings)


def test_recorded_answers_have_the_conditions_of_their_export():
    assert len(conditions("baseline;gender", "recorded", exported={"a_b": "a_b.parquet"})) == 3
    assert conditions("", "printed") == {}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([OLD, OLD], "row 3: 'age_old' stands in an earlier row too"),
        ([OLD, ["age_elder", *OLD[1:]]], "row 3: repeats the group 'old' of the axis 'age'"),
        ([OLD, [*YOUNG[:2], "2", *YOUNG[3:]]], "row 3: repeats the order 2 of the axis 'age'"),
        ([OLD, [*YOUNG[:2], "", *YOUNG[3:]]], "row 3: only some groups of the axis 'age' have an order"),
        ([[*OLD[:2], "late", *OLD[3:]]], "row 2: order: 'late' does not fit. It may be: .*whole number"),
        ([[*OLD[:4], " ", ""]], "row 2: statement: ' ' does not fit"),
        ([[*OLD[:4], "", ""]], "row 2: statement: an empty value does not fit"),
        ([["Age.Old", *OLD[1:]]], "row 2: persona: 'Age.Old' does not fit.*small letters, digits and _"),
        ([["age/old", *OLD[1:]]], "row 2: persona"),
        ([["age@old", *OLD[1:]]], "row 2: persona"),
        ([["_preflight", *OLD[1:]]], "row 2: persona"),
        ([["baseline", *OLD[1:]]], "row 2: 'baseline' has another meaning"),
        ([["preflight", *OLD[1:]]], "row 2: 'preflight' has another meaning"),
        ([["old", "personas", *OLD[2:]]], "row 2: 'personas' has another meaning"),
        ([OLD, ["age", *CAT[1:]]], "row 3: 'age' has another meaning"),
        (
            [[*POWER[:3], "Might", *POWER[4:]]],
            r"row 2: the group 'Might' of steering is no dimension of .* Values.*Use one of Universalism, \w",
        ),
        (
            [YOUNG, [*OLD[:5], "aged"]],
            r"row 3: the people 'aged' are no group of people\.groups\.age in the config.*young, younger, or leave",
        ),
        ([[*OLD, "more"]], "row 2: has more than 6 cells"),
        ([], "personas.tsv: has no row"),
    ],
)
def test_a_wrong_persona_is_refused_with_its_row(tmp_path, rows, complaint):
    with pytest.raises(InputError, match=complaint):
        read_personas(write_personas(tmp_path, *rows), {"age": ["young", "younger"]}, VALUE_PORTRAIT)


def test_a_table_of_personas_needs_its_columns(tmp_path):
    (tmp_path / "personas.tsv").write_text("persona\taxis\n")
    with pytest.raises(InputError, match="row 1: has other columns"):
        read_personas(tmp_path / "personas.tsv", {}, VALUE_PORTRAIT)
    with pytest.raises(InputError, match=r"none\.tsv: is missing.*'personas'"):
        read_personas(tmp_path / "none.tsv", {}, VALUE_PORTRAIT)


@pytest.mark.parametrize(
    ("framing", "complaint"),
    [
        ({"role": "tool", "text": "{statement}"}, r"framings\.loud\.role: 'tool'"),
        ({"role": "user", "text": "Shout!"}, r"framings\.loud\.text: .*the field \{statement\}"),
        ({"role": "user", "text": "{statement} {name}"}, r"framings\.loud\.text"),
        ({"role": "user"}, r"framings\.loud: 'text' is missing"),
    ],
)
def test_a_wrong_framing_is_refused(framing, complaint):
    with pytest.raises(InputError, match=complaint):
        check_config(CONFIG | {"framings": CONFIG["framings"] | {"loud": framing}}, "config.yaml")


@pytest.mark.parametrize("name", ["default", "as printed", "Loud"])
def test_a_framing_has_no_name_that_tables_use(name):
    with pytest.raises(InputError, match=f"framings: '{name}' is no name .*other than default"):
        check_config(CONFIG | {"framings": CONFIG["framings"] | {name: CONFIG["framings"]["personas"]}}, "config.yaml")


def test_people_on_an_axis_without_groups_are_not_compared(tmp_path):
    (cat,) = read_personas(write_personas(tmp_path, [*CAT[:5], "keepers"]), GROUPS, VALUE_PORTRAIT)
    assert cat.people == "keepers"


def test_both_kinds_need_their_default_framing():
    with pytest.raises(InputError, match="framings: 'steering' is missing"):
        check_config(CONFIG | {"framings": {"personas": CONFIG["framings"]["personas"]}}, "config.yaml")


def test_the_shipped_models_have_their_conditions():
    for name, study in (("models", "paper"), ("demo_models", "simulated")):
        rows = read_models(ROOT / f"config/{name}.tsv", study)
        numbers = [len(model_conditions(row, SHIPPED, FRAMINGS, "models.tsv", (), VALUE_PORTRAIT)) for row in rows]
        assert numbers == ([1] * 33 + [0] * 11 if study == "paper" else [1, 1, 1, 1, 17, 1, 1, 17])
