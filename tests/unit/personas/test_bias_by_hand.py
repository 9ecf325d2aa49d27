"""Personas against people in small cases: tables by hand and by plain loops, texts word by word."""

import itertools

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from scipy.stats import kendalltau, spearmanr, t
from value_portrait.personas import bias
from value_portrait.personas.effects import DRAWS, Effects

TASTES = list(SMALL.main.names)
SUBJECT = ["source", "model", "framing"]


def effects_of(cells, draws=None):
    """Effects from rows of model, axis, group, order, people, dimension, effect and its interval's half widths."""
    columns = ["model", "axis", "group", "order", "people", "dimension", "effect", "below", "above"]
    table = pd.DataFrame(cells, columns=columns).assign(source="answers", framing="default")
    table = table.assign(
        family=["pace" if dimension == "Haste" else "taste" for dimension in table["dimension"]],
        ci_low=table["effect"] - table["below"],
        ci_high=table["effect"] + table["above"],
    )
    return Effects(table, draws)


def people_of(cells):
    columns = ["weighting", "axis", "group", "dimension", "human_effect", "ci_low", "ci_high"]
    return pd.DataFrame(cells, columns=columns).assign(source="survey", n=9)


def test_every_persona_stands_beside_each_count_of_its_people():
    found = effects_of(
        [
            ("m", "age", "kid", 1, "young", "Haste", 9.0, 1, 1),
            ("m", "age", "robot", None, None, "Sweet", 8.0, 1, 1),
            ("m", "age", "kid", 1, "young", "Sweet", 1.0, 3, 0.3),
            ("m", "age", "kid", 1, "young", "Salty", -0.5, 0.6, 0.6),
            ("m", "sex", "kid", None, "young", "Sweet", 7.0, 1, 1),
        ]
    )
    people = people_of(
        [
            ("none", "age", "young", "Sweet", 0.5, 0.1, 4.5),
            ("anweight", "age", "young", "Sweet", -0.5, np.nan, np.nan),
            ("none", "age", "young", "Salty", 0.0, -0.8, 0.8),
            ("none", "age", "young", "Haste", 1.0, 0.8, 1.2),
            ("none", "age", "old", "Sweet", 3.0, 2.0, 4.0),
        ]
    )
    held = bias.hold_against_people(found, people, SMALL)
    expected = pd.DataFrame(
        [
            ("Sweet", "none", 1.0, -2.0, 1.3, 0.5, 0.1, 4.5, 0.5, 0.5 - 5.0, 0.5 + 0.5, True, 2),
            ("Sweet", "anweight", 1.0, -2.0, 1.3, -0.5, np.nan, np.nan, 1.5, 1.5 - 3.0, 1.5 + 0.3, False, 2),
            ("Salty", "none", -0.5, -1.1, 0.1, 0.0, -0.8, 0.8, -0.5, -1.5, 0.5, pd.NA, 3),
        ],
        columns=[
            *("dimension", "weighting", "persona_effect", "persona_ci_low", "persona_ci_high"),
            *("human_effect", "human_ci_low", "human_ci_high"),
            *("difference", "difference_ci_low", "difference_ci_high", "same_sign", "row"),
        ],
    ).astype({"same_sign": "boolean"})
    about = {"source": "answers", "model": "m", "framing": "default", "axis": "age", "group": "kid", "order": 1.0}
    expected = expected.assign(**about, people_source="survey")
    columns = [*about, "dimension", "people_source", "weighting", *expected.columns[2:13]]
    pd.testing.assert_frame_equal(held, expected[columns])


def held_of(cells):
    """What is held against people, from rows of model, axis, group, dimension, persona and human effect."""
    table = pd.DataFrame(cells, columns=["model", "axis", "group", "dimension", *bias.PAIR])
    about = {"source": "answers", "framing": "default", "people_source": "survey", "weighting": "none"}
    return table.assign(**about, row=np.arange(len(table))[::-1])


def random_axis(groups, seed=1, model="m", axis="age"):
    rng = np.random.default_rng(seed)
    return [(model, axis, group, dimension, *rng.normal(size=2)) for dimension in TASTES for group in groups]


def plain_slope(p, h):
    return sum(a * b for a, b in zip(p, h, strict=True)) / sum(b * b for b in h)


def test_agreement_is_that_of_plain_loops():
    """Two subjects on two axes of three and two groups, with draws; rows run against those of the effects."""
    cells = random_axis("zxy") + random_axis("vu", 2, axis="acre") + random_axis("zxy", 3, "b")
    held = held_of(cells)
    draws = np.random.default_rng(4).normal(size=(DRAWS, len(cells)))
    found = bias.assess_agreement(held, draws, 100, 1)
    assert list(found.columns) == [
        *SUBJECT,
        *("axis", "people_source", "weighting", "against", "group", "n", "n_signs"),
        *("same_sign", "same_sign_expected", "same_sign_p", "rho", "rho_p"),
        *("slope", "slope_ci_low", "slope_ci_high", "interval"),
    ]
    expected_rows = []
    for model, axis, groups in (("m", "age", "zxy"), ("m", "acre", "vu"), ("b", "age", "zxy")):
        own = {
            (row.group, row.dimension): (row.persona_effect, row.human_effect, draws[:, row.row])
            for row in held[(held["model"] == model) & (held["axis"] == axis)].itertuples()
        }
        middle = {value: [np.mean([own[g, value][k] for g in groups], axis=0) for k in range(3)] for value in TASTES}
        for against in ("baseline", "axis_mean"):
            cell = {
                at: [side - (against == "axis_mean") * middle[at[1]][k] for k, side in enumerate(sides)]
                for at, sides in own.items()
            }
            for group in [*groups, "all"]:
                mirrored = (against, axis) == ("axis_mean", "acre")
                counted = [group] if group != "all" else groups[:1] if mirrored else groups
                pairs = [cell[at] for at in cell if at[0] in counted]
                p, h, drawn = zip(*pairs, strict=True)
                low, high = np.quantile([plain_slope(row, h) for row in np.transpose(drawn)], [0.025, 0.975])
                others = [dict(zip(TASTES, order, strict=True)) for order in itertools.permutations(TASTES)]
                places = [at for at in cell if at[0] in counted]
                dealt = [[(cell[at[0], other[at[1]]][0], cell[at][1]) for at in places] for other in others]
                signs = [sum(a * b > 0 for a, b in cells) for cells in dealt]
                rhos = [spearmanr(*np.round(cells, 9).T).statistic for cells in dealt]
                expected_rows.append(
                    (
                        *("answers", model, "default", axis, "survey", "none", against, group, len(pairs), len(pairs)),
                        *(signs[0], np.mean(signs), np.mean([number >= signs[0] for number in signs])),
                        *(rhos[0], np.mean([rho >= rhos[0] - 1e-9 for rho in rhos])),
                        *(plain_slope(p, h), low, high, "queries"),
                    )
                )
    expected = pd.DataFrame(expected_rows, columns=found.columns)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


def test_one_group_has_no_mean_of_its_axis_to_stand_against():
    found = bias.assess_agreement(held_of(random_axis("x")), None, 100, 1)
    assert found[["against", "group"]].to_numpy().tolist() == [["baseline", "x"], ["baseline", "all"]]


def test_without_people_agreement_has_its_columns():
    nobody = bias.assess_agreement(held_of([]), None, 100, 1)
    assert nobody.empty
    assert list(nobody.columns) == list(bias.assess_agreement(held_of(random_axis("x")), None, 100, 1).columns)


def test_zeros_have_no_sign_and_rounding_makes_none():
    """0.3 - 0.1 - 0.2 is 5.6e-17; of five pairs two have two signs, and one of them agrees."""
    pairs = [(0.3 - 0.1 - 0.2, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, 2.0), (1.0, -2.0)]
    cells = [("m", "age", f"g{number}", "Sweet", *pair) for number, pair in enumerate(pairs)]
    found = bias.assess_agreement(held_of(cells), None, 100, 1)
    row = found[(found["against"] == "baseline") & (found["group"] == "all")].iloc[0]
    assert row[["n", "n_signs", "same_sign"]].tolist() == [5, 2, 1]


def test_slopes_of_printed_groups_by_hand():
    """Sweet 2 : 1, Salty 1 : 1 and Sour_Bitter 0 : 2 give (2 + 1 + 0) / 6; residuals 3/2, 1/2 and -1, squared 3.5."""
    pairs = {"Sweet": (2.0, 1.0), "Salty": (1.0, 1.0), "Sour_Bitter": (0.0, 2.0)}
    cells = [("m", "age", "x", value, *pair) for value, pair in pairs.items()]
    group, everybody = bias.assess_agreement(held_of(cells), None, 100, 1).to_dict("records")
    margin = t.ppf(0.975, 2) * np.sqrt(3.5 / 2 / 6)
    names = ["slope", "slope_ci_low", "slope_ci_high"]
    assert [group[name] for name in names] == pytest.approx([0.5, 0.5 - margin, 0.5 + margin])
    # Without Sweet 1 / 5, without Salty 2 / 5, without Sour_Bitter 3 / 2: their mean is 0.7, squares 0.25, 0.09, 0.64.
    margin = t.ppf(0.975, 2) * np.sqrt(2 / 3 * 0.98)
    assert [everybody[name] for name in names] == pytest.approx([0.5, 0.5 - margin, 0.5 + margin])
    assert group["interval"] == everybody["interval"] == "values"


def test_slopes_that_cannot_be_or_have_no_interval():
    two = bias.assess_agreement(held_of([("m", "age", "x", value, 2.0, 1.0) for value in TASTES[:2]]), None, 100, 1)
    assert two["slope"].tolist() == [2, 2]
    level = bias.assess_agreement(held_of([("m", "age", "x", value, 2.0, 0.0) for value in TASTES]), None, 100, 1)
    for table in (two, level):
        assert table[["slope_ci_low", "slope_ci_high", "interval"]].isna().all(axis=None)
    assert level["slope"].isna().all()
    assert level["rho"].isna().all()
    # All of people's differences are in one value: without it there is no slope, so there is no jackknife.
    one = bias.assess_agreement(held_of([("m", "age", "x", v, 1.0, float(v == "Salty")) for v in TASTES]), None, 100, 1)
    assert one["slope"].tolist() == [1, 1]
    assert one.loc[1, ["slope_ci_low", "slope_ci_high"]].isna().all()
    assert one.loc[0, ["slope_ci_low", "slope_ci_high"]].notna().all()


def test_draws_without_numbers_are_those_of_printed_effects():
    """Of a joined body the printed part has none; some missing draws of the other part are too few to matter."""
    held = held_of(random_axis("x") + random_axis("x", 2, "b"))
    draws = np.random.default_rng(4).normal(size=(DRAWS, 6))
    draws[:, held.loc[held["model"] == "m", "row"]] = np.nan
    draws[:9, held.loc[held["model"] == "b", "row"]] = np.nan
    found = bias.assess_agreement(held, draws, 100, 1)
    assert found["interval"].tolist() == ["values"] * 2 + ["queries"] * 2
    assert found[["slope_ci_low", "slope_ci_high"]].notna().all(axis=None)


def test_trends_of_models_and_people_by_hand():
    """Old comes first in the table, young in order; Salty falls and rises; two groups make no trend."""
    effect = {
        "Sweet": {"young": 0.1, "mid": 0.2, "old": 0.3},
        "Salty": {"young": 0.3, "mid": 0.1, "old": 0.2},
        "Sour_Bitter": {"young": 0.3, "mid": 0.1, "old": 0.0},
    }
    places = {"old": 5, "young": 1, "mid": 2}
    cells = [
        ("m", "age", group, place, None if group == "mid" else group, value, effect[value][group], 0, 0)
        for group, place in places.items()
        for value in TASTES
    ]
    cells += [("m", "sex", "x", None, "x", "Sweet", 1.0, 0, 0), ("m", "wealth", "x", 1, "x", "Sweet", 1.0, 0, 0)]
    people = people_of(
        [
            *(("none", "age", group, "Sweet", {"old": 3.0, "young": 1.0, "mid": 2.0}[group], 0, 0) for group in places),
            ("none", "sex", "x", "Sweet", 1.0, 0, 0),
            ("none", "age", "nobody", "Sweet", 1.0, 0, 0),
        ]
    )
    found = bias.assess_trends(effects_of(cells).table, people)
    assert list(found.columns) == [*SUBJECT, "weighting", "axis", "dimension", "n", "tau", "strict", "direction"]
    about = found[["source", "model", "framing", "weighting", "axis", "dimension", "n", "strict", "direction"]]
    about = about.astype(object).where(about.notna(), None)
    of_model, of_people = ("answers", "m", "default", None), ("survey", None, None, "none")
    assert list(map(tuple, about.to_numpy().tolist())) == (
        [
            (*of_model, "age", "Sweet", 3, True, "rises"),
            (*of_model, "age", "Salty", 3, False, None),
            (*of_model, "age", "Sour_Bitter", 3, True, "falls"),
            (*of_model, "wealth", "Sweet", 1, False, None),
            # No persona of an ordered place stands for people in the middle, and two steps are no trend.
            (*of_people, "age", "Sweet", 2, False, None),
        ]
    )
    tau = found[found["axis"] == "age"].set_index(["source", "dimension"])["tau"]
    assert tau["answers", "Sweet"] == 1
    assert tau["answers", "Sour_Bitter"] == -1
    assert tau["answers", "Salty"] == pytest.approx(kendalltau([1, 2, 5], [0.3, 0.1, 0.2]).statistic)
    assert tau["survey", "Sweet"] == 1
    nothing = bias.assess_trends(effects_of(cells[-2:-1]).table, people.head(0))
    assert nothing.empty
    assert list(nothing.columns) == list(found.columns)


AGREEMENT = pd.DataFrame(
    [
        (
            "m",
            "default",
            "age",
            "anweight",
            "axis_mean",
            "all",
            10,
            8,
            5,
            4.06,
            0.744,
            0.126,
            0.0004998,
            1.234,
            -0.5,
            2.0,
        ),
        ("m", "first_turn", "sex", "none", "baseline", "all", 3, 3, 2, None, None, -0.5, None, -0.25, -1.0, 0.5),
        (
            "m",
            "first_turn",
            "sex",
            "as_printed",
            "baseline",
            "x",
            3,
            3,
            2,
            np.nan,
            np.nan,
            -0.5,
            np.nan,
            -0.25,
            -1.0,
            0.5,
        ),
    ],
    columns=[
        *("model", "framing", "axis", "weighting", "against", "group", "n", "n_signs"),
        *("same_sign", "same_sign_expected", "same_sign_p", "rho", "rho_p", "slope", "slope_ci_low", "slope_ci_high"),
    ],
).assign(source="answers", people_source="survey")
TRENDS = pd.DataFrame(
    [
        *(("answers", "m", "first_turn", None, "age", value, 3, value != "Salty") for value in TASTES),
        ("answers", "a", "default", None, "age", "Sweet", 3, False),
        ("survey", None, None, "anweight", "acre", "Sweet", 4, True),
        ("survey", None, None, "as_printed", "sex", "Sweet", 2, False),
        ("answers", "m", "first_turn", None, "age", "Haste", 3, True),
    ],
    columns=[*SUBJECT, "weighting", "axis", "dimension", "n", "strict"],
)
VERSIONS = pd.DataFrame(
    [
        ("answers", "m", "default", "steering", "taste", -1.25, 1.0),
        ("answers", "m", "default", "age", "taste", -1.5, 1.0),
        ("answers", "m", "default", "sex", "taste", 0.5, 0.5),
        ("answers", "m", "default", "age", "taste", 0.5, np.nan),
        # Alike in all versions.
        ("answers", "m", "default", "age", "taste", 0.1, 0.0),
        ("answers", "m", "default", "age", "taste", 1e-16, 0.0),
        ("answers", "m", "default", "age", "pace", 9.0, 1.0),
        ("printed", "m", "default", "age", "taste", 9.0, 1.0),
    ],
    columns=[*SUBJECT, "axis", "family", "version_mean", "version_sd"],
)


def test_the_text_word_by_word():
    assert bias.describe(AGREEMENT, TRENDS, VERSIONS, 4, SMALL).splitlines() == [
        "",
        "## Personas against people, all groups of an axis together",
        "",
        "Against the baseline, and against the mean of the axis's groups, which takes off what every persona does "
        "alike. People and personas stand on two instruments with different spread: signs, order and pattern compare, "
        "single sizes do not, and a slope of 1 is no yardstick. Intervals are conditional on the item key: they do not "
        "say how far it could have come out otherwise. By chance, and p (one-sided): if the personas' effects were "
        "dealt to the values in any other order, the same for all groups. Where related values go together on both "
        "sides, p is too small, and there are many rows: a p just below 0.05 is no finding.",
        "",
        "| model | people | axis | against | signs that agree | rho | slope [95 % interval] |",
        "|---|---|---|---|---|---|---|",
        "| m | weighted | age | axis mean | 5 of 8, by chance 4.1, p 0.74 | 0.13, p < 0.001 | 1.23 [-0.50, 2.00] |",
        "| m, first_turn | unweighted | sex | baseline | 2 of 3 | -0.50 | -0.25 [-1.00, 0.50] |",
        "",
        "## Trends along ordered axes",
        "",
        "Tastes that only rise or only fall from group to group, in `trends.csv` one by one. By chance: if every order "
        "of the groups were equally likely, number of tastes · 2 / (groups)!.",
        "",
        "- m, first_turn, age: 2 of 3 tastes (1.0 by chance).",
        "- a, age: 0 of 1 tastes (0.3 by chance).",
        "- people, weighted, acre: 1 of 1 tastes (0.1 by chance).",
        "",
        "## Personas and steering against prompt versions",
        "",
        # Four versions: |t| above 2 at 3 degrees of freedom is 13.9 %.
        "An effect exceeds its spread if its mean over the 4 versions is larger than its standard deviation over them. "
        "Without any effect, about 14 % would by chance.",
        "",
        "- m, steering: 1 of 1 effects on tastes exceed their spread over versions.",
        "- m, personas: 2 of 4 effects on tastes exceed their spread over versions.",
    ]


def test_the_text_of_what_there_is_not():
    assert bias.describe(AGREEMENT.head(0), TRENDS.head(0), VERSIONS.head(3), 1, SMALL) == (
        "\n## Personas against people, all groups of an axis together\n"
        "\nLeft out: there are no groups of people, or no persona stands for one.\n"
        "\n## Personas and steering against prompt versions\n"
        "\nLeft out: there is one prompt version, and no spread over versions.\n"
    )
    text = bias.describe(AGREEMENT.head(0), TRENDS.head(0), VERSIONS.tail(1), 1, SMALL)
    assert "prompt version" not in text
    assert "Trends" not in text


def test_people_are_named_by_how_they_were_counted():
    names = [bias.people_name({"weighting": weighting}) for weighting in ("anweight", "none", "as_printed")]
    assert names == ["weighted", "unweighted", "as printed"]


def test_people_who_are_counted_as_printed_are_held_against_too():
    found = bias.assess_agreement(held_of(random_axis("xy")).assign(weighting=None), None, 100, 1)
    assert found["weighting"].isna().all()
    assert found["group"].tolist() == ["x", "y", "all"] * 2


@pytest.mark.filterwarnings("error")
def test_a_side_that_is_all_the_same_has_no_correlation_and_no_warning():
    assert np.isnan(bias.spearman(np.array([1.0, 2.0, 3.0]), np.full(3, 2.0)))
    assert np.isnan(bias.kendall(np.full(3, 2.0), np.array([1.0, 2.0, 3.0])))
