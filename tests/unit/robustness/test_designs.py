"""Plans: errors by hand and by the tables that they come from, costs by the estimate, and what the report says."""

import math
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest
from instruments import SMALL
from scipy import stats
from targets import make_target
from value_portrait.items.panel import choose_panel
from value_portrait.responses.planning import Questions, estimate
from value_portrait.responses.requests import Finding
from value_portrait.responses.store import store_file
from value_portrait.robustness.designs import PLAN, plan_table, to_ask
from value_portrait.robustness.expecting import Material, smallest_difference
from value_portrait.robustness.plan_report import plan_report
from value_portrait.robustness.precision import study_variance
from value_portrait.robustness.uncertainty import estimate_spreads
from value_portrait.scores.ratings import NO_RATING, Ratings, mean_of_repeats
from value_portrait.tables import read_table, write_table

N = 24
ITEMS = [f"{place // 2}-{place}" for place in range(N)]
VERSIONS = ["a", "a_turned", "b"]
QUESTIONS = Questions(
    [
        {"item_id": item, "title": None, "text": "x" * place, "response": "No.", "template": "plain"}
        for place, item in enumerate(ITEMS)
    ],
    [
        {"prompt_version": version, "template": "plain", "text": f"{version} " * 9 + "{title}{text}{content}"}
        for version in VERSIONS
    ],
)
KEY = pd.DataFrame(
    [("taste", "Sweet", item) for item in ITEMS[:12]]
    + [("taste", "Salty", item) for item in ITEMS[9:17]]
    + [("pace", "Haste", item) for item in ITEMS[17:]],
    columns=["family", "dimension", "item_id"],
).assign(polarity=1)
QUERIES = [item.split("-")[0] for item in ITEMS]
WARM = {"temperature": 1, "usd_in": 3.0, "usd_out": 50.0}


def ratings(models: int = 5, repeats: int = 1, versions: tuple[str, ...] = tuple(VERSIONS)) -> Ratings:
    rng = np.random.default_rng(3)
    expected = rng.normal(2, 1, (1, 1, N)) + rng.normal(0, 0.7, (models, 1, N))
    latent = (expected + rng.normal(0, 0.5, (models, len(versions), N)))[..., None]
    single = np.clip(np.rint(latent + rng.normal(0, 0.5, (*latent.shape[:3], repeats))), 0, 4).astype(np.int8)
    subjects = [(f"m{place}", "baseline") for place in range(models)]
    if repeats == 1:
        return Ratings(subjects, list(versions), ITEMS, single[..., 0])
    return Ratings(subjects, list(versions), ITEMS, mean_of_repeats(single), single)


def material(rated: Ratings, centring: str = "tagged_items") -> Material:
    return Material(rated, QUERIES, KEY, centring, 6, None, 42)


def planned(rated: Ratings, store: Path, centring: str = "tagged_items", **changes: object) -> pd.DataFrame:
    target = make_target("http://127.0.0.1:1", **{"model": "new", **WARM, **changes})
    return plan_table([to_ask(target, Finding(), QUESTIONS, store)], material(rated, centring), SMALL)


def test_costs_are_those_of_the_estimate(tmp_path: Path) -> None:
    target = make_target("http://127.0.0.1:1", model="new", **WARM, repeats=2)
    plan = QUESTIONS.plan(target, Finding(), None)
    path = store_file(tmp_path, "new", "baseline")
    path.parent.mkdir()
    lines = [{"key": one.key, "outcome": "answered", "usd": None} for one in plan[3:60]]
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    table = plan_table([to_ask(target, Finding(), QUESTIONS, tmp_path)], material(ratings()), SMALL)
    names = ["requests", "answered", "tokens_in", "tokens_out", "usd"]
    designs = table.fillna({"panel": 0}).groupby(["n_wordings", "panel", "n_repeats"])[names]
    assert (designs.nunique() == 1).all(axis=None)
    costs = designs.first()
    whole = estimate(target, "baseline", plan, tmp_path)
    assert whole.answered == 57
    (here,) = table[table["this_study"] == 1][names].drop_duplicates().to_dict("records")
    assert here == {name: getattr(whole, name) for name in names}
    panel = choose_panel(KEY, ITEMS, QUERIES, 5, 42, SMALL)
    some = [one for one in plan if one.item_id in panel and one.prompt_version != "b"]
    of_panel = estimate(target, "baseline", some, tmp_path)
    assert costs.loc[(2, 5, 2)].to_dict() == {name: getattr(of_panel, name) for name in names}
    # One wording more than there are costs what these cost on average, and holds no answer.
    nothing = estimate(target, "nothing", plan, tmp_path)
    more = costs.loc[(4, 0, 2)]
    assert more["requests"] == round(whole.requests * 4 / 3)
    assert more["usd"] == pytest.approx(whole.usd + nothing.usd / 3)


def test_the_error_of_one_model_under_one_version_is_that_of_a_mean(tmp_path: Path) -> None:
    """One item to each query and no centre: the spread over items, over the root of their number."""
    rated = ratings(1, versions=("b",))
    one = Ratings([("new", "baseline")], ["b"], ITEMS, rated.values)
    target = make_target("http://127.0.0.1:1", model="new", **WARM)
    table = plan_table(
        [to_ask(target, Finding(), QUESTIONS, tmp_path)],
        Material(one, ITEMS, KEY, "none", 6, None, 42),
        SMALL,
    )
    own = table[(table["inference"] == "items_like_these") & (table["dimension"] == "Sweet")].set_index("panel")
    values = one.values[0, 0, :12].astype(float)
    sd = values.std(ddof=1)
    assert own["standard_error"].tolist() == pytest.approx([sd / np.sqrt(n) for n in own["n_items"]])
    assert set(own["answers_of"]) == {"own"}
    assert own["from_others"].isna().all()
    assert own["difference"].isna().all()
    assert own[own["this_study"] == 1]["came"].item() == pytest.approx(sd / np.sqrt(12))


def test_errors_are_those_of_the_study_of_variance_and_of_the_jackknife(tmp_path: Path) -> None:
    rated = ratings(6)
    others, new = rated.take(range(5)), rated.take([5])
    everyone = Ratings([*others.subjects, ("new", "baseline")], VERSIONS, ITEMS, rated.values)
    table = planned(everyone, tmp_path)
    here = table[table["this_study"] == 1].set_index(["dimension", "inference"])
    _, precision = study_variance(others, KEY, QUERIES, "tagged_items", 5, 1, SMALL)
    precision = precision[(precision["scores"] == "centred") & (precision["this_study"] == 1)]
    for row in precision[precision["family"] == "taste"].dropna(subset="sem").itertuples():
        assert here.loc[(row.dimension, row.inference), "from_others"] == pytest.approx(row.sem_absolute)
    _, spreads = estimate_spreads(new, QUERIES, KEY, None, "tagged_items", SMALL)
    assert here.loc[("Sweet", "items_like_these"), "came"] == pytest.approx(spreads["all"].variance[0, 0] ** 0.5)
    assert set(here["answers_of"]) == {"own"}
    before = planned(others, tmp_path)
    assert set(before["answers_of"]) == {"others"}
    pd.testing.assert_series_equal(before["standard_error"], table["from_others"], check_names=False, check_dtype=False)


def test_more_of_anything_is_surer(tmp_path: Path) -> None:
    table = planned(ratings(8, repeats=3), tmp_path)
    sweet = table[(table["dimension"] == "Sweet") & (table["inference"] == "these_items")].copy()
    sweet["n"] = sweet["panel"].astype(float).fillna(99)
    assert set(sweet["n_repeats"]) == {1, 2, 3, 5}
    for varied in ("n_wordings", "n_repeats", "n"):
        fixed = [name for name in ("n_wordings", "n_repeats", "n") if name != varied]
        for _, own in sweet.sort_values(varied).groupby(fixed):
            assert (np.diff(own["standard_error"]) < 0).all()
            assert (np.diff(own["requests"]) > 0).all()


@pytest.mark.parametrize(("changes", "repeats"), [({"temperature": 0}, {1}), ({}, {1, 2, 3, 5})])
def test_repeats_are_planned_only_where_they_may_differ(
    tmp_path: Path, changes: dict[str, object], repeats: set[int]
) -> None:
    assert set(planned(ratings(3, repeats=2), tmp_path, **changes)["n_repeats"]) == repeats
    assert set(planned(ratings(3), tmp_path, **changes)["n_repeats"]) == {1}


def test_the_smallest_difference_by_hand() -> None:
    # One comparison, a normal test of size .05 with a power of .80: 1.96 + 0.84 standard errors of the difference.
    assert smallest_difference(0.1, 1e9, 2, 1) == pytest.approx(2.8016 * 2**0.5 * 0.1, rel=1e-4)
    # Šidák over 3 pairs and 4 dimensions.
    level = 1 - 0.95 ** (1 / 12)
    reach = stats.t.ppf(1 - level / 2, 9) + stats.t.ppf(0.8, 9)
    assert smallest_difference(0.1, 9, 3, 4) == pytest.approx(reach * 2**0.5 * 0.1)
    assert math.isnan(smallest_difference(0.1, math.nan, 3, 4))


def test_without_any_answers_costs_are_known_and_without_live_models_nothing(tmp_path: Path) -> None:
    nobody = Ratings([], VERSIONS, ITEMS, np.empty((0, 3, N), np.int8))
    table = planned(nobody, tmp_path, usd_in=None)
    write_table(table, tmp_path / "plan.csv", PLAN)
    assert table[["standard_error", "difference", "usd"]].isna().all(axis=None)
    assert (table["requests"] > 0).all()
    text = plan_report(table, 0.15, 6, SMALL)
    assert "Nobody has answered yet: errors are unknown." in text
    assert "| n/a | n/a | n/a | n/a |" in text
    empty = plan_table([], material(ratings()), SMALL)
    write_table(empty, tmp_path / "empty.csv", PLAN)
    assert read_table(tmp_path / "empty.csv", PLAN).num_rows == 0
    assert "No model is live" in plan_report(empty, 0.15, 6, SMALL)


def test_the_report_names_the_cheapest_design_that_is_sure_enough(tmp_path: Path) -> None:
    everyone = ratings(6)
    everyone = Ratings([*everyone.subjects[:5], ("new", "baseline")], VERSIONS, ITEMS, everyone.values)
    table = planned(everyone, tmp_path)
    write_table(table, tmp_path / "plan.csv", PLAN)
    own = table[table["inference"] == "these_items"]
    medians = own.groupby(["usd", "requests"])["standard_error"].median()
    wanted = medians.quantile(0.4)
    usd, requests = medians[medians <= wanted].index[0]
    text = plan_report(table, wanted, 6, SMALL)
    line = next(line for line in text.splitlines() if line.startswith("- ") and "on these items" in line)
    assert f"for {requests:,} more requests and {usd:.2f} USD" in line
    assert f"({medians[usd, requests]:.2f})" in line
    assert "nothing here reaches it" in plan_report(table, 1e-9, 6, SMALL)
    came = table.dropna(subset="came")
    assert (
        f"{came['from_others'].median():.2f} was expected from other models, {came['came'].median():.2f} came." in text
    )
    assert "Another wording would bring it from" in text
    assert text.count("(this study)") == 1


def test_a_panel_that_is_answered_tells_what_the_rest_would_bring(tmp_path: Path) -> None:
    full = ratings(6)
    panel = choose_panel(KEY, ITEMS, QUERIES, 5, 42, SMALL)
    inside = np.isin(ITEMS, panel)
    values = full.values.copy()
    values[5][:, ~inside] = NO_RATING
    everyone = Ratings([*full.subjects[:5], ("new", "baseline")], VERSIONS, ITEMS, values)
    target = make_target("http://127.0.0.1:1", model="new", **WARM)
    table = plan_table([to_ask(target, Finding(), QUESTIONS, tmp_path)], material(everyone)._replace(panel=5), SMALL)
    here = table[(table["this_study"] == 1) & (table["inference"] == "items_like_these")].set_index("dimension")
    assert set(here["panel"]) == {5}
    assert set(here["n_asked"]) == {len(panel)}
    assert set(table["answers_of"]) == {"own"}
    some = Ratings([("new", "baseline")], VERSIONS, panel, values[5:, :, inside])
    key, queries = KEY[KEY["item_id"].isin(panel)], [item.split("-")[0] for item in panel]
    _, spreads = estimate_spreads(some, queries, key, None, "tagged_items", SMALL)
    assert here["came"]["Sweet"] == pytest.approx(spreads["all"].variance[0, 0] ** 0.5)
    whole = table[table["panel"].isna() & (table["n_wordings"] == 3) & (table["inference"] == "items_like_these")]
    assert (whole.set_index("dimension")["standard_error"] < here["standard_error"]).loc[["Sweet", "Salty"]].all()
