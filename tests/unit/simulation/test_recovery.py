import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from scipy.stats import spearmanr
from simulation.assess_recovery import assess_recovery
from simulation.simulate_study import simulate_study
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.simulation.figures import recovery
from value_portrait.simulation.models import PlantedModel, planted_scores
from value_portrait.simulation.people_and_items import draw_study
from value_portrait.simulation.recovery import (
    RECOVERY_PROFILES,
    RECOVERY_TAGS,
    assess_profiles,
    assess_tags,
    compare_scores,
    coverage,
    describe_recovery,
    shrinkage,
)
from value_portrait.tables import read_table, write_table

PLANTED = VALUE_PORTRAIT.planted
ITEMS = ["1001-1", "1001-2", "1002-1", "1002-2"]
POWER, HEDONISM = PLANTED.index(("pvq", "Power")), PLANTED.index(("pvq", "Hedonism"))
OPENNESS = PLANTED.index(("bfi", "Openness"))


def planted_loadings():
    """Items 1 and 2 measure Power, item 2 also Hedonism, item 3 Openness, item 4 nothing."""
    loadings = np.zeros((4, len(PLANTED)))
    loadings[[0, 1, 1, 2], [POWER, POWER, HEDONISM, OPENNESS]] = 1
    return loadings


def key(*tags):
    return pd.DataFrame(tags, columns=["item_id", "family", "dimension", "rho", "polarity"])


def model(**scores):
    profile = {"pvq": {}, "bfi": {}}
    for family, dimension in PLANTED:
        profile[family][dimension] = scores.get(dimension, 0.0)
    return PlantedModel("m", 3.0, 1.0, 0.0, 0.0, 0.0, 0.0, profile)


def test_tags_by_hand():
    tags = key(
        ("1001-1", "pvq", "Power", 0.5, 1),
        ("1001-2", "pvq", "Power", -0.5, -1),  # contradicts the planted loading
        ("1002-2", "pvq", "Power", 0.4, 1),  # false
        ("1002-1", "higher_pvq", "Self_Enhancement", 0.4, 1),  # nothing is planted there
    )
    table = assess_tags(planted_loadings(), ITEMS, tags, VALUE_PORTRAIT).set_index(["family", "dimension"])
    assert table.loc[("pvq", "Power"), ["planted", "found", "false_tags"]].tolist() == [2, 1, 1]
    assert table.loc[("pvq", "Power"), ["sensitivity", "specificity"]].tolist() == [0.5, 0.5]
    assert table.loc[("pvq", "all"), ["planted", "found", "false_tags"]].tolist() == [3, 1, 1]
    assert table.loc[("pvq", "all"), "specificity"] == pytest.approx(1 - 1 / 37)
    assert table.loc[("bfi", "all"), "sensitivity"] == 0
    assert np.isnan(table.loc[("pvq", "Security"), "sensitivity"])
    assert len(table) == len(PLANTED) + 2


@pytest.mark.parametrize(("centring", "centre"), [("tagged_items", 3.5), ("all_items", 3), ("none", 0)])
def test_planted_scores_by_hand(centring, centre):
    # The values ask for ratings of 3, 4, 2 and 3, wherever the scale ends: Power: items 1 and 2; Hedonism: item 2; the
    # centre of the values over items 1 and 2, each once.
    planted = model(Power=0.0, Hedonism=1.0, Openness=-1.0)
    means = planted_scores(planted, planted_loadings(), centring, VALUE_PORTRAIT)
    assert means[[POWER, HEDONISM]] == pytest.approx([3.5 - centre, 4 - centre])
    assert means[OPENNESS] == pytest.approx({"tagged_items": 0, "all_items": -1, "none": 2}[centring])
    assert np.isnan(np.delete(means, [POWER, HEDONISM, OPENNESS])).all()


def test_planted_scores_without_a_circle_by_hand():
    """Items 1 and 2 measure Sweet, item 2 Salty as well, item 3 Haste: the tastes' centre is over the first two."""
    loadings = np.zeros((4, 4))
    loadings[[0, 1, 1, 2], [0, 0, 1, 3]] = 1
    # Ratings of 1, 3, 3 and 2, whose mean is 2.25: far out on the scale, and not cut off.
    profile = {"taste": {"Sweet": -1.0, "Salty": 2.0, "Sour_Bitter": 9.0}, "pace": {"Haste": 1.0}}
    planted = PlantedModel("m", 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, profile)
    np.testing.assert_allclose(planted_scores(planted, loadings, "tagged_items", SMALL), [0, 1, np.nan, 0])
    np.testing.assert_allclose(planted_scores(planted, loadings, "all_items", SMALL), [-0.25, 0.75, np.nan, 0.75])


def test_recovery_without_a_circle_is_described_family_by_family():
    """Sour_Bitter has no item, Haste a false tag only: no share can be told of what was not planted."""
    loadings = np.zeros((4, 4))
    loadings[[0, 1], [0, 1]] = 1
    tags = assess_tags(
        loadings, ITEMS, key(("1001-1", "taste", "Sweet", 0.5, 1), ("1002-1", "pace", "Haste", 0.5, 1)), SMALL
    )
    planted = PlantedModel(
        "m",
        2.0,
        1.0,
        0.0,
        0.0,
        0.0,
        0.0,
        {"taste": {"Sweet": 1.0, "Salty": 0.0, "Sour_Bitter": 0.0}, "pace": {"Haste": 0.0}},
    )
    found = pd.DataFrame(
        [("m", "baseline", "taste", "Sweet", 0.4)],
        columns=["model", "condition", "family", "dimension", "centred_mean"],
    )
    # Sweet's item is expected at 3 and Salty's at 2, so Sweet stands half a point above their mean.
    scores = compare_scores(
        [planted], loadings, found, intervals([("taste", "Sweet", 0.2, 0.6)]), "tagged_items", SMALL
    )
    assert scores["undiluted"].dropna().tolist() == pytest.approx([0.4])
    lines = describe_recovery(tags, assess_profiles(scores), scores, "easy", SMALL).splitlines()
    assert lines[4:7] == [
        "**Tastes.** Of 100 tags, 100 are true. Of 100 pairs that are true, 50 are tagged. "
        "Of 100 intervals (95 %) of undiluted scores, 100 hold the planted one.",
        "",
        "**Pace.** Of 100 tags, 0 are true.",
    ]
    assert lines[10:12] == [
        "| Tastes | 2 | 1 | 0 | 0.50 | 1.00 | 1.00 | – | 0.10 | – | 1.00 |",
        "| Pace | 0 | 0 | 1 | – | 0.75 | 0.00 | – | – | – | – |",
    ]
    assert "easy" in lines[2]
    assert lines[-1].endswith("1 model; errors in scale points (0 to 4).")
    # Of a family without undiluted scores the figure shows the scores themselves.
    plain = scores.assign(undiluted=np.nan, low=np.nan, high=np.nan)
    for shown in (scores, plain):
        dots = recovery(tags, shown, SMALL).axes[1].lines
        assert [list(line.get_xdata()) for line in dots[:-1]] == [[0.5], []]


def intervals(cells):
    """Table ``uncertainty`` of one model; intervals that do not know of dilution must not be taken."""
    rows = [("m", "baseline", *cell, (cell[2] + cell[3]) / 2, "undiluted") for cell in cells]
    rows += [("m", "baseline", family, name, 9.0, 9.5, 9.2, "all") for family, name, _, _ in cells]
    return pd.DataFrame(rows, columns=["model", "condition", "family", "dimension", "low", "high", "score", "source"])


def test_coverage_is_the_share_of_intervals_with_the_planted_score_inside():
    scores = pd.DataFrame({"planted": [0.0, 1, 2, np.nan, 4], "low": [-1.0, 1.5, 2, 0, np.nan], "high": 2.0})
    assert coverage(scores) == pytest.approx(2 / 3)
    assert np.isnan(coverage(scores.tail(1)))


def profiles(recovered):
    return pd.DataFrame(
        [("m", condition, *PLANTED[place], score) for condition, place, score in recovered],
        columns=["model", "condition", "family", "dimension", "centred_mean"],
    )


def test_scores_are_compared_in_scale_points():
    # Expected ratings 4, 4, 3, 3: with Power at 1 standard deviation, items 1 and 2 rise by a point.
    recovered = profiles([("baseline", POWER, 0.3), ("baseline", HEDONISM, np.nan), ("grandmother", POWER, 9)])
    scores = compare_scores(
        [model(Power=1.0)], planted_loadings(), recovered, intervals([]), "all_items", VALUE_PORTRAIT
    )
    table = assess_profiles(scores).set_index("family")
    # Planted 4 - 3.5 = 0.5, recovered 0.3.
    assert table.loc["pvq", "n_dimensions"] == 1
    assert table.loc["pvq", "rmse"] == pytest.approx(0.2)
    assert np.isnan(table.loc["pvq", "correlation"])
    assert table.loc["bfi", "n_dimensions"] == 0
    assert set(table["condition"]) == {"baseline"}


def test_shrinkage_is_the_slope_of_the_recovered_scores():
    scores = pd.DataFrame({"planted": [0.0, 1, 2, np.nan], "recovered": [1.0, 1.5, 2, 9]})
    assert shrinkage(scores) == pytest.approx(0.5)
    assert np.isnan(shrinkage(scores.head(1)))


def test_profile_error_and_correlation():
    scores = pd.DataFrame({"family": "pvq", "planted": [0.0, 1, 2], "recovered": [0.5, 1.5, 2.5]})
    (row,) = assess_profiles(scores.assign(model="m", condition="baseline")).to_dict("records")
    assert row["correlation"] == pytest.approx(1)
    assert row["rmse"] == pytest.approx(0.5)


def test_an_easy_study_can_be_recovered():
    """By SciPy alone: most planted tags are found, few others are."""
    simulation = {
        "setting": "easy",
        "groups": 6,
        "queries_per_group": 8,
        "responses_per_query": 5,
        "raters_per_group": 48,
    }
    study = draw_study(simulation, [], 42, VALUE_PORTRAIT)
    planted = study.loadings["loading"].to_numpy().reshape(-1, len(PLANTED)) > 0
    people = study.participants.to_pandas().pivot(index="participant_id", columns="dimension", values="score")
    people = people[[name for _, name in PLANTED]]
    found = []
    for _, cell in study.survey.to_pandas().groupby("item_id", sort=False):
        result = spearmanr(np.column_stack([cell["rating"], people.loc[cell["participant_id"]]]))
        found.append((result.statistic[0, 1:] > 0.3) & (result.pvalue[0, 1:] < 0.05))
    tagged = np.array(found)
    assert 0.75 < tagged[planted].mean() < 0.95
    assert tagged[~planted].mean() < 0.05


def test_from_files_to_files(tmp_path):
    size = {"setting": "easy", "groups": 2, "queries_per_group": 2, "responses_per_query": 2, "raters_per_group": 5}
    names = ("item_table", "prompts", "topics", "survey", "participants", "data_quality", "loadings")
    files = {name: tmp_path / f"{name}.parquet" for name in names}
    simulate_study(size, ["v1"], 1, {}, files, VALUE_PORTRAIT)
    (tmp_path / "m.json").write_text(json.dumps(asdict(model(Power=1.0))))
    tags = key(("1001-1", "pvq", "Power", 0.5, 1))
    write_table(tags.astype({"polarity": "int8"}), tmp_path / "key.csv", "item_key", VALUE_PORTRAIT)
    counts = {"n_items": 1, "n_missing": 0, "n_missing_answers": 0, "mean": 3.0, "sd": 0.0}
    recovered = profiles([("baseline", place, 0.1) for place in range(len(PLANTED))]).assign(**counts)
    write_table(recovered, tmp_path / "profiles.csv", "profiles", VALUE_PORTRAIT)
    bounded = intervals([(*PLANTED[POWER], -0.1, 0.3)]).assign(se=0.1)
    write_table(bounded, tmp_path / "uncertainty.csv", UNCERTAINTY)
    assess_recovery(
        files
        | {
            "models": [tmp_path / "m.json"],
            "uncertainty": tmp_path / "uncertainty.csv",
            "item_key": tmp_path / "key.csv",
            "profiles": tmp_path / "profiles.csv",
        },
        {
            "recovery_tags": tmp_path / "tags.csv",
            "recovery_profiles": tmp_path / "recovered.csv",
            "recovery_scores": tmp_path / "scores.csv",
            "for_people": [tmp_path / "tags_in_print.csv", tmp_path / "recovered_in_print.csv"],
            "description": tmp_path / "recovery.md",
        },
        "tagged_items",
        "easy",
        VALUE_PORTRAIT,
    )
    assert read_table(tmp_path / "tags.csv", RECOVERY_TAGS).num_rows == len(PLANTED) + 2
    assert read_table(tmp_path / "recovered.csv", RECOVERY_PROFILES)["family"].to_pylist() == ["pvq", "bfi"]
    assert "Values,Self-Direction," in (tmp_path / "tags_in_print.csv").read_text()
    assert (tmp_path / "recovered_in_print.csv").read_text().splitlines()[1].startswith("m,baseline,pvq,")
    assert "| Values |" in (tmp_path / "recovery.md").read_text()
