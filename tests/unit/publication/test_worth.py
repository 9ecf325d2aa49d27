"""What the numbers are worth, line by line and word for word, of tables whose every column says something else."""

import pandas as pd
import pytest
from instruments import SMALL, of_families
from test_verdicts import tables
from value_portrait.publication.worth import HEAD, PANEL, SIMULATED, by_chance, describe_worth, worth_lines

NAMES = ("Sweet", "Salty", "Sour_Bitter", "Fat", "Hot")
TASTES = {"taste": {"title": "Tastes", "dimensions": list(NAMES)}, "pace": {"title": "Pace", "dimensions": ["Haste"]}}
FIVE = of_families(TASTES)


def frame(columns, *rows, **same):
    return pd.DataFrame(rows, columns=columns.split()).assign(**same)


# The rows that count, among others: of another family, of one dimension, of other statistics.
RATED = {
    "chance": frame(
        "family dimension direction tests tags expected low high p false_discovery_rate surviving",
        ("pace", None, "positive", 9, 8, 7.0, 6.0, 5.0, 0.5, 0.5, 3),
        ("taste", None, "two_sided", 9, 9, 9.0, 9.0, 9.0, 0.001, 0.9, 5),
        ("taste", None, "positive", 2600, 1040, 500.0, 400.0, 601.0, 0.002, 0.25, 4),
        ("taste", "Sweet", "positive", 520, 300, 90.0, 80.0, 100.0, 0.025, 0.2, 3),
        ("taste", "Salty", "positive", 520, 280, 91.0, 81.0, 101.0, 0.01, 0.2, 1),
    ),
    "replication": frame(
        "family dimension rho rho_other rho_other_low rho_other_high share_tagged_again",
        ("pace", None, 0.9, 0.8, 0.7, 0.95, 0.99),
        ("taste", "Sweet", 0.5, 0.4, 0.3, 0.6, 0.98),
        ("taste", None, 0.41, 0.07, 0.05, 0.09, 0.16),
    ),
    "dilution": frame(
        "family tags strong dilution low high", ("pace", 9, 8.0, 0.9, 0.8, 0.99), ("taste", 284, 14.4, 0.3, 0.1, 0.6)
    ),
    "validity": frame(
        "family dimension key criterion r low high",
        ("taste", None, "raters", "convergent", 0.29, 0.0, 0.59),
        ("pace", None, "raters", "convergent", 0.9, 0.8, 1.0),
        ("taste", "Sweet", "raters", "convergent", 0.8, 0.7, 0.9),
        ("taste", None, "raters", "discriminant", -0.2, -0.3, -0.1),
        ("taste", None, "shuffled", "convergent", 0.04, -0.06, 0.14),
        ("taste", None, "questionnaire", "discriminant", 0.6, 0.5, 0.7),
    ),
}
LINES = {
    "chance": (
        "The key has 1,040 positive tags of the tastes in 2,600 tests; shuffled raters, in whom nothing correlates, "
        "give 500 [400, 601]. Some pairs do correlate, so fewer tags are false: about 25 %; 4 survive a "
        "correction for all tests. More than chance: Sweet, Salty."
    ),
    "replication": (
        "Pairs that half of the raters tag correlate 0.41 there and 0.07 [0.05, 0.09] in the other half, which tags "
        "16 % again."
    ),
    "dilution": (
        "Infinitely many raters would tag about 14 pairs instead of 284; scores by the key at hand are 30 % [10 %, "
        "60 %] as far from 0 as by theirs."
    ),
    "validity": (
        "The key cannot be shown to measure other people: scores of raters who did not make it correlate +0.29 [0.00, "
        "0.59] with their own questionnaire on the same dimension, -0.20 [-0.30, -0.10] on others; with a key from "
        "shuffled raters +0.04 [-0.06, 0.14]."
    ),
}


def changed(said, **changes):
    """The line on a topic, with other numbers in its table."""
    own = tables() | RATED
    own[said] = own[said].assign(**changes)
    return worth_lines(own, FIVE)[said]


def test_the_key_line_by_line():
    said = worth_lines(tables() | RATED, FIVE)
    assert {topic: said[topic] for topic in LINES} == LINES
    assert list(said)[:4] == list(LINES)
    assert not set(worth_lines(tables(), FIVE)) & set(LINES)
    assert changed("chance", p=0.03).endswith(" for all tests; not told from chance: Sweet, Salty.")
    assert changed("chance", p=[0.5, 0.5, 0.5, 0.01, 0.05]).endswith(" Sweet; not told from chance: Salty.")
    few = "With so few raters, or tags, it cannot be told whether the key measures anything in people"
    assert changed("validity", low=None) == f"{few} who did not make it."
    again = "With so few raters, or tags, it cannot be told whether tags come again in others."
    assert changed("replication", rho_other=None) == again


@pytest.mark.parametrize(
    ("tags", "expected", "false", "said"),
    [
        (40, 10.5, 0.25, ", so about 25 % are of pairs that do not correlate"),
        # Of 7 a share of 4 % is none, beside the one that is said.
        (7, 0.51, 0.04, ". Some pairs do correlate, so fewer tags are false: about 4 %"),
        (40, 10.6, 0.25, ". Some pairs do correlate, so fewer tags are false: about 25 %"),
        # More by chance than were found, and still some pairs correlate.
        (30, 40.0, 0.5, ". Some pairs do correlate, so fewer tags are false: about 50 %"),
        (30, 40.0, 1.0, ", so about 100 % are of pairs that do not correlate"),
    ],
)
def test_false_tags(tags, expected, false, said):
    row = {"tags": tags, "expected": expected, "low": 5.0, "high": 50.0, "false_discovery_rate": false}
    assert by_chance(pd.Series(row)) == f"{expected:.0f} [5, 50]{said}"


ABOUT = {"question": "headline", "subject": "all models", "without": "nothing", "family": "taste"}
PROFILES = tables() | {
    "alternatives": pd.DataFrame(
        [
            ABOUT | {"statistic": "mean_profile", "dimension": name, "value": value, "p": p}
            for name, value, p in (
                ("Salty", 0.3, 0.02),
                ("Sweet", -0.4, 0.001),
                ("Fat", 0.1, 0.025),
                ("Hot", -0.2, 0.9),
                ("Sour_Bitter", None, None),
            )
        ]
        + [
            ABOUT | {"statistic": "mean_profile", "dimension": name, "value": value, "without": "liking"}
            for name, value in (("Fat", -0.001), ("Sweet", -0.1), ("Salty", 0.25), ("Hot", -0.4), ("Sour_Bitter", 0.9))
        ]
        + [
            ABOUT
            | {"statistic": "mean_profile_sd", "value": 0.3, "expected": 0.2}
            | {"expected_low": 0.1, "expected_high": 0.25},
            {"question": "liking", "statistic": "rating_r", "subject": "one", "value": 0.9, "low": 0.8, "high": 0.99},
            {"question": "liking", "statistic": "profile_r", "subject": "all models", "value": 0.7},
            {"question": "liking", "statistic": "rating_r", "subject": "all models", "value": -0.5}
            | {"low": -0.6, "high": -0.4},
            {"statistic": "one_profile_share", "family": "pace", "value": 0.1, "expected": 0.2},
            {"statistic": "one_profile_share", "family": "taste", "value": 0.87, "expected": 0.63},
        ]
    ),
    "uncertainty": frame(
        "family condition source low high",
        *[
            ("taste", "baseline", "all", low, low + width)
            for low, width in ((0.0, 1.0), (-1.0, 1.0), (0.1, 2.0), (-9.0, 8.0))
        ],
        ("taste", "baseline", "all", None, None),
        *[("taste", "baseline", "raters", low, low + 0.4) for low in (0.0, 0.1)],
        *[("taste", "baseline", "queries", low, low + 0.6) for low in (0.0, 0.1)],
        *[("taste", "baseline", "wordings", 0.0, width) for width in (0.1, 0.5, 9.0)],
        ("taste", "other", "all", 1.0, 9.0),
        ("pace", "baseline", "all", 1.0, 9.0),
        note=None,
    ),
    "mean_profile": frame(
        "family inference models low high",
        *[("taste", "these_items", 4, low, high) for low, high in ((0.1, 0.3), (-0.2, -0.1), (0.0, 4.0))],
        *[("taste", "items_like_these", 5, low, high) for low, high in ((-0.6, 0.0), (0.1, 0.2), (-0.1, 0.9))],
        ("taste", "items_like_these", 4, None, None),
        ("pace", "these_items", 4, 1.0, 9.0),
        note=None,
    ),
    "pairs": frame(
        "family inference p_max_t",
        *[("taste", "these_items", p) for p in (0.049, 0.05, 0.9, None)],
        *[("taste", "items_like_these", 0.9)] * 399,
        ("taste", "items_like_these", 0.01),
        ("pace", "these_items", 0.01),
        p_bh=None,
    ),
    "ranks": frame(
        "family inference model low high",
        *[("taste", "these_items", model, low, high) for model, low, high in (("a", 1, 1), ("b", 1, 4), ("c", 2, 9))],
        ("taste", "items_like_these", "a", 2, 3),
        ("taste", "items_like_these", "d", None, None),
        *[("pace", "these_items", "a", 1, 9)] * 4,
    ),
    "precision": frame(
        "family this_study inference scores dimension relative",
        *[("taste", 1, "items_like_these", "centred", NAMES[n], r) for n, r in enumerate((0, 0.6, 0.004, 0.596, 0))],
        *[("taste", 1, "items_like_these", "raw", NAMES[n], r) for n, r in enumerate((0.9, 0.8, 0.7, 0.6, None))],
        ("taste", 0, "items_like_these", "centred", "Fat", 0.9),
        ("taste", 1, "these_items", "centred", "Fat", 0.9),
        ("pace", 1, "items_like_these", "centred", "Haste", 0.9),
        note=None,
    ),
    "alphas": frame(
        "source family dimension p_equal",
        ("raters", "taste", "Sweet", 0.049),
        ("raters", "taste", "Salty", 0.05),
        ("raters", "taste", "Fat", None),
        ("models", "taste", "Sweet", 0.01),
        ("raters", "pace", "Haste", 0.01),
        i2=None,
    ),
    "circle": frame(
        "subject statistic reference value expected p",
        ("models", "cosine_r2", "keys", 0.09, 0.04, 0.18),
        ("models", "cosine_r2", "order", 0.09, 0.02, 0.07),
        ("items", "cosine_r2", "order", 0.38, 0.02, 0.002),
        ("items", "cosine_r2", "raters", 0.38, 0.39, 0.58),
        ("raters", "cosine_r2", "raters", 0.26, 0.28, None),
        ("raters", "cosine_r2", "order", 0.26, 0.01, 0.0),
        ("questionnaire", "stress", "order", 0.7, 0.6, 0.5),
        ("questionnaire", "cosine_r2", "order", 0.41, 0.03, 0.001),
    ),
}


def test_the_profiles_line_by_line():
    assert worth_lines(PROFILES, FIVE) == {
        # Four tests: 0.02 threefold is above 0.05.
        "profile": (
            "Keys from shuffled raters with as many tags give profiles, too. Beyond these lie, in the mean over "
            "models: Sweet -0.40. The SD of the mean profile is 0.30, by such keys 0.20 [0.10, 0.25]."
        ),
        # Sour Bitter has no mean, and -0.001 no sign.
        "liking": (
            "Models' ratings correlate -0.50 [-0.60, -0.40] with how much people like a response. With that taken out, "
            "these move most: Sweet -0.40 to -0.10, Hot -0.20 to -0.40, Fat +0.10 to 0.00."
        ),
        # Half widths of 0.5, 0.5, 1 and 4; of 0.2; of 0.3; of 0.05, 0.25 and 4.5.
        "intervals": (
            "A score of a model is known to ± 0.75 scale points (95 %, median; 0.30 by queries, 0.25 by wordings, 0.20 "
            "by raters, which overlap); 50 % of the models' scores of the tastes can be told from 0, each by itself."
        ),
        # Half widths of 0.1, 0.05 and 2; of 0.3, 0.05 and 0.5.
        "mean": (
            "The mean over these models is known to ± 0.10 on these very items, where 2 of 3 can be told from 0; to "
            "± 0.30 on other items like these, where 1 of 3 can be told from 0 (95 %, medians)."
        ),
        # Ranks of 1, 4 and 8 places.
        "pairs": (
            "Of all differences between two models on a dimension, these hold after adjustment: 33 % on these very "
            "items, where a rank covers 4 of 4 places; under 1 % on other items like these, where a rank covers 2 of 4 "
            "places."
        ),
        "precision": (
            "The generalizability coefficient of models' scores over other items like these is 0.24 for centred scores "
            "(mean; 0.00 (Sweet, Sour Bitter, Hot) to 0.60 (Salty, Fat)), 0.75 for raw ones, which hold a model's "
            "general level."
        ),
        "common": (
            "One profile, more or less pronounced, makes up 87 % of the squares of models' scores (with keys from "
            "shuffled raters 63 %)."
        ),
        "alphas": "Raters' alphas differ between survey groups in 1 of 2 dimensions, each by itself.",
        "circle": (
            "Fit to the circle (R²): the questionnaire 0.41 (any order 0.03, p = 0.001); items 0.38 (shuffled raters "
            "0.39, p = 0.58); raters scored on items 0.26 (any order 0.01, p < 0.001); models' profiles 0.09 (shuffled "
            "raters 0.04, p = 0.18)."
        ),
    }


def test_who_is_least_precise_where_many_are():
    equal = PROFILES["precision"].assign(relative=0.0)
    said = worth_lines(PROFILES | {"precision": equal}, FIVE)["precision"]
    assert "is 0.00 for centred scores (mean; 0.00 (5 of 5 tastes)), 0.00 for raw ones" in said
    four = equal.assign(relative=equal["relative"].where(equal["dimension"] != "Hot", 1.0))
    said = worth_lines(PROFILES | {"precision": four}, FIVE)["precision"]
    assert "is 0.20 for centred scores (mean; 0.00 (4 of 5 tastes) to 1.00 (Hot)), 0.20 for raw ones" in said
    for scores in ("raw", "centred"):
        one = equal.astype({"scores": "category"})[equal["scores"] == scores]
        assert worth_lines(PROFILES | {"precision": one}, FIVE)["precision"] == ""


def test_undiluted_scores_are_spoken_of_where_there_are_any():
    known = PROFILES["uncertainty"]
    every = pd.concat([known, known[known["source"] == "all"].assign(source="undiluted")])
    said = worth_lines(PROFILES | {"uncertainty": every}, FIVE)["intervals"]
    assert said.endswith(" dilute scores is not in these intervals, but in those of undiluted scores.")
    assert "dilute" not in worth_lines(PROFILES, FIVE)["intervals"]


def test_what_is_not_known_is_not_said():
    nothing = PROFILES | {
        name: PROFILES[name].assign(low=None, high=None) for name in ("uncertainty", "mean_profile", "ranks")
    }
    empty = {"value": None, "expected": None, "p": None}
    nothing |= {name: PROFILES[name].assign(**empty) for name in ("alternatives", "circle")}
    nothing |= {"alphas": PROFILES["alphas"].assign(p_equal=None), "precision": PROFILES["precision"].head(0)}
    assert {topic: line for topic, line in worth_lines(nothing, FIVE).items() if line} == {
        "intervals": "No score has an interval: too few queries."
    }
    kept = PROFILES["alternatives"]
    assert worth_lines(PROFILES | {"alternatives": kept[kept["statistic"] != "rating_r"]}, FIVE)["liking"] == ""
    bare = kept[kept["statistic"] == "one_profile_share"].assign(expected=None)
    assert worth_lines(PROFILES | {"alternatives": bare}, FIVE)["common"] == (
        "One profile, more or less pronounced, makes up 87 % of the squares of models' scores."
    )
    # Five times 0.01 is not below 0.05.
    said = [
        worth_lines(PROFILES | {"alternatives": kept.assign(p=p)}, FIVE)["profile"].partition(" over models: ")[2]
        for p in (0.01, [0.01, 0.012, 0.0249, 0.025] + [None] * 12)
    ]
    spread = "The SD of the mean profile is 0.30, by such keys 0.20 [0.10, 0.25]."
    assert said == [f"none. {spread}", f"Salty +0.30, Sweet -0.40, Fat +0.10, Hot -0.20. {spread}"]
    single = worth_lines(PROFILES | {"mean_profile": PROFILES["mean_profile"].assign(models=1)}, FIVE)
    assert (single["mean"], single["common"]) == ("", "")
    some = PROFILES["mean_profile"][PROFILES["mean_profile"]["inference"] == "items_like_these"]
    assert worth_lines(PROFILES | {"mean_profile": some}, FIVE)["mean"] == (
        "The mean over these models is known to ± 0.30 on other items like these, where 1 of 3 can be told from 0 "
        "(95 %, medians)."
    )


def test_the_page_has_its_parts_in_order():
    own = tables() | RATED
    said = worth_lines(own, SMALL)
    key = [f"- {said[topic]}" for topic in ("chance", "replication", "dilution", "validity")]
    profiles = [f"- {line}" for topic, line in said.items() if topic not in LINES and line]
    head = [HEAD, SIMULATED, PANEL.format("12 items")]
    page = [*head, "## The item key\n", *key, "", "## The profiles\n", *profiles, "", ""]
    assert describe_worth(own, [], True, 12, SMALL) == "\n".join(page)
    assert describe_worth(tables(), [], False, None, SMALL) == "\n".join([HEAD, "## The profiles\n", *profiles, "", ""])
