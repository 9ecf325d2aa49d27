import itertools
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from instruments import VALUE_PORTRAIT
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from value_portrait.dimensions import DIMENSIONS, title
from value_portrait.items.coverage import cross_loading_distances, items_per_dimension, topic_shares
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.drawing import family_marks, save_figure, shown, signed, spaced

# Mathtext would raise at the first, and read the second; the others are what files, HTML or legends trip over.
HOSTILE = [r"a$\frac$b", "$x^2$", "_hidden", "meta/llama:free<b>", "long-" * 24, "control\tbell\x07", "NA"]
SIDES = {"weights": ("open", "closed"), "size": ("large (at least 30 B)", "small")}


def families_of(count):
    """Names of models, and their families of three."""
    return {f"model-{number}-instruct-2025": f"Family {number // 3}" for number in range(count)}


def profiles_of(families, missing=()):
    rng = np.random.default_rng(1)
    rows = [(model, family, dimension) for model in families for family, dimension in DIMENSIONS]
    table = pd.DataFrame(rows, columns=["model", "family", "dimension"])
    table["centred_mean"] = rng.normal(0, 0.4, len(table)).round(3)
    table.loc[table["dimension"].isin(missing), "centred_mean"] = np.nan
    return table


def sensitivity_of(models):
    rng = np.random.default_rng(2)
    columns = ["prompt_sensitivity", "order_sensitivity", "prompt_difference", "order_difference"]
    return pd.DataFrame(rng.uniform(0.05, 0.95, (len(models), 4)), columns=columns).assign(model=list(models))


def counts_of(models):
    kinds = [("answered", "plain", 100), ("answered", "off_scale", 7), ("content_filter", "empty", 1)]
    rows = [(model, *kind) for number, model in enumerate(models) for kind in kinds[: 1 + number % 3]]
    return pd.DataFrame(rows, columns=["model", "outcome", "answer_class", "answers"])


def spread_of(families):
    sizes = itertools.cycle([None, 8.0, 70.0])
    rows = [
        (model, "printed" if number % 5 == 4 else "recorded", family, next(sizes), 0.01 * number)
        for number, (model, family) in enumerate(families.items())
    ]
    return pd.DataFrame(rows, columns=["model", "answers", "family", "size_b", "variance"]).astype({"size_b": float})


def reliability_of(alpha):
    rows = [(source, *dimension) for source in ("models", "raters") for dimension in DIMENSIONS]
    table = pd.DataFrame(rows, columns=["source", "family", "dimension"])
    return table.assign(n_items=12, n_observations=190, alpha=alpha, ci_low=alpha - 0.1, ci_high=alpha + 0.05)


def people_of(mean):
    table = pd.DataFrame(DIMENSIONS, columns=["family", "dimension"])
    for who in ("models", "people"):
        parts = {"n": 33, "mean": mean, "q10": mean - 1, "q90": mean + 1}
        table = table.assign(**{f"{who}_{name}": value for name, value in parts.items()})
    return table


def instruments_of(middle):
    sides = [("models", "rated_items", 8), ("people", "rated_items", 280), ("people", "questionnaire", 281)]
    rows = [(*side, *dimension) for side in sides for dimension in DIMENSIONS]
    table = pd.DataFrame(rows, columns=["who", "on", "n", "family", "dimension"])
    return table.assign(**{f"q{level}": middle + (level - 50) / 40 for level in (10, 25, 50, 75, 90)})


def groups_of(difference):
    table = pd.DataFrame(
        [(side, *pair) for side in SIDES for pair in DIMENSIONS], columns=["comparison", "family", "dimension"]
    )
    means = {"n_first": 8, "n_second": 25, "mean_first": difference, "mean_second": 0.0, "difference": difference}
    return table.assign(**means, ci_low=difference - 0.2, ci_high=difference + 0.2)


def tags_of(count):
    rows = [
        (f"{item}-1", "pvq", VALUE_PORTRAIT.main.names[(item * step) % 10], 0.4)
        for item in range(count)
        for step in (1, 2)
    ]
    return pd.DataFrame(rows, columns=["item_id", "family", "dimension", "rho"]).drop_duplicates()


def model_figures(families, missing=()):
    """Every figure with models in it; ``missing`` dimensions have no score."""
    profiles = profiles_of(families, missing)
    return {
        "value_profiles": figures_models.value_profiles(profiles, families),
        "portraits": figures_models.portraits(profiles, families),
        "big_five": figures_models.big_five(profiles, families),
        "sensitivity": figures_models.sensitivity(sensitivity_of(families)),
        "answer_kinds": figures_models.answer_kinds(counts_of(families)),
        "value_spread": figures_models.value_spread(spread_of(families)),
    }


def item_figures(alpha=0.8, mean=0.1, count=40):
    """Every other figure."""
    counts = items_per_dimension(tags_of(count), VALUE_PORTRAIT.main)
    topics = pd.DataFrame({"query_id": ["1", "1", "2"], "topic": ["Work", "Money & cost in $", "Work"]})
    return {
        "items_per_value": figures_items.items_per_value(counts, counts, 0.3),
        "cross_loading": figures_items.cross_loading(cross_loading_distances(tags_of(count), VALUE_PORTRAIT.main)),
        "topics": figures_items.topics(topic_shares(topics), 2),
        "reliability": figures_items.reliability(reliability_of(alpha)),
        "models_and_people": figures_items.models_and_people(people_of(mean)),
        "instruments": figures_items.instruments(instruments_of(mean)),
        "group_comparisons": figures_models.group_comparisons(groups_of(mean), SIDES),
    }


def words(figure):
    return " ".join(text.get_text().replace("\n", "") for text in figure.findobj(Text))


def cells(figure):
    """The texts of the heat map's cells, by their places (column, row)."""
    middle = [text for text in figure.axes[0].texts if text.get_va() == "center_baseline"]
    return {text.get_position(): text.get_text() for text in middle}


def test_the_heat_map_prints_the_table():
    families = {"b1": "B", "a1": "A", "b2": "B"}
    table = profiles_of(families, ["Tradition"])
    figure = figures_models.value_profiles(table, families)
    scores = table.set_index(["model", "dimension"])["centred_mean"]
    axes = figure.axes[0]
    # Rows by family, in the order in which families and models first appear.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b1", "b2", "a1", "Mean of the models"]
    assert [label.get_text() for label in axes.get_xticklabels()] == [title(name) for _, name in DIMENSIONS]
    drawn = cells(figure)
    assert len(drawn) == 4 * 19
    for model, y in zip(["b1", "b2", "a1"], axes.get_yticks(), strict=False):
        for (_, dimension), x in zip(DIMENSIONS, axes.get_xticks(), strict=True):
            if dimension == "Tradition":
                assert drawn[x, y] == "n/a"
            else:
                assert float(drawn[x, y]) == pytest.approx(scores[model, dimension], abs=0.00501)
    power = axes.get_xticks()[5]
    mean = np.mean([scores[model, "Power"] for model in families])
    assert float(drawn[power, axes.get_yticks()[3]]) == pytest.approx(mean, abs=0.00501)


def test_colours_are_symmetrical_about_zero():
    figure = figures_models.value_profiles(profiles_of({"m": "F"}), {"m": "F"})
    norm = figure.axes[0].collections[0].norm
    assert norm.vmin == -norm.vmax


@pytest.mark.parametrize("count", [1, 60])
def test_every_model_is_named(count):
    families = families_of(count)
    figures = model_figures(families)
    for name in ("value_profiles", "portraits", "sensitivity", "answer_kinds"):
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
    return {mark["marker"] for mark in family_marks([str(number) for number in range(20)]).values()}


def test_a_family_of_many_models_takes_several_panels():
    families = {f"m{number}": "Big" for number in range(17)}
    shown_words = words(figures_models.portraits(profiles_of(families), families))
    assert "Big (1 of 3)" in shown_words
    assert "Big (3 of 3)" in shown_words


@pytest.mark.parametrize("missing", [[], ["Tradition", "Openness"], [name for _, name in DIMENSIONS]])
def test_missing_scores_and_hostile_names_are_drawn(missing):
    families = {name: name for name in HOSTILE}
    figures = model_figures(families, missing)
    for name in ("value_profiles", "portraits", "sensitivity", "answer_kinds"):
        FigureCanvasAgg(figures[name]).draw()
        shown_words = words(figures[name])
        assert r"a$\frac$b" in shown_words
        assert "_hidden" in shown_words
        assert "meta/llama:free<b>" in shown_words
        assert "\x07" not in shown_words


def test_nothing_measured_is_drawn_too():
    figures = item_figures(alpha=np.nan, mean=np.nan, count=0)
    assert "0 pairs" in words(figures["cross_loading"])
    assert "a value has no item" in words(figures["items_per_value"])
    assert "n/a / n/a" in words(figures["reliability"])
    lonely = spread_of({"m": "F"}).assign(variance=np.nan)
    assert "n = 0" in words(figures_models.value_spread(lonely))


def test_numbers_of_the_other_figures():
    figures = item_figures()
    counts = items_per_dimension(tags_of(40), VALUE_PORTRAIT.main)
    for count, share in zip(counts["n_tags"], counts["share"], strict=True):
        assert f"{count} ({100 * share:.1f} %)" in words(figures["items_per_value"])
    assert "100.0 % (2)" in words(figures["topics"])
    assert "50.0 % (1)" in words(figures["topics"])
    rated, asked = figures["instruments"].axes
    assert rated.get_title(loc="left") == "Rated items"
    assert asked.get_title(loc="left") == "Questionnaire (PVQ-21), another instrument"
    assert [text.get_text() for text in asked.get_legend().get_texts()] == ["people (n ≤ 281)"]
    assert any(text.get_text().startswith("models") for text in rated.get_legend().get_texts())
    assert "0.80 / 0.80" in words(figures["reliability"])
    assert "open (n = 8)" in words(figures["group_comparisons"])
    # The second of the three models has 7 answers off the scale, the third also one empty.
    kinds = words(model_figures(families_of(3))["answer_kinds"])
    assert "7 of 107" in kinds
    assert "8 of 108" in kinds
    assert "Only plain answers (1 models): model-0" in kinds


def check_texts(name, figure, monkeypatch):
    """All texts stay on the page, and apart from each other."""
    drawn, draw = [], Text.draw
    canvas = FigureCanvasAgg(figure)
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", lambda text, renderer: (drawn.append(text), draw(text, renderer)))
        canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in drawn if text.get_text().strip()]
    assert len(boxes) > 10
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in boxes:
        assert box.x0 >= -1, (name, text)
        assert box.y0 >= -1, (name, text)
        assert box.x1 <= width + 1, (name, text)
        assert box.y1 <= height + 1, (name, text)
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert min(across, down) < 1.5, (name, one, other)


@pytest.mark.parametrize("count", [2, 33])
def test_texts_stay_on_the_page_and_apart(count, monkeypatch):
    for name, figure in (model_figures(families_of(count)) | item_figures()).items():
        check_texts(name, figure, monkeypatch)


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_figures_say_so(simulated, tmp_path):
    figure = figures_models.big_five(profiles_of({"m": "F"}), {"m": "F"})
    save_figure(figure, tmp_path / "figure", simulated)
    assert ("<!-- simulated -->" in (tmp_path / "figure.svg").read_text()) == simulated
    plain = tmp_path / "plain"
    save_figure(figure, plain, False)
    same = plain.with_suffix(".png").read_bytes() == (tmp_path / "figure.png").read_bytes()
    assert same != simulated


SAVE_ONE = """
import sys
from pathlib import Path
from test_figures import families_of, figures_models, save_figure, spread_of
save_figure(figures_models.value_spread(spread_of(families_of(4))), Path(sys.argv[1]), True)
"""


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        save_figure(figures_models.value_spread(spread_of(families_of(4))), tmp_path / name, True)
    # Another process hashes strings another way.
    source = Path(figures_models.__file__).parents[2]
    path = os.pathsep.join([str(source), str(Path(__file__).parent)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", SAVE_ONE, str(tmp_path / "three")], env=environment, check=True)
    for suffix in (".pdf", ".svg", ".png"):
        files = [(tmp_path / name).with_suffix(suffix).read_bytes() for name in ("one", "two", "three")]
        assert files[0] == files[1] == files[2], suffix


def test_the_settings_of_matplotlib_stay_as_they_are(tmp_path):
    before = dict(matplotlib.rcParams)
    save_figure(figures_models.big_five(profiles_of({"m": "F"}), {"m": "F"}), tmp_path / "figure", True)
    assert dict(matplotlib.rcParams) == before


def test_names_are_shortened_in_the_middle():
    assert shown("gpt-4o") == "gpt-4o"
    assert shown("a" * 30 + "b" * 30, 11) == "aaaaa…bbbbb"
    assert shown("gemini-2.0-flash-thinking-exp-01-21", 26, wrap=True) == "gemini-2.0-flash-thinking-\nexp-01-21"
    assert shown("x" * 30, 20, wrap=True) == "x" * 20 + "\n" + "x" * 10
    assert all(len(line) <= 26 for line in shown("-".join("abc" * 40), 26, wrap=True).split("\n"))


def test_signed_numbers_have_no_negative_zero():
    assert [signed(number) for number in (-0.001, 0.5, -1.005)] == ["0.00", "0.50", "-1.00"]


def test_groups_stand_apart():
    assert spaced(["a", "a", "b", "c"], gap=0.5).tolist() == [0, 1, 2.5, 4]
    assert spaced([]).tolist() == []
