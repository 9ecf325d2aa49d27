import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from instruments import VALUE_PORTRAIT
from matplotlib.backends.backend_agg import FigureCanvasAgg
from test_figures import cells, check_texts, words
from value_portrait.personas import bias as persona_bias
from value_portrait.personas import steering
from value_portrait.personas.effects import DRAWS, Effects, join
from value_portrait.personas.ess import group_effects
from value_portrait.publication import figures_personas
from value_portrait.publication.drawing import FIRST
from value_portrait.simulation.recovery import assess_effects

PERSONAS = pd.read_csv(ROOT / "config/personas.tsv", sep="\t")[["persona", "axis", "order", "group", "people"]]


def effects_of(framings=("default",), model="my-model", source="answers", personas=PERSONAS):
    rng = np.random.default_rng(5)
    dimensions = pd.DataFrame(VALUE_PORTRAIT.dimensions, columns=["family", "dimension"])
    table = pd.concat([personas.merge(dimensions, how="cross").assign(framing=framing) for framing in framings])
    table = table.assign(source=source, model=model, effect=rng.normal(0, 0.3, len(table))).reset_index(drop=True)
    draws = table["effect"].to_numpy() + rng.normal(0, 0.1, (DRAWS, len(table)))
    ends = np.quantile(draws, [0.025, 0.975], axis=0)
    return Effects(table.assign(ci_low=ends[0], ci_high=ends[1]), draws)


def people_of(weightings=("anweight", "none"), source="ess_microdata"):
    groups = PERSONAS.dropna(subset="people")[["axis", "people"]].rename(columns={"people": "group"})
    values = pd.DataFrame({"dimension": list(VALUE_PORTRAIT.main.names)})
    parts = [groups.merge(values, how="cross").assign(weighting=weighting) for weighting in weightings]
    table = pd.concat(parts, ignore_index=True)
    effect = np.random.default_rng(6).normal(0, 0.2, len(table))
    ends = {"ci_low": effect - 0.02, "ci_high": effect + 0.02}
    return table.assign(source=source, n=100, human_effect=effect, **ends)


def figures_of(effects, people):
    bias = persona_bias.hold_against_people(effects, people, VALUE_PORTRAIT)
    agreement = persona_bias.assess_agreement(bias, effects.draws, 100, 1)
    told = (
        steering.change_by_distance(effects, 1, VALUE_PORTRAIT),
        steering.hit_targets(effects.table, VALUE_PORTRAIT),
    )
    return {
        "personas_and_people": figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT),
        "persona_effects": figures_personas.persona_effects(effects.table, VALUE_PORTRAIT),
        "steering": figures_personas.steering(effects.table, *told, VALUE_PORTRAIT),
    }


@pytest.mark.parametrize(
    ("framings", "weightings", "model"),
    [
        (["default"], ["as_printed"], "m"),
        (["default", "first_turn"], ["anweight", "none"], "organisation/a-very-long-model-name-2025:free"),
    ],
)
def test_texts_stay_on_the_page_and_apart(framings, weightings, model, monkeypatch):
    for name, figure in figures_of(effects_of(framings, model), people_of(weightings)).items():
        check_texts(name, figure, monkeypatch)


def test_the_heat_maps_print_the_tables():
    effects = effects_of()
    figures = figures_of(effects, people_of())
    first = effects.table.query("group == 'Male'")["effect"].iloc[0]
    assert next(iter(cells(figures["persona_effects"]).values())) == f"{first:z.2f}".replace("0.", ".").replace(
        "-", "−"
    )
    assert len(cells(figures["persona_effects"])) == 25 * 19
    told = effects.table.query("axis == 'steering' and group == 'Power' and dimension == 'Hedonism'")["effect"].item()
    assert cells(figures["steering"])[7, 5] == f"{told:z.2f}".replace("0.", ".").replace("-", "−")


def test_every_panel_says_what_chance_gives():
    effects = effects_of()
    bias = persona_bias.hold_against_people(effects, people_of(["as_printed"], "printed"), VALUE_PORTRAIT)
    agreement = persona_bias.assess_agreement(bias, effects.draws, 100, 1)
    female = (agreement["group"] == "Female") & (agreement["against"] == "baseline")
    known = {
        "same_sign": 9,
        "n_signs": 10,
        "same_sign_expected": 5.14,
        "same_sign_p": 0.0121,
        "rho": 0.87,
        "rho_p": 0.5,
    }
    agreement.loc[female, list(known)] = list(known.values())
    drawn = words(figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT))
    assert "9 of 10 signs agree, p 0.012by chance 5.1; ρ 0.87, p 0.5" in drawn
    agreement.loc[female, ["same_sign_expected", "same_sign_p", "rho", "rho_p"]] = np.nan
    drawn = words(figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT))
    assert "9 of 10 signs agreeρ n/a" in drawn


def test_all_groups_are_summed_up_by_hand():
    effects = effects_of()
    bias = persona_bias.hold_against_people(effects, people_of(), VALUE_PORTRAIT)
    agreement = persona_bias.assess_agreement(bias, effects.draws, 100, 1)
    # Of weighted people, at baseline, which alone are shown: rho, its p, and signs of every group.
    own = agreement.query("against == 'baseline' and weighting == 'anweight' and group != 'all'")
    rows = [(0.5, 0.01, 8, 4.4), (-0.25, 0.3, 3, 4.4), (np.nan, np.nan, 5, 4.4), (0.0, 0.9, 6, 4.9)]
    known = pd.DataFrame([rows[place % 4] for place in range(len(own))], own.index)
    agreement.loc[own.index, ["rho", "rho_p", "same_sign", "same_sign_expected"]] = known.to_numpy()
    agreement["n_signs"] = 10
    summed = figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT).axes[-1]
    groups = len(own)
    signs, expected = (sum(rows[place % 4][column] for place in range(groups)) for column in (2, 3))
    above, told = (sum(place % 4 in kinds for place in range(groups)) for kinds in ((0,), (0, 1, 3)))
    title = (
        f"All groups: {signs} of {10 * groups} signs agree, by chance {expected:.0f}; ρ above zero in {above} of {told}"
    )
    assert summed.get_title(loc="left") == title
    axes = list(dict.fromkeys(own["axis"]))
    assert [text.get_text().lower() for text in summed.get_yticklabels()] == axes
    hollow, filled = summed.lines[:2]
    for marks, kinds in ((hollow, (1, 3)), (filled, (0,))):
        expected_marks = [
            (rows[place % 4][0], axes.index(axis)) for place, axis in enumerate(own["axis"]) if place % 4 in kinds
        ]
        assert list(zip(marks.get_xdata(), marks.get_ydata(), strict=True)) == expected_marks
    assert (hollow.get_markerfacecolor(), filled.get_markerfacecolor()) == ("white", FIRST["color"])
    # A group of which chance cannot be told leaves the sum without it.
    agreement.loc[own.index[0], "same_sign_expected"] = np.nan
    summed = figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT).axes[-1]
    assert "chance" not in summed.get_title(loc="left")


def test_without_a_score_figures_say_so():
    none = effects_of().table.head(0)
    assert "no effect" in words(figures_personas.persona_effects(none, VALUE_PORTRAIT))
    assert "no effect" in words(figures_personas.steering(none, none, none, VALUE_PORTRAIT))


def test_every_figure_names_its_sources():
    figures = figures_of(effects_of(source="printed", model="GPT-4o"), people_of(["as_printed"], "printed"))
    for figure in figures.values():
        assert "GPT-4o (as printed in the paper)" in words(figure)
    assert "all respondents, as printed in the paper" in words(figures["personas_and_people"])
    live = words(figures_of(effects_of(), people_of())["personas_and_people"])
    assert "my-model (from its answers)" in live
    assert "ESS round 11, weighted (anweight)" in live
    assert "ESS round 11, unweighted" in live
    simulated = words(figures_of(effects_of(), people_of(source="simulated"))["personas_and_people"])
    assert "all respondents, simulated" in simulated


def test_groups_of_one_axis_and_single_values_are_drawn():
    few = PERSONAS[PERSONAS["persona"].isin(["gender_male", "steering_power"])]
    for figure in figures_of(effects_of(personas=few), people_of()).values():
        FigureCanvasAgg(figure).draw()
    nobody = persona_bias.hold_against_people(effects_of(), people_of().head(0), VALUE_PORTRAIT)
    assert "No persona of this model" in words(figures_personas.personas_and_people(nobody, None, VALUE_PORTRAIT))


def test_a_group_that_nobody_is_in_has_no_difference():
    scores = {value: [0.1, 0.2, 0.3] for value in list(VALUE_PORTRAIT.main.names)}
    table = pd.DataFrame({"weight": [1.0, 1, 1], "gender": [1.0, 1, 1], **scores})
    found = group_effects(table, {"gender": {"Male": (1, 1), "Female": (2, 2)}}, True).set_index("group")
    assert found.loc["Female", ["human_effect", "ci_low", "ci_high"]].isna().all(axis=None)
    assert found.loc["Male", "human_effect"].abs().max() < 1e-12


def test_recovery_is_drawn_subject_by_subject(monkeypatch):
    rng = np.random.default_rng(3)
    parts = [
        pd.DataFrame({"subject": subject, "kind": kind, "planted": rng.normal(0, 0.4, 30)})
        for subject, kind in [
            ("model/one", "personas"),
            ("model/one", "steering"),
            ("two", "steering"),
            ("people", "people"),
        ]
    ]
    scores = pd.concat(parts, ignore_index=True)
    scores["recovered"] = 0.6 * scores["planted"]
    scores = scores.assign(ci_low=scores["recovered"] - 0.1, ci_high=scores["recovered"] + 0.1)
    fits = assess_effects(scores)
    assert fits["slope"].tolist() == pytest.approx([0.6] * len(fits))
    inside = (0.4 * scores["planted"]).abs() <= 0.1
    assert fits.query("kind == 'all'")["coverage"].tolist() == pytest.approx(
        inside.groupby(scores["subject"], sort=False).mean().tolist()
    )
    assert assess_effects(scores.assign(ci_low=np.nan, ci_high=np.nan))["coverage"].isna().all()
    assert fits["correlation"].tolist() == pytest.approx([1] * len(fits))
    one = fits[(fits["subject"] == "model/one") & (fits["kind"] == "all")].iloc[0]
    assert one["rmse"] == pytest.approx(0.4 * np.sqrt((scores["planted"][:60] ** 2).mean()))
    figure = figures_personas.persona_recovery(scores, fits)
    assert f"r 1.00, slope 0.60, n 60, {100 * inside[:60].mean():.0f} % inside" in words(figure)
    check_texts("persona_recovery", figure, monkeypatch)


@pytest.mark.parametrize(
    "told",
    [
        {"default": ["gender_male", "gender_female"], "first_turn": ["age_20_39", "age_40_59"]},
        {"default": ["gender_male"], "first_turn": ["gender_female"]},
        {f"framing_{number}": ["gender_male"] for number in range(12)},
        {"default": ["steering_power", "steering_hedonism"]},
        {"default": ["gender_male"]},
        {"default": ["race_white", "race_black"]},
    ],
    ids=["axes framed apart", "groups framed apart", "many framings", "steering", "one persona", "axis without people"],
)
def test_any_choice_of_personas_is_estimated_described_and_drawn(told):
    parts = [effects_of([framing], personas=PERSONAS[PERSONAS["persona"].isin(own)]) for framing, own in told.items()]
    effects = join([Effects(part.table.assign(version_mean=2.0, version_sd=1.0), part.draws) for part in parts])
    people = people_of()
    bias = persona_bias.hold_against_people(effects, people, VALUE_PORTRAIT)
    agreement = persona_bias.assess_agreement(bias, effects.draws, 100, 1)
    trends = persona_bias.assess_trends(effects.table, people)
    described = persona_bias.describe(agreement, trends, effects.table, 6, VALUE_PORTRAIT)
    with_people = PERSONAS.dropna(subset="people").set_index("persona")["axis"]
    axes = [with_people[[name for name in own if name in with_people]] for own in told.values()]
    assert described.count("| baseline |") == 2 * sum(own.nunique() for own in axes)
    assert described.count("| axis mean |") == 2 * sum((own.value_counts() > 1).sum() for own in axes)
    drawn = [figures_personas.personas_and_people(bias, agreement, VALUE_PORTRAIT)]
    if (effects.table["axis"] == "steering").all():
        found = (
            steering.change_by_distance(effects, 1, VALUE_PORTRAIT),
            steering.hit_targets(effects.table, VALUE_PORTRAIT),
        )
        drawn.append(figures_personas.steering(effects.table, *found, VALUE_PORTRAIT))
    else:
        drawn.append(figures_personas.persona_effects(effects.table, VALUE_PORTRAIT))
    for figure in drawn:
        FigureCanvasAgg(figure).draw()
    # Panels whose personas came under another framing than the first say so.
    heads = [axes.get_title(loc="left") for axes in drawn[0].axes]
    apart = {framing for name in bias["group"].unique() for framing in bias[bias["group"] == name]["framing"].head(1)}
    assert {head.split(" @")[1] for head in heads if " @" in head} == apart - {"default", "framing_0"}
