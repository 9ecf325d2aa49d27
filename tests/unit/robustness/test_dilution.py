"""Dilution of scores by wrong tags: against known populations, another optimiser and formulas by hand."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from rated_studies import as_block
from scipy import optimize, stats
from value_portrait.items.validation import correlate
from value_portrait.robustness.dilution import DILUTION, GAIN, estimate_dilution, fit_population
from value_portrait.robustness.resampling import TagRule
from value_portrait.tables import read_table, write_table

RULE = TagRule("pearson", 0.3, 0.05, "positive")
RHO, SHARE = 0.5, 0.1


def draw_groups(seed, rho=RHO, groups=8, raters=40, items=60, sign=1):
    """Survey groups in which a share of the pairs correlate by ``rho`` among all people, and the others not at all.

    Also which pairs these are, in the order of the groups' items.
    """
    rng = np.random.default_rng(seed)
    found, strong = [], []
    for group in range(groups):
        scores = rng.normal(size=(raters, len(SMALL.dimensions)))
        measured = np.where(rng.random(items) < SHARE * scores.shape[1], rng.integers(scores.shape[1], size=items), -1)
        signs = rng.choice([1, sign], items)
        values = np.where(measured < 0, 0, signs * rho * scores[:, measured])
        ratings = values + np.sqrt(np.where(measured < 0, 1, 1 - rho**2)) * rng.normal(size=values.shape)
        names = [f"{group}-{item}" for item in range(items)]
        people = range(group * raters, (group + 1) * raters)
        found.append([as_block(names, people, ratings, scores, SMALL)])
        strong.append(np.equal.outer(measured, np.arange(scores.shape[1])))
    return found, np.vstack(strong)


def truly_diluted(groups, strong, columns):
    """The share of the tags that are strong: all strong pairs correlate alike and the others by 0."""
    rho = np.vstack([correlate(block.ratings, block.scores, RULE.method) for [block] in groups])
    return strong[:, columns][rho[:, columns] > RULE.limit(40)].mean()


def test_a_known_population_is_found():
    """In eight studies the factor is right on average, and most intervals hold it."""
    errors, inside = [], []
    for seed in range(8):
        groups, strong = draw_groups(seed)
        table = estimate_dilution(groups, RULE, SMALL).set_index("family")
        truth = truly_diluted(groups, strong, slice(3))
        row = table.loc["taste"]
        assert row["rho_strong"] == pytest.approx(RHO, abs=0.06)
        assert row["strong"] == pytest.approx(strong[:, :3].sum(), rel=0.3)
        assert row["dilution"] == pytest.approx(row["rho_tagged"] / row["rho_strong"])
        assert row["tests"] == 8 * 60 * 3
        errors.append(row["dilution"] - truth)
        inside.append(row["low"] < truth < row["high"])
    assert np.mean(errors) == pytest.approx(0, abs=0.03)
    assert sum(inside) >= 6


def test_with_both_signs_a_turned_item_measures_as_well():
    both = RULE._replace(polarity="both")
    groups, _ = draw_groups(3, sign=-1)
    upright = estimate_dilution(draw_groups(3)[0], both, SMALL).iloc[0]
    turned = estimate_dilution(groups, both, SMALL).iloc[0]
    assert turned["rho_strong"] == pytest.approx(RHO, abs=0.06)
    assert turned["dilution"] == pytest.approx(upright["dilution"], abs=0.08)
    assert turned["tags"] > 1.2 * estimate_dilution(groups, RULE, SMALL).iloc[0]["tags"]


def test_the_fit_is_the_likeliest():
    """No convex optimiser finds more; by Lindsay's condition none could."""
    rng = np.random.default_rng(1)
    likelihood, n = rng.random((12, 6)) ** 4, rng.integers(1, 30, 12)
    shares = fit_population(likelihood, n)
    assert shares.sum() == pytest.approx(1)
    assert ((n / n.sum() / (likelihood @ shares)) @ likelihood).max() <= 1 + GAIN

    def loss(logits):
        return -(n @ np.log(likelihood @ (np.exp(logits) / np.exp(logits).sum()))) / n.sum()

    best = optimize.minimize(loss, np.zeros(6), method="Nelder-Mead", options={"maxiter": 20000, "maxfev": 20000}).fun
    assert loss(np.log(shares)) <= best + GAIN


def test_the_error_is_a_jackknife_over_groups():
    groups, _ = draw_groups(5, groups=5)
    row = estimate_dilution(groups, RULE, SMALL).iloc[0]
    left = [estimate_dilution(groups[:own] + groups[own + 1 :], RULE, SMALL).iloc[0]["dilution"] for own in range(5)]
    logs = np.log(left)
    assert row["log_se"] == pytest.approx(np.sqrt(4 / 5 * ((logs - logs.mean()) ** 2).sum()), rel=0.02)
    ends = row["dilution"] * np.exp(stats.norm.ppf([0.025, 0.975]) * row["log_se"])
    np.testing.assert_allclose([row["low"], row["high"]], ends)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_errors_of_correlations_are_as_large_as_they_vary(method):
    """Where nothing correlates, all that varies is error: the estimated population does not."""
    groups, _ = draw_groups(7, rho=0, groups=10)
    found = np.arctanh(np.vstack([correlate(block.ratings, block.scores, method) for [block] in groups]))
    assert found.var() * 37 == pytest.approx(1, abs=0.06)
    table = estimate_dilution(groups, RULE._replace(method=method), SMALL)
    assert table["strong"].max() < 4
    assert (table["rho_tagged"].abs() < 0.1).all()


def test_what_cannot_be_told_is_null(tmp_path):
    one_group, too_few = draw_groups(1, groups=1)[0], draw_groups(1, groups=2, raters=3)[0]
    nobody = draw_groups(2, rho=0, groups=2, items=2)[0]
    for name, groups, known in (
        ("one group", one_group, ["strong", "rho_tagged", "rho_strong", "dilution"]),
        ("few raters", too_few, []),
        ("no tags", nobody, []),
    ):
        table = estimate_dilution(groups, RULE._replace(threshold=0.3 if known else 0.9), SMALL)
        write_table(table, tmp_path / "dilution.csv", DILUTION)
        row = read_table(tmp_path / "dilution.csv", DILUTION).to_pandas().iloc[0]
        found = row.drop(["family", "tests", "tags"]).dropna()
        assert list(found.index) == known, name
    assert pd.isna(row["log_se"])
