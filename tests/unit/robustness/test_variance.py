"""Generalizability studies: against a published example, a mixed model, exact expectations and planted truth."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.robustness.precision import PRECISION, VARIANCE, score_study, study_variance, version_grid
from value_portrait.robustness.variance import analyse_variance, fill_gaps, study_repeats
from value_portrait.scores.profiles import Tags
from value_portrait.scores.ratings import NO_RATING, Ratings, mean_of_repeats
from value_portrait.simulation import models as simulated
from value_portrait.simulation.people_and_items import draw_loadings, on_scale
from value_portrait.simulation.settings import EASY
from value_portrait.tables import write_table

# Brennan (2001), table 3.2: synthetic data set 4, ten persons (columns) by twelve raters, four to each of three tasks.
BRENNAN = np.array(
    [
        [5, 9, 3, 7, 9, 3, 7, 5, 9, 4],
        [6, 3, 4, 5, 2, 4, 3, 8, 9, 4],
        [5, 7, 3, 5, 9, 3, 7, 5, 8, 4],
        [5, 7, 3, 3, 7, 5, 7, 7, 8, 3],
        [5, 7, 5, 3, 7, 3, 7, 7, 6, 3],
        [3, 5, 3, 1, 7, 3, 5, 5, 6, 5],
        [4, 5, 3, 4, 3, 6, 5, 5, 6, 6],
        [5, 5, 5, 3, 7, 3, 7, 4, 5, 5],
        [6, 7, 6, 5, 2, 4, 5, 3, 5, 5],
        [7, 7, 5, 3, 7, 5, 5, 2, 8, 7],
        [3, 5, 1, 3, 5, 1, 5, 1, 1, 1],
        [3, 2, 6, 5, 3, 2, 4, 1, 1, 1],
    ],
    float,
).T


def plain_study(values, queries):
    """The study of the plain mean of values (M, W, O, I)."""
    n = values.shape[-1]
    return score_study(values, Tags(np.arange(n), np.ones(n)), np.empty(0, np.intp), np.asarray(queries))


def named(study):
    return dict(zip((component.name for component in study.components), study.estimates, strict=True))


def test_a_published_study_of_raters_within_tasks_comes_out():
    study = plain_study(BRENNAN[:, None, None], np.repeat(range(3), 4))
    published = {"model": 0.4731, "query": 0.3252, "item": 0.6475, "model x query": 0.5596, "model x item": 2.3802}
    assert named(study) == pytest.approx(published, abs=5e-5)
    found = study.coefficients(study.estimates, 12, 1, 1)
    assert (round(float(found.relative), 2), round(float(found.absolute), 2)) == (0.55, 0.46)


def test_components_are_those_of_a_mixed_model():
    rng = np.random.default_rng(5)
    sizes = {"m": 7, "w": 3, "i": 4}
    frame = pd.DataFrame(list(product(*map(range, sizes.values()))), columns=list(sizes))
    parts = {"m": 1.0, "w": 1.0, "i": 1.0, "m + w": 0.8, "m + i": 0.8, "w + i": 0.8}
    codes = {name: frame.groupby(name.split(" + ")).ngroup().to_numpy() for name in parts}
    frame["y"] = rng.normal(0, 0.7, len(frame)) + sum(
        sd * rng.normal(size=codes[name].max() + 1)[codes[name]] for name, sd in parts.items()
    )
    found = named(plain_study(frame["y"].to_numpy().reshape(7, 3, 1, 4), range(4)))
    formulas = {name: f"0 + C(code{place})" for place, name in enumerate(parts)}
    for place, name in enumerate(parts):
        frame[f"code{place}"] = codes[name]
    fitted = smf.mixedlm("y ~ 1", frame, groups=np.ones(len(frame)), vc_formula=formulas).fit()
    assert min(found.values()) > 0  # REML agrees with analysis of variance where nothing is negative
    variances = dict(zip(fitted.model.exog_vc.names, fitted.vcomp, strict=True)) | {"rest": fitted.scale}
    ours = ["model", "wording", "item", "model x wording", "model x item", "wording x item", "model x wording x item"]
    assert [found[name] for name in ours] == pytest.approx([variances[name] for name in [*parts, "rest"]], rel=0.02)


@pytest.mark.parametrize("queries", [(0, 0, 0, 1, 2, 2), (4, 7, 7, 7, 7, 9)])
def test_every_component_is_estimated_without_bias_where_queries_are_unbalanced(queries):
    """Estimates are quadratic, so their mean for one source of variance 1 is their sum over its levels."""
    shape = (3, 2, 2, 6)
    places = np.indices(shape)
    places = dict(zip(("model", "wording", "order", "item"), places, strict=True)) | {
        "query": np.array(queries)[places[3]]
    }
    study = plain_study(np.random.default_rng(0).normal(size=shape), queries)
    for column, component in enumerate(study.components):
        own = np.stack([places[name] for name in component.name.split(" x ")])
        levels = np.unique(own.reshape(len(own), -1), axis=1).T
        total = sum(plain_study((level == own.T).all(-1).T.astype(float), queries).estimates for level in levels)
        assert total == pytest.approx(np.eye(len(study.components))[column], abs=1e-12), component.name


def test_what_items_add_does_not_pass_for_the_models_when_scores_are_centred():
    """Five of nine items in four queries that own and other items share; the centre is the mean of all nine."""
    queries, own = np.array([0, 0, 1, 2, 3, 0, 1, 1, 3]), Tags(np.arange(5), np.ones(5))
    for nested in (queries, np.arange(9)):  # a query's effect is the same in all of its items
        total = 0.0
        for model, level in product(range(4), np.unique(nested)):
            values = np.zeros((4, 1, 1, 9))
            values[model, 0, 0, nested == level] = 1
            study = score_study(values, own, np.arange(9), queries)
            total += study.estimates
        names = [component.name for component in study.components]
        assert total == pytest.approx(
            [float(name == f"model x {'query' if nested is queries else 'item'}") for name in names]
        )


def test_gaps_are_filled_by_what_adds_nothing_to_the_highest_interaction():
    rng = np.random.default_rng(3)
    whole = rng.normal(size=(7, 1, 8)) + rng.normal(size=(7, 4, 1)) + rng.normal(size=(1, 4, 8))
    gaps = rng.random(whole.shape) < 0.03
    assert gaps.sum() > 3
    assert fill_gaps(np.where(gaps, np.nan, whole)) == pytest.approx(whole, abs=1e-6)
    assert fill_gaps(whole) is whole


def draw_normal(rng, models, queries, general):
    """Ratings (M, 1, 1, I) of independent normal effects; ``general`` is the models' variance."""
    y = np.sqrt(general) * rng.normal(size=(models, 1)) + rng.normal(size=(models, len(queries)))
    return (y + rng.normal(size=(models, len(queries)))[:, queries])[:, None, None]


def test_the_coefficient_is_unbiased_and_its_interval_covers_it():
    rng, queries = np.random.default_rng(8), np.repeat(range(8), (1, 1, 1, 2, 2, 2, 3, 3))
    shares = np.bincount(queries) / len(queries)
    for general in (0.15, 0.5):
        truth = general / (general + 1 / len(queries) + (shares**2).sum())
        errors, covered = [], []
        for _ in range(250):
            study = plain_study(draw_normal(rng, 25, queries, general), queries)
            found = study.coefficients(study.estimates, len(queries), 1, 1, unbiased=True)
            low, high = np.quantile(
                study.coefficients(study.draws(400, rng)[0], len(queries), 1, 1).relative, (0.025, 0.975)
            )
            errors.append(found.relative - truth)
            covered.append(low <= truth <= high)
        assert abs(np.mean(errors)) < 0.04
        assert 0.91 <= np.mean(covered) <= 0.995


def test_where_all_models_follow_one_pattern_the_interval_knows_that_it_knows_little():
    """Models that use more of the scale make more of every item: no difference in what is measured, and few draws."""
    rng, beyond = np.random.default_rng(2), 0
    for _ in range(100):
        y = rng.normal(size=(30, 1)) * rng.normal(size=20) + 0.1 * rng.normal(size=(30, 20))
        study = plain_study(y[:, None, None], range(20))
        beyond += np.quantile(study.draws(400, rng)[0][:, 0], 0.025) > 0
    assert beyond <= 8


def test_simulated_models_keep_the_correlation_with_their_truth_that_is_estimated():
    """A draw of queries from a large population of items; a score's truth is that of the whole population."""
    instrument, difference = VALUE_PORTRAIT, []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n = 4000
        loadings, difficulty = draw_loadings(rng, n, EASY, instrument), rng.normal(0, 0.6, n)
        queries = np.arange(n) // 5
        own, centre = loadings[:, 0] > 0, (loadings[:, : len(instrument.main.names)] > 0).any(axis=1)
        seen = np.isin(queries, rng.choice(n // 5, 60, replace=False))
        values, truth = [], []
        for model in range(25):
            planted = simulated.draw_model(rng, str(model), EASY, instrument)
            latent = simulated.expected_ratings(planted, loadings, difficulty, instrument)
            latent = latent + rng.normal(0, 0.3, n) + rng.normal(0, 0.3, n // 5)[queries]
            latent = latent + rng.normal(0, planted.version_noise, (3, 2, n)) + np.array([[0], [planted.order_shift]])
            rated = on_scale(latent, instrument.lowest, instrument.highest)
            values.append(rated[..., seen])
            truth.append(rated[..., own].mean() - rated[..., centre].mean())
        values = np.array(values, float)
        own, centre = np.flatnonzero(own[seen]), np.flatnonzero(centre[seen])
        study = score_study(values, Tags(own, np.ones(len(own))), centre, queries[seen])
        scores = values[..., own].mean(axis=(1, 2, 3)) - values[..., centre].mean(axis=(1, 2, 3))
        found = study.coefficients(study.estimates, len(own), 3, 2, unbiased=True)
        difference.append(found.relative - np.corrcoef(scores, truth)[0, 1] ** 2)
    assert abs(np.mean(difference)) < 0.05


def small_ratings(models=6, items=12, versions=("a", "a_turned", "b")):
    rng = np.random.default_rng(1)
    values = rng.integers(0, 5, (models, len(versions), items)).astype(np.int8)
    return Ratings(
        [(f"m{place}", "baseline") for place in range(models)],
        list(versions),
        [f"{place // 2}-{place}" for place in range(items)],
        values,
    )


SMALL_KEY = pd.DataFrame(
    [("taste", "Sweet", place, 1) for place in range(6)]
    + [("taste", "Salty", place, -1 if place == 7 else 1) for place in range(6, 9)]
    + [("pace", "Haste", place, 1) for place in range(9, 12)],
    columns=["family", "dimension", "item_id", "polarity"],
).assign(item_id=lambda table: [f"{place // 2}-{place}" for place in table["item_id"]])
QUERIES = [str(place // 2) for place in range(12)]


def small_study(ratings, seed=1, centring="tagged_items"):
    return study_variance(ratings, SMALL_KEY, QUERIES, centring, 50, seed, SMALL)


def test_tables_hold_their_schemas_and_the_same_seed_gives_the_same_bytes(tmp_path):
    for number, seed in enumerate((1, 1, 2)):
        for table, schema, name in zip(small_study(small_ratings(), seed), (VARIANCE, PRECISION), "vp", strict=True):
            write_table(table, tmp_path / f"{name}{number}.csv", schema)
    texts = {path.stem: path.read_bytes() for path in tmp_path.iterdir()}
    assert texts["v0"] == texts["v1"] != texts["v2"]
    assert texts["p0"] == texts["p1"] != texts["p2"]


def test_a_family_of_one_dimension_has_no_centred_scores_to_tell_apart():
    _, precision = small_study(small_ratings())
    own = precision[(precision["dimension"] == "Haste") & (precision["scores"] == "centred")]
    assert own[["relative", "absolute", "relative_low"]].isna().all(axis=None)
    assert precision[precision["scores"] == "raw"]["relative"].notna().sum() > 10


def test_dimensions_without_items_and_single_models_are_null_and_said(caplog):
    variance, precision = small_study(small_ratings())
    assert variance[variance["dimension"] == "Sour_Bitter"]["variance"].isna().all()
    assert "Sour_Bitter (raw): no study of variance with 6 models, 0 items" in caplog.text
    variance, precision = small_study(small_ratings(models=1))
    assert variance["variance"].isna().all()
    assert precision["relative"].isna().all()
    _, precision = small_study(small_ratings(models=3))
    assert precision["relative"].isna().all()
    assert precision["sem"].notna().any()


def test_models_or_items_without_ratings_are_null_and_said(caplog):
    ratings = small_ratings()
    ratings.values[:, :, :6] = NO_RATING
    ratings.values[:, 0, 6] = NO_RATING
    variance, _ = small_study(ratings)
    by_dimension = variance.groupby("dimension")["variance"].count()
    assert by_dimension["Sweet"] == 0
    assert "Sweet (raw): no study of variance with 0 models" in caplog.text
    ratings.values[:, :, 9:] = NO_RATING
    ratings.values[:, :, :6] = small_ratings().values[:, :, :6]
    variance, _ = small_study(ratings)
    by_dimension = variance.groupby("dimension")["variance"].count()
    assert by_dimension["Haste"] == 0
    assert by_dimension["Sweet"] > 0
    assert "Haste (raw): no study of variance with 6 models, 3 items and 54 of 54 ratings missing." in caplog.text


def test_one_version_without_centring_has_raw_scores_alone():
    variance, precision = small_study(small_ratings(versions=["b"]), centring="none")
    assert set(variance["scores"]) == {"raw"}
    assert set(variance["component"]) == {"model", "query", "model x query", "item", "model x item"}
    assert set(precision["n_orders"]) == {1}


def test_models_that_hardly_answer_are_left_out_and_other_gaps_are_counted():
    ratings = small_ratings(models=7)
    ratings.values[6, :, :7] = NO_RATING
    ratings.values[2, 1, 3] = NO_RATING
    variance, _ = small_study(ratings)
    sweet = variance[variance["dimension"] == "Sweet"]
    assert set(sweet["n_models"]) == {6}
    assert set(sweet["n_filled"]) == {1}


def test_more_items_and_versions_help_and_these_items_are_surer_than_others_like_them():
    rng = np.random.default_rng(4)
    ratings = small_ratings(models=10)
    ratings.values[:] = np.clip(ratings.values * 0.5 + rng.integers(0, 3, (10, 1, 1)), 0, 4)
    _, precision = small_study(ratings)
    sweet = precision[(precision["dimension"] == "Sweet") & (precision["scores"] == "raw")]
    like = sweet[sweet["inference"] == "items_like_these"]
    for _, own in like.groupby("n_wordings"):
        assert own.sort_values("n_items")["relative"].is_monotonic_increasing
    for _, own in like.groupby("n_items"):
        assert own.sort_values("n_wordings")["relative"].is_monotonic_increasing
    asked = sweet[sweet["this_study"] == 1].set_index("inference")["relative"]
    assert asked["these_items"] > asked["items_like_these"]


def test_versions_are_wordings_by_orders_only_where_all_of_them_are_asked():
    names = [version.name for version in VALUE_PORTRAIT.prompt_versions]
    assert version_grid(names, VALUE_PORTRAIT).shape == (3, 2)
    assert version_grid(names[:2], VALUE_PORTRAIT).tolist() == [[0, 1]]
    assert version_grid(["a", "a_turned", "b"], SMALL).tolist() == [[0], [1], [2]]


def test_both_orders_leave_no_error_of_order():
    """There are two orders: who asks both has asked all (finite universe)."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=(900, 1, 2, 1)) * 3 + rng.normal(size=(900, 3, 2, 8)) * 0.01
    study = analyse_variance(values, values.mean(axis=-1), np.arange(8), 1 / 8, 1 / 8)
    both, one = (study.coefficients(study.estimates, 8, 3, orders) for orders in (2, 1))
    assert both.relative > 0.999
    assert one.relative == pytest.approx(0.5, abs=0.07)
    assert one.sem == pytest.approx(3 / np.sqrt(2), rel=0.1)


def test_repeats_are_a_component_of_their_own_and_more_of_them_help():
    rng, found = np.random.default_rng(0), []
    for _ in range(20):
        cells = rng.normal(0, 1, (12, 1, 1, 10)) + rng.normal(0, 1, (12, 3, 2, 10))
        answers = cells[..., None] + rng.normal(0, 1, (12, 3, 2, 10, 3))
        values = answers.mean(axis=-1)
        given = values, values.mean(axis=-1), np.arange(10), 1 / 10, 1 / 10
        study, plain = analyse_variance(*given, 0, study_repeats(answers)), analyse_variance(*given)
        own = study.coefficients(study.estimates, 10, 3, 2, 3)
        as_plain = plain.coefficients(plain.estimates, 10, 3, 2)
        for name in ("relative", "absolute", "sem", "sem_absolute"):
            assert getattr(own, name) == pytest.approx(getattr(as_plain, name))
        found.append(dict(zip([component.name for component in study.components], study.estimates, strict=True)))
        many = study.coefficients(study.estimates, 10, 3, 2, 10**9)
        assert own.sem**2 - many.sem**2 == pytest.approx(study.estimates[-1] / (10 * 6 * 3))
    means = pd.DataFrame(found).mean()
    assert means["repeat"] == pytest.approx(1, abs=0.1)
    assert means["model x wording x order x item"] == pytest.approx(1, abs=0.1)


def test_the_variance_between_repeats_by_hand():
    nan = np.nan
    assert study_repeats(None) is None
    assert study_repeats(np.array([[1, nan], [nan, 3]])) is None
    # Variances 2 and 8; the third question was asked once, and its chance is in the interaction.
    assert study_repeats(np.array([[1, 3.0], [2, 6], [5, nan], [4, 4]])) == (2, (2 + 8 + 0) / 4, 3)
    # Of three repeats one is missing: the mean of two has a variance of 8 / 2, as that of three with 12.
    assert study_repeats(np.array([[2, nan, 6.0]])) == (3, 12, 1)


def test_tables_of_a_study_with_repeats(tmp_path):
    rng, single = np.random.default_rng(2), small_ratings()
    repeats = np.clip(single.values[..., None] + rng.integers(-1, 2, (*single.values.shape, 3)), 0, 4).astype(np.int8)
    again = Ratings(single.subjects, single.versions, single.items, mean_of_repeats(repeats), repeats)
    variance, precision = small_study(again)
    write_table(variance, tmp_path / "variance.csv", VARIANCE)
    write_table(precision, tmp_path / "precision.csv", PRECISION)
    sweet = precision[
        (precision["dimension"] == "Sweet") & (precision["scores"] == "raw") & (precision["n_items"] == 6)
    ]
    sweet = sweet[(sweet["n_wordings"] == 3) & (sweet["inference"] == "items_like_these")].set_index("n_repeats")
    assert list(sweet.index[sweet["this_study"] == 1]) == [3]
    assert sweet["sem"].is_monotonic_decreasing
    assert set(sweet.index) == {1, 3, 6}
    assert (variance[variance["component"] == "repeat"]["variance"] > 0).all()
    assert "n_repeats" not in small_study(single)[1]
