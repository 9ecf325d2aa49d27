"""What figures say over themselves: for some, none, all, few, one, and where there is nothing to say."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from matplotlib.figure import Figure
from value_portrait.paper.figures import _in_print
from value_portrait.publication import messages
from value_portrait.publication.drawing import WIDTH, draw_message, house_style
from value_portrait.robustness.spread import spread_by_size

NAN = np.nan
VALUES = VALUE_PORTRAIT.main.names


def rows(p, names=VALUES, **columns):
    """A row for each of these values with its p, and one of another family that is beyond all chance."""
    table = pd.DataFrame({"family": "pvq", "dimension": names, "p": p})
    other = pd.DataFrame({"family": "bfi", "dimension": ["Openness"], "p": [1e-9]})
    return pd.concat([table, other], ignore_index=True).assign(**columns)


# Holm's limit for the first of ten is 0.005, for the second 0.05 / 9, and so on.
@pytest.mark.parametrize(
    ("p", "said"),
    [
        ([0.0051] * 10, "none of 10 values"),
        ([0.0049] + [0.9] * 9, "Universalism"),
        ([0.9] * 7 + [0.001] * 3, "Hedonism, Stimulation, Self-Direction"),
        ([0.001] * 4 + [0.9] * 6, "4 of 10 values"),
        ([0.001] * 10, "10 of 10 values"),
        ([NAN] * 9 + [0.04], "Self-Direction"),
    ],
)
def test_tags_and_means_beyond_chance_are_named_or_counted(p, said):
    table = rows(p, direction="positive")
    either = rows([1e-9] * 10, direction="two_sided")
    assert messages.tags(pd.concat([table, either]), VALUE_PORTRAIT) == f"More positive tags than chance gives: {said}"
    means = pd.concat([rows(p, without="nothing"), rows([0.9] * 10, without="liking")]).assign(statistic="mean_profile")
    found = messages.mean_profile(means, VALUE_PORTRAIT)
    assert found == f"Beyond chance: {said}; once what people like is taken out: none of 10 values"
    assert messages.mean_profile(means[means["without"] == "nothing"], VALUE_PORTRAIT) == f"Beyond chance: {said}"


def test_of_one_dimension_none_is_none():
    table = rows([0.9], names=["Power"], direction="positive")
    assert messages.tags(table, VALUE_PORTRAIT) == "More positive tags than chance gives: none"
    two = rows([0.9, 0.05], names=["Power", "Security"], direction="positive")
    assert messages.tags(two, VALUE_PORTRAIT) == "More positive tags than chance gives: none of 2 values"
    assert messages.tags(two.iloc[[1]], VALUE_PORTRAIT) == "More positive tags than chance gives: none"


def test_where_nothing_was_tested_nothing_is_said():
    untested = rows([NAN] * 10, direction="positive", statistic="mean_profile", without="nothing").query(
        "family == 'pvq'"
    )
    assert not messages.tags(untested, VALUE_PORTRAIT)
    assert not messages.mean_profile(untested, VALUE_PORTRAIT)
    assert not messages.people(pd.DataFrame({"p_adjusted": [NAN, NAN]}))
    assert not messages.siblings({})
    assert not messages.siblings({"size": np.array([NAN, NAN])})
    assert not messages.scores_told(0, 0)
    assert not messages.circle(pd.DataFrame({"subject": ["models"], "statistic": ["cosine_r2"], "p": [NAN]}))
    nothing = pd.DataFrame({"option": [None], "share_holds": [NAN], "share_significant": [NAN]})
    assert not messages.claims(nothing)


def profiles_of(**scores):
    return pd.DataFrame({("taste", name): own for name, own in scores.items()})


def test_the_ends_of_the_mean_profile():
    wide = profiles_of(Sweet=[0.1, 0.3], Salty=[-1.0, NAN], Sour_Bitter=[0.4, -0.4])
    # Ends that read the same are nobody's.
    tied = profiles_of(Sweet=[0.1, 0.3], Salty=[0.2, 0.204], Sour_Bitter=[-0.4, -0.4])
    assert not messages.profiles(tied, SMALL)
    assert not messages.profiles(-tied, SMALL)
    said = "Of the tastes Sweet stands highest (0.20), Salty lowest (−1.00) on average"
    assert messages.profiles(wide, SMALL) == said
    two = profiles_of(Sweet=[0.1, 0.3], Salty=[-1.0, NAN], Sour_Bitter=[NAN, NAN])
    assert messages.profiles(two, SMALL) == said
    assert not messages.profiles(wide.head(1), SMALL)
    assert not messages.profiles(profiles_of(Sweet=[0.1, 0.3], Salty=[NAN, NAN], Sour_Bitter=[NAN, NAN]), SMALL)


def test_scores_people_and_siblings_are_counted():
    assert messages.scores_told(70, 3300) == "Scores told from 0, each by itself: 70 of 3,300"
    assert messages.scores_told(0, 1) == "Scores told from 0, each by itself: none of 1"
    table = pd.DataFrame({"p_adjusted": [0.04, 0.05, NAN]})
    assert messages.people(table) == "Differences between models and people beyond chance: 1 of 2"
    assert messages.people(table.tail(2)) == "Differences between models and people beyond chance: none of 1"
    p = {"reasoning": np.array([0.049, 0.05]), "size": np.array([NAN, 0.001, 0.01])}
    models, differences = "Single models of a family that differ in", "differences beyond chance"
    assert messages.siblings(p) == f"{models} reasoning or size: 3 of 4 {differences}"
    assert messages.siblings({"size": np.array([0.9])}) == f"{models} size: none of 1 {differences}"
    assert messages.siblings(p | {"size": np.array([NAN])}) == f"{models} reasoning: 1 of 2 {differences}"


def test_on_the_circle_is_what_beats_all_that_it_is_held_against():
    table = pd.DataFrame(
        [
            ("models", "cosine_r2", 0.5),
            ("models", "cosine_r2", 0.001),
            ("questionnaire", "cosine_r2", 0.049),
            ("raters", "cosine_r2", 0.05),
            ("models", "congruence", 0.001),
            ("items", "cosine_r2", NAN),
        ],
        columns=["subject", "statistic", "p"],
    )
    others = "raters by held-out items, models' profiles"
    assert messages.circle(table) == f"Closer to the circle than by chance: the questionnaire; not {others}"
    assert messages.circle(table.iloc[[0, 3]]) == f"No closer to the circle than by chance: {others}"
    assert messages.circle(table.iloc[[2]]) == "Closer to the circle than by chance: the questionnaire"
    assert messages.circle(table.iloc[:1]) == "No closer to the circle than by chance: models' profiles"


def claims_of(*shares):
    table = pd.DataFrame(shares, columns=["share_holds", "share_significant"]).assign(option=None)
    by_option = pd.DataFrame({"share_holds": [1.0], "share_significant": [1.0], "option": ["parser"]})
    return pd.concat([table, by_option], ignore_index=True)


def test_claims_in_most_analyses():
    table = claims_of((0.9, NAN), (0.899, 0.9), (1.0, 0.1), (NAN, NAN))
    most = "Claims that go this way in at least 90 % of the analyses"
    assert messages.claims(table) == f"{most}: 2 of 3; significantly in as many: 1 of 2"
    assert messages.claims(table.iloc[[0, 2]]) == f"{most}: 2 of 2; significantly in as many: none of 1"
    assert messages.claims(table.iloc[[1, 1]]) == f"{most}: none of 2; significantly in as many: 2 of 2"
    assert messages.claims(table.iloc[[0, 0]]) == f"{most}: 2 of 2"
    assert messages.claims(table.iloc[[0, 3]]) == "The claim goes this way in 90 % of the analyses"


def test_alphas_of_models_and_raters():
    table = pd.DataFrame(
        [
            ("models", "pvq", "Power", "alpha", 0.9),
            ("raters", "pvq", "Power", "alpha", 0.8),
            ("models", "bfi", "Openness", "alpha", 0.5),
            ("raters", "bfi", "Openness", "alpha", 0.5),
            ("models", "pvq", "Security", "alpha", 0.5),
            ("raters", "pvq", "Security", "alpha", NAN),
            ("models", "pvq", "Power", "omega", 0.1),
        ],
        columns=["source", "family", "dimension", "coefficient", "estimate"],
    )
    assert messages.alphas(table) == "Alpha is higher among models than among raters in 1 of 2 dimensions"
    assert not messages.alphas(table[table["source"] == "models"])
    assert not messages.alphas(table.head(2))


def test_variance_between_models():
    table = pd.DataFrame(
        [
            ("pvq", "Power", "centred", "model", 0.01),
            ("pvq", "Security", "centred", "model", 0.03),
            ("pvq", "Tradition", "centred", "model", NAN),
            ("pvq", "Power", "raw", "model", 0.9),
            ("pvq", "Power", "centred", "item", 0.8),
            ("bfi", "Openness", "centred", "model", 0.7),
        ],
        columns=["family", "dimension", "scores", "component", "share"],
    )
    said = "2 % of the variance of a centred rating is between models (median of 2 values)"
    assert messages.variance(table, VALUE_PORTRAIT) == said
    assert (
        messages.variance(table.head(1), VALUE_PORTRAIT) == "1 % of the variance of a centred rating is between models"
    )
    assert not messages.variance(table.iloc[3:], VALUE_PORTRAIT)


def sized(variance, answers="recorded"):
    sizes = 2.0 ** np.arange(len(variance))
    return pd.DataFrame({"answers": answers, "size_b": sizes, "variance": variance, "model": "m"})


def test_that_profiles_go_with_size_is_said_to_be_chance_and_never_to_be_more():
    """Its p takes models as independent, which those of one developer are not."""
    mixed, rising = sized([1.0, 5, 2, 4, 3, 3.5]), sized(np.arange(6.0), "printed")
    said = "More pronounced profiles of larger models cannot be told from chance"
    assert messages.spread(spread_by_size(mixed)) == said
    untold = rising, pd.concat([mixed, rising]), mixed.head(2), mixed.assign(size_b=7.0)
    for table in (*untold, pd.concat([mixed, rising.assign(size_b=7.0)])):
        assert not messages.spread(spread_by_size(table))


def test_groups_are_told_apart_by_the_adjusted_p_of_the_main_family():
    table = pd.DataFrame(
        [
            ("weights", "pvq", "Power", 0.9),
            ("weights", "pvq", "profile_variance", 0.001),
            ("size", "pvq", "Power", 0.049),
            ("size", "pvq", "Security", 0.05),
            ("size", "bfi", "Openness", 0.001),
            ("reasoning", "pvq", "Power", NAN),
        ],
        columns=["comparison", "family", "dimension", "p_adjusted"],
    )
    sides = {"weights": ("open", "closed"), "size": ("large (at least 30 B)", "small"), "reasoning": ("yes", "no")}
    said = "Differences beyond chance: none of 1 between open and closed; 1 of 2 between large and small"
    assert messages.groups(table, sides, VALUE_PORTRAIT) == said
    assert not messages.groups(table.tail(1), sides, VALUE_PORTRAIT)


def test_numbers_in_print():
    counts = pd.Series({"match": 1200, "explained": 1, "unexplained": 3, "needs microdata": 9})
    said = "1,200 match, 1 explained, 3 conjectured or open, 0 different"
    assert _in_print(counts) == f"Of 1,204 numbers in print that can be compared: {said}"
    assert not _in_print(counts.tail(1))


@pytest.mark.parametrize("words", [3, 40])
def test_a_message_stands_inside_a_figure_that_grows_by_its_lines(words):
    with house_style():
        for above in (True, False):
            figure = Figure(figsize=(WIDTH, 2))
            axes = figure.subplots()
            handles = axes.plot([0, 1])
            legend = figure.legend(handles, ["line"], loc="outside upper left") if above else None
            before = figure.get_figheight()
            draw_message(figure, "", legend)
            assert figure.get_figheight() == before
            draw_message(figure, "message " * words, legend)
            figure.draw_without_rendering()
            text = legend.get_title() if legend else figure._suptitle
            box, whole = text.get_window_extent(), figure.bbox
            assert whole.x0 <= box.x0
            assert box.x1 <= whole.x1
            assert box.y1 <= whole.y1
            assert box.y0 >= axes.get_tightbbox().y1
            lines = text.get_text().count("\n") + 1
            assert figure.get_figheight() - before == pytest.approx(0.14 * lines + 0.05)
