"""All tables on the models' profiles at once: of one set of ratings, they say the same of the same models."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from universe_study import draw_study
from value_portrait.items.validation import select_items, survey_blocks
from value_portrait.robustness.alphas import alphas_of_models, alphas_of_raters
from value_portrait.robustness.assessing import ASSESSED, assess_profiles
from value_portrait.robustness.beside_people import compare_with_people
from value_portrait.robustness.comparison_tables import compare_models
from value_portrait.robustness.contributions import find_contributions
from value_portrait.robustness.null_keys import NULL_KEYS, draw_null_keys, partial_key
from value_portrait.scores.profiles import profile_as_seen, profile_models, profile_raters
from value_portrait.scores.ratings import NO_RATING, Ratings
from value_portrait.scores.reliability import alphas_of_groups
from value_portrait.tables import read_table, write_table

ITEMS = [f"{place // 2}-{place}" for place in range(40)]
QUERIES = [item.split("-")[0] for item in ITEMS]
MODELS = {
    f"m{place}": {
        "answers": "recorded",
        "family": "Mine" if place < 3 else "Theirs",
        "developer": f"d{place % 3}",
        "weights": "open" if place % 2 else "closed",
        "size_b": [7.0, 70.0, None][place % 3],
        "reasoning": "no",
    }
    for place in range(6)
}
CHOICES = {
    "rule": {"method": "spearman", "polarity": "positive", "repeated_participants": "keep"},
    "observations": "model_by_version",
    "centring": "tagged_items",
    "named": [],
    "held_apart": {},
    "resamples": 60,
    "seed": 3,
}


def study(instrument, conditions=("baseline",)):
    """Six models, the last without a rating, the others with gaps; and a key that has no item of the last dimension."""
    random = np.random.default_rng(8)
    subjects = [(model, condition) for model in MODELS for condition in conditions]
    versions = [version.name for version in instrument.prompt_versions]
    values = random.integers(instrument.lowest, instrument.highest + 1, (len(subjects), len(versions), len(ITEMS)))
    values = np.where(random.random(values.shape) < 0.02, NO_RATING, values).astype(np.int8)
    values[-len(conditions) :] = NO_RATING
    tagged = instrument.dimensions[:-1]
    key = pd.DataFrame(
        [(*tagged[place % len(tagged)], item, 1) for place, item in enumerate(ITEMS)],
        columns=["family", "dimension", "item_id", "polarity"],
    )
    return Ratings(subjects, versions, ITEMS, values), key


def assessed(instrument, conditions=("baseline",), models=MODELS, printed=None, **choices):
    ratings, key = study(instrument, conditions)
    tables = assess_profiles(ratings, QUERIES, key, {}, models, printed, CHOICES | choices, instrument)
    return ratings, key, tables


@pytest.mark.parametrize("instrument", [SMALL, VALUE_PORTRAIT], ids=["small", "value_portrait"])
@pytest.mark.parametrize("conditions", [["baseline"], ["baseline", "old"]], ids=["baseline", "conditions"])
def test_the_tables_are_all_there_and_come_back_as_they_were_written(instrument, conditions, tmp_path):
    _, _, tables = assessed(instrument, conditions)
    missing = {"circle"} - ({"circle"} if instrument.circle else set())
    missing |= {"effects"} if conditions == ["baseline"] else set()
    assert set(tables) == {*ASSESSED, "spread", "spread_by_size"} - missing
    for name in tables.keys() & set(ASSESSED):
        write_table(tables[name], tmp_path / f"{name}.csv", ASSESSED[name])
        assert len(read_table(tmp_path / f"{name}.csv", ASSESSED[name])) == len(tables[name]) > 0


def test_all_tables_have_the_scores_of_the_table_of_profiles():
    ratings, key, tables = assessed(SMALL, ["baseline", "old"])
    profiles = profile_models(ratings, key, "tagged_items", SMALL)
    scores = profiles.set_index(["condition", "dimension", "model"])["centred_mean"].sort_index()
    for row in tables["uncertainty"].itertuples():
        assert row.score == pytest.approx(scores[row.condition, row.dimension, row.model], nan_ok=True)
    for row in tables["effects"].itertuples():
        own, base = (scores[condition, row.dimension, row.model] for condition in ("old", "baseline"))
        assert row.score == pytest.approx(own - base, nan_ok=True)
    base = scores["baseline"]
    for row in tables["pairs"].itertuples():
        apart = base[row.dimension, row.first] - base[row.dimension, row.second]
        assert row.difference == pytest.approx(apart, nan_ok=True)
    for row in tables["mean_profile"].itertuples():
        assert row.score == pytest.approx(base[row.dimension].mean(), nan_ok=True)
        assert row.models == base[row.dimension].notna().sum()
    for row in tables["family_profiles"].itertuples():
        members = [model for model, about in MODELS.items() if about["family"] == row.model_family]
        assert row.score == pytest.approx(base[row.dimension][members].mean(), nan_ok=True)
    spread = tables["spread"].set_index("model")["variance"]
    for model in MODELS:
        tastes = base[list(SMALL.main.names)].xs(model, level="model")
        assert spread[model] == pytest.approx(tastes.var(), nan_ok=True)
    groups = tables["groups"].set_index(["comparison", "dimension"])
    for dimension in ("Sweet", "Salty"):
        weights = base[dimension].groupby([MODELS[model]["weights"] for model in base[dimension].index]).mean()
        assert groups.loc[("weights", dimension), "mean_first"] == pytest.approx(weights["open"])
        assert groups.loc[("weights", dimension), "mean_second"] == pytest.approx(weights["closed"])
    # A model without any rating has nothing that could be explained.
    headline = tables["alternatives"].query("statistic == 'mean_profile' and without == 'nothing'")
    assert set(headline["n"]) == {5}
    assert headline.set_index("dimension")["value"]["Sweet"] == pytest.approx(base["Sweet"].mean())


def test_conditions_are_in_no_table_of_the_baseline():
    ratings, key, tables = assessed(SMALL, ["baseline", "old"])
    alone = assess_profiles(ratings.under("baseline"), QUERIES, key, {}, MODELS, None, CHOICES, SMALL)
    for name in set(alone) - {"uncertainty"}:
        pd.testing.assert_frame_equal(tables[name], alone[name])
    told = tables["uncertainty"].query("condition == 'baseline'").reset_index(drop=True)
    pd.testing.assert_frame_equal(told, alone["uncertainty"])


def test_choices_reach_what_they_are_about():
    ratings, key, tables = assessed(SMALL, held_apart={"sweet_over_salty": ["Sweet", "Salty"]}, observations="model")
    assert "sweet_over_salty" in set(tables["alternatives"]["subject"])
    baseline = ratings.under("baseline")
    pd.testing.assert_frame_equal(tables["alphas"], alphas_of_models(baseline, key, "model", SMALL))
    # Of single items, as many clusters as there are items.
    style = tables["alternatives"].query("statistic == 'share_middle'")
    assert style["n"].max() <= len(set(QUERIES))


def test_scores_that_differ_by_rounding_share_a_rank():
    ratings, key = study(SMALL)
    values = ratings.values.copy()
    values[1] = values[0]
    parts = find_contributions(Ratings(ratings.subjects, ratings.versions, ITEMS, values), QUERIES, key, "none", SMALL)
    moved = replace(parts, scores=parts.scores + np.where(np.arange(6) == 1, 1e-13, 0)[:, None])
    for own in (parts, moved):
        ranks = compare_models(own, list(MODELS), ["f"] * 6, [], 60, 1, SMALL)["ranks"].set_index("model")["rank"]
        assert ranks["m0"].tolist() == pytest.approx(ranks["m1"].tolist(), nan_ok=True)


def test_nobody_rated_and_nothing_is_said_of_raters():
    _, _, tables = assessed(SMALL)
    assert set(tables["uncertainty"]["source"]) == {"queries", "wordings", "all"}
    assert set(tables["alphas"]["source"]) == {"models"}
    assert tables["alternatives"]["expected"].isna().all()
    assert "liking" not in set(tables["alternatives"]["question"])


def test_only_size_is_told_of_models_in_print_too(tmp_path):
    printed = tmp_path / "printed.csv"
    printed.write_text("# from a paper\nmodel,Sweet,Salty,Sour_Bitter\nbig,0.5,0.1,-0.2\n")
    models = MODELS | {"big": MODELS["m1"] | {"answers": "printed"}}
    _, _, tables = assessed(SMALL, models=models, printed=printed)
    groups = tables["groups"].query("dimension == 'Sweet'").set_index("comparison")
    assert groups["printed_first"].to_dict() == {"weights": 0, "size": 1, "reasoning": 0}
    assert groups["n_first"]["size"] == 2 + 1
    assert tables["spread"].set_index("model")["variance"]["big"] == pytest.approx(np.var([0.5, 0.1, -0.2], ddof=1))


def test_named_dimensions_have_a_probability_to_be_highest():
    _, _, tables = assessed(SMALL, named=["Sweet"])
    told = tables["ranks"].dropna(subset="probability")
    assert told["dimension"].isna().all()
    assert set(told["model"]) == set(MODELS) - {"m5"}
    assert assessed(SMALL)[2]["ranks"]["probability"].isna().all()


def test_people_are_in_every_table_that_is_about_them(tmp_path):
    instrument = VALUE_PORTRAIT
    study = draw_study(instrument, ["v1", "v2", "v3"], models=5, groups=(24, 21), items=24)
    ratings, queries = study.ratings["published"], [item.split("-")[0] for item in study.items]
    key = select_items(study.published, 0.1, None, "positive")
    blocks = survey_blocks(study.survey, study.participants)
    families = [instrument.main.name]
    drawn = draw_null_keys(blocks, key, "spearman", "positive", 40, 1, families, instrument)
    write_table(drawn, tmp_path / "null_keys.parquet", NULL_KEYS)
    circle = pd.DataFrame([{"subject": "items", "statistic": "cosine", "value": 0.5}])
    people = {
        "survey": study.survey,
        "participants": study.participants,
        "rater_alphas": alphas_of_groups(study.survey, key, instrument),
        "rater_profiles": profile_raters(study.survey, study.items, key, "tagged_items", instrument),
        "null_keys": read_table(tmp_path / "null_keys.parquet", NULL_KEYS),
        "partial_key": partial_key(blocks, "spearman", 0.1, None, "positive", instrument),
        "dilution": pd.DataFrame({"family": [own.name for own in instrument.families], "dilution": 0.5, "log_se": 0.1}),
        "circle": circle,
    }
    tables = assess_profiles(ratings, queries, key, people, MODELS, None, CHOICES, instrument)
    uncertain = tables["uncertainty"].set_index(["source", "model", "dimension"])["score"]
    assert {"raters", "undiluted"} < set(tables["uncertainty"]["source"])
    assert uncertain["undiluted"].to_numpy() == pytest.approx(2 * uncertain["all"].to_numpy(), nan_ok=True)
    own = tables["alphas"].query("source == 'raters'").reset_index(drop=True)
    pd.testing.assert_frame_equal(own, alphas_of_raters(people["rater_alphas"], instrument), check_dtype=False)
    assert len(tables["alphas"]) == 2 * len(instrument.dimensions)
    seen = profile_as_seen(ratings, study.survey, key, "tagged_items", instrument)
    beside = compare_with_people(seen, people["rater_profiles"], instrument)
    pd.testing.assert_frame_equal(tables["people"], beside)
    # The given rows come first, and rows are numbered through.
    assert tables["circle"].iloc[0][["subject", "statistic", "value"]].tolist() == circle.iloc[0].tolist()
    assert set(tables["circle"]["subject"]) == {"items", "models"}
    assert tables["circle"].index.is_unique
    told = tables["alternatives"].set_index(["question", "statistic", "subject"]).sort_index()
    liked = study.survey.groupby("item_id")["rating"].mean().reindex(study.items)
    for number, (model, _) in enumerate(ratings.subjects):
        expected = np.corrcoef(ratings.averages()[number], liked)[0, 1]
        if np.isfinite(expected):
            assert told.loc[("liking", "rating_r", model), "value"].item() == pytest.approx(expected)
    assert ("rater_mean", "share_kept", "people") in told.index
    assert ("style", "share_middle", "people") in told.index
    assert told.loc["headline"]["expected"].notna().any()
    assert set(tables["alternatives"]["without"]) == {"nothing", "spread", "amplitude", "liking", "rater_mean"}
