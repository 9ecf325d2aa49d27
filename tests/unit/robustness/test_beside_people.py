"""Models beside people: intervals by hand, against statsmodels, and with what is missing."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from instruments import SMALL
from scipy import stats
from value_portrait.publication.printed_tables import questionnaire_scores
from value_portrait.robustness.beside_people import compare_with_people, over_groups

FAMILY, DIMENSION = SMALL.dimensions[0]


def raters_of(scores):
    """Table of raters of one dimension; ``scores`` by group."""
    rows = [(group, FAMILY, DIMENSION, score) for group, own in scores.items() for score in own]
    return pd.DataFrame(rows, columns=["group", "family", "dimension", "centred_mean"])


def seen_of(scores, raters):
    """Table of models as seen; ``scores`` by model and group."""
    rows = [
        (model, group, FAMILY, DIMENSION, len(raters[group]), score)
        for model, own in scores.items()
        for group, score in own.items()
    ]
    return pd.DataFrame(rows, columns=["model", "group", "family", "dimension", "n_raters", "centred_mean"])


def first_row(models, people):
    table = compare_with_people(seen_of(models, people), raters_of(people), SMALL)
    assert list(zip(table["family"], table["dimension"], strict=True)) == list(SMALL.dimensions)
    return table.iloc[0]


PEOPLE = {1: [0.5, -0.5, 0.3], 2: [0.9, 0.1, 0.2], 3: [0.0, -0.4, 0.1], 4: [0.7, 0.6, 0.8]}
MODELS = {"one": {1: 0.2, 2: 0.8, 3: 0.1, 4: 0.3}, "other": {1: 0.0, 2: 0.4, 3: 0.3, 4: 0.5}}


def test_groups_of_one_size_are_a_t_test_of_their_means():
    row = first_row(MODELS, PEOPLE)
    people = np.array([np.mean(own) for own in PEOPLE.values()])
    models = np.array([0.1, 0.6, 0.2, 0.4])
    for who, means in (("people", people), ("models", models), ("difference", models - people)):
        expected = stats.ttest_1samp(means, 0).confidence_interval()
        assert (row[f"{who}_low"], row[f"{who}_high"]) == pytest.approx(tuple(expected))
    assert row["p"] == row["p_adjusted"] == pytest.approx(stats.ttest_rel(models, people).pvalue)
    assert (row["n_groups"], row["df"]) == (4, pytest.approx(3))
    assert row["difference"] == pytest.approx((models - people).mean())


def test_the_people_are_those_of_statsmodels_with_each_group_made_up_for_its_share():
    people = PEOPLE | {4: [0.7, 0.6, 0.8, 0.2, 0.9, 0.4, 0.1]}
    row = first_row(MODELS, people)
    values, groups = raters_of(people)["centred_mean"].to_numpy(), raters_of(people)["group"].to_numpy()
    # A residual counts 1 / sqrt(1 - its group's share); with that, CR2 is statsmodels' uncorrected one.
    shares = pd.Series(groups).map(pd.Series(groups).value_counts(normalize=True)).to_numpy()
    fitted = sm.OLS(values, np.ones(len(values)))
    scaled = values.mean() + (values - values.mean()) / np.sqrt(1 - shares)
    scores = pd.Series(scaled - values.mean()).groupby(groups).sum()
    error = np.sqrt((scores**2).sum()) / len(values)
    half = (row["people_high"] - row["people_low"]) / 2
    assert half == pytest.approx(stats.t.ppf(0.975, row["df"]) * error)
    plain = fitted.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}).bse[0]
    assert plain < error < plain / np.sqrt(1 - shares.max())
    assert row["people_mean"] == pytest.approx(values.mean())


def test_a_group_has_as_many_votes_as_raters_and_none_without_a_score():
    people = {1: [0.0] * 3, 2: [0.0], 3: [0.0] * 9}
    seen = seen_of({"one": {1: 0.1, 2: 0.5, 3: np.nan}}, people)
    assert over_groups(seen)["centred_mean"].tolist() == pytest.approx([(3 * 0.1 + 0.5) / 4])


def test_one_survey_group_gives_no_interval_and_it_is_said(caplog):
    row = first_row({"one": {1: 0.1}}, {1: PEOPLE[1]})
    assert row[["people_low", "models_high", "difference_low", "p", "p_adjusted"]].isna().all()
    assert (row["n_groups"], row["people_n"]) == (1, 3)
    assert f"fewer than two survey groups: {DIMENSION}" in caplog.text


def test_a_group_whose_items_no_model_answered_leaves_the_people_their_interval():
    row = first_row({"one": {1: 0.1, 2: np.nan, 3: 0.3, 4: 0.2}}, PEOPLE)
    assert row["people_low"] < row["people_mean"] < row["people_high"]
    assert row[["models_low", "difference_high", "p"]].isna().all()


def test_scores_on_the_questionnaire_are_those_of_the_main_sample_by_hand():
    rows = [(sample, FAMILY, DIMENSION, score) for sample, score in [*(("main", n) for n in range(5)), ("pilot_1", 99)]]
    people = pd.DataFrame(rows, columns=["sample", "family", "dimension", "score"])
    table = questionnaire_scores(people, SMALL)
    assert list(zip(table["family"], table["dimension"], strict=True)) == list(SMALL.dimensions)
    assert list(table)[2:] == ["n", "mean", "sd", "q10", "q25", "q50", "q75", "q90"]
    assert table.iloc[0, 2:].tolist() == pytest.approx([5, 2, 2.5**0.5, 0.4, 1, 2, 3, 3.6])
    assert table.iloc[1, 2:].isna().all()
