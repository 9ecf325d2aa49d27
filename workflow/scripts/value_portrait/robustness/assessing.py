"""What the models' profiles are worth: how sure they are, which models differ, and what else could explain them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness import alphas, comparison_tables, on_circle, precision, uncertainty
from value_portrait.robustness.alternatives import ALTERNATIVES, arrange_material
from value_portrait.robustness.beside_people import compare_with_people
from value_portrait.robustness.contributions import find_contributions
from value_portrait.robustness.groups import GROUPS, compare_groups
from value_portrait.robustness.headlines import explain
from value_portrait.robustness.null_keys import arrange_null_keys
from value_portrait.robustness.spread import spread_by_size, value_spread
from value_portrait.scores.model_groups import with_printed_models
from value_portrait.scores.profiles import profile_as_seen
from value_portrait.scores.ratings import Ratings

# The tables by their names, beside ``spread`` (see ``value_spread``), ``spread_by_size`` and ``people``
# (``compare_with_people``). Effects are told where there are conditions, the circle where a family lies on one,
# ``people`` where any rated.
ASSESSED = {
    "uncertainty": uncertainty.UNCERTAINTY,
    "effects": uncertainty.UNCERTAINTY,
    "variance": precision.VARIANCE,
    "precision": precision.PRECISION,
    "alphas": alphas.ALPHAS,
    "pairs": comparison_tables.PAIRS,
    "ranks": comparison_tables.RANKS,
    "mean_profile": comparison_tables.MEAN_PROFILE,
    "family_profiles": comparison_tables.FAMILY_PROFILES,
    "groups": GROUPS,
    "alternatives": ALTERNATIVES,
    "circle": on_circle.CIRCLE,
}


def assess_profiles(
    ratings: Ratings,
    queries: Sequence[str],
    key: pd.DataFrame,
    people: Mapping[str, Any],
    models: Mapping[str, Mapping[str, Any]],
    printed_scores: str | None,
    choices: Mapping[str, Any],
    instrument: Instrument,
) -> dict[str, pd.DataFrame]:
    """The tables of ``ASSESSED`` and beside it, by their names.

    Parameters
    ----------
    ratings : of all conditions. queries : of each item. key : table ``item_key``.
    people : the tables survey, participants, dilution, rater_alphas, rater_profiles, null_keys and partial_key, and
        circle where there is one; empty where nobody rated the items.
    models : columns of the table of models, by model. printed_scores : file of those of models known by these alone,
        which join groups where size matters; None without any such model.
    choices : rule (see ``arrange_raters``), observations (see ``reliability_of_models``), centring, named (see
        ``compare_models``), held_apart (see ``compare_dimensions``), resamples and seed.
    """
    centring, resamples, seed = (choices[name] for name in ("centring", "resamples", "seed"))
    raters = None
    if people:
        raters = uncertainty.arrange_raters(people["survey"], people["participants"], choices["rule"], resamples, seed)
    given = ratings, queries, key, raters, centring, instrument
    dilution = people.get("dilution")
    scores, spreads = uncertainty.estimate_spreads(*given)
    uncertainty.warn_of_untold(spreads, instrument)
    tables = {"uncertainty": uncertainty.uncertainty_table(ratings.subjects, scores, spreads, dilution, instrument)}
    if any(condition != BASELINE for _, condition in ratings.subjects):
        changes = uncertainty.estimate_effects(*given)
        tables["effects"] = uncertainty.uncertainty_table(*changes, dilution, instrument)

    baseline = ratings.under(BASELINE)
    studies = precision.study_variance(baseline, key, queries, centring, resamples, seed, instrument)
    tables["variance"], tables["precision"] = studies
    reliable = [alphas.alphas_of_models(baseline, key, choices["observations"], instrument)]
    if people:
        reliable.append(alphas.alphas_of_raters(people["rater_alphas"], instrument))
    tables["alphas"] = pd.concat(reliable)

    parts = find_contributions(baseline, queries, key, centring, instrument)
    names = [model for model, _ in baseline.subjects]
    families = [models[name]["family"] for name in names]
    tables |= comparison_tables.compare_models(parts, names, families, choices["named"], resamples, seed, instrument)
    of_dimensions, dimensions = zip(*instrument.dimensions, strict=True)
    about = {"family": np.tile(of_dimensions, len(names)), "dimension": np.tile(dimensions, len(names))}
    model = np.repeat(names, len(dimensions))
    own = pd.DataFrame({"model": model, **about, "centred_mean": parts.scores.ravel()})
    joined = with_printed_models(own, models, printed_scores, instrument)
    tables["groups"] = compare_groups(own, joined, models, instrument)
    tables["spread"] = value_spread(joined, models, instrument)
    tables["spread_by_size"] = spread_by_size(tables["spread"])
    if people:
        seen = profile_as_seen(baseline, people["survey"], key, centring, instrument)
        tables["people"] = compare_with_people(seen, people["rater_profiles"], instrument)

    answered = baseline.take(np.flatnonzero(baseline.rated.any(axis=(1, 2))).tolist())
    null_keys = arrange_null_keys(people["null_keys"], ratings.items, instrument) if people else None
    survey = people.get("survey")
    material = arrange_material(
        answered, key, null_keys, people.get("partial_key"), survey, models, centring, instrument
    )
    places = pd.factorize(np.array(queries))[0]
    tables["alternatives"] = explain(material, answered, places, survey, choices["held_apart"], resamples, seed)
    if instrument.circle:
        circle = on_circle.place_models(material.own_scores, material.null_scores, resamples, seed, instrument)
        tables["circle"] = pd.concat([people.get("circle"), circle], ignore_index=True)
    return tables
