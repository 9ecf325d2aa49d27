import itertools
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from instruments import SMALL, SMALL_CONTENT, VALUE_PORTRAIT
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats
from value_portrait.checking import check
from value_portrait.config_tables import read_marks
from value_portrait.errors import InputError
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import InstrumentFile
from value_portrait.items.coverage import cross_loading_distances, items_per_dimension, topic_shares
from value_portrait.publication import figures_items, figures_models, figures_portraits
from value_portrait.publication.drawing import (
    COLOURS,
    MARKERS,
    family_marks,
    house_style,
    in_cell,
    shown,
    signed,
    spaced,
)
from value_portrait.publication.findings import _people_line, _profile_line, _sensitivity_line, _spread_line
from value_portrait.publication.saving import save_figure
from value_portrait.robustness.spread import spread_by_size

# Mathtext would raise at the first, and read the second; the others are what files, HTML or legends trip over.
HOSTILE = [r"a$\frac$b", "$x^2$", "_hidden", "meta/llama:free<b>", "long-" * 24, "control\tbell\x07", "NA"]
MARKS = {
    family: {"color": mark.colour, "marker": mark.marker}
    for family, mark in read_marks(ROOT / "config/families.tsv").items()
}
LONG_CONTENT = SMALL_CONTENT | {
    "families": {
        "broad": {
            "title": "A questionnaire with a title that no column holds",
            "circle": True,
            "dimensions": {f"D{n}": {"title": f"A rather long title of dimension {n}"} for n in range(39)},
        },
        "narrow": {"title": "Antidisestablishmentarianism and others", "dimensions": ["Alone"]},
    }
}
LONG = as_instrument(check(InstrumentFile, LONG_CONTENT, "long.yaml").completed())
INSTRUMENTS = pytest.mark.parametrize("instrument", [VALUE_PORTRAIT, SMALL, LONG], ids=["shipped", "small", "forty"])
SIDES = {"weights": ("open", "closed"), "size": ("large (at least 30 B)", "small")}


def families_of(count):
    """Names of models, and their families of three."""
    return {f"model-{number}-instruct-2025": f"Family {number // 3}" for number in range(count)}


def profiles_of(families, missing=(), instrument=VALUE_PORTRAIT):
    rng = np.random.default_rng(1)
    rows = [(model, family, dimension) for model in families for family, dimension in instrument.dimensions]
    table = pd.DataFrame(rows, columns=["model", "family", "dimension"])
    table["centred_mean"] = rng.normal(0, 0.4, len(table)).round(3)
    table.loc[table["dimension"].isin(missing), "centred_mean"] = np.nan
    return table


def portrait_of(families, missing=(), instrument=VALUE_PORTRAIT, models=None, p=0.5):
    """The figure of the family with a circle; ``models`` as in the table of models, ``p`` that of all pairs."""
    models = models or {
        name: {"family": family, "size_b": None, "reasoning": "no"} for name, family in families.items()
    }
    profiles = profiles_of(families, missing, instrument).rename(columns={"centred_mean": "score"})
    scores = profiles.assign(source="all", low=profiles["score"] - 0.2, high=profiles["score"] + 0.2)
    keys = ["family", "dimension"]
    means = scores.groupby(keys, as_index=False)[["score", "low", "high"]].mean()
    named = scores.assign(model_family=scores["model"].map(families))
    of_families = named.groupby(["model_family", *keys], as_index=False, sort=False)[["score", "low", "high"]].mean()
    rows = [(*pair, *key, p) for pair in itertools.combinations(families, 2) for key in instrument.dimensions]
    pairs = pd.DataFrame(rows, columns=["first", "second", *keys, "p"])
    tables = {"uncertainty": scores} | {
        name: table.assign(inference="items_like_these")
        for name, table in (("mean_profile", means), ("family_profiles", of_families), ("pairs", pairs))
    }
    return figures_portraits.portraits(tables, models, instrument.circle, instrument)


def sensitivity_of(models):
    rng = np.random.default_rng(2)
    columns = ["wording_sensitivity", "order_sensitivity", "wording_difference", "order_difference"]
    return pd.DataFrame(rng.uniform(0.05, 0.95, (len(models), 4)), columns=columns).assign(model=list(models))


def counts_of(models):
    kinds = [("answered", "plain", 100), ("answered", "off_scale", 7), ("content_filter", "empty", 1)]
    rows = [(model, *kind) for number, model in enumerate(models) for kind in kinds[: 1 + number % 3]]
    return pd.DataFrame(rows, columns=["model", "outcome", "answer_class", "answers"])


def value_spread(table, instrument=VALUE_PORTRAIT):
    return figures_models.value_spread(table, spread_by_size(table), MARKS, instrument)


def spread_of(families):
    sizes = itertools.cycle([None, 8.0, 70.0])
    rows = [
        (model, "printed" if number % 5 == 4 else "recorded", family, next(sizes), 0.01 * number)
        for number, (model, family) in enumerate(families.items())
    ]
    return pd.DataFrame(rows, columns=["model", "answers", "family", "size_b", "variance"]).astype({"size_b": float})


def reliability_of(estimate, instrument=VALUE_PORTRAIT, sources=("models", "raters")):
    pairs = itertools.product(sources, instrument.dimensions, ("alpha", "omega"))
    rows = [(source, *dimension, coefficient) for source, dimension, coefficient in pairs]
    table = pd.DataFrame(rows, columns=["source", "family", "dimension", "coefficient"])
    ends = {"ci_low": estimate - 0.1, "ci_high": estimate + 0.05}
    return table.assign(n_items=12, n_observations=190, n_groups=1, estimate=estimate, **ends)


def people_of(mean, instrument=VALUE_PORTRAIT):
    table = pd.DataFrame(instrument.dimensions, columns=["family", "dimension"])
    who_all = ("models", "people", "difference")
    for who in who_all[:2]:
        parts = {"n": 33, "mean": mean, "q10": mean - 1, "q90": mean + 1}
        table = table.assign(**{f"{who}_{name}": value for name, value in parts.items()})
    ends = {f"{who}_{end}": mean + width for who in who_all for end, width in (("low", -0.3), ("high", 0.3))}
    return table.assign(difference=0.0, n_groups=7, p_adjusted=0.2, **ends)


def groups_of(difference, instrument=VALUE_PORTRAIT):
    rows = [(side, *pair) for side in SIDES for pair in instrument.dimensions]
    table = pd.DataFrame(rows, columns=["comparison", "family", "dimension"])
    means = {
        "n_first": 8,
        "n_second": 25,
        "printed_first": 0,
        "printed_second": 0,
        "mean_first": difference,
        "mean_second": 0.0,
        "difference": difference,
    }
    clustered = {"cluster_low": difference - 0.3, "cluster_high": difference + 0.3, "p_adjusted": 0.04}
    return table.assign(**means, **clustered, ci_low=difference - 0.2, ci_high=difference + 0.2)


def tags_of(count, instrument=VALUE_PORTRAIT):
    main = instrument.main
    steps = itertools.product(range(count), (1, 2))
    rows = [(f"{n}-1", main.name, main.names[n * step % len(main.names)], 0.4) for n, step in steps]
    return pd.DataFrame(rows, columns=["item_id", "family", "dimension", "rho"]).drop_duplicates()


def model_figures(families, missing=(), instrument=VALUE_PORTRAIT):
    """Every figure with models in it; ``missing`` dimensions have no score."""
    profiles = profiles_of(families, missing, instrument)
    own = {
        family.figure: portrait_of(families, missing, instrument)
        if family.circle
        else figures_models.dimension_panels(profiles, families, MARKS, family)
        for family in instrument.families
        if family.figure
    }
    return own | {
        "value_profiles": figures_models.value_profiles(profiles, families, instrument),
        "sensitivity": figures_models.sensitivity(sensitivity_of(families)),
        "answer_kinds": figures_models.answer_kinds(counts_of(families)),
        "value_spread": value_spread(spread_of(families), instrument),
    }


def item_figures(alpha=0.8, mean=0.1, count=40, instrument=VALUE_PORTRAIT):
    """Every other figure."""
    tags = tags_of(count, instrument)
    counts = items_per_dimension(tags, instrument.main)
    topics = pd.DataFrame({"query_id": ["1", "1", "2"], "topic": ["Work", "Money & cost in $", "Work"]})
    drawn = {
        "items_per_value": figures_items.items_per_value({"a rule": counts, "another": counts}, instrument),
        "items_of_a_given_key": figures_items.items_per_value({"a rule": counts}, instrument),
        "topics": figures_items.topics(topic_shares(topics), 2),
        "reliability": figures_items.reliability(reliability_of(alpha, instrument), instrument),
        "reliability_of_models": figures_items.reliability(reliability_of(alpha, instrument, ["models"]), instrument),
        "models_and_people": figures_items.models_and_people(people_of(mean, instrument), instrument),
        "group_comparisons": figures_models.group_comparisons(groups_of(mean, instrument), SIDES, instrument),
    }
    if circle := instrument.circle:
        drawn["cross_loading"] = figures_items.cross_loading(cross_loading_distances(tags, circle), circle)
    return drawn


def words(figure):
    return " ".join(text.get_text().replace("\n", "") for text in figure.findobj(Text))


def cells(figure):
    """The texts of the heat map's cells, by their places (column, row)."""
    middle = [text for text in figure.axes[0].texts if text.get_va() == "center_baseline"]
    return {text.get_position(): text.get_text() for text in middle}


def test_the_heat_map_prints_the_table():
    families = {"b1": "B", "a1": "A", "b2": "B"}
    table = profiles_of(families, ["Tradition"])
    figure = figures_models.value_profiles(table, families, VALUE_PORTRAIT)
    scores = table.set_index(["model", "dimension"])["centred_mean"]
    axes = figure.axes[0]
    # Rows by family, in the order in which families and models first appear.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b1", "b2", "a1", "Mean of the models"]
    assert [label.get_text() for label in axes.get_xticklabels()] == list(VALUE_PORTRAIT.titles.values())
    drawn = cells(figure)
    assert len(drawn) == 4 * 19
    for model, y in zip(["b1", "b2", "a1"], axes.get_yticks(), strict=False):
        for (_, dimension), x in zip(VALUE_PORTRAIT.dimensions, axes.get_xticks(), strict=True):
            if dimension == "Tradition":
                assert drawn[x, y] == "n/a"
            else:
                assert float(drawn[x, y].replace("−", "-")) == pytest.approx(scores[model, dimension], abs=0.00501)
    power = axes.get_xticks()[5]
    mean = np.mean([scores[model, "Power"] for model in families])
    assert float(drawn[power, axes.get_yticks()[3]].replace("−", "-")) == pytest.approx(mean, abs=0.00501)


@pytest.mark.parametrize("count", [1, 2, 33])
def test_the_colour_bar_keeps_clear_of_the_names_below_the_cells(count):
    figure = figures_models.value_profiles(profiles_of(families_of(count)), families_of(count), VALUE_PORTRAIT)
    figure.draw_without_rendering()
    heat, bar = figure.axes
    low = min(text.get_window_extent().y0 for text in heat.texts if text.get_fontweight() == "bold")
    assert low - bar.get_window_extent().y1 > 0.02 * figure.dpi
    assert bar.get_tightbbox().y0 >= 0


def test_colours_are_symmetrical_about_zero():
    figure = figures_models.value_profiles(profiles_of({"m": "F"}), {"m": "F"}, VALUE_PORTRAIT)
    norm = figure.axes[0].collections[0].norm
    assert norm.vmin == -norm.vmax


@pytest.mark.parametrize("count", [1, 60])
def test_every_model_is_named(count):
    families = families_of(count)
    figures = model_figures(families)
    for name in ("value_profiles", "sensitivity", "answer_kinds"):
        shown_words = words(figures[name])
        assert all(model in shown_words for model in families), name
    for name in ("big_five", "value_spread"):
        marks = sum(len(line.get_xdata()) for line in figures[name].findobj(matplotlib.lines.Line2D) if is_mark(line))
        assert marks == count * (5 if name == "big_five" else 1)


def is_mark(line):
    return line.get_marker() in family_marks_used() and line.get_linestyle() == "None" and in_data(line)


def in_data(line):
    return line.axes is not None and len(line.get_xdata()) and line.get_color() != "0.4"


def family_marks_used():
    return set(MARKERS)


SIBLINGS = {
    name: {"family": family, "size_b": size, "reasoning": reasons}
    for name, family, size, reasons in (
        ("deep-chat", "Deep", None, "no"),
        ("deep-r1", "Deep", None, "yes"),
        ("ll-8b", "Ll", 8.0, "no"),
        ("ll-70b", "Ll", 70.0, "no"),
    )
}


def test_portraits_show_families_siblings_and_series_and_what_differs():
    families = {name: model["family"] for name, model in SIBLINGS.items()}
    # Holm over the ten values of two comparisons: 20 times p.
    for p, stars in ((0.0024, 20), (0.0026, 0)):
        figure = portrait_of(families, models=SIBLINGS, p=p)
        titles = [axes.get_title(loc="left").replace("\n", "") for axes in figure.axes if axes.axison]
        assert titles == ["Deep", "Ll", "Deep: reasoning", "Ll by size"]
        drawn = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "*"]
        assert sum(len(line.get_ydata()) for line in drawn) == stars
        assert ("star:" in words(figure)) == (stars > 0)
        message = figure._suptitle.get_text().replace("\n", " ")
        differences = f"{stars or 'none'} of 20 differences beyond chance"
        assert message == f"Single models of a family that differ in reasoning or size: {differences}"
        labels = [text.get_text() for axes in figure.axes if axes.axison for text in axes.get_legend().get_texts()]
        assert labels == ["2 models", "2 models", "deep-r1", "deep-chat", "8 B", "70 B"]
    two = SIBLINGS | {name.replace("ll", "ll-2"): model for name, model in SIBLINGS.items() if name[:2] == "ll"}
    several = portrait_of({name: model["family"] for name, model in two.items()}, models=two)
    assert {axes.get_title(loc="left").replace("\n", "") for axes in several.axes} >= {"ll-… by size", "ll-2-… by size"}
    alone = {"deep-r1": SIBLINGS["deep-r1"]}
    assert "star" not in words(portrait_of({"deep-r1": "Deep"}, models=alone))


@pytest.mark.parametrize("missing", [[], ["Tradition", "Openness"], [name for _, name in VALUE_PORTRAIT.dimensions]])
def test_missing_scores_and_hostile_names_are_drawn(missing):
    families = {name: name for name in HOSTILE}
    figures = model_figures(families, missing)
    for figure in figures.values():
        FigureCanvasAgg(figure).draw()
    for name in ("value_profiles", "portraits", "sensitivity", "answer_kinds"):
        shown_words = words(figures[name])
        assert r"a$\frac$b" in shown_words
        assert "_hidden" in shown_words
        assert "meta/llama:free<b>" in shown_words
        assert "\x07" not in shown_words


def test_nothing_measured_is_drawn_too():
    figures = item_figures(alpha=np.nan, mean=np.nan, count=0)
    assert "0 pairs" in words(figures["cross_loading"])
    assert "one dimension has no item" in words(figures["items_per_value"])
    assert "n/a / n/a" in words(figures["reliability"])
    lonely = spread_of({"m": "F"}).assign(variance=np.nan)
    assert "n = 0" in words(value_spread(lonely))
    assert "all models stand on one side" in words(figures["group_comparisons"])


def test_differences_beyond_chance_are_filled_and_have_both_intervals():
    table = groups_of(0.5)
    table.loc[table["dimension"] == "Power", "p_adjusted"] = 0.06
    figure = figures_models.group_comparisons(table, SIDES, VALUE_PORTRAIT)
    differences = figure.axes[2]
    faces = {
        line.get_markerfacecolor(): line.get_ydata().tolist()
        for line in differences.lines
        if line.get_marker() == "D" and len(line.get_ydata())
    }
    place = differences.get_yticks()[VALUE_PORTRAIT.main.names.index("Power")]
    assert faces["white"] == [place]
    assert len(faces["black"]) == 9
    ends = {tuple(path.vertices[:, 0].round(6)) for own in differences.collections for path in own.get_paths()}
    assert ends == {(0.2, 0.8), (0.3, 0.7)}


def test_what_does_not_apply_is_left_out():
    one_sided = groups_of(0.1)
    one_sided.loc[one_sided["comparison"] == "weights", ["mean_first", "difference", "ci_low", "ci_high"]] = np.nan
    drawn = words(figures_models.group_comparisons(one_sided, SIDES, VALUE_PORTRAIT))
    assert "large minus small" in drawn
    assert "open" not in drawn
    spread = spread_of(families_of(6))
    for sizes, expected in ((np.nan, ["Size not public (n = 6)"]), (7, ["Scored here (n = 5)", "As printed (n = 1)"])):
        figure = value_spread(spread.assign(size_b=float(sizes)))
        assert [axes.get_title(loc="left") for axes in figure.axes] == expected
    only_alpha = reliability_of(0.8, VALUE_PORTRAIT)
    only_alpha.loc[(only_alpha["source"] == "raters") & (only_alpha["coefficient"] == "omega"), "estimate"] = np.nan
    (legend,) = [axes.get_legend() for axes in figures_items.reliability(only_alpha, VALUE_PORTRAIT).axes[:1]]
    assert [text.get_text() for text in legend.get_texts()][1:2] == ["Models: omega"]
    assert not any(text.get_text() == "Raters: omega" for text in legend.get_texts())


def test_size_and_spread_of_each_side_by_scipy_and_lines_join_series_alone():
    rows = [
        ("ll-8b", "recorded", "Ll", 8, 0.1),
        ("ll-70b", "recorded", "Ll", 70, 0.4),
        ("ll-2-405b", "recorded", "Ll", 405, 0.3),
        ("other", "recorded", "Other", 24, 0.2),
        ("qw-1b", "printed", "Qw", 1, 0.5),
        ("qw-7b", "printed", "Qw", 7, 0.6),
        ("qw-72b", "simulated", "Qw", 72, 0.6),
    ]
    table = pd.DataFrame(rows, columns=["model", "answers", "family", "size_b", "variance"]).astype({"size_b": float})
    found = spread_by_size(table)
    own = table[table["answers"] != "printed"]
    expected = stats.spearmanr(own["size_b"], own["variance"])
    (row,) = found.to_dict("records")
    assert (row["side"], row["models"]) == ("scored here", 5)
    assert (row["rho"], row["p"]) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    figure = value_spread(table)
    assert f"ρ = {expected.statistic:.2f}, p = {expected.pvalue:.2f}" in words(figure)
    joined = [line.get_xdata().tolist() for axes in figure.axes for line in axes.lines if line.get_linestyle() == "-"]
    assert joined == [[8, 70], [1, 7]]
    line = _spread_line(found, VALUE_PORTRAIT)
    assert f"rho = {expected.statistic:.2f} over 5 models scored here (p = {expected.pvalue:.2f})" in line
    assert "as printed" not in line
    assert "Too few" in _spread_line(spread_by_size(table.head(3)), VALUE_PORTRAIT)


def test_wordings_stand_beside_orders_of_the_same_models():
    table = sensitivity_of(["a", "b", "c"]).assign(
        wording_sensitivity=[0.1, 0.5, np.nan], order_sensitivity=[0.3, 0.4, 0.9], condition="baseline"
    )
    drawn = words(figures_models.sensitivity(table))
    assert "Median: 30 % with the wording, 35 % with the order;the wording moves more items in 1 of 2 models" in drawn
    line = _sensitivity_line(table)
    assert "30 % between two wordings, 10 % (a) to 50 % (b); 40 % between" in line
    assert "more by wording than by order in 1 of 2 models" in line


def test_a_single_model_is_compared_with_none():
    family = VALUE_PORTRAIT.family("bfi")
    drawn = words(figures_models.dimension_panels(profiles_of({"m": "F"}), {"m": "F"}, MARKS, family))
    assert "mean" not in drawn.replace("Centred mean rating", "")
    several = families_of(2)
    assert "mean of all 2 models" in words(
        figures_models.dimension_panels(profiles_of(several), several, MARKS, family)
    )
    table = sensitivity_of(["a"]).assign(wording_sensitivity=0.1, order_sensitivity=0.3, condition="baseline")
    assert "10 % with the wording, 30 % with the order" in words(figures_models.sensitivity(table))
    assert "edian" not in words(figures_models.sensitivity(table)) + _sensitivity_line(table)
    assert "10 % between two wordings (a)" in _sensitivity_line(table)


def test_a_summary_says_nothing_of_what_no_model_has():
    nothing = pd.DataFrame(columns=["family", "inference", "dimension", "score", "difference", "p"], dtype=object)
    assert _profile_line(nothing, VALUE_PORTRAIT) == "No model has a score."
    assert _people_line(nothing, VALUE_PORTRAIT) == ""


def test_extremes_are_named():
    families = families_of(5)
    table = profiles_of(families)
    own = table[table["dimension"] == "Openness"].set_index("model")["centred_mean"]
    drawn = words(figures_models.dimension_panels(table, families, MARKS, VALUE_PORTRAIT.family("bfi")))
    low, high = (f"{own[model]:z.2f}:".replace("-", "−") + shown(model, 24) for model in (own.idxmin(), own.idxmax()))
    assert f"lowest {low}highest {high}" in drawn


def test_numbers_in_cells_have_no_zero_before_the_point():
    assert [in_cell(number) for number in (0.5, -0.25, 1.5, -10.25, -0.001, np.nan)] == [
        ".50",
        "−.25",
        "1.50",
        "−10.25",
        ".00",
        "n/a",
    ]


def test_numbers_of_the_other_figures():
    figures = item_figures()
    counts = items_per_dimension(tags_of(40), VALUE_PORTRAIT.main)
    for count, share in zip(counts["n_tags"], counts["share"], strict=True):
        assert f"{count} ({100 * share:.1f} %)" in words(figures["items_per_value"])
    assert "100.0 % (2)" in words(figures["topics"])
    assert "50.0 % (1)" in words(figures["topics"])
    assert "0.80 / 0.80" in words(figures["reliability"])
    assert "open (n = 8)" in words(figures["group_comparisons"])
    in_print = groups_of(0.1).assign(printed_second=11)
    drawn = words(figures_models.group_comparisons(in_print, SIDES, VALUE_PORTRAIT))
    assert "open (n = 8)" in drawn
    assert "closed (n = 25, 11 as printed)" in drawn
    # The second of the three models has 7 answers off the scale, the third also one empty.
    kinds = words(model_figures(families_of(3))["answer_kinds"])
    assert "7 of 107" in kinds
    assert "8 of 108" in kinds
    assert "Only plain answers (1 model): model-0" in kinds


@INSTRUMENTS
@pytest.mark.parametrize("count", [1, 33])
def test_any_instrument_stays_on_the_page_and_its_texts_apart(instrument, count, monkeypatch):
    for name, figure in model_figures(families_of(count), instrument=instrument).items():
        check_texts(name, figure, monkeypatch)


@INSTRUMENTS
def test_without_models_any_instrument_stays_on_the_page_too(instrument, monkeypatch):
    for name, figure in item_figures(instrument=instrument).items():
        check_texts(name, figure, monkeypatch)


def test_many_models_are_drawn():
    for figure in model_figures(families_of(110), instrument=SMALL).values():
        FigureCanvasAgg(figure).draw()


def test_a_figure_of_any_height_is_saved(tmp_path):
    with house_style():
        figure = Figure(figsize=(1, 700))
        figure.add_subplot()
    save_figure(figure, tmp_path / "tall", "")
    assert matplotlib.image.imread(tmp_path / "tall.png").shape[:2] == (2**16 - 1, 93)


def test_a_mark_depends_on_its_family_alone():
    # As they stand in the file; whoever is not listed keeps its mark when others come and go.
    assert family_marks(["Claude"], MARKS) == {"Claude": {"color": "#009E73", "marker": "^"}}
    names = [f"family {number}" for number in range(50)]
    together = family_marks(names, MARKS)
    assert together == {name: family_marks([name], MARKS)[name] for name in reversed(names)}
    assert len({(mark["color"], mark["marker"]) for mark in together.values()}) > 25
    assert {mark["color"] for mark in together.values()} <= set(COLOURS)
    listed = {names[0]: {"color": "#123456", "marker": "*"}}
    assert family_marks(names, listed) == together | listed


@pytest.mark.parametrize(
    ("row", "said"),
    [("A\tred\to", "row 3"), ("A\t#000000\tz", "row 3"), ("Claude\t#000000\to", "stands in an earlier row")],
)
def test_a_bad_row_of_marks_is_named(row, said, tmp_path):
    path = tmp_path / "families.tsv"
    path.write_text(f"family\tcolour\tmarker\nClaude\t#009E73\t^\n{row}\n")
    with pytest.raises(InputError, match=said):
        read_marks(path)


def check_texts(name, figure, monkeypatch):
    """All texts stay on the page, and apart from each other."""
    drawn = []
    canvas = FigureCanvasAgg(figure)
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    with monkeypatch.context() as patch:
        # Where they are is enough; their letters would be half of the work.
        patch.setattr(Text, "draw", lambda text, renderer: drawn.append(text))
        canvas.draw()
    drawn = [text for text in drawn if text.get_text().strip()]
    # Models with plain answers only need no more than a note.
    assert len(drawn) > (0 if name == "answer_kinds" else 10), name
    texts = [text.get_text() for text in drawn]
    low, high = np.array([text.get_window_extent().get_points() for text in drawn]).swapaxes(0, 1)
    outside = (low < -1) | (high > figure.get_size_inches() * figure.dpi + 1)
    assert [texts[i] for i in np.flatnonzero(outside.any(axis=1))] == [], name
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    pairs = np.argwhere(np.triu(shared.min(axis=2) >= 1.5, k=1))
    assert [(texts[one], texts[other]) for one, other in pairs] == [], name


@pytest.mark.parametrize("mark", ["simulated", "panel: 5 items of each dimension", ""])
def test_figures_say_what_they_are_made_from(mark, tmp_path):
    figure = figures_models.dimension_panels(profiles_of({"m": "F"}), {"m": "F"}, MARKS, VALUE_PORTRAIT.family("bfi"))
    save_figure(figure, tmp_path / "figure", mark)
    assert (f">{mark}</text>" in (tmp_path / "figure.svg").read_text()) == bool(mark)
    plain = tmp_path / "plain"
    save_figure(figure, plain, "")
    same = plain.with_suffix(".png").read_bytes() == (tmp_path / "figure.png").read_bytes()
    assert same != bool(mark)


SAVE_ONE = """
import sys
from pathlib import Path
from test_figures import families_of, save_figure, spread_of, value_spread
save_figure(value_spread(spread_of(families_of(4))), Path(sys.argv[1]), "x")
"""


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        figure = value_spread(spread_of(families_of(4)))
        save_figure(figure, tmp_path / name, "x")
    # Another process hashes strings another way.
    source = Path(figures_models.__file__).parents[2]
    path = os.pathsep.join([str(source), str(Path(__file__).parent), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", SAVE_ONE, str(tmp_path / "three")], env=environment, check=True)
    for suffix in (".pdf", ".svg", ".png"):
        files = [(tmp_path / name).with_suffix(suffix).read_bytes() for name in ("one", "two", "three")]
        assert files[0] == files[1] == files[2], suffix


def test_the_settings_of_matplotlib_stay_as_they_are(tmp_path):
    before = dict(matplotlib.rcParams)
    save_figure(
        figures_models.dimension_panels(profiles_of({"m": "F"}), {"m": "F"}, MARKS, VALUE_PORTRAIT.family("bfi")),
        tmp_path / "figure",
        "simulated",
    )
    assert dict(matplotlib.rcParams) == before


def test_names_are_shortened_in_the_middle():
    assert shown("gpt-4o") == "gpt-4o"
    assert shown("a" * 30 + "b" * 30, 11) == "aaaaa…bbbbb"
    assert shown("gemini-2.0-flash-thinking-exp-01-21", 26, wrap=True) == "gemini-2.0-flash-thinking-\nexp-01-21"
    assert shown("x" * 30, 20, wrap=True) == "x" * 20 + "\n" + "x" * 10
    assert all(len(line) <= 26 for line in shown("-".join("abc" * 40), 26, wrap=True).split("\n"))


def test_signed_numbers_have_no_negative_zero():
    assert [signed(number) for number in (-0.001, 0.5, -1.005)] == ["0.00", "0.50", "−1.00"]


def test_groups_stand_apart():
    assert spaced(["a", "a", "b", "c"], gap=0.5).tolist() == [0, 1, 2.5, 4]
    assert spaced([]).tolist() == []
