"""Verdicts on claims, and the page that says what the numbers are worth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.config_tables import Claim
from value_portrait.publication.verdicts import Evidence, describe_claim, gather_evidence, judge_all, verdict
from value_portrait.publication.worth import (
    by_chance,
    chance_line,
    describe_worth,
    dilution_line,
    profile_line,
    validity_line,
    verdict_line,
)
from value_portrait.robustness.claims import ARGUMENTS, MEASURES
from value_portrait.wording import bracketed, in_percent, in_words

SHARES = st.none() | st.floats(0, 1)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Evidence(None, tested=True, p=0.001), "cannot be tested here"),
        (Evidence(False, 1.0, tested=True, p=0.001), "does not hold"),
        (Evidence(True, 1.0, tested=True, p=0.05), "cannot be told from chance"),
        (Evidence(True, 1.0, tested=True), "cannot be told from chance"),
        (Evidence(True, 0.89, "parser", tested=True, p=0.049), "depends on the parser"),
        (Evidence(True, 1.0, p=0.05), "cannot be told from chance"),
        (Evidence(True, 0.5, p=0.049), "depends on the analysis"),
        (Evidence(True, 0.5), "depends on the analysis"),
        (Evidence(True, 0.9, "parser", probability=0.49), "holds for the average model only"),
        (Evidence(True, 0.9, "parser", probability=0.5), "holds"),
        (Evidence(True, None, tested=True, p=0.049), "holds"),
    ],
)
def test_the_first_rule_that_fits_decides(found, said):
    assert verdict(found) == said


@given(st.none() | st.booleans(), SHARES, SHARES, st.booleans(), SHARES)
def test_more_evidence_never_makes_a_claim_hold_less(holds, share, p, tested, probability):
    order = ["cannot be tested here", "does not hold", "cannot be told from chance", "depends", "holds for", "holds"]

    def rank(*evidence):
        return max(place for place, start in enumerate(order) if verdict(Evidence(*evidence)).startswith(start))

    here = rank(holds, share, None, tested, p, probability)
    assert here <= rank(holds, share, None, tested, 0.0, probability)
    assert here <= rank(holds, 1.0, None, tested, p, 1.0)


def claim(kind, *arguments, name="c"):
    return Claim(claim=name, text=f"Claim {name}", where="here", kind=kind, arguments=list(arguments))


def claims_table(*rows):
    empty = {"text": None, "where": None, "option": None, "setting": None, "p": np.nan, "note": None}
    empty |= {"models": 12, "universes": 10, "undefined": 0, "share_significant": np.nan, "difference": np.nan}
    return pd.DataFrame([empty | {"decides_most": "parser"} | row for row in rows])


def tables(*claims, p=0.2):
    """Tables of a small study: salty stands out, one comparison, everything else as plain as can be."""
    family = {"family": "taste"}
    comparison = {"comparison": "reasoning", "first": "reasoning", "second": "no reasoning", **family}
    adjusted = {"Sweet": 0.01, "Salty": p, "profile_variance": 0.03}
    headline = {"question": "headline", "subject": "all models", "without": "nothing", **family}
    rows = [("Sweet", 0.3, 0.001), ("Salty", 0.1, 0.03), ("Sour_Bitter", -0.4, 0.9)]
    alternatives = [
        *(headline | {"statistic": "mean_profile", "dimension": n, "value": v, "p": p_} for n, v, p_ in rows),
        *(
            headline | {"statistic": "mean_profile", "dimension": n, "value": v / 2, "without": "liking"}
            for n, v, _ in rows
        ),
        headline
        | {"statistic": "mean_profile_sd", "value": 0.3, "expected": 0.2, "expected_low": 0.1, "expected_high": 0.25},
        {"question": "liking", "statistic": "rating_r", "subject": "all models", "value": 0.5, "low": 0.4, "high": 0.6},
    ]
    intervals = [(0.0, 1.0), (0.2, 0.8), (-0.5, 0.5), (0.1, 0.3)]
    return {
        "claims": claims_table(*claims),
        "groups": pd.DataFrame(
            [
                comparison
                | {
                    "dimension": name,
                    "n_first": 3,
                    "n_second": 9,
                    "difference": 0.2,
                    "cluster_low": 0.1,
                    "cluster_high": 0.3,
                    "p": 0.001,
                    "p_adjusted": q,
                }
                for name, q in adjusted.items()
            ]
        ),
        "alphas": pd.DataFrame({"source": "raters", **family, "dimension": ["Sweet", "Salty"], "p_equal": [0.01, 0.5]}),
        "uncertainty": pd.DataFrame(
            [
                {"condition": "baseline", "source": source, "low": low, "high": high, **family}
                for source in ("queries", "all")
                for low, high in intervals
            ]
        ),
        "pairs": pd.DataFrame({**family, "inference": ["these_items"] * 4, "p_max_t": [0.01, 0.049, 0.05, np.nan]}),
        "ranks": pd.DataFrame(
            {
                "model": ["a", "b", "a", "b"],
                **family,
                "inference": ["these_items"] * 2 + ["items_like_these"] * 2,
                "low": [1, 1, np.nan, np.nan],
                "high": [2, 1, np.nan, np.nan],
                "probability": [np.nan, np.nan, 0.2, 0.4],
            }
        ),
        "precision": pd.DataFrame(
            {
                **family,
                "this_study": 1,
                "inference": "items_like_these",
                "scores": ["centred", "centred", "raw"],
                "dimension": ["Sweet", "Salty", "Sweet"],
                "relative": [0.2, 0.6, 0.9],
            }
        ),
        "alternatives": pd.DataFrame(alternatives),
        "mean_profile": pd.DataFrame(
            {
                **family,
                "inference": ["these_items"] * 3 + ["items_like_these"] * 3,
                "models": 4,
                "low": [0.1, -0.2, -0.6, -0.1, -0.4, np.nan],
                "high": [0.3, -0.1, 0.2, 0.3, 0.6, np.nan],
            }
        ),
    }


NAMED = ["Salty", "Sweet"]
HELD = {"claim": "c", "value": 0.25, "holds": True, "share_holds": 1.0, "p": 0.001}


def test_a_comparison_of_groups_is_quoted_with_developers_taken_together():
    above = claim("group_above", "reasoning=yes", "reasoning=no", "Salty")
    assert gather_evidence(above, tables(HELD), NAMED, SMALL).p == 0.2
    assert judge_all([above], tables(HELD), SMALL) == {"c": "cannot be told from chance"}
    assert judge_all([above], tables(HELD, p=0.01), SMALL) == {"c": "holds"}
    turned = claim("group_above", "reasoning=no", "reasoning=yes", "Salty")
    page = describe_worth(tables(HELD), [above, turned], False, None, SMALL)
    assert "| Claim c | here | **cannot be told from chance** | +0.20 [0.10, 0.30] | 3 / 9 | p = 0.20 | 100 % |" in page
    assert "| -0.20 [-0.30, -0.10] | 9 / 3 |" in page
    spread = claim("group_above", "reasoning=yes", "reasoning=no", "spread")
    assert gather_evidence(spread, tables(HELD), NAMED, SMALL).p == 0.03
    # However they are written; but not with other groups.
    spaced = claim("group_above", "reasoning = no", "reasoning= yes", "Salty")
    assert gather_evidence(spaced, tables(HELD), NAMED, SMALL).p == 0.2
    sized = tables(HELD)
    sized["groups"]["comparison"] = "size"
    same, other = (claim("group_above", "size_b>=30", f"size_b<{least}", "Salty") for least in (30, 10))
    assert [gather_evidence(one, sized, NAMED, SMALL).p for one in (same, other)] == [0.2, 0.001]
    # Groups that the study does not compare keep the p-value of the multiverse.
    families = claim("group_above", "family=Fir", "family=Ash", "Salty")
    assert gather_evidence(families, tables(HELD), NAMED, SMALL).p == 0.001


def test_a_comparison_is_told_from_the_side_that_its_claim_names_first():
    sides = "reasoning=yes", "reasoning=no"
    said = [
        describe_claim(one, [one], tables(HELD), SMALL)
        for one in (claim("group_above", *sides, "Salty"), claim("group_above", *sides[::-1], "Salty"))
    ]
    assert [(about["found"], about["subjects"]) for about in said] == [
        ("+0.20 [0.10, 0.30]", "3 / 9"),
        ("-0.20 [-0.30, -0.10]", "9 / 3"),
    ]


def test_the_table_of_claims_word_for_word():
    claims = [
        claim("highest", "Sweet", "Salty", name="b"),
        claim("lowest", "Salty", name="c"),
        claim("highest_in_most_models", "Salty", "Sweet", name="d"),
        claim("above", "Sweet", "Salty", name="e"),
        claim("rises_with_size", "spread", name="f"),
        claim("model_families_differ", "spread", name="g"),
        claim("lowest", "Haste", name="h"),
        claim("highest_in_most_models", "Salty", name="i"),
    ]
    note = "no model has its size."
    row = {"share_holds": 0.95, "models": 12, "p": 0.04}
    own = tables(
        row | {"claim": "b", "value": 0.25, "holds": True, "option": "parser", "share_holds": 0.1},
        row | {"claim": "b", "value": 0.25, "holds": True},
        row | {"claim": "c", "value": -0.004, "holds": False, "models": 7},
        row | {"claim": "d", "value": 0.4, "holds": False, "decides_most": None},
        row | {"claim": "e", "value": 0.1, "holds": True, "share_holds": 0.89, "decides_most": None},
        row | {"claim": "f", "value": np.nan, "holds": None, "share_holds": np.nan, "note": note},
        row | {"claim": "g", "value": 0.3, "holds": True, "note": "too few."},
        row | {"claim": "h", "value": np.nan, "holds": None, "share_holds": np.nan, "note": note},
        row | {"claim": "i", "value": 0.6, "holds": True},
    )
    page = describe_worth(own, claims, False, None, SMALL)
    table = page[page.index("## What is said") : page.index("## The profiles")]
    shuffled = "p = 0.030 by shuffled keys"
    assert table == (
        "## What is said of the models\n\n"
        "| claim | where | verdict | this run | models | by chance | analyses |\n|---|---|---|---|---|---|---|\n"
        f"| Claim b | here | **holds for the average model only** | +0.25 | 12 | {shuffled}; a single model has it "
        "with a probability of 30 % | 95 % |\n"
        f"| Claim c | here | **does not hold** | 0.00 | 7 | {shuffled} | 95 % |\n"
        "| Claim d | here | **does not hold** | 40 % of the models | 12 |  | 95 % |\n"
        "| Claim e | here | **depends on the analysis** | +0.10 | 12 |  | 89 % |\n"
        "| Claim f | here | **cannot be tested here** |  |  |  |  |\n"
        "| Claim g | here | **holds** | omega² = 0.30 | 12 | p = 0.040 | 95 % |\n"
        "| Claim h | here | **cannot be tested here** |  |  |  |  |\n"
        "| Claim i | here | **holds** | 60 % of the models | 12 |  | 95 % |\n"
        f"\nNot tested: {note}\nNo p: too few.\n\n"
    )
    assert judge_all(claims, own, SMALL)["b"] == "holds for the average model only"
    assert gather_evidence(claims[3], own, NAMED, SMALL).decides_most is None


def test_p_and_shares_in_words():
    assert [in_words(p) for p in (0.0494, 0.0495, 0.04999, 0.05)] == ["= 0.049", "< 0.05", "< 0.05", "= 0.050"]
    assert [in_words(p) for p in (0.0, 0.0009, 0.001, 0.0994, 0.1, 0.994)] == [
        *("< 0.001", "< 0.001", "= 0.001", "= 0.099", "= 0.10", "= 0.99")
    ]
    assert [in_percent(share) for share in (0, 0.001, 0.005, 0.006, 1)] == [
        "0 %",
        "under 1 %",
        "under 1 %",
        "1 %",
        "100 %",
    ]


def test_few_analyses_are_not_none():
    few = tables(HELD | {"holds": False, "share_holds": 0.004})
    assert describe_worth(few, [claim("rises_with_size", "spread")], False, None, SMALL).count("| under 1 % |") == 1


def test_what_is_said_of_the_mean_may_hold_of_few_models():
    highest = claim("highest", "Sweet", "Salty")
    found = gather_evidence(highest, tables(HELD), NAMED, SMALL)
    assert found == Evidence(True, 1.0, "parser", p=0.03, probability=pytest.approx(0.3))
    assert verdict(found) == "holds for the average model only"
    most = claim("highest_in_most_models", "Salty", "Sweet", name="d")
    page = describe_worth(tables(HELD, HELD | {"claim": "d"}), [highest, most], True, None, SMALL)
    assert "**Simulated**" in page
    assert (
        "| +0.25 | 12 | p = 0.030 by shuffled keys; a single model has it with a probability of 30 % | 100 % |" in page
    )
    assert gather_evidence(claim("highest", "Sweet"), tables(HELD), NAMED, SMALL).probability is None
    # Others may be highest by another probability, which nobody has worked out.
    assert gather_evidence(claim("highest", "Sweet", "Sour_Bitter"), tables(HELD), NAMED, SMALL).probability is None


def test_of_the_mean_profile_keys_from_shuffled_raters_tell_what_is_chance():
    own = tables(HELD)
    above = claim("above", "Sweet", "Salty")
    chance = {"question": "claim", "statistic": "above", "family": "taste"}
    rows = [chance | {"subject": "c", "p": 0.04}, chance | {"subject": "another", "p": 0.5}]
    known = own | {"alternatives": pd.concat([own["alternatives"], pd.DataFrame(rows)])}
    assert gather_evidence(above, known, NAMED, SMALL).p == 0.04
    assert describe_claim(above, [above], known, SMALL)["chance"] == "p = 0.040 by shuffled keys"
    known["alternatives"].loc[known["alternatives"]["subject"] == "c", "p"] = 0.06
    assert judge_all([above], known, SMALL) == {"c": "cannot be told from chance"}
    # Nobody rated the items, or the null keys have no such family: no p, and no test over models in its place.
    known["alternatives"].loc[known["alternatives"]["subject"] == "c", "p"] = np.nan
    for unknown in (own, known):
        assert gather_evidence(above, unknown, NAMED, SMALL).p is None
        assert judge_all([above], unknown, SMALL) == {"c": "holds"}
    # All of several dimensions have to stand out, and Sour Bitter does not.
    several, one = claim("highest", "Sweet", "Sour_Bitter"), claim("lowest", "Salty")
    assert [gather_evidence(named, own, NAMED, SMALL).p for named in (several, one)] == [0.9, 0.03]
    assert judge_all([several], own, SMALL) == {"c": "cannot be told from chance"}
    # Of the dimensions of another family, and of shares of models, no null is made.
    for unknown in (claim("highest", "Haste"), claim("highest_in_most_models", "Sweet")):
        assert gather_evidence(unknown, own, NAMED, SMALL).p is None


def test_the_page_of_a_study_without_raters_or_claims():
    page = describe_worth(tables(), [], False, None, SMALL)
    assert "## What is said" not in page
    assert "## The item key" not in page
    assert (
        "known to ± 0.40 scale points (95 %, median; 0.40 by queries); 50 % of the models' scores of the tastes" in page
    )
    assert "67 % on these very items, where a rank covers 2 of 2 places." in page
    # Half widths of 0.1, 0.05 and 0.4; of 0.2 and 0.5.
    on_these = "The mean over these models is known to ± 0.10 on these very items, where 2 of 3 can be told from 0"
    assert f"{on_these}; to ± 0.35 on other items like these, where 0 of 2 can be told from 0 (95 %, medians)." in page
    assert "0.40 for centred scores (mean; 0.20 (Sweet) to 0.60 (Salty)), 0.90 for raw ones" in page
    assert "differ between survey groups in 1 of 2 dimensions" in page
    assert "correlate +0.50 [0.40, 0.60] with how much people like a response" in page
    assert "these move most: Sour Bitter -0.40 to -0.20, Sweet +0.30 to +0.15" in page
    untested = {"claim": "c", "value": np.nan, "holds": None, "share_holds": np.nan, "note": "no model has it."}
    page = describe_worth(tables(untested), [claim("rises_with_size", "spread")], False, None, SMALL)
    assert "| **cannot be tested here** |  |  |  |  |" in page
    assert "Not tested: no model has it." in page
    unsure = {"claim": "c", "value": 0.5, "holds": True, "share_holds": 1.0, "note": "too few developers."}
    page = describe_worth(tables(unsure), [claim("rises_with_size", "spread")], False, None, SMALL)
    assert "| **cannot be told from chance** | rho = 0.50 | 12 | p unknown | 100 % |" in page
    assert "No p: too few developers." in page


def test_of_a_single_model_no_mean_is_spoken_of():
    alone = tables()
    alone["mean_profile"]["models"] = 1
    common = {"statistic": "one_profile_share", "family": "taste", "value": 1.0}
    alone["alternatives"] = pd.concat([alone["alternatives"], pd.DataFrame([common])])
    page = describe_worth(alone, [], False, None, SMALL)
    assert "mean over these models" not in page
    assert "One profile" not in page
    alone["mean_profile"]["models"] = 2
    page = describe_worth(alone, [], False, None, SMALL)
    assert "One profile, more or less pronounced, makes up 100 %" in page


def test_validity_says_what_is_known():
    whole = {"family": "taste", "dimension": None}
    rows = [("raters", "convergent", 0.5), ("raters", "discriminant", np.nan), ("shuffled", "convergent", np.nan)]
    validity = pd.DataFrame(
        [whole | {"key": key, "criterion": on, "r": r, "low": r - 0.1, "high": r + 0.1} for key, on, r in rows]
    )
    said = "scores of raters who did not make it correlate +0.50 [0.40, 0.60] with their own questionnaire"
    assert validity_line(validity, SMALL) == f"The key measures other people: {said} on the same dimension."
    validity.loc[1, ["r", "low", "high"]] = [-0.1, -0.2, 0.0]
    assert validity_line(validity, SMALL).endswith("same dimension, -0.10 [-0.20, 0.00] on others.")


def test_means_beyond_chance_are_named_after_holm():
    # 0.001 x 3 and 0.03 x 2: the second is no longer below 0.05.
    line = profile_line(tables()["alternatives"], SMALL)
    assert line.endswith("models: Sweet +0.30. The SD of the mean profile is 0.30, by such keys 0.20 [0.10, 0.25].")


def test_numbers_have_their_names_and_zero_has_no_sign():
    assert bracketed(-0.004, -0.01, 0.004) == "0.00 [-0.01, 0.00]"
    assert bracketed(0.004, -0.004, np.nan) == "0.00 [0.00, nan]"
    assert (bracketed(-10.0, np.nan, np.nan), bracketed(10.004, np.nan, np.nan)) == ("-10.00", "+10.00")
    families = claim("model_families_differ", "spread")
    row = HELD | {"value": -0.16}
    assert describe_claim(families, [families], tables(row), SMALL)["found"] == "omega² = -0.16"
    measures = [
        describe_claim(one, [one], tables(HELD), SMALL)["measure"]
        for one in (
            claim("group_above", "reasoning=yes", "reasoning=no", "Salty"),
            claim("group_above", "reasoning=yes", "reasoning=no", "spread"),
            claim("highest", "Sweet"),
        )
    ]
    assert measures == [
        "the mean difference, in scale points",
        "the mean difference in variance of the profile, in squared scale points",
        "the distance from the nearest of the others, in scale points",
    ]
    assert set(MEASURES) == set(ARGUMENTS)


def test_claims_are_counted():
    several = [claim("rises_with_size", "spread", name=name) for name in "abcde"]
    rows = [HELD | {"claim": name} for name in "ab"]
    rows += [HELD | {"claim": "c", "share_holds": 0.5}, HELD | {"claim": "d", "holds": False}]
    rows += [HELD | {"claim": "e", "holds": None}]
    said = verdict_line(judge_all(several, tables(*rows), SMALL).values())
    counted = "2 hold, 1 depends on a choice of the analysis, 1 does not hold."
    assert said == f"Of 4 claims about models that can be tested, {counted}"
    assert verdict_line(["holds"]) == "The one claim about models that can be tested holds."
    assert verdict_line(["cannot be tested here"]) == ""
    chance = tables(*(HELD | {"claim": name, "p": 0.05} for name in "ab"))
    assert verdict_line(judge_all(several[:2], chance, SMALL).values()).endswith(
        " tested, 2 cannot be told from chance."
    )


def chance_of(p):
    whole = {"dimension": None, "tags": 30, "expected": 10.0, "p": 0.001, "false_discovery_rate": 0.25, "surviving": 4}
    parts = [{"dimension": name, "tags": 10, "p": p_} for name, p_ in p.items()]
    about = {"family": "taste", "direction": "positive", "tests": 90, "low": 5.0, "high": 15.0, "surviving": 0}
    return pd.DataFrame([about | row for row in (whole, *parts)])


def test_tags_are_held_against_chance():
    line = chance_line(chance_of({"Sweet": 0.01, "Salty": 0.03, "Sour_Bitter": 0.9}), SMALL)
    assert line == (
        "The key has 30 positive tags of the tastes in 90 tests; shuffled raters, in whom nothing correlates, give 10 "
        "[5, 15]. Some pairs do correlate, so fewer tags are false: about 25 %; 4 survive a "
        "correction for all tests. More than chance: Sweet; not told from chance: Salty, Sour Bitter."
    )
    many = {"tags": 30, "expected": 10.0, "low": 5.0, "high": 15.0}
    assert by_chance(pd.Series(many | {"false_discovery_rate": 1 / 3})) == (
        "10 [5, 15], so about 33 % are of pairs that do not correlate"
    )
    # More by chance than were found.
    most = many | {"expected": 40.0, "false_discovery_rate": 1.0}
    assert by_chance(pd.Series(most)).endswith("so about 100 % are of pairs that do not correlate")
    assert by_chance(pd.Series(many | {"false_discovery_rate": np.nan})) == "10 [5, 15]"
    assert chance_line(chance_of({"Sweet": 0.01}).assign(tests=0), SMALL).startswith(
        "No item can be correlated with any of the tastes: "
    )
    assert chance_line(chance_of({"Sweet": 0.01}), SMALL).endswith("More than chance: Sweet.")


def test_dilution_in_words():
    row = {"family": "taste", "tags": 1287, "strong": 14.2, "dilution": 0.3, "low": 0.14, "high": 0.65}
    assert dilution_line(pd.DataFrame([{"family": "pace"}, row]), SMALL) == (
        "Infinitely many raters would tag about 14 pairs instead of 1,287; scores by the key at hand are 30 % "
        "[14 %, 65 %] as far from 0 as by theirs."
    )
    few = dilution_line(pd.DataFrame([row | {"low": np.nan}]), SMALL)
    assert few.endswith("instead of 1,287; too few to tell how far wrong tags dilute scores.")
    assert dilution_line(pd.DataFrame([row | {"strong": np.nan}]), SMALL) == ""


@pytest.mark.parametrize(
    ("r", "low", "said"),
    [
        (0.2, 0.1, "measures other people, weakly:"),
        (0.3, 0.1, "measures other people:"),
        (0.3, -0.1, "cannot be shown to measure other people:"),
        (np.nan, np.nan, "With so few raters, or tags,"),
    ],
)
def test_validity_in_words(r, low, said):
    about = [("raters", "convergent", r), ("raters", "discriminant", 0.0), ("shuffled", "convergent", 0.0)]
    validity = pd.DataFrame(
        [
            {
                "family": "taste",
                "dimension": None,
                "key": key,
                "criterion": criterion,
                "r": value,
                "low": low,
                "high": 0.5,
            }
            for key, criterion, value in about
        ]
    )
    assert said in validity_line(validity, SMALL)
