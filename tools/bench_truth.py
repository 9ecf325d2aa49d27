"""Holds the methods of the robustness stage against simulated studies whose truth is known; bounds must be kept."""

import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from multiprocessing import Pool
from typing import NamedTuple

import numpy as np
import pandas as pd
from known_truth import (
    CENTRING,
    GROUPS,
    INSTRUMENT,
    MAIN,
    MAX_P,
    PLANTED,
    QUERIES,
    RATERS,
    ROOT,
    SETTINGS,
    THRESHOLD,
    VERSIONS,
    Study,
    correlate_people,
    draw_blocks,
    draw_items,
    draw_study,
    draw_study_and_truth,
    expected_errors,
    make_world,
    score_by_many_raters,
    score_in_the_long_run,
    tag,
)
from value_portrait.items.panel import choose_panel
from value_portrait.robustness.alternatives import Material
from value_portrait.robustness.chance import tags_by_chance
from value_portrait.robustness.claims import families_by_chance, held_apart, read_claims
from value_portrait.robustness.comparing import INFERENCES, compare_pairs, flip_signs, take_sample
from value_portrait.robustness.contributions import find_contributions
from value_portrait.robustness.dilution import estimate_dilution
from value_portrait.robustness.groups import compare_clustered
from value_portrait.robustness.headlines import compare_dimensions
from value_portrait.robustness.judging import Scored, Untestable, judge
from value_portrait.robustness.null_keys import arrange_null_keys, draw_null_keys
from value_portrait.robustness.precision import study_variance
from value_portrait.robustness.resampling import TagRule
from value_portrait.robustness.shuffling import key_array
from value_portrait.robustness.uncertainty import SOURCES, Raters, estimate_spreads, undilute
from value_portrait.robustness.validity import validate_key
from value_portrait.scores.ratings import Ratings
from value_portrait.simulation.models import planted_scores

RULE = TagRule("spearman", THRESHOLD, MAX_P, "positive")
# A correlation among all people below half a standard error of a study's counts as none: its raters cannot tell.
NONE = 0.5 / np.sqrt(RATERS - 1)
LEVEL = 0.05
# Measures of one study, by name; shares and means over studies are held against the bounds.
Measures = Mapping[str, float]
COVERAGE, BIAS, FAMILY_WISE = (0.90, 0.98), (-0.05, 0.05), (0.0, 0.07)
# Of standard errors.
RATIO = (0.85, 1.15)
# 5 %, and two standard errors of a share of 120 studies.
SIGNIFICANT = (0.0, 0.09)


class Check(NamedTuple):
    """A method's check: what it measures of one study (setting, seed), in how many studies, within which bounds."""

    measure: Callable[[str, int], Measures]
    studies: int
    bounds: Mapping[str, tuple[float, float]]


@cache
def long_run(setting: str, models: int) -> np.ndarray:
    """What a world's scores are over very many studies."""
    return score_in_the_long_run(make_world(setting, models), np.random.default_rng(3))


@cache
def true_key(setting: str, models: int) -> np.ndarray:
    """The same with a key by very many raters."""
    return score_by_many_raters(make_world(setting, models), np.random.default_rng(5), THRESHOLD)


def measure_coverage(setting: str, seed: int) -> Measures:
    """Shares of 95 % intervals with the score inside that each source, alone, would give in the long run.

    Those of undiluted scores are held against planted scores, too: what models' values contribute, by the true key. How
    many of these the intervals by all sources miss, which do not know of dilution, is shown beside.
    """
    world = make_world(setting, 8)
    study, truth = draw_study_and_truth(world, np.random.default_rng([1, seed]), long_run(setting, 8))
    raters = Raters(study.blocks, RULE.method, False, 200, seed)
    scores, spreads = estimate_spreads(study.ratings, study.queries, study.key, raters, CENTRING, INSTRUMENT)
    planted = np.array(
        [planted_scores(own, study.items.loadings, CENTRING, INSTRUMENT)[PLANTED] for own in world.models]
    )
    found = {}
    for source, own in truth._asdict().items():
        variance, reach = spreads[source].variance[:, MAIN], spreads[source].half_width()[:, MAIN]
        known = np.isfinite(variance)
        found[source] = (abs(scores - own)[:, MAIN] <= reach)[known].mean()
    found["planted scores by all"] = (abs(scores[:, MAIN] - planted) <= reach)[known].mean()
    found["slope of scores on planted ones"] = np.polyfit(planted[known], scores[:, MAIN][known], 1)[0]
    dilution = estimate_dilution([[block] for block in study.blocks], RULE, INSTRUMENT)
    undiluted, spread = undilute(scores, spreads["all"], dilution, INSTRUMENT)
    reach, undiluted = spread.half_width()[:, MAIN], undiluted[:, MAIN]
    known = np.isfinite(reach)
    for name, own in {"undiluted": true_key(setting, 8)[:, MAIN], "planted scores by undiluted": planted}.items():
        found[name] = (abs(undiluted - own) <= reach)[known].mean()
    found["slope of undiluted scores"] = np.polyfit(planted[known], undiluted[known], 1)[0]
    found["dilution"] = dilution.set_index("family").loc[INSTRUMENT.main.name, "dilution"]
    return found


def measure_discoveries(setting: str, seed: int) -> Measures:
    """The estimated false discovery rate of positive tags less the share of tags without correlation among all people.

    In the realistic setting most pairs correlate a little, for those who rate everything highly hold other values. So
    shares by other meanings of false are shown beside: no positive correlation at all, one that Cohen (1988) would not
    even call small, and no planted loading (a neighbour on the circle, or a habit of rating, is not what was meant).
    """
    world, rng = make_world(setting, 1), np.random.default_rng([2, seed])
    items = draw_items(world, rng, GROUPS * QUERIES)
    blocks = draw_blocks(world, rng, items)
    table = tags_by_chance([[block] for block in blocks], RULE, 100, seed, INSTRUMENT)
    all_of = (table["family"] == INSTRUMENT.main.name) & table["dimension"].isna() & (table["direction"] == "positive")
    estimate = float(table.loc[all_of, "false_discovery_rate"].iloc[0])
    tagged = tag(blocks)[:, MAIN]
    rho = correlate_people(world, rng, items)[:, MAIN][tagged]
    return {
        "estimate less share": estimate - (rho < NONE).mean(),
        "estimate": estimate,
        "share": (rho < NONE).mean(),
        "share, below 0": (rho < 0).mean(),
        "share, below .10": (rho < 0.1).mean(),
        "share, not planted": (items.loadings[:, PLANTED] == 0)[tagged].mean(),
    }


def measure_alike(setting: str, seed: int) -> Measures:
    """Whether any pair of models differs by max-T where all models are the same, on these items or on any."""
    world, rng, found = make_world(setting, 6, alike=True), np.random.default_rng([3, seed]), {}
    for inference in INFERENCES:
        study = draw_study(world, rng, same_views=inference == "these_items")
        parts = find_contributions(study.ratings, study.queries, study.key, CENTRING, INSTRUMENT)
        sample = take_sample(parts, inference)
        comparison = compare_pairs(sample, flip_signs(sample, 400, rng), INSTRUMENT)
        found[inference] = float(np.nanmin(comparison.p_max_t[MAIN]) <= LEVEL)
        found[f"{inference}, unadjusted"] = float(np.nanmin(comparison.p[MAIN]) <= LEVEL)
    return found


def measure_precision(setting: str, seed: int) -> Measures:
    """The generalizability coefficient less the squared correlation of scores with those of the long run, over models.

    Squared correlations of few models are too high by chance, and corrected as R² is (Ezekiel 1930).
    """
    models = 24
    study = draw_study(make_world(setting, models), np.random.default_rng([4, seed]))
    _, table = study_variance(study.ratings, study.key, study.queries, CENTRING, 10, seed, INSTRUMENT)
    own = (table["scores"] == "centred") & (table["inference"] == "items_like_these") & (table["this_study"] == 1)
    relative = table[own].set_index(["family", "dimension"])["relative"].astype(float).dropna()
    scores = find_contributions(study.ratings, study.queries, study.key, CENTRING, INSTRUMENT).scores
    pairs = []
    for place in MAIN:
        if (name := INSTRUMENT.dimensions[place]) in relative.index:
            r = np.corrcoef(scores[:, place], long_run(setting, models)[:, place])[0, 1]
            pairs.append((relative[name], 1 - (1 - r**2) * (models - 1) / (models - 2)))
    estimate, truth = np.mean(pairs, axis=0)
    return {"estimate less truth": estimate - truth, "estimate": estimate, "truth": truth}


def measure_plan(setting: str, seed: int) -> Measures:
    """The standard error that a plan expects from other models' answers, over what a study then shows: medians.

    Shown is the jackknife's, of a further model under the design of the others; and (smaller) of a new
    study of ten items of each dimension under one wording in both orders. Beside it how far models' scores miss those
    over very many queries: their squares over the expected ones.
    """
    world, rng = make_world(setting, 8), np.random.default_rng([8, seed])
    study, truth = draw_study_and_truth(world, rng, long_run(setting, 8), others=1)
    smaller = draw_study(world, rng)
    items = choose_panel(smaller.key, smaller.ratings.items, smaller.queries, 10, 42, INSTRUMENT)
    shown = jackknife(smaller, VERSIONS[:2], items)
    counts = smaller.key[smaller.key["family"] == INSTRUMENT.main.name]["dimension"].value_counts()
    enough = counts.reindex(INSTRUMENT.main.names, fill_value=0).to_numpy() >= 10
    ratios: dict[str, list[float]] = {"over shown": [], "over shown, smaller": []}
    misses = []
    for model in (3 * seed + np.arange(3)) % 8:
        plan = expected_errors(study, int(model))
        here = plan[plan["this_study"] == 1]
        own = plan[(plan["n_wordings"] == 1) & (plan["n_orders"] == 2) & (plan["panel"] == 10)]
        ratios["over shown"] += list(here["from_others"] / here["came"])
        both = (own["n_items"] >= 10).to_numpy() & enough
        ratios["over shown, smaller"] += list((own["from_others"] / shown[model])[both])
        missed = study_scores(study)[model, MAIN] - truth.queries[model, MAIN]
        misses.append((missed / here["from_others"]) ** 2)
    found = {name: float(np.nanmedian(own)) for name, own in ratios.items() if len(own)}
    return found | {"squared miss over expected": float(np.nanmean(misses))}


def jackknife(study: Study, versions: Sequence[str], items: Sequence[str]) -> np.ndarray:
    """The standard errors (M, D of the main family) of scores by some answers of a study, over queries."""
    ratings = study.ratings
    columns = [ratings.items.index(item) for item in items]
    rows = [ratings.versions.index(version) for version in versions]
    some = Ratings(ratings.subjects, list(versions), list(items), ratings.values[:, rows][..., columns])
    key = study.key[study.key["item_id"].isin(items)]
    queries = [study.queries[column] for column in columns]
    _, spreads = estimate_spreads(some, queries, key, None, CENTRING, INSTRUMENT)
    errors: np.ndarray = np.sqrt(spreads["all"].variance[:, MAIN])
    return errors


def study_scores(study: Study) -> np.ndarray:
    """The scores (M, D) of a study."""
    return find_contributions(study.ratings, study.queries, study.key, CENTRING, INSTRUMENT).scores


def measure_developers(setting: str, seed: int) -> Measures:
    """Shares of significant differences between open and closed models where none was planted.

    Half of what a model alone makes of an item is its developer's, and the models of a developer are all open or
    closed. Tests that take models as independent are shown beside.
    """
    world, rng = make_world(setting, 24, nothing=True), np.random.default_rng([6, seed])
    developers = np.arange(24) // 3
    study = draw_study(world, rng, developers=developers)
    scores = find_contributions(study.ratings, study.queries, study.key, CENTRING, INSTRUMENT).scores
    long = pd.DataFrame(
        {
            "model": np.repeat([model for model, _ in study.ratings.subjects], len(INSTRUMENT.dimensions)),
            "family": np.tile([family for family, _ in INSTRUMENT.dimensions], len(scores)),
            "dimension": np.tile([name for _, name in INSTRUMENT.dimensions], len(scores)),
            "centred_mean": scores.ravel(),
        }
    )
    models = {
        own.model: {"developer": f"d{place}", "weights": ("open", "closed")[place % 2], "answers": "simulated"}
        for own, place in zip(world.models, developers, strict=True)
    }
    table = compare_clustered(long, models, "weights", INSTRUMENT)
    own = table[table["dimension"].isin(INSTRUMENT.main.names)].dropna(subset="p")
    alone = ~((own["ci_low"] <= 0) & (own["ci_high"] >= 0))
    return {"clustered": (own["p"] < LEVEL).mean(), "models as independent": alone.mean()}


def measure_nothing(setting: str, seed: int) -> Measures:
    """Validity outside the sample, and shares of significant claims of each kind, where nothing is planted."""
    world, rng = make_world(setting, 16, nothing=True), np.random.default_rng([5, seed])
    study = draw_study(world, rng)
    table = validate_key([[block] for block in study.blocks], RULE, CENTRING, 3, seed, INSTRUMENT)
    own = (table["key"] == "raters") & (table["family"] == INSTRUMENT.main.name) & table["dimension"].isna()
    row = table[own & (table["criterion"] == "convergent")].iloc[0]
    scores = find_contributions(study.ratings, study.queries, study.key, CENTRING, INSTRUMENT).scores
    about = {
        model.model: {
            "weights": ("open", "closed")[place % 2],
            "reasoning": ("yes", "no", "no")[place % 3],
            "family": f"family {place % 5}",
            "developer": f"developer {place % 5 % 4}",
            "size_b": (3.0, 8.0, 14.0, 32.0, 70.0)[(7 * place) % 5],
        }
        for place, model in enumerate(world.models)
    }
    scored = Scored(scores[None], study.ratings.subjects, about, INSTRUMENT)
    significant: dict[str, list[bool]] = {}
    claims = read_claims(ROOT / "config/claims.tsv", INSTRUMENT)
    for claim in claims:
        try:
            p = judge(claim, scored).p
        except Untestable:
            continue
        if np.isfinite(p[0]):
            significant.setdefault(f"claims: {claim.kind}", []).append(p[0] < LEVEL)
    by_chance = draw_null_keys(
        study.blocks,
        study.key,
        RULE.method,
        RULE.polarity,
        draws=199,
        seed=seed,
        families=families_by_chance(claims, INSTRUMENT),
        instrument=INSTRUMENT,
    )
    items = study.ratings.items
    keys = key_array(study.key, items, INSTRUMENT), arrange_null_keys(by_chance, items, INSTRUMENT)
    models = [model for model, _ in study.ratings.subjects]
    material = Material(models, study.ratings.averages(), *keys, None, None, {}, CENTRING, INSTRUMENT)
    for compared in compare_dimensions(material, held_apart(claims)):
        significant.setdefault("claims: above", []).append(compared["p"] < LEVEL)
    found = {"validity": row["r"], "validity, interval without 0": float(not row["low"] <= 0 <= row["high"])}
    return found | {kind: float(np.mean(own)) for kind, own in significant.items()}


CHECKS = {
    "coverage": Check(measure_coverage, 40, dict.fromkeys((*SOURCES, "planted scores by undiluted"), COVERAGE)),
    "false discoveries": Check(measure_discoveries, 40, {"estimate less share": BIAS}),
    "models alike": Check(measure_alike, 200, dict.fromkeys(INFERENCES, FAMILY_WISE)),
    "generalizability": Check(measure_precision, 20, {"estimate less truth": BIAS}),
    "plan": Check(
        measure_plan,
        20,
        {"over shown": RATIO, "over shown, smaller": RATIO, "squared miss over expected": (1.15**-2, 0.85**-2)},
    ),
    "developers": Check(measure_developers, 80, {"clustered": FAMILY_WISE}),
    "nothing planted": Check(
        measure_nothing,
        120,
        {"validity": (-0.01, 0.01), "validity, interval without 0": SIGNIFICANT}
        | {
            f"claims: {kind}": SIGNIFICANT
            for kind in ("above", "group_above", "rises_with_size", "model_families_differ")
        },
    ),
}


def average(found: list[Measures]) -> dict[str, tuple[float, float]]:
    """Mean and standard error of each measure over studies."""
    names = dict.fromkeys(name for own in found for name in own)
    values = {name: np.array([own[name] for own in found if name in own]) for name in names}
    return {name: (own.mean(), own.std(ddof=1) / np.sqrt(len(own))) for name, own in values.items()}


def main() -> None:
    """Measure, print, and complain where a bound is missed."""
    # A dimension without tags is nothing unusual here.
    logging.disable(logging.WARNING)
    missed = []
    start = time.perf_counter()
    print(f"{'':18}{'setting':11}{'measure':34}{'mean':>8}{'error':>8}  demanded")
    with Pool(2) as pool:
        for title, check in CHECKS.items():
            for setting in SETTINGS:
                found = pool.map(partial(check.measure, setting), range(check.studies), chunksize=5)
                for name, (mean, error) in average(found).items():
                    low, high = check.bounds.get(name, (-np.inf, np.inf))
                    demanded = f"{low:g} to {high:g}" if name in check.bounds else ""
                    print(f"{title:18}{setting:11}{name:34}{mean:8.3f}{error:8.3f}  {demanded}", flush=True)
                    if not low <= mean <= high:
                        missed.append(f"{title}, {setting}: {name} is {mean:.3f}, not {demanded}")
    print(f"\n{time.perf_counter() - start:.0f} s")
    sys.exit("\n".join(["\nMissed:", *missed]) if missed else 0)


if __name__ == "__main__":
    main()
