"""Sentences, verdicts and charts of the page's findings, against numbers worked out by hand."""

import re

import pandas as pd
import pytest
from instruments import SMALL
from value_portrait.config_tables import Claim
from value_portrait.publication.page.finding import ends, of_both_ends, with_minus
from value_portrait.publication.page.findings_on_models import (
    first_and_last,
    groups_of_models,
    single_scores,
    wording_and_order,
)
from value_portrait.publication.page.findings_on_people import (
    beside_people,
    personas_and_people,
    planted_truth,
    tags_by_chance,
)
from value_portrait.publication.page.part_findings import findings_part, headline, reproduced
from value_portrait.robustness.alternatives import ALTERNATIVES

HOSTILE = "<img src=x onerror=alert(1)>"
NAMES = ("Sweet", "Salty", "Sour_Bitter")


def mean_profile(models=2, low=(0.2, -0.3, -0.9)):
    rows = [
        ("taste", name, inference, models, score, 0.1, 5.0, lowest, 2 * score - lowest)
        for inference in ("these_items", "items_like_these")
        for name, score, lowest in zip(NAMES, (0.5, 0.0, -0.5), low, strict=True)
    ]
    columns = ["family", "dimension", "inference", "models", "score", "se", "df", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def study(models=("one", HOSTILE)):
    scores = [(model, "baseline", "taste", name, place) for model in models for place, name in enumerate(NAMES)]
    profiles = pd.DataFrame(scores, columns=["model", "condition", "family", "dimension", "centred_mean"])
    uncertainty = profiles.rename(columns={"centred_mean": "score"}).assign(source="all", se=0.1)
    pairs = [
        ("taste", name, *models, inference, 0.1, 0.1, -0.1, 0.3, 0.5, p, 0.5)
        for inference, values in (("these_items", (0.001, 0.2, 0.3)), ("items_like_these", (0.5, 0.9, 1.0)))
        for name, p in zip(NAMES, values, strict=True)
        if len(models) == 2
    ]
    columns = ["family", "dimension", "first", "second", "inference", "difference", "se", "low", "high", "p"]
    claims = pd.DataFrame(
        [("sweet_first", None, True, 0.5, "parser", 0.5, None)],
        columns=["claim", "option", "holds", "share_holds", "decides_most", "value", "p"],
    )
    return {
        "profiles": profiles,
        "answer_counts": pd.DataFrame({"condition": "baseline", "answers": [1200, 34]}),
        "uncertainty": uncertainty.assign(low=uncertainty["score"] - 1.5, high=uncertainty["score"] + 1.5),
        "mean_profile": mean_profile(len(models)),
        "alternatives": pd.DataFrame(columns=list(ALTERNATIVES.columns)),
        "pairs": pd.DataFrame(pairs, columns=[*columns, "p_max_t", "p_bh"]),
        "ranks": pd.DataFrame({"inference": ["items_like_these"], "probability": [None]}),
        "groups": groups(),
        "claims": claims,
    }


def groups(p=(0.004, 0.9)):
    rows = [
        ("reasoning", "taste", "Sweet", "reasoning", "no reasoning", 3, 5, -0.4, -0.6, -0.2, p[0]),
        ("reasoning", "taste", "profile_variance", "reasoning", "no reasoning", 3, 5, 0.1, 0.05, 0.15, 0.3),
        ("weights", "taste", "Sweet", "open", "closed", 2, 6, 0.1, -0.1, 0.3, p[1]),
    ]
    columns = ["comparison", "family", "dimension", "first", "second", "n_first", "n_second", "difference"]
    return pd.DataFrame(rows, columns=[*columns, "cluster_low", "cluster_high", "p_adjusted"])


CLAIM = Claim(claim="sweet_first", text="Sweet comes first", where="abstract", kind="highest", arguments=["Sweet"])


def test_a_profile_is_said_with_its_intervals_and_drawn_from_the_highest():
    found = first_and_last(study(), SMALL)
    assert "Sweet (+0.50 [0.20, 0.80]) comes first and Sour Bitter (−0.50 [−0.90, −0.10]) last" in found.sentence
    assert found.verdict == "2 of 3 can be told from 0"
    assert [(mark.name, mark.value, round(mark.low, 9), round(mark.high, 9)) for mark in found.marks[::2]] == [
        ("Sweet", 0.5, 0.2, 0.8),
        ("Salty", 0.0, -0.3, 0.3),
        ("Sour Bitter", -0.5, -0.9, -0.1),
    ]


def test_scores_and_differences_that_hold_are_shares_of_all():
    found = single_scores(study(), SMALL)
    # Scores 0, 1 and 2, each ± 1.5: the last alone leaves out 0. Of three differences one holds on these items.
    assert [round(mark.value, 3) for mark in found.marks] == [0.333, 0.333, 0.0]
    assert "± 1.50 points of a scale from 0 to 4" in found.sentence
    assert "33 % on these very items; none on other items like these" in found.sentence
    assert (found.verdict, found.tone) == ("none of the differences hold on other items like these", "bad")
    assert found.choices.startswith("models=one&models=%3Cimg")


def test_groups_of_models_that_differ_come_first_and_the_others_are_named():
    found = groups_of_models({"groups": groups()}, SMALL)
    assert found.heading == "Reasoning goes with another profile; openness cannot be shown to"
    assert found.sentence.startswith(
        "The 3 reasoning models differ from the 5 others: less Sweet (−0.40 [−0.60, −0.20], p = 0.004). "
        "No difference is beyond chance between 2 open and 6 closed models. "
    )
    # That of how pronounced profiles are is no test of several.
    assert found.sentence.endswith("p of dimensions is adjusted over them, intervals are not.")
    assert groups_of_models({"groups": groups((0.2, 0.9))}, SMALL).heading == (
        "Reasoning and openness cannot be shown to go with another profile"
    )


def test_the_headline_says_only_what_can_be_told():
    tables = study()
    assert headline(tables, SMALL) == (
        "2 language models lean to Sweet and away from Sour Bitter, but one can hardly be told from another"
    )
    tables["mean_profile"] = mean_profile(low=(-0.1, -0.3, -1.5))
    assert headline(tables, SMALL).startswith("None of the tastes stands out")
    assert "hardly" not in headline(tables | {"pairs": tables["pairs"].assign(p_max_t=0.01)}, SMALL)


def test_where_items_like_these_are_unknown_nothing_is_said_of_them():
    tables = study()
    tables["mean_profile"] = tables["mean_profile"].query("inference == 'these_items'")
    said = first_and_last(tables, SMALL).sentence
    assert "On these very items, each by itself, 2 of 3 tastes can be told from 0" in said
    assert "items like these" not in said


def test_beyond_chance_is_more_than_not_0():
    about = {"question": "headline", "statistic": "mean_profile", "without": "nothing", "subject": "all models"}
    alternatives = pd.DataFrame({"dimension": NAMES, "p": (0.01, 0.5, 0.04)}).assign(family="taste", **about)
    tables = study() | {"alternatives": alternatives}
    found = first_and_last(tables, SMALL)
    # Two leave out 0; of their p, 0.04 is no longer below 0.05 when adjusted.
    assert "2 of 3 tastes can be told from 0" in found.sentence
    assert "p adjusted: Sweet." in found.sentence
    assert (found.verdict, found.tone) == ("1 of 3 beyond chance", "open")
    assert headline(tables, SMALL).startswith("2 language models lean to Sweet, but")


def test_few_differences_are_not_none():
    tables = study()
    few = pd.concat([tables["pairs"].query("inference == 'items_like_these'")] * 100, ignore_index=True)
    few.loc[0, "p_max_t"] = 0.01
    assert single_scores(tables | {"pairs": few}, SMALL).verdict == "under 1 % of the differences hold"


def test_a_claim_stands_with_its_verdict_below_the_finding_that_it_is_about():
    part = findings_part(study(), [CLAIM], None, SMALL)
    row = part["claims"].table.iloc[0]
    assert (row["finding"], row["verdict"], row["tone"]) == ("first_and_last", "depends on the parser", "open")
    assert row["share"] == "50 %"
    assert row["tally"] == "The one claim about models that can be tested depends on a choice of the analysis."
    assert part["front"].table["standfirst"][0].startswith("2 models gave 1,234 answers. The one claim")


def test_a_study_without_people_personas_pairs_or_certificate_has_what_is_left():
    tables = study(("one",)) | {"groups": groups().head(0)}
    part = findings_part(tables, [], None, SMALL)
    assert list(part["findings"].table["finding"]) == ["first_and_last", "single_scores"]
    assert headline(tables, SMALL) == "The model leans to Sweet and away from Sour Bitter"
    single = part["findings"].table.set_index("finding").loc["single_scores"]
    assert (single["view"], single["name"]) == ("certainty", "scores")
    assert part["claims"].table.empty


def test_no_scores_at_all_leave_a_page_without_findings():
    tables = study() | {"groups": groups().head(0)}
    tables |= {"mean_profile": mean_profile().assign(score=None, low=None, high=None)}
    tables |= {"uncertainty": tables["uncertainty"].assign(low=None, high=None)}
    assert findings_part(tables, [], None, SMALL)["findings"].table.empty
    assert headline(tables, SMALL) == "No model has a score on Tastes"


def test_people_are_said_to_differ_only_beyond_chance():
    rows = [("taste", "Sweet", 0.6, 0.4, 0.8, 0.01), ("taste", "Salty", -0.7, -1.5, 0.1, 0.3)]
    columns = ["family", "dimension", "difference", "difference_low", "difference_high", "p_adjusted"]
    people = pd.DataFrame(rows, columns=columns)
    found = beside_people({"models_and_people": people}, SMALL)
    assert found.heading == "Models differ from people in Sweet"
    assert "most among the tastes in Salty, −0.70 [−1.50, 0.10]" in found.sentence
    people.loc[1, "difference_low"] = None
    some = beside_people({"models_and_people": people}, SMALL)
    assert "most, of 1 with an interval, among the tastes in Sweet," in some.sentence
    none = beside_people({"models_and_people": people.assign(p_adjusted=0.06)}, SMALL)
    assert (none.verdict, none.heading) == (
        "cannot be told from chance",
        "Beside people, no difference stands out from chance",
    )


def test_personas_are_counted_with_chance_and_printed_ones_left_out():
    rows = [
        ("answers", "age", "all", "axis_mean", 10, 8, 5.0, 0.01),
        ("answers", "gender", "all", "axis_mean", 10, 5, 5.0, 0.6),
        ("printed", "age", "all", "axis_mean", 99, 99, 5.0, 0.001),
        ("answers", "age", "20-39", "axis_mean", 99, 99, 5.0, 0.001),
    ]
    columns = ["source", "axis", "group", "against", "n_signs", "same_sign", "same_sign_expected", "same_sign_p"]
    agreement = pd.DataFrame(rows, columns=columns)
    found = personas_and_people({"agreement": agreement}, SMALL)
    assert "In 13 of 20 comparisons the direction is people's, by chance in 10" in found.sentence
    # Holm: 0.01 doubled is below 0.05.
    assert found.verdict == "1 of 2 beyond chance"
    assert personas_and_people({"agreement": agreement[agreement["source"] == "printed"]}, SMALL) is None


def test_a_simulated_study_says_how_much_of_its_truth_comes_back():
    tags = pd.DataFrame(
        {"family": "taste", "dimension": ["Sweet", "all"], "planted": [1, 8], "found": [1, 6], "false_tags": [0, 2]}
    )
    scores = pd.DataFrame({"family": "taste", "planted": [0.1, 0.5, 0.9], "low": [0, 0, None], "high": [1, 0.4, None]})
    found = planted_truth({"recovery_tags": tags, "recovery_scores": scores}, SMALL)
    assert [mark.value for mark in found.marks] == [6 / 8, 6 / 8, 1 / 2]
    assert "Of 8 tags planted in the tastes the key finds 6; 6 of its 8 tags are true." in found.sentence


def test_printed_numbers_are_counted_apart_from_the_archive():
    counts = pd.DataFrame(
        {
            "source": ["Table 1", "in print", "in the archive's files"],
            "match": [3, 4, 90],
            "explained": [1, 2, 5],
            "unexplained": [1, 1, 0],
            "differs": [0, 0, 0],
            "needs microdata": [0, 3, 0],
            "part": ["in print", "in print", "in the archive's files"],
            "total": [False, True, True],
        }
    )
    found = reproduced(counts)
    assert found.sentence.startswith("Of those that can be, 4 match as they are, 2 only once a cause")
    assert (found.heading, found.tone) == ("7 of 10 numbers in print can be compared; 4 come out as printed", "good")
    assert "1 is open and 0 differ." in found.sentence
    assert reproduced(counts.assign(differs=1)).tone == "bad"


@pytest.mark.parametrize("sentence", [first_and_last, single_scores, groups_of_models])
def test_every_mean_and_difference_stands_with_an_interval(sentence):
    said = sentence(study(), SMALL).sentence
    assert all(said[found.end() :].startswith(" [") for found in re.finditer(r"[+−]\d\.\d\d(?![,\]])", said))


def test_a_chart_has_place_for_both_ends_of_many_dimensions():
    many = pd.DataFrame({"place": range(40)})
    assert list(ends(many)["place"]) == [*range(8), *range(32, 40)]
    assert of_both_ends("Scores", many) == "Scores; the first and the last 8 of 40"
    assert ends(many.head(16)).equals(many.head(16))


def test_a_single_dimension_has_no_first_and_no_last():
    one = mean_profile()[lambda own: own["dimension"] == "Sweet"]
    assert first_and_last(study() | {"mean_profile": one}, SMALL) is None
    assert headline(study() | {"mean_profile": one}, SMALL) == "How models score on Tastes"


def test_the_model_that_changes_most_is_one_click_away():
    sensitivity = pd.DataFrame(
        {"model": ["one", HOSTILE, "three"], "condition": "baseline", "wording_sensitivity": [0.2, 0.9, 0.4]}
    ).assign(order_sensitivity=None)
    found = wording_and_order({"sensitivity": sensitivity}, SMALL)
    assert (found.view, found.name) == ("model", HOSTILE)
    assert "40 % between two wordings (from 20 % to 90 % by model)" in found.sentence
    assert HOSTILE not in found.sentence
    assert found.link == "The model that another wording changes most"
    assert [mark.model for mark in found.marks] == ["one", HOSTILE, "three", ""]
    assert found.heading == "Asked in other words, models answer otherwise"
    turned = sensitivity.assign(wording_sensitivity=None, order_sensitivity=[0.01, 0.02, 0.09])
    assert wording_and_order({"sensitivity": turned}, SMALL).heading == "Models mostly keep to their answers"
    turned["order_sensitivity"] = 0.1
    assert wording_and_order({"sensitivity": turned}, SMALL).heading.startswith("With the options turned round")
    assert wording_and_order({"sensitivity": sensitivity.assign(wording_sensitivity=None)}, SMALL) is None
    alone = wording_and_order({"sensitivity": sensitivity.head(1)}, SMALL)
    assert alone.heading == "Asked in other words, the model answers otherwise"
    assert alone.sentence.startswith("Share of items to which a model gives another rating: 20 % between two wordings.")
    assert [mark.series for mark in alone.marks] == ["a model"]
    kept = wording_and_order({"sensitivity": turned.head(1).assign(order_sensitivity=0.01)}, SMALL)
    assert kept.heading == "The model mostly keeps to its answers"


def test_a_chart_rounds_a_share_as_its_sentence_does():
    # One of eight scores leaves out 0: 12.5 %, which Python and browsers round to different sides.
    tables = study(("one",))
    eight = pd.concat([tables["uncertainty"].tail(1)] * 8, ignore_index=True)
    tables["uncertainty"] = eight.assign(low=[0.1, *[-1.0] * 7], high=2.0)
    part = findings_part(tables, [], None, SMALL)
    marks = part["marks"].table.set_index("finding")["value"]
    assert marks["single_scores"] == 0.12
    assert "12 % of the 8 scores" in part["findings"].table.set_index("finding")["sentence"]["single_scores"]


@pytest.mark.parametrize(
    ("false", "p", "heading"),
    [
        (0.31, 0.001, "Part of the item key"),
        (0.05, 0.001, "Little of the item key"),
        (0.05, 0.4, "How much of the item"),
    ],
)
def test_how_much_of_the_key_is_chance_is_said_only_where_every_dimension_is_told_from_it(false, p, heading):
    rows = [("taste", None, 30, 9.0, 0.001, false), ("taste", "Sweet", 20, 4.0, p, false)]
    rows += [("taste", "Salty", 10, 5.0, 0.001, false)]
    columns = ["family", "dimension", "tags", "expected", "p", "false_discovery_rate"]
    chance = pd.DataFrame(rows, columns=columns).assign(direction="positive", tests=100, low=2, high=15, surviving=3)
    found = tags_by_chance({"chance": chance}, SMALL)
    assert found.heading.startswith(heading)
    assert "30 times" in found.sentence
    # Nine of thirty would be 30 %: so many are false, or fewer, where some pairs do correlate.
    more = ", so about 31 % are of" if false == 0.31 else ". Some pairs do correlate, so fewer tags are false: about"
    assert f"give 9 [2, 15]{more}" in found.sentence
    assert found.verdict == f"more than chance in {2 if p < 0.05 else 1} of 2"


def test_what_rounds_to_nothing_has_no_sign():
    assert with_minus("-0.00 [-0.01, 0.01]") == "0.00 [−0.01, 0.01]"
    assert with_minus("+0.00 [-0.00, 0.05]") == "0.00 [0.00, 0.05]"
    assert with_minus("-0.50 [-1.00, -0.04]") == "−0.50 [−1.00, −0.04]"
