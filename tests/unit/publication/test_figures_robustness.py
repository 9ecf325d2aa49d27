import itertools

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from matplotlib.backends.backend_agg import FigureCanvasAgg
from test_figures import INSTRUMENTS, check_texts, families_of, words
from value_portrait.publication import figures_chance, figures_claims, figures_robustness, verdicts
from value_portrait.robustness.multiverse import ALL_OPTIONS

OPTIONS = {"method": ["spearman", "pearson"], "threshold": ["0.2", "0.3", "0.4"]}
SOURCES = ("raters", "all")
COMPONENTS = ["model", "item", "model x item", "order", "model x order", "model x order x item", "order x item"]


def uncertainty_of(models, score=0.3, instrument=VALUE_PORTRAIT):
    rows = [
        (model, *pair, source) for model in models for pair in instrument.dimensions for source in ("raters", "all")
    ]
    table = pd.DataFrame(rows, columns=["model", "family", "dimension", "source"])
    return table.assign(score=score, low=score - 0.2, high=score + 0.2)


def means_of(score=0.3, instrument=VALUE_PORTRAIT):
    rows = [(*pair, inference) for pair in instrument.dimensions for inference in ("these_items", "items_like_these")]
    table = pd.DataFrame(rows, columns=["family", "dimension", "inference"])
    half = table["inference"].map({"these_items": 0.02, "items_like_these": 0.25})
    return table.assign(score=score, low=score - half, high=score + half)


def chance_of(tags=30, instrument=VALUE_PORTRAIT, p=0.001):
    pairs = [*instrument.dimensions, *((family.name, None) for family in instrument.families)]
    rows = [(*pair, direction) for pair in pairs for direction in ("positive", "two_sided")]
    table = pd.DataFrame(rows, columns=["family", "dimension", "direction"])
    return table.assign(tags=tags, expected=11.2, low=3.0, high=22.0, p=p)


def validity_of(r=0.25, instrument=VALUE_PORTRAIT):
    names = instrument.main.names
    pairs = [*itertools.product(names, names), (None, "convergent"), (None, "discriminant")]
    rows = [(key, instrument.main.name, *pair) for key in ("raters", "shuffled", "questionnaire") for pair in pairs]
    table = pd.DataFrame(rows, columns=["key", "family", "dimension", "criterion"])
    return table.assign(n=300.0, r=r, low=r - 0.1, high=r + 0.1)


def headlines_of(value=0.4, instrument=VALUE_PORTRAIT, p=0.001):
    rows = [(without, name) for without in ("nothing", "liking", "spread") for name in instrument.main.names]
    table = pd.DataFrame(rows, columns=["without", "dimension"])
    parts = {"expected": 0.01, "expected_low": -0.3, "expected_high": 0.3, "value": value, "p": p}
    return table.assign(statistic="mean_profile", family=instrument.main.name, **parts)


def circle_of(value=0.5):
    fits = itertools.product(("questionnaire", "items", "raters", "models"), list(figures_chance.STATISTICS)[:3])
    steps = [("tags_same_sign", "mean_steps"), ("tags_opposite_sign", "mean_steps")]
    rows = [(*own, reference) for own in [*fits, *steps] for reference in ("order", "raters")]
    table = pd.DataFrame(rows, columns=["subject", "statistic", "reference"])
    return table.assign(n=500, value=value, expected=0.2, low=0.1, high=0.3, p=0.01)


def variance_of(share=1 / 7, instrument=VALUE_PORTRAIT):
    rows = [
        (*pair, kind, component)
        for pair in instrument.dimensions
        for kind in ("raw", "centred")
        for component in COMPONENTS
    ]
    return pd.DataFrame(rows, columns=["family", "dimension", "scores", "component"]).assign(share=share)


def precision_of(relative=0.6, instrument=VALUE_PORTRAIT):
    designs = list(itertools.product((5, 10, 20, 40, 80), (1, 3, 6), (1, 2)))
    rows = [
        (*pair, kind, "items_like_these", *design, int(design == (10, 3, 2)))
        for pair in instrument.dimensions
        for kind in ("raw", "centred")
        for design in designs
    ]
    columns = ["family", "dimension", "scores", "inference", "n_items", "n_wordings", "n_orders", "this_study"]
    return pd.DataFrame(rows, columns=columns).assign(relative=relative)


def claims_of(shares):
    """Table ``claims`` from share and significant share of every claim, and its universes, one of each combination."""
    settings = [(option, setting) for option, own in OPTIONS.items() for setting in own]
    claims, universes = [], []
    for number, (share, significant) in enumerate(shares):
        about = {"claim": f"claim_{number}", "universes": 6, "undefined": 0}
        text = f"Models of kind {number} have more pronounced profiles than all of the others"
        headline = {"text": text, "share_holds": share, "share_significant": significant, "holds": share > 0.5}
        claims.append(about | headline | {"decides_most": "threshold"})
        claims += [about | {"option": option, "setting": own, "share_holds": share} for option, own in settings]
        for place, combination in enumerate(itertools.product(*OPTIONS.values())):
            value = place - 6 * (1 - share) + 0.5
            found = {"value": value, "p": np.nan, "holds": value > 0, "departures": place}
            universes.append(about | dict(zip(OPTIONS, combination, strict=True)) | found)
    return pd.DataFrame(claims), pd.DataFrame(universes)


def curves_of(universes, claims):
    measures = dict.fromkeys(claims["claim"], "the distance from the nearest of the others, in scale points")
    return figures_claims.specification_curve(universes, claims, measures)


def robustness_figures(count=3, instrument=VALUE_PORTRAIT, value=0.4):
    families = families_of(count)
    return {
        "profile_intervals": figures_robustness.profile_intervals(
            uncertainty_of(families, value, instrument), means_of(value, instrument), families, instrument
        ),
        "variance_components": figures_robustness.variance_components(
            variance_of(value - value + 1 / 7, instrument), precision_of(value, instrument), instrument
        ),
        "tags_by_chance": figures_chance.tags_by_chance(chance_of(30, instrument), instrument),
        "held_out_validity": figures_chance.held_out_validity(validity_of(value, instrument), instrument),
        "headlines_by_chance": figures_chance.headlines_by_chance(headlines_of(value, instrument), instrument),
    }


def filled(axes):
    """The places of the filled marks."""
    return [
        place
        for line in axes.lines
        if line.get_marker() in "os" and line.get_markerfacecolor() == line.get_color()
        for place in line.get_ydata()
    ]


@INSTRUMENTS
def test_any_instrument_stays_on_the_page_and_its_texts_apart(instrument, monkeypatch):
    for name, figure in robustness_figures(2, instrument).items():
        check_texts(name, figure, monkeypatch)


def test_claims_and_circles_stay_on_the_page_and_their_texts_apart(monkeypatch):
    claims, universes = claims_of([(0.5, np.nan), (1 / 3, np.nan), (2 / 3, 1 / 3), (np.nan, np.nan)])
    check_texts("specification_curve", curves_of(universes, claims), monkeypatch)
    check_texts("claims_held", figures_claims.claims_held(claims), monkeypatch)
    check_texts("circle_fit", figures_chance.circle_fit(circle_of()), monkeypatch)


def test_the_legend_of_the_circle_names_what_is_drawn_and_leaves_room_for_the_mark():
    table = circle_of()
    alone = figures_chance.circle_fit(table[(table["reference"] == "raters") & (table["subject"] == "raters")])
    assert [text.get_text() for text in alone.legends[0].texts] == [
        "found",
        f"95 % range and mean: {list(figures_chance.REFERENCES)[1]}",
    ]
    figure = figures_chance.circle_fit(table)
    figure.draw_without_rendering()
    # The word "simulated" stands in the upper right corner.
    assert figure.legends[0].get_window_extent().x1 < figure.bbox.x1 - 0.7 * figure.dpi


def test_a_single_model_is_compared_with_none():
    families = {"m": "F"}
    figure = figures_robustness.profile_intervals(uncertainty_of(families), means_of(), families, VALUE_PORTRAIT)
    drawn = words(figure)
    assert "mean" not in drawn.replace("Centred mean rating", "")
    assert "0.30" in drawn
    assert [line.get_label() for line in figure.axes[0].lines if line.get_color() == "0.5"] == []
    families = {"m": "F", "n": "F"}
    drawn = words(figures_robustness.profile_intervals(uncertainty_of(families), means_of(), families, VALUE_PORTRAIT))
    assert "dashed: mean of all 2 models" in drawn
    assert "2 of 2 clear of 0" in drawn


def test_many_models_stay_apart(monkeypatch):
    families = families_of(33)
    figure = figures_robustness.profile_intervals(uncertainty_of(families), means_of(), families, VALUE_PORTRAIT)
    check_texts("profile_intervals", figure, monkeypatch)


def test_nothing_known_is_drawn_or_said():
    drawn = robustness_figures(1, SMALL, np.nan)
    for figure in drawn.values():
        FigureCanvasAgg(figure).draw()
    assert "no score" in words(drawn["profile_intervals"])
    assert "convergent n/a" in words(drawn["held_out_validity"])
    assert words(figures_chance.circle_fit(circle_of(np.nan))).strip() == "Nothing could be placed on the circle."
    assert "Variance could not be studied" in words(drawn["variance_components"])
    claims, universes = claims_of([(1.0, np.nan), (0.0, 0.0), (np.nan, np.nan)])
    assert "No claim varies" in words(curves_of(universes.head(0), claims))
    assert "Not put to the test: Models of kind 0" in words(
        figures_claims.claims_held(claims_of([(np.nan, np.nan)])[0])
    )


def test_what_decides_most_is_named_as_the_page_names_it():
    drawn = words(figures_claims.claims_held(claims_of([(0.5, np.nan)])[0]))
    assert "threshold of tags" in drawn
    assert set(verdicts.OPTIONS) == set(ALL_OPTIONS)


def test_chance_is_left_behind_after_holm_within_a_family():
    table = pd.DataFrame({"family": list("aaaabb"), "p": [0.012, 0.016, 0.04, np.nan, 0.026, 0.024]})
    # a: 3 x .012, 2 x .016 = .032 (but no less than .036), .04. b: 2 x .024 = .048, and .026 is no less than that.
    assert figures_chance.beyond_chance(table).tolist() == [True, True, True, False, True, True]
    table["p"] = [0.017, 0.016, 0.04, np.nan, 0.026, 0.026]
    # a: 3 x .016 = .048, 2 x .017 = .034 and .04 are no less. b: 2 x .026 = .052.
    assert figures_chance.beyond_chance(table).tolist() == [True, True, True, False, False, False]


def test_tags_beyond_chance_are_filled():
    table = chance_of()
    table.loc[(table["dimension"] == "Power") & (table["direction"] == "positive"), "p"] = 0.2
    axes, beside = figures_chance.tags_by_chance(table, VALUE_PORTRAIT).axes
    places = dict(zip([name for _, name in VALUE_PORTRAIT.dimensions], axes.get_yticks(), strict=True))
    expected = [place + shift for shift in (-0.17, 0.17) for place in places.values()]
    expected.remove(places["Power"] - 0.17)
    assert sorted(filled(axes)) == pytest.approx(sorted(expected))
    assert "30 / 11" in words(beside)


def test_the_matrix_prints_hundredths():
    table = validity_of()
    table.loc[(table["dimension"] == "Power") & (table["criterion"] == "Hedonism"), "r"] = -0.071
    axes = figures_chance.held_out_validity(table, VALUE_PORTRAIT).axes[0]
    names = VALUE_PORTRAIT.main.names
    drawn = {text.get_position(): text.get_text() for text in axes.texts}
    assert drawn[names.index("Hedonism"), names.index("Power")] == "-7"
    assert drawn[0, 0] == "25"
    assert "convergent 0.25 [0.15, 0.35]" in words(axes)


def test_scores_clear_of_zero_are_counted_and_wide_intervals_cut():
    families = families_of(33)
    table = uncertainty_of(families, 0.1)
    table.loc[table["model"] == "model-0-instruct-2025", ["score", "low", "high"]] = [0.5, 0.1, 0.9]
    first = (table["model"] == "model-1-instruct-2025") & (table["dimension"] == "Universalism")
    table.loc[first, ["low", "high"]] = [-9.0, 9.0]
    figure = figures_robustness.profile_intervals(table, means_of(0.1), families, VALUE_PORTRAIT)
    assert "1 of 33 clear of 0" in words(figure.axes[0])
    assert filled(figure.axes[0]) == [0]
    assert "the widest run off the edge" in words(figure)
    assert "mean 0.10" in words(figure.axes[0])
    # Below the models stand both intervals of their mean.
    lines = [path.vertices for own in figure.axes[0].collections for path in own.get_paths()]
    ends = {tuple(line[:, 0].round(6)) for line in lines if set(line[:, 1]) == {33}}
    assert ends == {(-0.15, 0.35), (0.08, 0.12)}
    # Of 990 numbers, and 60 of the mean, the highest are two of 9, ten of .9 and ten of .5.
    assert figure.axes[0].get_xlim()[1] == pytest.approx(1.1 * 0.5)


def test_components_are_summed_by_what_they_contain():
    table = variance_of()
    table["share"] = table["component"].map(dict(zip(COMPONENTS, [0.3, 0.2, 0.1, 0.05, 0.15, 0.12, 0.08], strict=True)))
    extra = [
        table[table["component"] == "item"].assign(component=component, share=share)
        for component, share in (("query", 0.25), ("repeat", 0.02))
    ]
    parts = figures_robustness._shares_of_parts(pd.concat([table, *extra])[lambda rows: rows["scores"] == "raw"])
    found = {label: parts[part].iloc[0] for part, (label, _) in figures_robustness.PARTS.items()}
    assert found == {
        "models": pytest.approx(0.3),
        "models × items, queries": pytest.approx(0.1),
        "models × wordings, orders": pytest.approx(0.15),
        "models × items × wordings, orders; error": pytest.approx(0.12),
        "items, queries": pytest.approx(0.45),
        "wordings, orders": pytest.approx(0.05),
        "items × wordings, orders": pytest.approx(0.08),
        "repeats of the same question": pytest.approx(0.02),
    }


def test_precision_is_the_median_for_one_version_two_and_as_here():
    table = precision_of()
    main = VALUE_PORTRAIT.main
    scores = {name: 0.1 * place for place, name in enumerate(main.names)}
    table["relative"] = np.where(table["family"] == main.name, table["dimension"].map(scores), 0.99)
    # A number of items that one dimension alone has is no place on the curve.
    alone = table[(table["dimension"] == "Power") & (table["n_items"] == 10)].assign(n_items=62)
    curves = figures_robustness._curves(pd.concat([table, alone]), "raw", VALUE_PORTRAIT)
    assert [label for label, *_ in curves] == ["1 prompt version", "2 prompt versions", "6 prompt versions, as here"]
    for _, middle, low, high in curves:
        assert middle.index.tolist() == [5, 10, 20, 40, 80]
        assert (middle[10], low[10], high[10]) == pytest.approx((0.45, 0.225, 0.675))


def test_two_claims_and_a_test_that_vary_are_shown():
    nan = np.nan
    shares = [(1.0, nan), (0.5, nan), (0.5, 0.1), (0.2, nan), (0.4, nan), (nan, nan), (0.6, 0.2)]
    claims, _ = claims_of(shares)
    assert figures_claims.headline_claims(claims) == ["claim_1", "claim_2", "claim_3"]
    assert figures_claims.headline_claims(claims_of(shares[:2])[0]) == ["claim_1"]


def test_the_dashboard_shows_which_settings_stand_where():
    claims, universes = claims_of([(0.5, np.nan)])
    figure = curves_of(pd.concat([universes] * 100), claims)
    curve, board = figure.axes[:2]
    assert "goes this way in 50.0 % of 6" in words(figure)
    # Three of six lie on either side of the line; the main analysis is the first of all.
    assert [50, 50] in [list(line.get_xdata()) for line in curve.lines]
    method, threshold = (image.get_array() for image in board.images)
    # Values rise through the thresholds under one method, then under the other; 25 of a setting are expected in a bin.
    assert method.tolist() == [[2] * 6 + [0] * 6, [0] * 6 + [2] * 6]
    assert threshold.tolist() == [[3, 1, 0, 0] * 2, [0, 2, 2, 0] * 2, [0, 0, 1, 3] * 2]
    few = curves_of(universes, claims).axes[1].images
    assert [image.get_array().tolist() for image in few] == [[[1], [1]], [[1], [1], [1]]]
    assert [label.get_text() for label in board.get_yticklabels()] == [
        "kind of correlation",
        "threshold of tags",
        "Spearman's, of ranks",
        "Pearson's",
        "0.2",
        "0.3",
        "0.4",
    ]
    # Each option's name above its settings, all in one column.
    assert board.get_yticks().tolist() == pytest.approx([0, 3.3, 1, 2, 4.3, 5.3, 6.3])
    assert "distance from the nearest of" in words(figure)
