"""Claims judged by hand and by other implementations of the tests."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL
from scipy import stats
from value_portrait.config_tables import Claim
from value_portrait.publication.findings import highest_values
from value_portrait.robustness.clustering import cluster_robust, rank_slope
from value_portrait.robustness.judging import Scored, Untestable, bound, judge

# Dimensions: Sweet, Salty, Sour_Bitter, Haste.
BY_HAND = np.array(
    [
        [[0.5, 0.1, -0.6, 0.0], [0.3, -0.1, -0.2, 0.0], [0.4, 0.3, 0.1, 0.0]],
        [[0.1, 0.5, -0.6, 0.0], [0.1, 0.5, -0.6, 0.0], [0.4, 0.2, 0.3, 0.0]],
        [[np.nan, 0.5, -0.6, 0.0], [np.nan, 0.1, 0.0, 0.0], [np.nan, 0.2, 0.3, 0.0]],
    ]
)


def claim(kind, *arguments):
    return Claim(claim="one", text="Words", where="there", kind=kind, arguments=list(arguments))


def scored(scores, conditions=(), **columns):
    """Models m0, m1, ... at baseline, then the first of them under other conditions."""
    size = scores.shape[1] - len(conditions)
    given = {"weights": "open", "reasoning": "no", "family": "A", "developer": "D", "size_b": None}
    models = {f"m{n}": given | {name: values[n] for name, values in columns.items()} for n in range(size)}
    subjects = [(name, "baseline") for name in models] + list(conditions)
    return Scored(scores, subjects, models, SMALL)


def random_scores(seed=0, universes=4, models=9):
    return np.random.default_rng(seed).normal(0, 1, (universes, models, 4))


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        # Mean profiles: 0.4, 0.1, -0.7/3; 0.2, 0.4, -0.3; none, 0.8/3, -0.1.
        ("highest", ["Sweet"], [0.3, -0.2, np.nan]),
        ("highest", ["Sweet", "Salty"], [0.1 + 0.7 / 3, 0.5, np.nan]),
        # What has no score is let be, unless the claim names it.
        ("highest", ["Salty"], [-0.3, 0.2, 0.8 / 3 + 0.1]),
        ("lowest", ["Sour_Bitter"], [0.1 + 0.7 / 3, 0.5, 0.8 / 3 + 0.1]),
        ("lowest", ["Salty"], [-0.7 / 3 - 0.1, -0.7, -0.1 - 0.8 / 3]),
        ("highest_in_most_models", ["Sweet"], [1, 1 / 3, np.nan]),
        ("highest_in_most_models", ["Sweet", "Salty"], [1, 2 / 3, np.nan]),
        ("above", ["Sweet", "Sour_Bitter"], [0.4 + 0.7 / 3, 0.5, np.nan]),
    ],
)
def test_profiles_by_hand(kind, arguments, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, p, models = judge(claim(kind, *arguments), scored(BY_HAND))
    assert value == pytest.approx(expected, nan_ok=True)
    assert np.isnan(p).all()
    assert models == ["m0", "m1", "m2"]


def test_a_claim_holds_beyond_its_bound():
    assert (bound(claim("highest", "Sweet")), bound(claim("highest_in_most_models", "Sweet"))) == (0, 0.5)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("highest", ["Sweet"]),
        ("lowest", ["Salty"]),
        ("highest_in_most_models", ["Sweet"]),
        ("above", ["Sweet", "Salty"]),
        ("group_above", ["weights=open", "weights=closed", "Haste"]),
        ("condition_above", ["baseline", "old", "Haste"]),
    ],
)
def test_what_only_rounding_tells_apart_is_a_tie(kind, arguments):
    more, less = 0.1 + 0.2, 0.3
    assert more > less
    low = 0.9 if kind == "lowest" else -0.6
    open_model, other = [[more, less, low, haste] for haste in (more, less)]
    scores = np.array([[open_model, other, other]])
    value, *_ = judge(claim(kind, *arguments), scored(scores, [("m0", "old")], weights=["open", "closed"]))
    assert value.tolist() == [0]


ASKED = [
    claim("highest", "Sweet"),
    claim("lowest", "Salty", "Sour_Bitter"),
    claim("highest_in_most_models", "Sweet", "Salty"),
    claim("above", "Sweet", "Salty"),
    claim("group_above", "weights=open", "weights=closed", "Sweet"),
    claim("group_above", "weights=open", "weights=closed", "spread"),
    claim("rises_with_size", "Sweet"),
    claim("condition_above", "baseline", "old", "Sweet"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=28, max_size=28), st.integers(0, 2**32 - 1), st.sampled_from(ASKED))
def test_rounding_decides_nothing(grid, seed, asked):
    weights = ["open"] * 3 + ["closed"] * 2
    about = {"weights": weights, "size_b": [8, 70, 70, 405, 1], "developer": [*"abcde"]}
    exact = np.reshape(grid, (1, 7, 4)) / 3
    moved = exact + np.random.default_rng(seed).uniform(-1e-13, 1e-13, exact.shape)
    told = [("m0", "old"), ("m1", "old")]
    one, other = (judge(asked, scored(scores, told, **about)) for scores in (exact, moved))
    assert one.value == pytest.approx(other.value, abs=1e-9, nan_ok=True)
    assert (one.value > bound(asked)) == (other.value > bound(asked))


def test_the_models_that_share_the_highest_are_those_of_the_summary():
    scores = random_scores(universes=1)[:, :, :3]
    frame = pd.DataFrame(
        [(f"m{m}", "taste", name, scores[0, m, d]) for m in range(9) for d, name in enumerate(SMALL.main.names)],
        columns=["model", "family", "dimension", "centred_mean"],
    )
    expected = np.mean([own == {"Sweet", "Salty"} for own in highest_values(frame, 2, SMALL).values()])
    padded = np.concatenate([scores, scores[:, :, :1]], axis=2)
    assert judge(claim("highest_in_most_models", "Sweet", "Salty"), scored(padded))[0] == pytest.approx([expected])


@pytest.mark.parametrize("score", ["Salty", "spread"])
def test_groups_of_equal_developers_are_a_t_test_of_their_means(score):
    scores = random_scores(models=12)
    scores[1, 4] = np.nan
    about = {"reasoning": ["yes"] * 6 + ["no"] * 6, "developer": list("aaabbbcccddd")}
    asked = claim("group_above", "reasoning=yes", "reasoning=no", score)
    value, p, models = judge(asked, scored(scores, **about))
    values = scores[:, :, 1] if score == "Salty" else pd.DataFrame(scores[:, :, :3].reshape(-1, 3)).var(axis=1)
    values = np.asarray(values).reshape(len(scores), -1)
    assert models == [f"m{n}" for n in range(12)]
    for universe in (0, 2, 3):
        means = values[universe].reshape(4, 3).mean(axis=1)
        assert p[universe] == pytest.approx(stats.ttest_ind(means[:2], means[2:]).pvalue)
    # A model without a score has no part in it.
    left = [n for n in range(12) if n != 4]
    design = np.column_stack([np.ones(11), np.array(left) < 6])
    contrast = cluster_robust(design, 1, np.array(about["developer"])[left])
    assert p[1] == pytest.approx(contrast.p(values[1, left]))
    for universe, own in enumerate(values):
        assert value[universe] == pytest.approx(np.nanmean(own[:6]) - np.nanmean(own[6:]))


def test_the_correlation_with_size_is_scipys_and_its_p_that_of_a_robust_slope_of_ranks():
    scores = random_scores()
    scores[2, 1] = np.nan
    sizes = [8.0, 70.0, 70.0, None, 405.0, 1.5, 30.0, None, None]
    about = {"size_b": sizes, "developer": list("abcdefghi")}
    value, p, models = judge(claim("rises_with_size", "Sour_Bitter"), scored(scores, **about))
    sized = [n for n, size in enumerate(sizes) if size]
    assert models == [f"m{n}" for n in sized]
    x = stats.rankdata([sizes[n] for n in sized])
    for universe in (0, 1, 3):
        own = scores[universe, sized, 2]
        assert value[universe] == pytest.approx(stats.spearmanr(x, own).statistic)
        # Every model its own developer: HC2.
        fitted = sm.OLS(stats.rankdata(own), sm.add_constant(x)).fit()
        t = fitted.params[1] / fitted.HC2_se[1]
        assert p[universe] == pytest.approx(2 * stats.t.sf(abs(t), rank_slope(x, range(6)).df))
    assert np.isnan(value[2])
    assert np.isnan(p[2])


def test_families_by_scipys_f_and_by_hand():
    scores = random_scores()
    families = ["A", "B", "A", "C", "B", "A", "C", "C", "B"]
    value, p, models = judge(claim("model_families_differ", "Sweet"), scored(scores, family=families))
    assert models == [f"m{n}" for n in range(9)]
    for universe in range(len(scores)):
        own = [[scores[universe, n, 0] for n in range(9) if families[n] == name] for name in "ABC"]
        expected = stats.f_oneway(*own)
        assert p[universe] == pytest.approx(expected.pvalue)
        # Omega squared from F, of k groups and n models: (k - 1)(F - 1) / ((k - 1)(F - 1) + n).
        lead = 2 * (expected.statistic - 1)
        assert value[universe] == pytest.approx(lead / (lead + 9))
    # Models of one family by several developers: what a developer's models share is not in the family's mean alone.
    crossed, p, _ = judge(
        claim("model_families_differ", "Sweet"), scored(scores, family=families, developer=[*"xxxxxxxxy"])
    )
    assert crossed == pytest.approx(value)
    assert np.isnan(p).all()


def test_conditions_of_the_models_that_have_both():
    scores = random_scores(models=6)
    told = [("m0", "old"), ("m1", "old"), ("m1", "young"), ("m0", "young")]
    asked = claim("condition_above", "old", "young", "Haste")
    value, p, models = judge(asked, scored(scores, told, developer=["a", "b"]))
    assert models == ["m0", "m1"]
    difference = np.stack([scores[:, 2, 3] - scores[:, 5, 3], scores[:, 3, 3] - scores[:, 4, 3]], axis=1)
    assert value == pytest.approx(difference.mean(axis=1))
    assert p == pytest.approx([stats.ttest_1samp(own, 0).pvalue for own in difference])
    # Two models of one developer are one draw.
    assert np.isnan(judge(asked, scored(scores, told)).p).all()


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (claim("group_above", "reasoning=yes", "reasoning=no", "Sweet"), "no model is reasoning=yes"),
        (claim("group_above", "family=A", "family=Z", "Sweet"), "no model is family=Z"),
        (claim("rises_with_size", "Sweet"), "fewer than 4 models state their size"),
        (claim("model_families_differ", "Sweet"), "it takes two families of models, and two models in one of them"),
        (claim("condition_above", "old", "young", "Sweet"), "no model has answers under both old and young"),
    ],
)
def test_what_is_not_there_is_said(asked, reason):
    with pytest.raises(Untestable) as error:
        judge(asked, scored(random_scores()))
    assert str(error.value) == reason


def test_without_a_model_at_baseline_there_is_nothing_to_judge():
    with pytest.raises(Untestable) as error:
        judge(claim("above", "Sweet", "Salty"), scored(random_scores(models=1), [("m0", "old")]))
    assert str(error.value) == "no model has ratings"


def test_four_sizes_are_enough():
    scores = random_scores(models=4)
    value, *_ = judge(claim("rises_with_size", "Sweet"), scored(scores, size_b=[1, 2, 3, 4]))
    assert value == pytest.approx([stats.spearmanr([1, 2, 3, 4], own[:, 0]).statistic for own in scores])


def test_where_nothing_else_has_a_score_nothing_is_highest():
    alone = np.full((1, 1, 4), np.nan)
    alone[..., 0] = 0.5
    for kind in ("highest", "lowest", "highest_in_most_models"):
        assert np.isnan(judge(claim(kind, "Sweet"), scored(alone)).value).all(), kind


def test_a_spread_is_the_sample_variance_of_two_scores_or_more():
    two = np.array([[[0.5, 0.1, np.nan, 0.0], [0.4, np.nan, np.nan, 0.0]]])
    assert scored(two).spread[0] == pytest.approx([0.08, np.nan], nan_ok=True)


def test_one_model_has_a_profile_but_no_test():
    scores = random_scores(models=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, p, _ = judge(claim("above", "Salty", "Sweet"), scored(scores))
        assert value == pytest.approx(scores[:, 0, 1] - scores[:, 0, 0])
        assert np.isnan(p).all()
        columns = {"weights": ["open"]}
        with pytest.raises(Untestable, match="weights=closed"):
            judge(claim("group_above", "weights=open", "weights=closed", "Sweet"), scored(scores, **columns))
    value, p, _ = judge(
        claim("group_above", "weights=open", "weights=closed", "Sweet"),
        scored(random_scores(models=2), weights=["open", "closed"], developer=["a", "b"]),
    )
    assert np.isfinite(value).all()
    assert np.isnan(p).all()


def test_with_nothing_planted_no_more_claims_are_significant_than_the_level_says():
    """Half the variance is a developer's, or none; developers and sizes cross, families do not."""
    rng = np.random.default_rng(5)
    developers = list("aaaabbbccdde")
    about = {
        "reasoning": ["yes", "yes", "no"] * 4,
        "size_b": [8, 70, 405, 1, 7, 24, 123, 32, 0.5, 671, 671, 3],
        "developer": developers,
        "family": list("AAABBBBCCDDE"),
    }
    own = rng.normal(0, 1, (4000, 12, 4))
    place = np.unique(developers, return_inverse=True)[1]
    shared = own + rng.normal(0, 1, (4000, 5, 4))[:, place]
    told = [(f"m{n}", "old") for n in range(12)] + [(f"m{n}", "young") for n in range(12)]
    for scores in (own, shared):
        # Also the change from one condition to another is a developer's by half.
        three = np.concatenate([scores, scores, scores - scores[::-1]], axis=1)
        for asked in (
            claim("group_above", "reasoning=yes", "reasoning=no", "Salty"),
            claim("rises_with_size", "Salty"),
            claim("condition_above", "old", "young", "Salty"),
        ):
            found = judge(asked, scored(three, told, **about)).p
            assert 0.02 < (found < 0.05).mean() < 0.062, asked.kind
    nested = about | {"developer": ["a"] * 7 + ["b"] * 5}
    assert (judge(claim("model_families_differ", "Salty"), scored(own, **nested)).p < 0.05).mean() == pytest.approx(
        0.05, abs=0.012
    )
