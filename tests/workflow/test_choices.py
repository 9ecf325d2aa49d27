"""Every choice of the analysis through the whole workflow, held against arithmetic of its own on the tables."""

from itertools import groupby

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import SMALL_STUDY, write_small_study
from scipy import stats

# Between them all that the config can choose beside its defaults. The first goes through to the figures.
CHOICES = {
    "pearson, both polarities, all items, strict, repeated dropped": {
        "items": {"method": "pearson", "polarity": "both", "repeated_participants": "drop", "threshold": 0.25},
        "scoring": {"centring": "all_items", "parser": "strict"},
        "reliability": {"observations": "model"},
    },
    "no centring, no limit of p": {"items": {"max_p": None}, "scoring": {"centring": "none"}},
    "both polarities, tagged items, no limit of p": {"items": {"polarity": "both", "max_p": None, "threshold": 0.2}},
}
WHOLE = next(iter(CHOICES))


@pytest.fixture(params=CHOICES)
def chosen(request, finished):
    """The results of one set of choices, and the choices with the defaults under them."""
    own = CHOICES[request.param]

    def prepare(checkout):
        write_small_study(checkout)
        (checkout / "small.yaml").write_text(yaml.safe_dump(yaml.safe_load(SMALL_STUDY) | own))

    target = "all" if request.param == WHOLE else "scores"
    checkout = finished(
        f"choice_{list(CHOICES).index(request.param)}", prepare, "--configfile", "small.yaml", "--", target
    )
    config = yaml.safe_load((checkout / "config.yaml").read_text())
    choices = {key: {**config[key], **own.get(key, {})} for key in ("items", "scoring", "reliability")}
    return checkout / "results/small", choices


def read(results, table):
    path = results / table
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def correlations_of(results, choices):
    """Every item against every dimension, one SciPy call each."""
    survey, people = read(results, "study/survey.parquet"), read(results, "study/participants.parquet")
    if choices["items"]["repeated_participants"] == "drop":
        groups = survey.groupby("participant_id", observed=True)["group"].nunique()
        survey = survey[survey["participant_id"].map(groups).astype(int) == 1]
    function = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}[choices["items"]["method"]]
    scores = people.pivot(index="participant_id", columns=["family", "dimension"], values="score")
    rows = {}
    for item, own in survey.groupby("item_id", observed=True):
        for place in scores:
            result = function(own["rating"], scores.loc[own["participant_id"].astype(str), place])
            rows[(str(item), *place)] = (result.statistic, result.pvalue)
    return rows


def test_the_key_follows_the_rule(chosen):
    results, choices = chosen
    rule = choices["items"]
    expected = {}
    for place, (rho, p) in correlations_of(results, choices).items():
        beyond = (abs(rho) if rule["polarity"] == "both" else rho) > rule["threshold"]
        if beyond and (rule["max_p"] is None or p < rule["max_p"]):
            expected[place] = int(np.sign(rho))
    key = read(results, "items/item_key.csv")
    found = {
        tuple(row[:3]): row[3] for row in key[["item_id", "family", "dimension", "polarity"]].itertuples(index=False)
    }
    assert found == expected
    signs = {1, -1} if rule["polarity"] == "both" else {1}
    assert set(expected.values()) == signs, "a choice of both polarities that finds no negative item shows nothing"


def test_profiles_follow_parser_key_and_centring(chosen):
    results, choices = chosen
    ratings, key = read(results, "scores/ratings.parquet"), read(results, "items/item_key.csv")
    column = f"{choices['scoring']['parser']}_rating"
    assert ratings["rating"].astype(float).equals(ratings[column].astype(float))
    averages = ratings.groupby(["model", "item_id"], observed=True)["rating"].mean().unstack()
    profiles = read(results, "scores/profiles.csv").set_index(["model", "family", "dimension"])
    for (family, dimension), own in key.groupby(["family", "dimension"]):
        tagged = key.loc[key["family"] == family, "item_id"].unique()
        for model, rated in averages.iterrows():
            centre = {"tagged_items": rated[tagged].mean(), "all_items": rated.mean(), "none": 0.0}
            centre = centre[choices["scoring"]["centring"]]
            pairs = [(rated[item], sign) for item, sign in zip(own["item_id"], own["polarity"], strict=True)]
            pairs = [(rating, sign) for rating, sign in pairs if not np.isnan(rating)]
            row = profiles.loc[(model, family, dimension)]
            keyed = [rating if sign > 0 else 7 - rating for rating, sign in pairs]
            assert row["mean"] == pytest.approx(np.mean(keyed))
            assert row["sd"] == pytest.approx(np.std(keyed))
            assert row["centred_mean"] == pytest.approx(np.mean([sign * (rating - centre) for rating, sign in pairs]))


def test_alpha_follows_the_observations(chosen):
    results, choices = chosen
    ratings, key = read(results, "scores/ratings.parquet"), read(results, "items/item_key.csv")
    index = ["model"] if choices["reliability"]["observations"] == "model" else ["model", "prompt_version"]
    wide = ratings.groupby([*index, "item_id"], observed=True)["rating"].mean().unstack()
    alphas = read(results, "scores/reliability.csv").query("source == 'models' and coefficient == 'alpha'")
    compared = 0
    for row in alphas.itertuples():
        own = key[(key["family"] == row.family) & (key["dimension"] == row.dimension)]
        keyed = wide[own["item_id"]].astype(float).dropna()
        keyed = keyed * own["polarity"].to_numpy() + np.where(own["polarity"] < 0, 7, 0)
        if len(own) < 2 or len(keyed) < 3:
            assert np.isnan(row.estimate)
            continue
        k, total = len(own), keyed.sum(axis=1).var()
        assert row.estimate == pytest.approx(k / (k - 1) * (1 - keyed.var().sum() / total))
        compared += 1
    assert compared


@pytest.mark.parametrize("chosen", [WHOLE], indirect=True)
def test_all_that_a_run_gives_is_there(chosen):
    results, _ = chosen
    stages = {path.relative_to(results).parts[0] for path in results.rglob("*") if path.is_file()}
    assert stages >= {"study", "items", "responses", "scores", "personas", "publication"}
    figures = sorted(path.stem for path in (results / "publication/figures").iterdir())
    assert all(len(list(group)) == 3 for _, group in groupby(figures))
