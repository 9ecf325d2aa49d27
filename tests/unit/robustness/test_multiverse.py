"""The multiverse: which combinations there are, and which of them are drawn."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.robustness import multiverse as options

ITEMS = {
    "correlations": "recomputed",
    "method": "spearman",
    "threshold": 0.3,
    "max_p": 0.05,
    "polarity": "positive",
    "repeated_participants": "keep",
}
SCORING = {"parser": "published", "centring": "tagged_items"}
VERSIONS = [version.name for version in VALUE_PORTRAIT.prompt_versions]


def spread(limit=10**6, seed=1, published=True, items=(), scoring=(), versions=VERSIONS):
    of_key, main_of_key = options.options_of_raters(ITEMS | dict(items), published)
    of_answers, main = options.options_of_answers(SCORING | dict(scoring), versions, VALUE_PORTRAIT)
    return options.spread_out(of_key | of_answers, main_of_key | main, limit, seed)


def test_the_number_of_universes():
    # 2 methods, 2 x repeated, 2 x careless, 2 x scores, 3 x rater's mean make 48 correlations, and there are the
    # published ones; 5 thresholds, 3 limits; positive with 3 centrings or both polarities with 2; 2 parsers, 12 sets of
    # versions.
    assert len(spread().codes) == (48 + 1) * 5 * 3 * (3 + 2) * 2 * 12
    assert len(spread(published=False).codes) == 48 * 5 * 3 * (3 + 2) * 2 * 12
    assert len(np.unique(spread().codes, axis=0)) == len(spread().codes)


def test_no_universe_contradicts_itself():
    found = spread()
    table = pd.DataFrame([found.labels(row) for row in range(0, len(found.codes), 7)])
    published = table[table["correlations"] == "published"]
    assert len(published)
    for option, only in (
        ("method", "spearman"),
        ("repeated_participants", "keep"),
        ("careless_raters", "keep"),
        ("scores", "as stored"),
        ("rater_mean", "left in"),
    ):
        assert set(published[option]) == {only}
    assert set(table.loc[table["polarity"] == "both", "centring"]) == {"tagged_items", "all_items"}


def test_sets_of_versions():
    settings, _ = options.options_of_answers(SCORING, VERSIONS, VALUE_PORTRAIT)
    assert settings["prompt_versions"] == {
        "all": tuple(VERSIONS),
        "wording v1": ("v1", "v1_reversed"),
        "wording v2": ("v2", "v2_reversed"),
        "wording v3": ("v3", "v3_reversed"),
        "options as they are": ("v1", "v2", "v3"),
        "options reversed": ("v1_reversed", "v2_reversed", "v3_reversed"),
        **{f"only {name}": (name,) for name in VERSIONS},
    }
    # A set of versions is one setting, whatever it could be called.
    settings, _ = options.options_of_answers(SCORING, ["a", "a_turned", "b"], SMALL)
    assert settings["prompt_versions"] == {
        "all": ("a", "a_turned", "b"),
        "wording a": ("a", "a_turned"),
        "wording b": ("b",),
        "options as they are": ("a", "b"),
        "options reversed": ("a_turned",),
        "only a": ("a",),
    }
    settings, main = options.options_of_answers(SCORING, ["b"], SMALL)
    assert (settings["prompt_versions"], main["prompt_versions"]) == ({"all": ("b",)}, "all")


def main_of(found):
    (row,) = np.flatnonzero(found.departures == 0)
    return found.labels(row)


@pytest.mark.parametrize(
    ("items", "scoring", "expected"),
    [
        ({}, {}, {"threshold": "0.3", "max_p": "0.05", "polarity": "positive", "centring": "tagged_items"}),
        (
            {"threshold": 0.33, "max_p": 0.2},
            {"parser": "strict"},
            {"threshold": "0.33", "max_p": "0.2", "parser": "strict"},
        ),
        ({"max_p": None, "method": "pearson"}, {}, {"max_p": "none", "method": "pearson"}),
        # What the config says of correlating is without effect on published correlations.
        (
            {"correlations": "published", "method": "pearson", "repeated_participants": "drop"},
            {},
            {"correlations": "published", "method": "spearman", "repeated_participants": "keep"},
        ),
        # The user's own analysis is there, whatever is thought of it.
        ({"polarity": "both"}, {"centring": "none"}, {"polarity": "both", "centring": "none"}),
    ],
)
@pytest.mark.parametrize("limit", [1, 10**6])
def test_the_configs_analysis_is_one_of_them(items, scoring, expected, limit):
    labels = main_of(spread(limit, items=items, scoring=scoring))
    assert labels | expected == labels


def test_a_draw_holds_the_main_analysis_and_its_neighbours():
    drawn, everything = spread(500), spread()
    # 1 + 4 + 1 + 2 + 1 + 1 + 1 + 1 + 2 + 2 + 1 + 11 settings that are not the main one.
    assert np.bincount(drawn.departures)[:2].tolist() == np.bincount(everything.departures)[:2].tolist() == [1, 28]
    assert len(drawn.codes) == len(np.unique(drawn.codes, axis=0)) == 500
    rows = {tuple(row) for row in everything.codes}
    assert all(tuple(row) in rows for row in drawn.codes)
    assert np.array_equal(drawn.codes, drawn.codes[np.lexsort(drawn.codes.T[::-1])])
    assert np.array_equal(drawn.codes, spread(500).codes)
    assert not np.array_equal(drawn.codes, spread(500, seed=2).codes)


def test_few_universes_are_the_neighbours_at_least():
    assert len(spread(3).codes) == 29


def test_a_draw_takes_settings_in_their_proportion():
    drawn = spread(20_000)
    place = list(drawn.settings).index("threshold")
    assert np.bincount(drawn.codes[:, place]) / 20_000 == pytest.approx([0.2] * 5, abs=0.015)


def test_options_of_a_given_key():
    assert options.options_of_given_key(pd.DataFrame({"polarity": [1, 1]})) == ({}, {})
    settings, main = options.options_of_given_key(pd.DataFrame({"polarity": [1, -1]}))
    assert (list(settings["polarity"]), main) == (["positive", "both"], {"polarity": "both"})


def test_settings_are_compared_where_all_of_them_exist():
    found = spread()
    place = {name: index for index, name in enumerate(found.settings)}
    assert not found.codes[found.comparable("method"), place["correlations"]].any()
    of_both = found.comparable("correlations")
    assert np.bincount(found.codes[of_both, place["correlations"]]).tolist() == [88_200 // 49] * 2
    # Without centring there are no negative items, so the three centrings compare among positive ones.
    assert not found.codes[found.comparable("centring"), place["polarity"]].any()
    assert found.comparable("parser").all()
