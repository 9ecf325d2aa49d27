"""Verdicts on small numbers that anybody can check."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper.certifying import describing, in_print
from value_portrait.paper.certifying.alphas import alphas_by_formula
from value_portrait.paper.certifying.beside_print import beside_print
from value_portrait.paper.certifying.causes import kept_pair
from value_portrait.paper.certifying.correlating import spearman_by_scipy
from value_portrait.paper.certifying.counting import count_causes, count_statuses
from value_portrait.paper.certifying.distances import distances
from value_portrait.paper.certifying.facts import odd_words
from value_portrait.paper.certifying.findings import Finding, findings_frame, two_routes
from value_portrait.paper.certifying.in_print import VALUES
from value_portrait.paper.certifying.new_data import new_data
from value_portrait.paper.certifying.printed import PRINTED, printed_numbers, read_printed
from value_portrait.paper.certifying.published_tags import read_published_tags, read_tagged_items
from value_portrait.paper.certifying.rows import absent, compare, compare_sets, comparisons, judge
from value_portrait.paper.certifying.stated import CAUSES, KEPT_PAIR, LOST, OF_TABLE_8, TWO_PROFILES, WHOLE_RATERS
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import reliability_of_models

NAN = float("nan")


def made(published, *steps, tolerance=0.005, source="Table 8", names=("", *CAUSES["Table 8"])):
    values = {name: np.array([value]) for name, value in zip(names, steps, strict=False)}
    return compare(source, ["cell"], np.array([published]), tolerance, values, "a_rule").iloc[0]


@pytest.mark.parametrize(
    ("published", "steps", "status", "cause", "added"),
    [
        (0.40, (0.404,), "match", "", []),
        (0.40, (0.41, 0.402), "explained", TWO_PROFILES, [-0.008]),
        (0.40, (0.41, 0.41, 0.40), "explained", KEPT_PAIR, [0, -0.01]),  # the first cause changes nothing
        (0.40, (0.41, 0.42, 0.40), "explained", f"{TWO_PROFILES}; {KEPT_PAIR}", [0.01, -0.02]),
        # What is expected has all causes applied: an equal number on the way is none.
        (0.40, (0.41, 0.40, 0.50), "differs", "", [-0.01, 0.1]),
        (0.41, (0.41, 0.40, 0.50), "differs", "", [-0.01, 0.1]),
        (0.40, (0.404, 0.402), "match", "", [-0.002]),  # equal either way
        (0.40, (0.41, 0.42, 0.43), "differs", "", [0.01, 0.01]),
        (NAN, (NAN,), "match", "", []),
        (NAN, (0.5, NAN), "explained", TWO_PROFILES, [-0.5]),  # a tag of ours that the cause takes away
        (0.5, (NAN, NAN), "differs", "", [0]),
    ],
)
def test_one_value_is_expected_and_every_cause_says_what_it_adds(published, steps, status, cause, added):
    row = made(published, *steps)
    assert (row["status"], row["cause"]) == (status, cause)
    assert row["ours"] == pytest.approx(steps[0], nan_ok=True)
    assert row["ours_with_causes"] == pytest.approx(steps[-1], nan_ok=True)
    assert [row[name] for name in CAUSES["Table 8"][: len(added)]] == pytest.approx(added)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=4), st.floats(-1, 1))
def test_only_one_number_is_accepted(steps, published):
    """Whatever the steps, a published number passes if it is the last one's, and what was added leads there."""
    row = made(published, *steps, tolerance=1e-9)
    assert (row["status"] == "differs") == (abs(steps[-1] - published) > 1e-9)
    added = sum(row.get(name, 0) for name in CAUSES["Table 8"])
    assert row["ours"] + added == pytest.approx(row["ours_with_causes"], abs=1e-12)


def test_a_cause_that_is_not_stated_for_a_source_is_refused():
    with pytest.raises(AssertionError, match="not all stated for Table 4"):
        made(0.4, 0.4, 0.5, source="Table 4")


def test_what_only_its_own_number_speaks_for_is_conjectured():
    text = {"source": "Text", "names": ("", WHOLE_RATERS), "tolerance": 1e-9}
    assert made(46, 46.769, 46, **text)["status"] == "conjectured"
    assert made(46, 46, 46, **text)["status"] == "match"
    assert made(46, 46.769, 47, **text)["status"] == "differs"
    # Shown and conjectured together are conjectured; a conjecture that does nothing here leaves the shown one.
    alpha = {"source": "Appendix F", "names": ("", OF_TABLE_8, TWO_PROFILES)}
    assert made(0.9, 0.8, 0.85, 0.9, **alpha)["status"] == "conjectured"
    assert made(0.9, 0.8, 0.8, 0.9, **alpha)["status"] == "explained"


def test_sets_are_compared_with_what_is_expected_alone():
    abc, abd = ["Universalism", "Power", "Security"], ["Universalism", "Power", "Hedonism"]
    published = [(abc, abc), (abc, abc), (abd, abd), (["Universalism", "Power"], [*abc, "Hedonism"])]
    steps = {"": [abc, abd, abc, abd], TWO_PROFILES: [abc, abc, abc, abc]}
    rows = compare_sets("Table 8", list("wxyz"), published, steps, "a_rule")
    assert rows["status"].tolist() == ["match", "explained", "differs", "match"]
    assert rows[TWO_PROFILES].tolist() == ["", "Security in, Hedonism out", "", "Security in, Hedonism out"]
    assert rows["cause"].tolist() == ["", TWO_PROFILES, "", ""]


def test_a_correlation_and_its_p_are_one_comparison():
    rows = pd.DataFrame(
        {
            "source": "archive: correlation_results",
            "quantity": [f"{what} of {item} with pvq Power" for what in ("rho", "p") for item in ("1-1", "1-2")],
            "status": ["match", "explained", "differs", "explained"],
        }
    )
    assert comparisons(rows)["status"].tolist() == ["differs", "explained"]


def test_a_cause_explains_what_is_added_up():
    rows = pd.DataFrame(
        [
            ("Table 8", "A: Power", "explained", TWO_PROFILES),
            ("Table 8", "A: Security", "match", ""),
            ("Table 8, order of values", "A: highest", "explained", TWO_PROFILES),
            ("archive: correlation_results", "rho of 1-1 with pvq Power", "explained", TWO_PROFILES),
            ("archive: correlation_results", "p of 1-1 with pvq Power", "explained", TWO_PROFILES),
            ("archive: score_results", "A: mean of pvq Power", "conjectured", f"{TWO_PROFILES}; {LOST}"),
        ],
        columns=["source", "quantity", "status", "cause"],
    )
    assert count_causes(rows).to_dict() == {TWO_PROFILES: 3, LOST: 1}


def test_half_a_unit_of_the_last_digit_is_equal():
    numbers, tolerance = printed_numbers(["0.96", "51.0", "3", "-0.00"])
    assert numbers.tolist() == [0.96, 51.0, 3, 0]
    assert tolerance == pytest.approx([0.005, 0.05, 0, 0.005], abs=2e-9)
    assert made(0.96, 0.955, tolerance=tolerance[0])["status"] == "match"
    assert made(0.96, 0.9549, tolerance=tolerance[0])["status"] == "differs"


def test_a_number_that_print_rounds_to_nothing_has_its_sign():
    assert made(-0.0, -0.004)["status"] == made(0.0, 0.004)["status"] == made(0.0, 0.0)["status"] == "match"
    assert made(0.0, -0.004)["status"] == made(-0.0, 0.004)["status"] == "differs"
    # That of the number that is expected, not of ours on the way.
    assert made(-0.0, 0.004, -0.004)["status"] == "match"
    assert made(0.0, 0.004, -0.004)["status"] == "differs"
    # One that is not rounded has none there.
    assert made(0.0, -1e-17, tolerance=1e-9)["status"] == "match"


@pytest.mark.parametrize("name", PRINTED)
def test_every_printed_table_has_its_shape(name):
    shape = PRINTED[name]
    table = read_printed(name, ROOT / shape.file)
    assert list(table.columns) == list(shape.digits)
    assert list(table.index.names) == list(shape.labels)


# What is done to Table 5 as it is in print, and what is then said of it.
SPOILT = {
    "names the source": lambda text: text.removeprefix("# "),
    "has the columns": lambda text: text.replace("std", "sd"),
    "is not 3 rows of 13 cells": lambda text: "".join(text.splitlines(keepends=True)[:-1]),
    "is not 3 rows of 13 cells.": lambda text: text.replace("0.174,", "0.174,0.1,"),
    "has the rows ValueNet, Value Portrait": lambda text: (
        text.replace("\nValue Portrait,", "\nx,").replace("ValueNet,", "Value Portrait,").replace("\nx,", "\nValueNet,")
    ),
    "has 'ValueNet' twice": lambda text: text.replace("ValueFULCRA", "ValueNet"),
    "empty cells": lambda text: text.replace("0.174", ""),
    "has '0.17' for Universalism, no number of 3 digits": lambda text: text.replace("0.174", "0.17"),
    "has '3.690' for imbalance_ratio": lambda text: text.replace("3.69", "3.690"),
    "has '0.4e1' for imbalance_ratio": lambda text: text.replace("3.69", "0.4e1"),
    "is empty": lambda text: "",
    "lacks its first line": lambda text: text.splitlines()[0],
}


@pytest.mark.parametrize("complaint", SPOILT)
def test_a_printed_table_of_another_shape_is_refused(complaint, tmp_path):
    path = tmp_path / "table.csv"
    text = (ROOT / PRINTED["items_per_value"].file).read_text(encoding="utf-8")
    spoilt = SPOILT[complaint](text)
    assert spoilt != text
    path.write_text(spoilt, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_printed("items_per_value", path)
    assert complaint in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_printed_table_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"# \xff\nend\n")
    os.mkfifo(tmp_path / "pipe")
    places = {
        path: "is no UTF-8",
        tmp_path: "is a folder",
        tmp_path / "none": "is missing",
        tmp_path / "pipe": "a pipe",
    }
    for place, words in places.items():
        with pytest.raises(InputError, match=words):
            read_printed("claims", place)


@pytest.mark.parametrize("name", PRINTED)
def test_what_an_editor_adds_to_a_printed_table_changes_nothing(tmp_path, name):
    text = (ROOT / PRINTED[name].file).read_text(encoding="utf-8")
    path = tmp_path / "table.csv"
    path.write_bytes("\ufeff{}\n\n".format(text.rstrip().replace("\n", "\r\n")).encode())
    pd.testing.assert_frame_equal(read_printed(name, path), read_printed(name, ROOT / PRINTED[name].file))


OPEN = pd.DataFrame({"source": ["Table 8"], "quantity": ["cell"], "published": [0.4], "ours_with_causes": [0.43]})


def judged(row, unproven=()):
    return judge(
        row.to_frame().T.reset_index(drop=True), unproven, OPEN.assign(tried="all").set_index(["source", "quantity"])
    )["status"].iloc[0]


def test_an_open_difference_is_known_only_while_both_numbers_are_as_recorded():
    assert judged(made(0.40, 0.41, 0.43)) == "unexplained"
    assert judged(made(0.40, 0.41, 0.44)) == "differs"
    assert judged(made(0.38, 0.41, 0.43)) == "differs"


def test_a_cause_that_does_not_hold_explains_nothing():
    assert judged(made(0.40, 0.41, 0.40)) == "explained"
    assert judged(made(0.40, 0.41, 0.40), [TWO_PROFILES]) == "differs"
    assert judged(made(0.40, 0.41, 0.40), [LOST]) == "explained"
    assert judged(made(0.40, 0.404, 0.40), [TWO_PROFILES]) == "match"


def test_the_check_names_what_differs_and_what_does_not_hold():
    rows = pd.concat(
        [
            made(0.40, 0.43).to_frame().T,
            absent("Text", ["people"], [3], "not in the archive", "gone"),
            made(0.1, 0.1, source="archive: score_results").to_frame().T,
        ]
    )
    findings = findings_frame(
        [Finding("one", "cause", "It is.", True, "1"), Finding("two", "check", "It is not.", False, "0")]
    )
    counts = count_statuses(rows)
    complaint = describing.complain(rows, counts, findings, "certificate.csv")
    assert (
        "1 published number(s) differ from ours (Table 8, cell) and of what was tested, two did not hold" in complaint
    )
    assert describing.complain(rows.iloc[1:], counts, findings.iloc[:1], "certificate.csv") == ""
    assert describing.verdict(rows, counts, findings).split("\n") == [
        "2 numbers in print, 1 of them compared: 0 match, 0 explained, 0 conjectured, 0 open, 1 differ. "
        "Not to be compared: 1 not in the archive.",
        "1 comparison with the archive's files, 1 of them compared: 1 match, 0 explained, 0 conjectured, 0 open, "
        "0 differ. Not to be compared: none.",
        "Tested on these data: 1 of 1 cause, 0 of 1 check hold (not: two).",
        "Still open: nothing.",
    ]
    text = describing.describe(rows, counts, findings)
    assert "**two**: It is not. **Does not hold on these data.**" in text
    assert "- Table 8, cell: published 0.4, ours 0.43" in text
    assert "- Text, 1 number: not in the archive; gone" in text


def test_what_follows_from_the_numbers_in_print_is_counted_apart():
    rows = pd.concat([made(0.4, 0.4), made(0.4, 0.4, source="Table 8, order of values")], axis=1).T
    counts = count_statuses(rows)
    assert counts["match"].to_dict() == {
        "Table 8": 1,
        "in print": 1,
        "in the archive's files": 0,
        "Table 8, order of values": 1,
    }
    text = describing.describe(rows, counts, findings_frame([Finding("one", "cause", "It is.", True, "1")]))
    assert "are in no sum: 1 number in print, 2 with them." in text
    alone = describing.describe(
        rows.head(1), count_statuses(rows.head(1)), findings_frame([Finding("one", "cause", "It is.", True, "1")])
    )
    assert "in no sum" not in alone


PAIR = {"item_id": "1-1", "family": "pvq", "dimension": "Power", "rho": 0.31, "p": 0.051, "n": 41, "n_models": 33}


@pytest.mark.parametrize(
    ("family", "contained", "holds", "words"),
    [
        ("higher_pvq", True, True, "is in the scores (30 of 33 models equal with it)"),
        ("pvq", True, False, "is in the scores"),
        ("higher_pvq", False, False, "is not (9 of 33 models equal without it)"),
        ("higher_pvq", None, False, "cannot be told (at most 30 of 33 models equal)"),
    ],
)
def test_whether_a_pair_is_kept(family, contained, holds, words):
    pairs = pd.DataFrame([PAIR | {"family": family, "n_equal_with": 30, "n_equal_without": 9}])
    found = kept_pair(pairs.assign(contained=pd.array([contained], "boolean")))
    assert (found.holds, words in found.evidence) == (holds, True)


def test_numbers_beside_print_have_the_digits_in_print():
    rows = compare(
        "Table 5",
        ["a: share", "a: pairs"],
        np.array([0.174, 95]),
        np.array([0.0005, 1e-9]),
        {"": np.array([0.1749, 95]), TWO_PROFILES: np.array([0.17412, 95])},
        "write_tables",
    )
    table = beside_print(rows, "Table 5")
    assert table[["printed", "ours", "ours_with_causes"]].to_numpy().tolist() == [
        ["0.174", "0.175", "0.174"],
        ["95", "95", "95"],
    ]


def test_alpha_by_the_formula_is_pingouins(monkeypatch):
    rng = np.random.default_rng(3)
    values = np.clip(rng.integers(1, 7, (9, 1, 1)) + rng.integers(-1, 2, (9, 6, 5)), 0, 6).astype(np.int8)
    values[values == 0] = NO_RATING
    ratings = Ratings([(f"fir-{n}", "baseline") for n in range(9)], list("abcdef"), list("vwxyz"), values)
    key = pd.DataFrame(
        {"item_id": list("vwxyz"), "family": "pvq", "dimension": "Power", "polarity": [1, 1, -1, 1, 1], "rho": 0.4}
    )
    for kind in ("model_by_version", "model"):
        theirs = (
            reliability_of_models(ratings, key, kind, VALUE_PORTRAIT)
            .query("coefficient == 'alpha'")
            .set_index(["family", "dimension"])["estimate"]
        )
        ours = alphas_by_formula(ratings, kind, key)
        assert ours["pvq", "Power"] == pytest.approx(theirs["pvq", "Power"], abs=1e-12)
        assert ours.drop(("pvq", "Power")).isna().all()


def test_two_routes_disagree_by_a_number_or_by_a_gap():
    one = np.array([0.1, NAN])
    assert two_routes("x", "X", {"a": one, "b": one + 1e-13}, 1e-12).holds
    assert two_routes("x", "X", {"a": one * NAN, "b": one * NAN}, 1e-12) is None
    assert not two_routes("x", "X", {"a": one, "b": one + 1e-11}, 1e-12).holds
    assert not two_routes("x", "X", {"a": one, "b": np.array([0.1, 0.2])}, 1e-12).holds


def test_the_word_that_one_of_three_files_misses():
    texts = ["Rate it. NOTE: one", "Rate it. one", "Rate it. NOTE: one more"]
    prompts = pd.DataFrame({"prompt_version": ["v1", "v2", "v3"], "template": "reddit", "text": texts})
    assert odd_words(prompts).evidence == 'v2 of template reddit lacks "NOTE:", which the other 2 have'


def write_tagged(path, *tags):
    query = {"portrait_id": 7, "content": {"text": "why"}}
    path.write_text(json.dumps([query | {"outputs": [{"id": 1, "content": "so", "correlations": tags}]}]))
    return path


def test_a_tag_that_is_none_is_refused(tmp_path):
    path = write_tagged(tmp_path / "tags.json", ["Power", 0.4])
    assert read_published_tags(path).to_pylist() == [
        {"item_id": "7-1", "family": "pvq", "dimension": "Power", "rho": 0.4}
    ]
    texts, tags = read_tagged_items(path)
    assert texts.to_pylist() == [{"item_id": "7-1", "title": None, "text": "why", "response": "so"}]
    assert tags == {"7-1": {"correlations": [["Power", 0.4]]}}
    for spoilt in ([["Courage", 0.4]], [["Power", "0.4"]], [["Power", 0.4], ["Power", 0.4]]):
        with pytest.raises(InputError, match="item 7-1: correlations, tag"):
            read_published_tags(write_tagged(path, *spoilt))


def test_spearman_by_scipy_by_hand():
    """Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5); an item that one rater left out stands alone."""
    rated = {"1-1": [1, 2, 2, 6], "1-2": [2, 1, 6]}
    survey = pd.DataFrame(
        [
            (1, item, person, own)
            for item, ratings in rated.items()
            for person, own in zip("abcd", ratings, strict=False)
        ],
        columns=["group", "item_id", "participant_id", "rating"],
    )
    people = pd.DataFrame(
        {"participant_id": list("abcd") * 2, "family": "pvq", "dimension": ["Power"] * 4 + ["Hedonism"] * 4}
    ).assign(score=[1.0, 2, 3, 4, 4, 3, 2, 1])
    rows = pd.DataFrame(
        {"item_id": ["1-2", "1-1", "1-1"], "family": "pvq", "dimension": ["Power", "Hedonism", "Power"]}
    )
    expected = [0.5, -0.9486832980505138, 0.9486832980505138]
    assert spearman_by_scipy(survey, people, rows) == pytest.approx(expected)
    # One item and one dimension: SciPy gives a number for a matrix.
    assert spearman_by_scipy(survey.iloc[:4], people.iloc[:4], rows.iloc[2:]) == pytest.approx(expected[2:])


def test_a_claim_that_names_no_value_is_refused():
    claims = pd.DataFrame([["Benevolence", "Secrity", "Self_Direction"]] * 2, index=["highest", "lowest"])
    scores = pd.DataFrame({"model": ["fir"], **dict.fromkeys(VALUES, 0.0)})
    with pytest.raises(InputError, match="'Secrity' is no value"):
        in_print.claims(claims, ["fir"], {"": scores}, True)


def test_a_model_that_the_archive_does_not_have_differs():
    scores = pd.DataFrame({"model": ["fir"], **dict.fromkeys(VALUES, 0.0)})
    printed = pd.DataFrame("0.00", index=["fir", "oak", "ash"], columns=VALUES)
    rows = in_print.model_scores("Table 8", printed, {"": scores}, ["fir"], ["fir", "oak"])
    assert rows["status"].tolist() == ["match"] * 10 + ["not in this run"] * 10 + ["differs"] * 10


def test_distances_from_signs_by_hand():
    """Power and Achievement are neighbours; Power and Universalism lie five steps apart, with opposite signs."""
    rho = {"Power": 0.5, "Achievement": 0.4, "Universalism": -0.35, "Hedonism": 0.3}
    frame = pd.DataFrame({"item_id": "1-1", "family": "pvq", "dimension": list(rho), "rho": list(rho.values())})
    same, opposite = distances(frame, 0.3).reshape(2, -1)
    assert same.tolist() == [1, 0, 0, 0, 0, 1, 1]
    assert opposite.tolist() == [0, 0, 0, 1, 1, 2, 4.5]


def test_data_that_the_archive_lacks_stand_beside_the_print_without_a_verdict():
    """A GPT-4o that was told one value, a group of people in microdata, and an open-weight model asked anew."""
    effects = pd.DataFrame(
        [
            ("answers", "gpt-4o-x", "default", "steering", "Power", "Power", 0.5),
            ("answers", "gpt-4o-x", "first_turn", "steering", "Power", "Hedonism", 0.1),
            ("printed", "GPT-4o", "as printed", "steering", "Power", "Tradition", 0.1),
            ("answers", "gpt-4o-x", "default", "gender", "Male", "Power", 0.25),
        ],
        columns=["source", "model", "framing", "axis", "group", "dimension", "effect"],
    )
    people = pd.DataFrame(
        [
            ("ess_microdata", "anweight", "gender", "Male", "Power", 0.07),
            ("printed", "as_printed", "gender", "Male", "Power", 0.08),
        ],
        columns=["source", "weighting", "axis", "group", "dimension", "human_effect"],
    )
    # One item for Power, one for Hedonism: the centre is 3, Power is one above it.
    asked = Ratings([("gemma3-4b-it", "baseline")], ["v1"], ["1-1", "1-2"], np.array([[[4, 2]]], np.int8))
    key = pd.DataFrame({"item_id": ["1-1", "1-2"], "family": "pvq", "dimension": ["Power", "Hedonism"], "polarity": 1})
    printed = {name: read_printed(name, ROOT / shape.file) for name, shape in PRINTED.items()}
    rows = new_data(printed, asked, key, effects, people).query("status == 'new data' and ours.notna()")
    assert list(zip(rows["source"], rows["quantity"], rows["published"], rows["ours"], strict=True)) == [
        ("Table 12", "gemma3-4b-it: Power", 0.04, 1.0),
        ("Table 12", "gemma3-4b-it: Hedonism", -0.01, -1.0),
        ("Tables 13 to 16, people", "gender: Male: Power (weighting anweight)", 0.08, 0.07),
        ("Tables 13 to 19, personas", "gender: Male: Power (gpt-4o-x)", 0.0, 0.25),
        ("Table 17", "Power: Power (gpt-4o-x)", 0.55, 0.5),
    ]
    nothing = new_data(printed, asked.take([]), key, effects.iloc[:0], pd.DataFrame(columns=people.columns))
    assert len(nothing) == 121 + 130 + 375 + 100
    assert set(nothing["status"]) == {"needs live answers", "needs microdata"}
