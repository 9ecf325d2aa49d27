"""Whole findings of the page, word for word, of tables whose every column says something else."""

import numpy as np
import pandas as pd
import pytest
from instruments import of_families
from test_worth import FIVE, NAMES, RATED, frame
from value_portrait.config_tables import Claim
from value_portrait.publication.page.finding import (
    Finding,
    Mark,
    beyond_shuffled_keys,
    ends,
    leave_out_zero,
    listed,
    of_both_ends,
    ranked_means,
    tone,
)
from value_portrait.publication.page.findings_on_models import (
    first_and_last,
    groups_of_models,
    single_scores,
    wording_and_order,
)
from value_portrait.publication.page.findings_on_people import (
    beside_people,
    other_people,
    personas_and_people,
    planted_truth,
    tags_by_chance,
)
from value_portrait.publication.page.part_findings import CLAIMED, findings_part, headline, reproduced, standfirst
from value_portrait.robustness.claims import ARGUMENTS

ON_THESE, ON_OTHERS = "on these very items", "on other items like these"


# Neither in the order of the means on other items nor, in the same order, on these.
MEANS = frame(
    "family dimension inference models score low high",
    ("pace", "Haste", "items_like_these", 9, 9.0, 8.0, 10.0),
    ("taste", "Salty", "these_items", 2, 0.10, 0.05, 0.15),
    ("taste", "Salty", "items_like_these", 2, 0.05, -0.20, 0.30),
    ("taste", "Sweet", "these_items", 3, 0.15, 0.01, 0.29),
    ("taste", "Sweet", "items_like_these", 3, 0.40, 0.10, 0.70),
    ("taste", "Sour_Bitter", "these_items", 3, -0.30, -0.35, -0.25),
    ("taste", "Sour_Bitter", "items_like_these", 3, -0.50, -0.90, -0.10),
    ("taste", "Fat", "these_items", 3, 0.204, np.nan, np.nan),
    ("taste", "Fat", "items_like_these", 3, 0.25, np.nan, np.nan),
    ("taste", "Hot", "these_items", 3, -0.45, -0.50, -0.40),
    ("taste", "Hot", "items_like_these", 3, -0.20, -0.50, 0.10),
)
ALTERNATIVES = frame(
    "dimension p without subject family statistic question low",
    ("Hot", 0.5, "nothing", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Sour_Bitter", 0.02, "nothing", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Sweet", 0.001, "nothing", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Salty", np.nan, "nothing", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Fat", 0.9, "nothing", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Fat", 0.001, "liking", "all models", "taste", "mean_profile", "headline", np.nan),
    ("Hot", 0.001, "nothing", "one", "taste", "mean_profile", "headline", np.nan),
    ("Haste", 0.001, "nothing", "all models", "pace", "mean_profile", "headline", np.nan),
    ("Hot", 0.001, "nothing", "all models", "taste", "amplitude", "headline", np.nan),
    ("Hot", 0.001, "nothing", "all models", "taste", "mean_profile", "spread", np.nan),
)
NO_KEYS = ALTERNATIVES.head(0)


def profiles(*orders):
    """Of each model the dimensions from its highest; a model without scores has none."""
    rows = [
        (str(model), "taste", name, None if order is None else -float(order.index(name)))
        for model, order in enumerate(orders)
        for name in NAMES
    ]
    return frame("model family dimension centred_mean", *rows, note=None)


THREE = profiles(
    ["Salty", "Sweet", "Fat", "Hot", "Sour_Bitter"],
    ["Salty", "Sweet", "Hot", "Fat", "Sour_Bitter"],
    ["Sweet", "Fat", "Salty", "Hot", "Sour_Bitter"],
    None,
)
TABLES = {"mean_profile": MEANS, "profiles": THREE, "alternatives": ALTERNATIVES}


def test_what_models_put_first_and_last():
    found = first_and_last(TABLES, FIVE)
    marks = found.marks
    assert found == Finding(
        finding="first_and_last",
        heading="What models put first and last",
        # Fat has no interval, and of three p 0.02 counts threefold.
        sentence=(
            "On average over 3 models, Sweet (+0.40 [0.10, 0.70]) comes first and Sour Bitter (−0.50 [−0.90, −0.10]) "
            "last. On other items like these, each by itself, 2 of 5 tastes can be told from 0, which is a model's own "
            "mean. 2 of 3 models have exactly Sweet, Fat and Salty as first three. Beyond what keys from shuffled "
            "raters give, p adjusted: Sweet; once how much people like a response is taken out: Fat."
        ),
        verdict="1 of 5 beyond chance",
        tone="open",
        view="models",
        link="All models and dimensions",
        chart="Tastes: mean over models, with 95 % intervals",
        kind="dots",
        unit="scale points from a model's own mean",
        marks=marks,
    )
    assert [mark.name for mark in marks[::2]] == ["Sweet", "Fat", "Salty", "Hot", "Sour Bitter"]
    assert marks[0] == Mark("Sweet", 0.15, 0.01, 0.29, ON_THESE)
    assert marks[-1] == Mark("Sour Bitter", -0.50, -0.90, -0.10, ON_OTHERS)
    none = first_and_last(TABLES | {"alternatives": ALTERNATIVES[ALTERNATIVES["p"] > 0.02]}, FIVE)
    assert none.sentence.endswith(" Beyond what keys from shuffled raters give, p adjusted: none.")
    assert (none.verdict, none.tone) == ("0 of 5 beyond chance", "bad")


def test_two_models_are_several():
    found = first_and_last(TABLES | {"mean_profile": MEANS.assign(models=2)}, FIVE)
    assert found.sentence.startswith("On average over 2 models, Sweet (")
    assert " models have exactly " in found.sentence
    assert (found.heading, found.chart) == (
        "What models put first and last",
        "Tastes: mean over models, with 95 % intervals",
    )
    unknown = MEANS.assign(score=MEANS["score"].where(MEANS["low"] != 0.05))
    rows = [
        mark.series for mark in first_and_last(TABLES | {"mean_profile": unknown}, FIVE).marks if mark.name == "Salty"
    ]
    assert rows == [ON_OTHERS]
    two = wording_and_order({"sensitivity": SENSITIVITY.head(2)}, FIVE)
    assert two.sentence == (
        "Share of items to which a model gives another rating, median over models: 25 % between two wordings (from "
        "10 % to 40 % by model); 25 % between two orders of the options (from 20 % to 30 % by model); 2 % between two "
        "answers to the same question."
    )
    assert (two.heading, two.link) == (
        "Asked in other words, models answer otherwise",
        "The model that another wording changes most",
    )
    assert [mark.series for mark in two.marks[:3]] == ["a model", "a model", "median"]
    kept = SENSITIVITY.head(2).assign(order_sensitivity=0.09, wording_sensitivity=0.09)
    assert wording_and_order({"sensitivity": kept}, FIVE).heading == "Models mostly keep to their answers"


def test_one_model_that_changes_much_moves_no_median():
    own = SENSITIVITY.head(3).assign(order_sensitivity=[0.01, 0.09, 0.9], wording_sensitivity=[0.095, 0.06, 0.096])
    found = wording_and_order({"sensitivity": own}, FIVE)
    assert (found.heading, found.name) == ("Models mostly keep to their answers", "c")
    assert found.link == "The model that another wording changes most"


def test_how_many_models_have_the_first_three():
    said = [
        first_and_last({**TABLES, "alternatives": NO_KEYS, "profiles": own}, FIVE).sentence.split(" mean. ")[1]
        for own in (THREE[THREE["model"] != "2"], THREE[THREE["model"] == "1"])
    ]
    assert said[0] == "1 of 2 models has exactly Sweet, Fat and Salty as first three."
    alone = first_and_last({**TABLES, "alternatives": NO_KEYS, "mean_profile": MEANS.assign(models=1)}, FIVE)
    assert alone.sentence == (
        "For the one model scored here, Sweet (+0.40 [0.10, 0.70]) comes first and Sour Bitter (−0.50 [−0.90, −0.10]) "
        "last. On other items like these, each by itself, 2 of 5 tastes can be told from 0, which is a model's own "
        "mean."
    )
    assert (alone.heading, alone.chart) == (
        "What the model puts first and last",
        "Tastes, with 95 % intervals",
    )
    assert (alone.verdict, alone.tone) == ("2 of 5 can be told from 0", "open")
    three = MEANS[MEANS["dimension"].isin(["Sweet", "Salty", "Hot"])]
    assert "first three" not in first_and_last(TABLES | {"mean_profile": three}, FIVE).sentence
    two = MEANS[MEANS["dimension"].isin(["Sweet", "Hot"])]
    assert "1 of 2 tastes" in first_and_last(TABLES | {"mean_profile": two}, FIVE).sentence


def test_what_a_profile_is_ranked_by():
    ranked = ranked_means(MEANS, FIVE)
    assert list(ranked["dimension"]) == ["Sweet", "Fat", "Salty", "Hot", "Sour_Bitter"]
    on_these = ranked_means(MEANS[MEANS["inference"] == "these_items"], FIVE)
    assert list(on_these["dimension"]) == ["Fat", "Sweet", "Salty", "Sour_Bitter", "Hot"]
    equal = MEANS.assign(score=0.0)
    assert list(ranked_means(equal, FIVE)["dimension"]) == ["Salty", "Sweet", "Sour_Bitter", "Fat", "Hot"]
    assert len(ranked_means(MEANS.assign(score=None), FIVE)) == 0
    assert beyond_shuffled_keys({"alternatives": ALTERNATIVES}, FIVE) == ["Sweet"]
    assert beyond_shuffled_keys({"alternatives": NO_KEYS}, FIVE) is None
    assert beyond_shuffled_keys({"alternatives": ALTERNATIVES.assign(p=np.nan)}, FIVE) is None
    at_level = ALTERNATIVES.assign(p=ALTERNATIVES["p"].replace(0.001, 0.0125))
    assert beyond_shuffled_keys({"alternatives": at_level}, FIVE) == []


def test_tones_lists_and_ends():
    assert [tone(share) for share in (0, 0.09, 0.1, 0.49, 0.5, 1)] == ["bad", "bad", "open", "open", "good", "good"]
    rows = frame("low high", (0.0, 0.2), (-0.2, 0.0), (0.1, 0.2), (-0.2, -0.1), (np.nan, np.nan))
    assert list(leave_out_zero(rows)) == [False, False, True, True, False]
    assert [listed(list(names)) for names in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    many = pd.DataFrame({"place": range(17)})
    assert list(ends(many)["place"]) == [*range(8), *range(9, 17)]
    assert of_both_ends("Scores", many) == "Scores; the first and the last 8 of 17"
    assert of_both_ends("Scores", many.head(16)) == "Scores"


UNCERTAINTY = frame(
    "family source condition score low high",
    ("taste", "all", "baseline", 0.5, 0.0, 1.0),
    ("taste", "all", "baseline", 1.5, 0.5, 2.5),
    ("taste", "all", "baseline", 0.0, -1.5, 1.5),
    ("taste", "all", "baseline", -4.0, -8.0, 0.0),
    ("taste", "all", "baseline", -4.0, None, None),
    ("taste", "queries", "baseline", 1.0, 0.9, 1.1),
    ("taste", "all", "other", 1.0, 0.9, 1.1),
    ("pace", "all", "baseline", 1.0, 0.9, 1.1),
    note=None,
)
PAIRS = frame(
    "family first second inference p p_max_t",
    ("taste", "a", "b", "these_items", 0.01, 0.049),
    ("taste", "a", "c d", "these_items", 0.001, 0.049),
    ("taste", "b", "c d", "these_items", 0.0001, 0.05),
    ("taste", "a", "c d", "these_items", 0.0001, 0.9),
    ("taste", "b", "a", "these_items", 0.0001, None),
    ("taste", "b", "a", "items_like_these", 0.0001, 0.001),
    *[("taste", "a", "b", "items_like_these", 0.0001, 0.05)] * 3,
    ("pace", "a", "b", "these_items", 0.0001, 0.0001),
    p_bh=None,
)


def test_how_far_single_scores_are_known():
    found = single_scores({"uncertainty": UNCERTAINTY, "pairs": PAIRS}, FIVE)
    assert found == Finding(
        finding="single_scores",
        heading="Some models can be told from each other",
        # Half widths of 0.5, 1, 1.5 and 4.
        sentence=(
            "For items like these, a model's score is known to ± 1.25 points of a scale from 0 to 4 (95 %, median); "
            "each by itself, 25 % of the 4 scores of the tastes can be told from 0. Of 4 differences between two "
            "models on one of them, these hold, p adjusted for all: 50 % on these very items; 25 % on other items like "
            "these."
        ),
        verdict="25 % of the differences hold on other items like these",
        tone="open",
        view="compare",
        name="",
        choices="models=a&models=c+d",
        link="Compare models",
        chart="Share that holds",
        kind="shares",
        marks=(
            Mark("Scores told from 0", 0.25),
            Mark("Differences, on these very items", 0.5),
            Mark("Differences, on other items like these", 0.25),
        ),
    )
    without = single_scores({"uncertainty": UNCERTAINTY, "pairs": PAIRS.assign(p_max_t=None)}, FIVE)
    assert without.sentence.endswith("each by itself, 25 % of the 4 scores of the tastes can be told from 0.")
    about = (without.heading, without.verdict, without.tone, without.view, without.name, without.choices, without.link)
    assert about == (
        *("How far a single score can be trusted", "25 % told from 0", "open", "certainty", "scores", ""),
        "How sure the scores are",
    )
    one = single_scores({"uncertainty": UNCERTAINTY, "pairs": PAIRS.iloc[[0]]}, FIVE)
    assert one.heading == "Most differences between models hold"
    hold = (
        "Of 1 difference between two models on one of them, these hold, p adjusted for all: 100 % on these very items."
    )
    assert one.sentence.endswith(hold)
    others = single_scores({"uncertainty": UNCERTAINTY, "pairs": PAIRS[PAIRS["inference"] != "these_items"]}, FIVE)
    assert (others.choices, others.verdict) == ("", "25 % of the differences hold")


@pytest.mark.parametrize(("held", "verdict"), [(0, "none"), (2, "under 1 %"), (3, "1 %")])
def test_few_of_four_hundred(held, verdict):
    pairs = pd.concat([PAIRS.iloc[[3]]] * 400, ignore_index=True)
    pairs.loc[pairs.index < held, "p_max_t"] = 0.01
    found = single_scores({"uncertainty": UNCERTAINTY, "pairs": pairs}, FIVE)
    assert (found.verdict, found.heading) == (
        f"{verdict} of the differences hold",
        "One model can hardly be told from another",
    )


SENSITIVITY = frame(
    "model condition order_sensitivity wording_sensitivity repeat_sensitivity",
    ("a", "baseline", 0.30, 0.10, None),
    ("b", "baseline", 0.20, 0.40, 0.02),
    ("c", "baseline", 0.60, 0.12, None),
    ("c", "other", 0.9, 0.9, 0.9),
)


def test_wording_order_and_repeats():
    found = wording_and_order({"sensitivity": SENSITIVITY}, FIVE)
    assert found == Finding(
        finding="wording_and_order",
        heading="With the options turned round, models answer otherwise",
        sentence=(
            "Share of items to which a model gives another rating, median over models: 12 % between two wordings (from "
            "10 % to 40 % by model); 30 % between two orders of the options (from 20 % to 60 % by model); 2 % between "
            "two answers to the same question."
        ),
        view="model",
        name="c",
        choices="section=sensitivity",
        link="The model that another order changes most",
        chart="Items rated otherwise, each model",
        kind="dots",
        unit="% of items",
        marks=(
            Mark("Another wording", 10.0, series="a model", model="a"),
            Mark("Another wording", 40.0, series="a model", model="b"),
            Mark("Another wording", 12.0, series="a model", model="c"),
            Mark("Another wording", 12.0, series="median"),
            Mark("Another order", 30.0, series="a model", model="a"),
            Mark("Another order", 20.0, series="a model", model="b"),
            Mark("Another order", 60.0, series="a model", model="c"),
            Mark("Another order", 30.0, series="median"),
            Mark("Asking again", 2.0, series="a model", model="b"),
            Mark("Asking again", 2.0, series="median"),
        ),
    )
    assert (found.verdict, found.tone) == ("", "")
    once = SENSITIVITY.drop(columns="repeat_sensitivity")
    for table in (once, once.assign(repeat_sensitivity=None)):
        assert wording_and_order({"sensitivity": table}, FIVE).sentence.endswith(
            " to 60 % by model). No question was asked twice, so part of this may be answers that vary by themselves."
        )
    again = SENSITIVITY.assign(repeat_sensitivity=[0.5, 0.7, 0.1, 0.9])
    found = wording_and_order({"sensitivity": again}, FIVE)
    assert (found.heading, found.name, found.link) == (
        "Asked again, models answer otherwise",
        "b",
        "The model that asking again changes most",
    )
    assert wording_and_order({"sensitivity": SENSITIVITY.head(1)}, FIVE).link == "The model"
    assert wording_and_order({}, FIVE) is None


GROUPS = frame(
    "comparison family dimension first second n_first n_second difference cluster_low cluster_high p p_adjusted",
    ("weights", "taste", "Sweet", "open", "closed", 2, 6, 0.1, -0.1, 0.3, 0.01, 0.05),
    ("weights", "taste", "profile_variance", "open", "closed", 2, 6, 0.05, -0.2, 0.4, 0.5, 0.5),
    ("size", "pace", "Haste", "large", "small", 8, 9, 0.9, 0.8, 1.0, 0.0, 0.0),
    ("size", "taste", "Sweet", "large", "small", 3, 4, 0.9, None, None, None, None),
    ("size", "taste", "Salty", "large", "small", 4, 5, 0.3, 0.2, 0.4, 0.001, 0.0004),
    ("size", "taste", "Sour_Bitter", "large", "small", 4, 5, -0.25, -0.45, -0.05, 0.01, 0.049),
    ("size", "taste", "profile_variance", "large", "small", 4, 5, -0.2, -0.3, -0.1, 0.02, 0.02),
    ("reasoning", "taste", "Sweet", "reasoning", "no reasoning", 2, 7, 0.1, -0.1, 0.3, 0.01, 0.2),
    ci_low=None,
)


def test_groups_of_models_word_for_word():
    found = groups_of_models({"groups": GROUPS}, FIVE)
    rest = "Models of one developer are taken together; p of dimensions is adjusted over them, intervals are not."
    assert found == Finding(
        finding="groups_of_models",
        heading="Size goes with another profile; openness and reasoning cannot be shown to",
        sentence=(
            "The 4 large models (from 30 billion parameters) differ from the 5 small ones: more Salty (+0.30 [0.20, "
            "0.40], p < 0.001), less Sour Bitter (−0.25 [−0.45, −0.05], p = 0.049) and less pronounced profiles (−0.20 "
            "[−0.30, −0.10], p = 0.020). No difference is beyond chance between 2 open and 6 closed models and between "
            f"2 reasoning and 7 other models. {rest}"
        ),
        verdict="1 of 3 comparisons beyond chance",
        tone="open",
        view="certainty",
        name="scores",
        link="How sure the scores are",
        chart="How much more pronounced their profiles are than others', with 95 % intervals",
        kind="dots",
        unit="difference in variance of the profile",
        marks=(Mark("Open models", 0.05, -0.2, 0.4), Mark("Large models", -0.2, -0.3, -0.1)),
    )
    claimed = groups_of_models({"groups": GROUPS, "claims": pd.DataFrame({"claim": ["c"]})}, FIVE)
    assert (claimed.name, claimed.link) == ("", "Every claim in other analyses")
    both = groups_of_models({"groups": GROUPS.assign(p_adjusted=GROUPS["p_adjusted"] / 10)}, FIVE)
    assert both.heading == "Openness, size and reasoning go with another profile"
    assert both.sentence.startswith("The 2 open models differ from the 6 closed ones: more Sweet (+0.10 [")
    assert f" The 2 reasoning models differ from the 7 others: more Sweet (+0.10 [−0.10, 0.30], p = 0.020). {rest}" in (
        both.sentence
    )
    assert (both.verdict, both.tone) == ("3 of 3 comparisons beyond chance", "good")
    sure = groups_of_models({"groups": GROUPS.assign(p_adjusted=GROUPS["p_adjusted"] / 100)}, FIVE)
    assert " and more pronounced profiles (+0.05 [−0.20, 0.40], p = 0.005). The 4 large" in sure.sentence
    none = groups_of_models({"groups": GROUPS[GROUPS["comparison"] == "weights"]}, FIVE)
    assert none.sentence == f"No difference is beyond chance between 2 open and 6 closed models. {rest}"
    assert (none.heading, none.tone) == ("Openness cannot be shown to go with another profile", "bad")
    assert groups_of_models({"groups": GROUPS[GROUPS["family"] == "pace"]}, FIVE) is None


CHANCE = frame(
    "family dimension direction tests tags expected low high p false_discovery_rate surviving",
    ("pace", None, "positive", 9, 8, 7.0, 6.0, 5.0, 0.5, 0.5, 3),
    ("taste", None, "two_sided", 9, 9, 9.0, 9.0, 9.0, 0.001, 0.9, 5),
    ("taste", None, "positive", 2600, 1040, 500.0, 400.0, 601.0, 0.002, 0.25, 4),
    ("taste", "Sweet", "positive", 520, 270, 90.0, 80.0, 100.0, 0.001, 0.2, 3),
    ("taste", "Salty", "positive", 520, 280, 91.0, 81.0, 101.0, 0.01, 0.2, 1),
    ("taste", "Sour_Bitter", "positive", 520, 100, 92.0, 82.0, 102.0, 0.025, 0.2, 0),
    ("taste", "Sweet", "two_sided", 520, 1, 1.0, 1.0, 1.0, 0.001, 0.2, 3),
)


def test_how_much_of_the_key_is_chance():
    assert tags_by_chance({"chance": CHANCE.assign(tests=0)}, FIVE) is None
    found = tags_by_chance({"chance": CHANCE}, FIVE)
    assert found == Finding(
        finding="tags_by_chance",
        heading="Part of the item key is chance",
        # 0.01 doubled is below 0.05, 0.025 is too: with 0.03 it would not be.
        sentence=(
            "The key says 1,040 times that an item measures one of the tastes; shuffled raters, in whom nothing "
            "correlates, give 500 [400, 601]. Some pairs do correlate, so fewer tags are false: about "
            "25 %. More than chance, p adjusted: Sweet, Salty and Sour Bitter, 3 of 3."
        ),
        verdict="more than chance in 3 of 3",
        tone="good",
        view="certainty",
        name="key",
        link="Tags by chance, one by one",
        chart="Tags of each dimension, found and by chance",
        kind="dots",
        unit="items tagged",
        marks=(
            Mark("Sweet", 270, series="in the key"),
            Mark("Sweet", 90.0, 80.0, 100.0, "by chance, with 95 % range"),
            Mark("Salty", 280, series="in the key"),
            Mark("Salty", 91.0, 81.0, 101.0, "by chance, with 95 % range"),
            Mark("Sour Bitter", 100, series="in the key"),
            Mark("Sour Bitter", 92.0, 82.0, 102.0, "by chance, with 95 % range"),
        ),
    )
    none = tags_by_chance({"chance": CHANCE.assign(p=0.02)}, FIVE)
    assert none.sentence.endswith(" More than chance, p adjusted: none of 3.")
    assert (none.verdict, none.tone) == ("more than chance in 0 of 3", "bad")
    some = tags_by_chance({"chance": CHANCE.assign(p=[0.5, 0.5, 0.5, 0.9, 0.001, 0.9, 0.5])}, FIVE)
    assert (some.verdict, some.tone) == ("more than chance in 1 of 3", "open")
    level = tags_by_chance({"chance": CHANCE.assign(p=[0.5, 0.5, 0.5, 0.001, 0.01, 0.05, 0.5])}, FIVE)
    assert level.sentence.endswith(" p adjusted: Sweet and Salty, 2 of 3.")
    assert tags_by_chance({}, FIVE) is None


def test_a_chart_of_many_dimensions_shows_those_with_most_and_with_fewest_tags():
    names = [f"D{place}" for place in range(17)]
    many = of_families({"taste": {"title": "Tastes", "dimensions": names}})
    rows = [("taste", name, "positive", 90, place, 5.0, 1.0, 9.0, 0.9, 0.2, 0) for place, name in enumerate(names)]
    whole = ("taste", None, "positive", 1530, 136, 85.0, 60.0, 99.0, 0.2, 0.2, 0)
    found = tags_by_chance({"chance": frame(" ".join(CHANCE.columns), whole, *rows)}, many)
    assert [mark.value for mark in found.marks[::2]] == [*range(16, 8, -1), *range(7, -1, -1)]
    assert found.chart == "Tags of each dimension, found and by chance; the first and the last 8 of 17"
    means = frame(
        " ".join(MEANS.columns), *[("taste", name, "these_items", 3, n, n, n) for n, name in enumerate(names)]
    )
    first = first_and_last({"mean_profile": means, "profiles": THREE, "alternatives": NO_KEYS}, many)
    assert [mark.value for mark in first.marks] == [*range(16, 8, -1), *range(7, -1, -1)]
    people = frame(
        " ".join(PEOPLE.columns), *[("taste", name, n, n, n, 0.5, 0.5, None) for n, name in enumerate(names)]
    )
    beside = beside_people({"models_and_people": people}, many)
    assert [mark.value for mark in beside.marks] == [*range(16, 8, -1), *range(7, -1, -1)]
    assert beside.chart == "Models minus people on the same items, with 95 % intervals; the first and the last 8 of 17"


VALIDITY = RATED["validity"].replace({"r": {0.29: 0.3}, "low": {0.0: 0.01}})


def test_whether_the_key_measures_other_people():
    found = other_people({"validity": VALIDITY}, FIVE)
    assert found == Finding(
        finding="other_people",
        heading="The key of the tastes measures other people, too",
        sentence=(
            "Scores of people who had no part in the key of the tastes correlate +0.30 [0.01, 0.59] with their own "
            "questionnaire on the same dimension, −0.20 [−0.30, −0.10] on others; with a key from shuffled raters "
            "+0.04 [−0.06, 0.14]. On the same dimension, that of the pace gives +0.90 [0.80, 1.00]."
        ),
        verdict="holds",
        tone="good",
        view="certainty",
        name="key",
        link="Validity of every dimension",
        chart="Correlation with people's own questionnaires, with 95 % intervals",
        kind="dots",
        unit="correlation",
        marks=(
            Mark("Same dimension", 0.3, 0.01, 0.59),
            Mark("Other dimensions", -0.2, -0.3, -0.1),
            Mark("Shuffled raters", 0.04, -0.06, 0.14),
        ),
    )
    other = VALIDITY.assign(low=VALIDITY["low"].where(VALIDITY["family"] != "pace", 0.0))
    assert other_people({"validity": other}, FIVE).sentence.endswith(
        " that of the pace gives +0.90 [0.00, 1.00], which cannot be told from 0."
    )
    alone = VALIDITY[VALIDITY["family"] == "taste"]
    only = other_people({"validity": alone}, FIVE)
    assert only.heading == "The key measures other people, too"
    assert only.sentence == found.sentence.replace(" of the tastes", "").partition(" On the same")[0]
    weak = other_people({"validity": alone.assign(r=0.29)}, FIVE)
    assert (weak.heading, weak.verdict, weak.tone) == (
        "The key measures other people, too, but weakly",
        "holds, but weakly",
        "open",
    )
    for r in (0.29, 0.5):
        unknown = other_people({"validity": alone.assign(r=r, low=0.0)}, FIVE)
        assert (unknown.heading, unknown.verdict, unknown.tone) == (
            "The key cannot be shown to measure other people, too",
            "cannot be shown",
            "bad",
        )
    assert other_people({"validity": VALIDITY.iloc[[0, 1, 3, 4]]}, FIVE) == found
    assert other_people({"validity": VALIDITY.drop(index=3)}, FIVE) is None
    assert other_people({"validity": VALIDITY.assign(low=None)}, FIVE) is None
    assert other_people({}, FIVE) is None


PEOPLE = frame(
    "family dimension difference difference_low difference_high p p_adjusted",
    ("pace", "Haste", 9.0, 8.0, 10.0, 0.0, 0.0),
    ("taste", "Sweet", 0.3, 0.2, 0.4, 0.001, 0.05),
    ("taste", "Salty", -0.5, -0.6, -0.4, 0.01, 0.04),
    ("taste", "Sour_Bitter", 0.4, 0.1, 0.7, 0.01, 0.049),
    ("taste", "Fat", -0.9, None, None, None, None),
    ("taste", "Hot", None, None, None, None, None),
    models_sd=None,
)


def test_models_beside_people():
    found = beside_people({"models_and_people": PEOPLE}, FIVE)
    assert found == Finding(
        finding="beside_people",
        heading="Models differ from people in Sour Bitter and Salty",
        sentence=(
            "Held against people who rated the same items, models differ most, of 3 with an interval, among the tastes "
            "in Salty, −0.50 [−0.60, −0.40]. Beyond chance, p adjusted over dimensions: Sour Bitter and Salty, 2 of 3. "
            "Each interval stands by itself."
        ),
        verdict="2 of 3 differences hold",
        tone="good",
        view="people",
        name="models",
        link="Models and people, dimension by dimension",
        chart="Models minus people on the same items, with 95 % intervals",
        kind="dots",
        unit="scale points",
        marks=(
            Mark("Sour Bitter", 0.4, 0.1, 0.7),
            Mark("Sweet", 0.3, 0.2, 0.4),
            Mark("Salty", -0.5, -0.6, -0.4),
        ),
    )
    salty = PEOPLE.assign(p_adjusted=PEOPLE["p_adjusted"].where(PEOPLE["dimension"] == "Salty", 0.05))
    some = beside_people({"models_and_people": salty}, FIVE)
    assert (some.verdict, some.tone) == ("1 of 3 differences holds", "open")
    none = beside_people({"models_and_people": PEOPLE[PEOPLE["dimension"].isin(["Haste", "Sweet", "Hot"])]}, FIVE)
    assert none.sentence == (
        "Held against people who rated the same items, models differ most among the tastes in Sweet, +0.30 "
        "[0.20, 0.40]. Beyond chance, p adjusted over dimensions: none of 1. Each interval stands by itself."
    )
    assert (none.verdict, none.tone) == ("cannot be told from chance", "open")
    assert beside_people({"models_and_people": PEOPLE[PEOPLE["difference_low"].isna()]}, FIVE) is None
    assert beside_people({}, FIVE) is None


AGREEMENT = frame(
    "source axis group against n_signs same_sign same_sign_expected same_sign_p",
    ("answers", "age", "all", "axis_mean", 10, 9, 5.2, 0.01),
    ("answers", "gender", "all", "axis_mean", 10, 4, 4.8, 0.025),
    ("answers", "age", "all", "axis_mean", 30, 15, 14.6, 0.03),
    ("answers", "faith", "all", "axis_mean", 1, 1, 0.5, 0.9),
    ("answers", "politics", "all", "axis_mean", 0, 0, 0.0, 1.0),
    ("answers", "race", "all", "axis_mean", 5, 5, 2.5, None),
    ("printed", "age", "all", "axis_mean", 99, 99, 5.0, 0.001),
    ("answers", "age", "20-39", "axis_mean", 99, 99, 5.0, 0.001),
    ("answers", "age", "all", "first", 99, 99, 5.0, 0.001),
    tau=None,
)


def test_personas_beside_people():
    found = personas_and_people({"agreement": AGREEMENT}, FIVE)
    assert found == Finding(
        finding="personas_and_people",
        heading="Some personas move as people do",
        sentence=(
            "Told to be somebody, do models move as people of that group do? In 29 of 51 comparisons the direction is "
            "people's, by chance in 25; beyond chance, adjusted, in 1 of 4 tests (one for each model, framing, axis "
            "and source on people)."
        ),
        verdict="1 of 4 beyond chance",
        tone="open",
        view="people",
        name="personas",
        link="People and personas",
        chart="Directions that personas share with people",
        kind="dots",
        unit="% of comparisons",
        marks=(
            Mark("Age", 60.0, series="personas"),
            Mark("Age", pytest.approx(49.5), series="by chance"),
            Mark("Gender", 40.0, series="personas"),
            Mark("Gender", pytest.approx(48.0), series="by chance"),
            Mark("Faith", 100.0, series="personas"),
            Mark("Faith", 50.0, series="by chance"),
        ),
    )
    sure = personas_and_people({"agreement": AGREEMENT.assign(same_sign_p=0.001)}, FIVE)
    assert (sure.verdict, sure.tone) == ("5 of 5 beyond chance", "good")
    none = personas_and_people({"agreement": AGREEMENT.dropna(subset="same_sign_p").assign(same_sign_p=0.0125)}, FIVE)
    assert (none.heading, none.tone) == ("Personas cannot be shown to move as people do", "bad")
    assert personas_and_people({}, FIVE) is None


def test_planted_truth_word_for_word():
    tags = frame(
        "family dimension planted found false_tags",
        ("pace", "all", 7, 7, 7),
        ("taste", "Sweet", 3, 2, 1),
        ("taste", "all", 2000, 1200, 400),
    )
    scores = frame(
        "family planted low high",
        ("pace", 0.0, -1.0, 1.0),
        ("taste", 0.5, 0.5, 0.9),
        ("taste", 0.5, 0.1, 0.4),
        ("taste", 0.5, 0.6, 0.9),
        ("taste", None, 0.1, 0.9),
        ("taste", 0.5, None, None),
        note=None,
    )
    found = planted_truth({"recovery_tags": tags, "recovery_scores": scores}, FIVE)
    recovered = (Mark("Planted tags that are found", 0.6), Mark("Tags of the key that are true", 0.75))
    assert found == Finding(
        finding="planted_truth",
        heading="How much of the planted truth comes back",
        sentence=(
            "Of 2,000 tags planted in the tastes the key finds 1,200; 1,200 of its 1,600 tags are true. Of 3 intervals "
            "(95 %) of undiluted scores, 1 holds the planted one."
        ),
        verdict="33 % of 95 % intervals hold the truth",
        tone="bad",
        view="certainty",
        name="scores",
        link="How sure the scores are",
        chart="Recovery of what was planted",
        kind="shares",
        marks=(*recovered, Mark("Intervals that hold the truth", pytest.approx(1 / 3))),
    )
    without = planted_truth({"recovery_tags": tags, "recovery_scores": scores.assign(low=None)}, FIVE)
    assert without.sentence.endswith("1,200 of its 1,600 tags are true.")
    assert (without.verdict, without.tone, without.marks) == ("60 % of the tags found", "good", recovered)
    for inside, how in ((4, "bad"), (5, "open"), (9, "open"), (10, "good")):
        own = frame("family planted low high", *[("taste", 0.5, 0.1, 0.9)] * inside, *[("taste", 0.5, 0.6, 0.9)] * 10)
        ten = planted_truth({"recovery_tags": tags, "recovery_scores": own.head(10)}, FIVE)
        assert (ten.verdict, ten.tone) == (f"{10 * inside} % of 95 % intervals hold the truth", how)
        assert f"{inside} hold the planted one" in ten.sentence
    fewer = tags.assign(planted=3000)
    without = planted_truth({"recovery_tags": fewer, "recovery_scores": scores.assign(low=None)}, FIVE)
    assert (without.verdict, without.tone) == ("40 % of the tags found", "open")
    one = tags.assign(planted=1, found=1, false_tags=0)
    without = planted_truth({"recovery_tags": one, "recovery_scores": scores.assign(low=None)}, FIVE)
    assert [mark.value for mark in without.marks] == [1, 1]
    nothing = tags.assign(planted=0, found=0, false_tags=0)
    without = planted_truth({"recovery_tags": nothing, "recovery_scores": scores.assign(low=None)}, FIVE)
    assert [mark.value for mark in without.marks] == [0, 0]
    assert planted_truth({}, FIVE) is None


@pytest.mark.parametrize(
    ("false", "p", "heading"),
    [
        (0.5, 0.9, "Much"),
        (0.49, 0.9, "Part"),
        (0.1, 0.001, "Part"),
        (0.09, 0.001, "Little"),
        (0.09, 0.9, "How much"),
        (np.nan, 0.001, "How much"),
    ],
)
def test_how_much_of_the_key_is_chance_in_a_heading(false, p, heading):
    found = tags_by_chance({"chance": CHANCE.assign(false_discovery_rate=false, p=p)}, FIVE)
    assert found.heading == f"{heading} of the item key is chance"


# What one pair of ten is: no longer "hardly".
TEN_PAIRS = frame(
    "family inference p_max_t",
    ("taste", "items_like_these", 0.049),
    *[("taste", "items_like_these", 0.05)] * 9,
    ("taste", "items_like_these", None),
    *[("taste", "these_items", 0.9)] * 9,
    *[("pace", "items_like_these", 0.9)] * 9,
)
HARDLY = ", but one can hardly be told from another"


def test_the_headline_word_for_word():
    tables = TABLES | {"alternatives": NO_KEYS, "pairs": TEN_PAIRS}
    leaning = "3 language models lean to Sweet and away from Sour Bitter"
    assert headline(tables, FIVE) == leaning
    eleven = pd.concat([TEN_PAIRS, TEN_PAIRS.iloc[[1]]])
    assert headline(tables | {"pairs": eleven}, FIVE) == leaning + HARDLY
    assert headline(tables | {"pairs": TEN_PAIRS.assign(p_max_t=None)}, FIVE) == leaning
    # Only Sweet lies beyond what shuffled keys give.
    assert headline(TABLES | {"pairs": TEN_PAIRS}, FIVE) == "3 language models lean to Sweet"
    sure = MEANS.assign(low=MEANS["score"] - 0.01, high=MEANS["score"] + 0.01)
    assert headline(tables | {"mean_profile": sure}, FIVE) == leaning
    lowest = MEANS[MEANS["dimension"].isin(["Sour_Bitter", "Hot", "Salty"])]
    assert headline(tables | {"mean_profile": lowest.assign(models=1)}, FIVE) == "The model leans away from Sour Bitter"
    two = MEANS[MEANS["dimension"].isin(["Sweet", "Hot"])]
    assert headline(tables | {"mean_profile": two}, FIVE) == "3 language models lean to Sweet"
    one = MEANS[MEANS["dimension"] == "Hot"].assign(models=1)
    assert headline(tables | {"mean_profile": one}, FIVE) == "How the model scores on Tastes"
    made_up = "A made-up study whose truth is known, and how much of it comes back"
    assert headline(tables | {"recovery_tags": pd.DataFrame()}, FIVE) == made_up


def test_a_family_keeps_its_name_in_the_headline():
    five = of_families({"taste": {"title": "Big Five tastes", "dimensions": list(NAMES)}})
    unsure = {"mean_profile": MEANS.assign(low=-1.0, high=1.0), "alternatives": NO_KEYS, "pairs": TEN_PAIRS}
    assert headline(unsure, five) == "None of the Big Five tastes stands out"
    unsure["pairs"] = TEN_PAIRS.assign(p_max_t=0.9)
    assert headline(unsure, five) == (
        "None of the Big Five tastes stands out, and one model can hardly be told from another"
    )


def test_what_was_done():
    survey = frame("item_id participant_id", ("1-1", "P1"), ("1-1", "P2"), ("1-2", "P1"), ("1-3", "P1"))
    tables = {
        "answer_counts": frame("answers", (1200,), (34,)),
        "profiles": THREE.head(1),
        "survey": survey,
        "claims": frame("claim"),
    }
    assert standfirst(tables, []) == "1 model gave 1,234 answers to 3 items that 2 people had rated for themselves."
    assert standfirst({**tables, "profiles": THREE}, []).startswith("4 models gave 1,234 answers to ")


COUNTS = frame(
    "part source total match explained conjectured unexplained differs unavailable",
    ("in print", "Table 1", False, 9, 9, 9, 9, 9, 9),
    ("in print", "", True, 4000, 2, 3, 5, 0, 6),
    ("in the archive's files", "", True, 8, 8, 8, 8, 8, 8),
)


def test_printed_numbers_word_for_word():
    found = reproduced(COUNTS)
    assert found == Finding(
        finding="reproduced",
        heading="4,010 of 4,016 numbers in print can be compared; 4,000 come out as printed",
        sentence=(
            "Of those that can be, 4,000 match as they are, 2 only once a cause that the data show is taken out, 3 "
            "only by a conjecture; 5 are open and 0 differ. The others cannot be compared: they need answers or data "
            "that the archive does not hold."
        ),
        verdict="0 differ, 5 open",
        tone="good",
        view="certificate",
        name="numbers",
        link="Every number beside ours",
        chart="Numbers in print",
        kind="parts",
        marks=(
            Mark("match", 4000),
            Mark("explained", 2),
            Mark("conjectured", 3),
            Mark("open", 5),
            Mark("differ", 0),
            Mark("not compared", 6),
        ),
    )
    differs = reproduced(COUNTS.assign(differs=1, unexplained=1))
    assert differs.tone == "bad"
    assert differs.verdict == "1 differs, 1 open"
    assert "; 1 is open and 1 differs. The" in differs.sentence
    whole = reproduced(COUNTS.assign(unexplained=0))
    assert (whole.heading[:33], whole.verdict) == ("4,005 of 4,011 numbers in print c", "0 differ, 0 open")
    every = reproduced(COUNTS.assign(unavailable=0, match=1))
    assert every.heading == "All numbers in print can be compared; 1 comes out as printed"
    assert every.sentence.endswith(" 5 are open and 0 differ.")
    assert every.marks[-1] == Mark("differ", 0)


def claim(name, kind, *arguments):
    return Claim(claim=name, text=f"Text of {name}", where=f"Where {name} is", kind=kind, arguments=list(arguments))


def test_every_kind_of_claim_stands_below_a_finding():
    of_groups = {"group_above", "rises_with_size", "model_families_differ"}
    assert {kind for kind, finding in CLAIMED.items() if finding == "groups_of_models"} == of_groups
    assert CLAIMED["condition_above"] == "personas_and_people"
    assert {kind for kind, finding in CLAIMED.items() if finding == "first_and_last"} == (
        set(ARGUMENTS) - of_groups - {"condition_above"}
    )


def test_the_part_has_every_finding_with_its_marks_and_claims():
    claims = [
        claim("sweet", "highest", "Sweet"),
        claim("most", "highest_in_most_models", "Sweet"),
        claim("sour", "lowest", "Sour_Bitter"),
        claim("grows", "rises_with_size", "spread"),
        claim("moved", "condition_above", "a", "b", "Hot"),
    ]
    tables = TABLES | {
        "answer_counts": frame("answers condition", (7, "baseline"), (9, "other")),
        "pairs": TEN_PAIRS.assign(first="a", second="b", p=0.5),
        "uncertainty": UNCERTAINTY,
        "groups": GROUPS,
        "ranks": frame(
            "model inference probability",
            ("a", "items_like_these", 0.4),
            ("b", "items_like_these", 0.5),
            ("a", "these_items", 0.9),
        ),
        "claims": frame(
            "claim option holds share_holds decides_most value p",
            ("sweet", "parser", False, 0.1, None, 0.1, None),
            ("sweet", None, True, 0.95, "parser", 0.1, None),
            ("most", None, False, 0.5, None, 0.1, None),
            ("sour", None, True, None, None, 0.1, None),
            ("grows", None, None, None, None, None, None),
            ("moved", None, True, 1.0, None, 0.1, 0.01),
        ),
    }
    part = findings_part(tables, claims, COUNTS, FIVE)
    found = part["findings"].table
    order = ["first_and_last", "single_scores", "groups_of_models", "reproduced"]
    assert list(found["finding"]) == order
    assert "marks" not in found
    assert list(part["front"].table) == ["headline", "standfirst"]
    assert part["front"].table["standfirst"][0] == (
        "4 models gave 7 answers. Of 4 claims about models that can be tested, 2 hold, 1 holds for the average model "
        "only, 1 does not hold."
    )
    marks = part["marks"].table
    assert list(marks) == ["finding", "name", "value", "low", "high", "series", "model"]
    assert {str(marks[name].dtype) for name in ("value", "low", "high")} == {"float64"}
    assert list(dict.fromkeys(marks["finding"])) == order
    assert list(marks.loc[marks["finding"] == "reproduced", "value"]) == [4000, 2, 3, 5, 0, 6]
    # Shares alone are rounded. What is left out has no text.
    assert marks["value"][2] == 0.204
    assert set(marks.loc[marks["finding"] == "single_scores", ["series", "model"]].to_numpy().ravel()) == {""}
    assert tuple(found.loc[3, ["name", "choices", "unit"]]) == ("numbers", "", "")
    # Shares alone have no intervals, and their ends are numbers none the less.
    shares = findings_part(
        tables | {"mean_profile": MEANS.assign(score=None), "groups": GROUPS.head(0)}, [], None, FIVE
    )
    assert {str(shares["marks"].table[name].dtype) for name in ("value", "low", "high")} == {"float64"}
    tally = "Of 3 claims about models that can be tested, 1 holds for the average model only, 1 does not hold, 1 holds."
    rows = part["claims"].table
    said = ["finding", "claim", "text", "where", "verdict", "tone", "share", "tally"]
    assert list(rows) == said
    first = "first_and_last"
    # What is said of personas stands nowhere where there are none.
    assert [tuple(row) for row in rows.to_numpy()] == [
        (first, "sweet", "Text of sweet", "Where sweet is", "holds for the average model only", "open", "95 %", tally),
        (first, "most", "Text of most", "Where most is", "does not hold", "bad", "50 %", tally),
        (first, "sour", "Text of sour", "Where sour is", "holds", "good", "", tally),
        ("groups_of_models", "grows", "Text of grows", "Where grows is", "cannot be tested here", "", "", ""),
    ]
