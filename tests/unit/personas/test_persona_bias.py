"""Personas held against people: by hand, against SciPy and NumPy, and the findings that the paper quotes."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from instruments import VALUE_PORTRAIT
from scipy.stats import kendalltau, spearmanr
from value_portrait.checking import read_rows
from value_portrait.config_tables import Persona
from value_portrait.paper import personas as pp
from value_portrait.personas import bias as pb
from value_portrait.personas.effects import DRAWS, Effects

VALUES = list(VALUE_PORTRAIT.main.names)
REFERENCE = ROOT / "data/reference"
PERSONAS = [row for _, row in read_rows(ROOT / "config/personas.tsv", "personas", Persona)]


def printed():
    effects = pp.printed_effects(
        pd.read_csv(REFERENCE / "tables_13_to_19_personas.csv", comment="#"),
        pd.read_csv(REFERENCE / "table_17_value_steering.csv", comment="#"),
        PERSONAS,
        VALUE_PORTRAIT,
    )
    people = pd.read_csv(REFERENCE / "tables_13_to_16_people.csv", comment="#")
    people = people.melt(["axis", "group"], var_name="dimension", value_name="human_effect")
    return effects, people.assign(source="printed", weighting="as_printed", n=None, ci_low=np.nan, ci_high=np.nan)


def subject(groups, draws=None, order=(1, 2, 3)):
    """Effects of one model on one axis, and people: ``groups`` maps a label to persona and human effects, ten each."""
    rows = [
        ("answers", "m", "default", "age", f"age_{label}", label, place, label, "pvq", value, effect)
        for place, (label, (effects, _)) in zip(order, groups.items(), strict=False)
        for value, effect in zip(VALUES, effects, strict=True)
    ]
    names = [
        "source",
        "model",
        "framing",
        "axis",
        "persona",
        "group",
        "order",
        "people",
        "family",
        "dimension",
        "effect",
    ]
    table = pd.DataFrame(rows, columns=names).assign(ci_low=np.nan, ci_high=np.nan)
    people = pd.DataFrame(
        [
            ("age", label, value, effect)
            for label, (_, human) in groups.items()
            for value, effect in zip(VALUES, human, strict=True)
        ],
        columns=["axis", "group", "dimension", "human_effect"],
    ).assign(source="ess_microdata", weighting="anweight", n=100, ci_low=np.nan, ci_high=np.nan)
    return Effects(table, draws), people


def test_the_findings_that_the_paper_quotes():
    effects, people = printed()
    findings = pp.quoted_findings(pb.hold_against_people(effects, people, VALUE_PORTRAIT)).set_index("finding")
    gaps = findings[["persona", "human"]].round(2)
    assert gaps.loc["Conformity: Male minus Female"].tolist() == [0.51, 0.02]
    assert gaps.loc["Hedonism: Left-wing minus Right-wing"].tolist() == [0.74, 0.03]
    # The lowest of four personas, where people with a master's degree are the highest of four groups.
    lowest = "Self_Direction: rank of Master among the groups of education, 1 = lowest"
    assert gaps.loc[lowest].tolist() == [1, 4]
    assert findings["holds"].all()
    assert len(findings) == 3


def test_findings_that_do_not_hold_say_so():
    effects, people = printed()
    bias = pb.hold_against_people(effects, people, VALUE_PORTRAIT)
    turned = bias.assign(persona_effect=bias["human_effect"], human_effect=bias["persona_effect"])
    assert not pp.quoted_findings(turned)["holds"].any()
    assert pp.quoted_findings(bias[bias["axis"] == "age"]).empty
    # Large differences the other way round are no confirmation.
    against = pp.quoted_findings(bias.assign(persona_effect=-bias["persona_effect"])).head(2)
    assert (against["persona"].abs() > against["human"].abs()).all()
    assert not against["holds"].any()


def test_all_printed_groups_with_people_are_held_against_them():
    effects, people = printed()
    bias = pb.hold_against_people(effects, people, VALUE_PORTRAIT)
    assert len(bias) == 13 * 10
    cell = bias.set_index(["group", "dimension"]).loc[("Right-wing", "Hedonism")]
    assert cell[["persona_effect", "human_effect"]].tolist() == [-0.50, -0.05]
    assert cell["difference"] == pytest.approx(-0.45)
    assert cell["same_sign"]
    zeros = bias[(bias["human_effect"] == 0) | (bias["persona_effect"] == 0)]
    assert len(zeros) == 10
    assert zeros["same_sign"].isna().all()


def test_the_interval_of_a_difference_by_hand():
    """3 and 4 on either side make 5; a human mean without an interval adds nothing."""
    effects, people = subject({"old": (np.ones(10), np.zeros(10))})
    table = effects.table.assign(ci_low=1 - 3.0, ci_high=1 + 0.3)
    people = people.assign(ci_low=0 - 0.4, ci_high=0 + 4.0)
    own = pb.hold_against_people(Effects(table, None), people, VALUE_PORTRAIT).iloc[0]
    assert own["difference_ci_low"] == pytest.approx(1 - 5)
    assert own["difference_ci_high"] == pytest.approx(1 + 0.5)
    alone = pb.hold_against_people(
        Effects(table, None), people.assign(ci_low=np.nan, ci_high=np.nan), VALUE_PORTRAIT
    ).iloc[0]
    assert alone[["difference_ci_low", "difference_ci_high"]].tolist() == pytest.approx([-2.0, 1.3])
    printed_alone = pb.hold_against_people(Effects(effects.table, None), people, VALUE_PORTRAIT).iloc[0]
    assert np.isnan(printed_alone["difference_ci_low"])


@settings(max_examples=50)
@given(hnp.arrays(float, (2, 10), elements=st.integers(-3, 3)))
def test_rank_correlations_are_scipys(sides):
    if min(np.ptp(side) for side in sides) == 0:
        assert np.isnan(pb.spearman(*sides))
        assert np.isnan(pb.kendall(*sides))
    else:
        assert pb.spearman(*sides) == pytest.approx(spearmanr(*sides).statistic, abs=1e-12)
        assert pb.kendall(*sides) == pytest.approx(kendalltau(*sides).statistic, abs=1e-12)


def test_agreement_against_numpy_and_scipy():
    effects, people = printed()
    bias = pb.hold_against_people(effects, people, VALUE_PORTRAIT)
    agreement = pb.assess_agreement(bias, None, 100, 1)
    assert len(agreement) == 2 * (13 + 4)
    for row in agreement.to_dict("records"):
        axis = bias[bias["axis"] == row["axis"]]
        if row["against"] == "axis_mean":
            means = axis.groupby("dimension")[pb.PAIR].transform("mean")
            axis = axis.assign(**(axis[pb.PAIR] - means))
        mirrored = (row["against"], row["axis"]) == ("axis_mean", "gender")
        label = "Male" if mirrored else row["group"]
        own = axis if label == "all" else axis[axis["group"] == label]
        assert row["n"] == len(own)
        p, h = own["persona_effect"].to_numpy(), own["human_effect"].to_numpy()
        assert row["slope"] == pytest.approx(np.linalg.lstsq(h[:, None], p, rcond=None)[0][0])
        # SciPy sees differences of 1e-17 where there is a tie.
        assert row["rho"] == pytest.approx(spearmanr(p.round(9), h.round(9)).statistic)
        assert row["interval"] == "values"
    right = agreement.query("group == 'Right-wing' and against == 'baseline'").iloc[0]
    assert (right["same_sign"], right["n_signs"]) == (9, 10)


@pytest.mark.parametrize(
    ("axis", "against", "expected"),
    [
        ("age", "axis_mean", [0.24, -0.01, 0.49]),
        ("age", "baseline", [0.33, 0.03, 0.64]),
        ("politics", "baseline", [1.04, 0.24, 1.84]),
        ("education", "baseline", [-0.84, -1.39, -0.29]),
    ],
)
def test_the_groups_of_a_printed_axis_are_not_taken_as_independent(axis, against, expected):
    effects, people = printed()
    agreement = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), None, 100, 1)
    row = agreement.query("group == 'all' and axis == @axis and against == @against").iloc[0]
    assert row[["slope", "slope_ci_low", "slope_ci_high"]].tolist() == pytest.approx(expected, abs=0.005)


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(0, 1000))
def test_a_printed_axis_is_no_surer_for_the_same_group_many_times(times, seed):
    p, h = np.random.default_rng(seed).normal(size=(2, 10))
    ends = []
    for labels in (["once"], [f"copy {number}" for number in range(times)]):
        effects, people = subject(dict.fromkeys(labels, (p, h)), order=range(times))
        agreement = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), None, 100, 1)
        ends.append(agreement.query("group == 'all' and against == 'baseline'")[["slope_ci_low", "slope_ci_high"]])
    np.testing.assert_allclose(*ends)


def test_two_groups_against_their_mean_count_once():
    rng = np.random.default_rng(4)
    groups = {label: (rng.normal(size=10), rng.normal(size=10)) for label in ("young", "old")}
    effects, people = subject(groups)
    agreement = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), None, 100, 1).query(
        "against == 'axis_mean'"
    )
    assert agreement["n"].tolist() == [10, 10, 10]
    numbers = agreement.set_index("group")[["same_sign", "rho", "slope"]]
    pd.testing.assert_series_equal(numbers.loc["all"], numbers.loc["young"], check_names=False)


def test_the_interval_of_a_printed_slope_by_hand():
    h = np.array([1.0, -1, 1, -1, 0, 0, 0, 0, 0, 0])
    p = 2 * h + np.array([0, 0, 0, 0, 3.0, -3, 0, 0, 0, 0])
    effects, people = subject({"old": (p, h)})
    row = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), None, 100, 1).iloc[0]
    # Residual variance 18 / 9 = 2, divided by sum(h²) = 4; t(9) at 97.5 % is 2.262157.
    assert row["slope"] == pytest.approx(2)
    assert row["slope_ci_high"] - 2 == pytest.approx(2.262157 * np.sqrt(0.5), abs=1e-5)


def test_the_interval_of_a_slope_comes_from_the_draws_where_there_are_some():
    rng = np.random.default_rng(1)
    h = rng.normal(size=10)
    slopes = rng.normal(1.5, 0.2, DRAWS)
    effects, people = subject({"old": (1.5 * h, h)}, np.outer(slopes, h))
    row = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), effects.draws, 100, 1).iloc[0]
    assert row["interval"] == "queries"
    assert [row["slope_ci_low"], row["slope_ci_high"]] == pytest.approx(np.quantile(slopes, [0.025, 0.975]))


@settings(max_examples=20)
@given(st.floats(-5, 5), st.integers(0, 1000))
def test_what_all_personas_do_alike_does_not_count_against_the_axis_mean(shift, seed):
    rng = np.random.default_rng(seed)
    base = {label: (rng.normal(size=10), rng.normal(size=10)) for label in ("young", "middle", "old")}
    moved = {label: (effects + shift * np.arange(10), human) for label, (effects, human) in base.items()}
    rows = []
    for groups in (base, moved):
        draws = np.random.default_rng(0).normal(size=(DRAWS, 30))
        effects, people = subject(groups, draws)
        table = pb.assess_agreement(pb.hold_against_people(effects, people, VALUE_PORTRAIT), draws, 100, 1)
        rows.append(table.query("against == 'axis_mean'")[["rho", "slope", "slope_ci_low", "slope_ci_high"]])
    pd.testing.assert_frame_equal(*rows, atol=1e-6)


def test_trends_along_an_ordinal_axis():
    steps = {"young": 0.0, "middle": 0.2, "old": 0.3}
    effects, people = subject({label: (np.linspace(-1, 1, 10) * at, np.full(10, at)) for label, at in steps.items()})
    shuffled = effects.table.sample(frac=1, random_state=1)
    trends = pb.assess_trends(shuffled, people)
    personas = trends[trends["model"].notna()].set_index("dimension")
    assert personas.loc["Universalism", ["tau", "strict", "direction"]].tolist() == [-1.0, True, "falls"]
    assert personas.loc["Self_Direction", ["tau", "strict", "direction"]].tolist() == [1.0, True, "rises"]
    human = trends[trends["model"].isna()]
    assert len(human) == 10
    assert (human["direction"] == "rises").all()
    level = people.assign(human_effect=people["human_effect"].where(people["group"] != "old", 0.2))
    human = pb.assess_trends(shuffled, level).query("model.isna()")
    assert not human["strict"].any()
    assert human["direction"].isna().all()
    assert human["tau"].iloc[0] == pytest.approx(kendalltau([1, 2, 3], [0, 0.2, 0.2]).statistic)


def test_axes_without_an_order_have_no_trend():
    effects, people = printed()
    trends = pb.assess_trends(effects.table, people)
    assert set(trends["axis"]) == {"age", "politics", "education", "income"}
    # People's Conformity rises through all four ages; the personas' does not.
    own = trends[(trends["axis"] == "age") & (trends["dimension"] == "Conformity")]
    assert own.set_index(own["model"].isna())["direction"].isna().to_dict() == {False: True, True: False}


def test_the_description_holds_the_quoted_numbers():
    effects, people = printed()
    bias = pb.hold_against_people(effects, people, VALUE_PORTRAIT)
    trends = pb.assess_trends(effects.table, people)
    text = pp.describe_findings(pp.quoted_findings(bias))
    text += pb.describe(pb.assess_agreement(bias, None, 100, 1), trends, effects.table, 6, VALUE_PORTRAIT)
    for name, subject in (("GPT-4o, as printed", "model == 'GPT-4o'"), ("people, as printed", "model.isna()")):
        own = trends.query(subject + " and axis == 'age' and dimension in @VALUES")
        assert f"- {name}, age: {own['strict'].sum()} of 10 values (0.8 by chance)." in text
    assert "| Conformity: Male minus Female | 0.51 | 0.02 | go this way |" in text
    assert "| Hedonism: Left-wing minus Right-wing | 0.74 | 0.03 | go this way |" in text
    assert "1 = lowest | 1 | 4 | go this way |" in text
    turned = bias.assign(persona_effect=bias["human_effect"], human_effect=bias["persona_effect"])
    assert "| 0.02 | 0.51 | do not go this way |" in pp.describe_findings(pp.quoted_findings(turned))
    assert "prompt versions" not in text


def test_personas_and_steering_are_counted_apart_against_prompt_versions():
    effects, people = subject({"young": (np.ones(10), np.ones(10)), "old": (np.ones(10), np.ones(10))})
    table = effects.table.assign(version_mean=[-2.0] * 7 + [0.5] * 3 + [1.5] * 10, version_sd=1.0)
    table["axis"] = ["age"] * 10 + ["steering"] * 10
    nothing = pb.hold_against_people(Effects(table, None), people.head(0), VALUE_PORTRAIT)
    trends = pb.assess_trends(table, people)
    text = pb.describe(pb.assess_agreement(nothing, None, 100, 1), trends, table, 6, VALUE_PORTRAIT)
    assert "- m, personas: 7 of 10 effects" in text
    assert "- m, steering: 10 of 10 effects" in text
    null = np.random.default_rng(1).normal(size=(6, 100_000))
    assert (np.abs(null.mean(axis=0)) > null.std(axis=0, ddof=1)).mean() == pytest.approx(0.06, abs=0.005)
    assert "about 6 % would by chance" in text
