"""Verdicts on small numbers that anybody can check."""

import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.paper.certifying import describing, sources
from value_portrait.paper.certifying.correlating import spearman_by_scipy
from value_portrait.paper.certifying.findings import (
    VALUES,
    Finding,
    alphas_by_formula,
    findings_frame,
    odd_words,
    two_routes,
)
from value_portrait.paper.certifying.printed import PRINTED, printed_numbers, read_printed
from value_portrait.paper.certifying.published_tags import read_published_tags
from value_portrait.paper.certifying.rows import absent, compare, judge
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import reliability_of_models

sys.path.append(str(ROOT / "tools"))
from update_readme import END, START, with_certificate

NAN = float("nan")


def made(published, *steps, tolerance=0.005):
    values = {name: np.array([value]) for name, value in zip(("", "one", "two", "three"), steps, strict=False)}
    return compare("Table", ["cell"], np.array([published]), tolerance, values, "a_rule").iloc[0]


@pytest.mark.parametrize(
    ("published", "steps", "status", "cause", "with_causes"),
    [
        (0.40, (0.404,), "match", "", 0.404),
        (0.40, (0.41, 0.402), "explained", "one", 0.402),
        (0.40, (0.41, 0.41, 0.40), "explained", "two", 0.40),  # the first cause changes nothing
        (0.40, (0.41, 0.42, 0.40), "explained", "one; two", 0.40),
        (0.40, (0.41, 0.40, 0.50), "explained", "one", 0.40),  # what comes after is not needed
        (0.40, (0.41, 0.42, 0.43), "differs", "", 0.43),
        (NAN, (NAN,), "match", "", NAN),
        (NAN, (0.5, NAN), "explained", "one", NAN),  # a tag of ours that the cause takes away
        (0.5, (NAN, NAN), "differs", "", NAN),
    ],
)
def test_the_verdict_and_the_causes_that_were_needed(published, steps, status, cause, with_causes):
    row = made(published, *steps)
    assert (row["status"], row["cause"]) == (status, cause)
    assert row["ours_with_causes"] == pytest.approx(with_causes, nan_ok=True)


@given(st.floats(-1, 1), st.lists(st.floats(-1, 1), min_size=1, max_size=3))
def test_a_cause_that_changes_nothing_changes_no_verdict(published, steps):
    before, after = made(published, *steps), made(published, *steps, steps[-1])
    assert before["status"] == after["status"]
    assert before["cause"] == after["cause"]


def test_half_a_unit_of_the_last_digit_is_equal():
    numbers, tolerance = printed_numbers(["0.96", "51.0", "3", "-0.00"], "Table")
    assert numbers.tolist() == [0.96, 51.0, 3, 0]
    assert tolerance == pytest.approx([0.005, 0.05, 0, 0.005], abs=2e-9)
    assert made(0.96, 0.955, tolerance=tolerance[0])["status"] == "match"
    assert made(0.96, 0.9549, tolerance=tolerance[0])["status"] == "differs"
    with pytest.raises(InputError, match=r"'0\.9x' is no number"):
        printed_numbers(["0.9x"], "Table")


def test_every_printed_table_names_its_source(tmp_path):
    for path in PRINTED.values():
        with open(path, encoding="utf-8") as file:
            assert file.readline().startswith("# ")
    bare = tmp_path / "bare.csv"
    bare.write_text("model,Power\nfir,0.1\n")
    with pytest.raises(InputError, match="names the source"):
        read_printed(bare, "model")


OPEN = pd.DataFrame({"source": ["Table"], "quantity": ["cell"], "published": [0.4], "ours_with_causes": [0.43]})


def judged(row, unproven=()):
    return judge(row.to_frame().T.reset_index(drop=True), unproven, OPEN.assign(tried="all"))["status"].iloc[0]


def test_an_open_difference_is_known_only_while_both_numbers_are_as_recorded():
    assert judged(made(0.40, 0.41, 0.43)) == "unexplained"
    assert judged(made(0.40, 0.41, 0.44)) == "differs"
    assert judged(made(0.38, 0.41, 0.43)) == "differs"


def test_a_cause_that_does_not_hold_explains_nothing():
    assert judged(made(0.40, 0.41, 0.40)) == "explained"
    assert judged(made(0.40, 0.41, 0.40), ["one"]) == "differs"
    assert judged(made(0.40, 0.41, 0.40), ["two"]) == "explained"


def test_the_check_names_what_differs_and_what_does_not_hold():
    rows = pd.concat([made(0.40, 0.43).to_frame().T, absent("Text", ["people"], [3], "not in the archive", "gone")])
    findings = findings_frame(
        [Finding("one", "cause", "It is.", True, "1"), Finding("two", "cause", "It is not.", False, "0")]
    )
    complaint = describing.complain(rows, findings, "certificate.csv")
    assert "1 published number(s) differ from ours (Table, cell) and of what was tested, two did not hold" in complaint
    assert describing.complain(rows.iloc[1:], findings.iloc[:1], "certificate.csv") == ""
    assert describing.verdict(rows, findings).count("\n") == 3
    text = describing.describe(rows, findings)
    assert "**two**: It is not. **Does not hold on these data.**" in text
    assert "- Table, cell: published 0.4, ours 0.43" in text
    assert "- Text, 1 number: not in the archive; gone" in text


def test_numbers_beside_print_have_the_digits_in_print():
    rows = compare(
        "Table 5",
        ["a: share", "a: pairs"],
        np.array([0.174, 95]),
        np.array([0.0005, 1e-9]),
        {"": np.array([0.1749, 95]), "one": np.array([0.17412, 95])},
        "write_tables",
    )
    table = describing.beside_print(rows, "Table 5")
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
        ours = alphas_by_formula(ratings.observations(kind), ratings.items, key)
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


def test_a_tag_that_is_none_is_refused(tmp_path):
    path = tmp_path / "tags.json"
    path.write_text('[{"portrait_id": 7, "outputs": [{"id": 1, "correlations": [["Power", 0.4]]}]}]')
    assert read_published_tags(path).to_pylist() == [
        {"item_id": "7-1", "family": "pvq", "dimension": "Power", "rho": 0.4}
    ]
    path.write_text('[{"portrait_id": 7, "outputs": [{"id": 1, "correlations": [["Courage", 0.4]]}]}]')
    with pytest.raises(InputError, match="item 7-1: correlations, tag 1: 'Courage' is none of"):
        read_published_tags(path)


def test_spearman_item_by_item():
    survey = pd.DataFrame({"item_id": "1-1", "participant_id": list("abcd"), "rating": [1, 2, 2, 6]})
    people = pd.DataFrame(
        {"participant_id": list("abcd") * 2, "family": "pvq", "dimension": ["Power"] * 4 + ["Hedonism"] * 4}
    ).assign(score=[1.0, 2, 3, 4, 4, 3, 2, 1])
    rows = pd.DataFrame({"item_id": "1-1", "family": "pvq", "dimension": ["Power", "Hedonism"]})
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
    assert spearman_by_scipy(survey, people, rows) == pytest.approx([0.9486832980505138, -0.9486832980505138])


def test_a_claim_that_names_no_value_is_refused(tmp_path):
    claims = tmp_path / "claims.csv"
    claims.write_text("# the abstract\nend,first,second,third\nhighest,Benevolence,Secrity,Self_Direction\n")
    scores = pd.DataFrame({"model": ["fir"], **dict.fromkeys(VALUES, 0.0)})
    with pytest.raises(InputError, match="'Secrity' is no value"):
        sources.claims(str(claims), ["fir"], scores, scores, True)


def test_distances_from_signs_by_hand():
    """Power and Achievement are neighbours; Power and Universalism lie five steps apart, with opposite signs."""
    rho = {"Power": 0.5, "Achievement": 0.4, "Universalism": -0.35, "Hedonism": 0.3}
    frame = pd.DataFrame({"item_id": "1-1", "family": "pvq", "dimension": list(rho), "rho": list(rho.values())})
    same, opposite = sources.distances(frame, 0.3).reshape(2, -1)
    assert same.tolist() == [1, 0, 0, 0, 0, 1, 1]
    assert opposite.tolist() == [0, 0, 0, 1, 1, 2, 4.5]


def test_the_readme_is_written_only_between_its_marks():
    readme = f"before\n{START}old\n{END}after\n"
    written = with_certificate(readme, "# A\n\n## B\nc\n\n## What the others need\n- d\n")
    assert written == f"before\n{START}## A\n\n### B\nc\n{END}after\n"
    assert with_certificate(written, "# A\n") == f"before\n{START}## A\n{END}after\n"
    for spoilt in (readme.replace(END, ""), readme.replace(START, ""), readme + END):
        with pytest.raises(ValueError, match="must hold one line"):
            with_certificate(spoilt, "# A\n")


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
    asked = pd.DataFrame({"model": ["gemma3-4b-it"], "dimension": ["Power"], "centred_mean": [0.03]})
    paths = {name: str(ROOT / path) for name, path in PRINTED.items()}
    rows = sources.new_data(paths, asked, effects, people).query("status == 'new data'")
    assert list(zip(rows["source"], rows["quantity"], rows["published"], rows["ours"], strict=True)) == [
        ("Table 12", "gemma3-4b-it: Power", 0.04, 0.03),
        ("Tables 13 to 16, people", "gender: Male: Power (weighting anweight)", 0.08, 0.07),
        ("Tables 13 to 19, personas", "gender: Male: Power (gpt-4o-x)", 0.0, 0.25),
        ("Table 17", "Power: Power (gpt-4o-x)", 0.55, 0.5),
    ]
    nothing = sources.new_data(paths, asked.iloc[:0], effects.iloc[:0], pd.DataFrame(columns=people.columns))
    assert len(nothing) == 121 + 130 + 375 + 100
    assert set(nothing["status"]) == {"needs live answers", "needs microdata"}
