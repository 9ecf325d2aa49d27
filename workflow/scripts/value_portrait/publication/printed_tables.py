"""The tables that people print, each with its caption."""

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from value_portrait.instrument import Family, Instrument
from value_portrait.items import coverage
from value_portrait.items.validation import select_items
from value_portrait.responses.conditions import STEERING


def printed_tables(
    tables: Mapping[str, pd.DataFrame], threshold: float, instrument: Instrument
) -> dict[str, pd.DataFrame]:
    """The tables of a study that people print, by the names of their files.

    Parameters
    ----------
    tables : key (``item_key``), profiles and reliability, of one condition; and where the study has them topics,
        correlations, participants, spread (``value_spread``) and people (``compare_with_people``).
    threshold : of a tag.
    """
    key, measured = tables["key"], tables.get("correlations")
    found = {
        "items_per_value": items_per_value(measured, key, threshold, instrument),
        "reliability": tables["reliability"],
    }
    if "topics" in tables:
        found["topics"] = coverage.topic_shares(tables["topics"])
    if measured is not None and instrument.circle:
        tags = two_sided_tags(measured, threshold)
        found["cross_loading"] = coverage.cross_loading_distances(tags, instrument.circle)
    if "participants" in tables:
        found["questionnaire"] = questionnaire_scores(tables["participants"], instrument)
    for family in instrument.families:
        if family.table:
            found[family.table] = family_scores(tables["profiles"], family)
    names = {"spread": "value_spread", "people": "models_and_people"}
    return found | {name: tables[own] for own, name in names.items() if own in tables}


def captions(instrument: Instrument) -> dict[str, str]:
    """The caption of every table that is written as LaTeX beside its CSV file, by the table's name."""
    return {
        "topics": "Topics of the queries; a query may have several.",
        "items_per_value": "Tags per dimension: of either sign without a p-limit, and in the item key.",
        **{family.table: _caption(family) for family in instrument.families if family.table},
        "cross_loading": "Steps on the circle between two dimensions that one item measures.",
        "reliability": "Cronbach's alpha with its 95 % interval, by who answered, and McDonald's omega among models.",
        "value_spread": "How pronounced profiles are: the variance of a model's centred scores (* as printed, without "
        "answers); size in billions of parameters.",
        "models_and_people": "Models and people on the same items: centred means, their difference with its 95 % "
        "interval for people and items like these, and p after Holm's correction over a family.",
        "questionnaire": "Scores of people on their own questionnaire: mean, sample SD and quantiles.",
    }


def _caption(family: Family) -> str:
    scores = str(family.table).replace("_", " ")
    factor = "" if family.factor == 1 else f" times {Fraction(family.factor).limit_denominator(1000)}"
    if family.statistic == "centred_mean":
        return f"Centred {scores} of all models{':' if factor else ''}{factor}."
    return f"{scores.capitalize()} of all models: uncentred means{factor}."


def family_scores(profiles: pd.DataFrame, family: Family) -> pd.DataFrame:
    """The family's statistic times its factor, one row per model; ``profiles`` holds one condition."""
    own = profiles[profiles["family"] == family.name]
    order, names = list(dict.fromkeys(own["model"])), list(family.names)
    wide = own.pivot(index="model", columns="dimension", values=family.statistic).reindex(order, columns=names)
    return (wide * family.factor).reset_index()


def persona_table(effects: pd.DataFrame, people: pd.DataFrame, axis: str, instrument: Instrument) -> pd.DataFrame:
    """Effects of the personas of one axis, or of value steering, and below them people's.

    Parameters
    ----------
    effects : table ``persona_effects``. people : table ``people``.

    Returns
    -------
    Columns who (the model with its framing, or people with their source and weighting), group, and one for each
    dimension of its own (not made up of others) that has a number.
    """
    families = {family for family, _ in instrument.planted}
    own = effects[(effects["axis"] == axis) & effects["family"].isin(families)]
    who = own["model"].astype(str) + ", " + own["framing"].astype(str)
    parts = [own.assign(who=who)]
    human = people[people["axis"] == axis].rename(columns={"human_effect": "effect"})
    source = human["source"].astype(str).mask(human["source"] == "printed", "")
    who = "people, " + source.where(source == "", source + ", ") + human["weighting"].astype(str)
    parts.append(human.assign(who=who.str.replace("_", " ")))
    rows = pd.concat(parts)[["who", "group", "dimension", "effect"]].astype({"dimension": str, "group": str})
    order = list(dict.fromkeys(zip(rows["who"], rows["group"], strict=True)))
    wide = rows.pivot(index=["who", "group"], columns="dimension", values="effect").loc[order]
    columns = [dimension for _, dimension in instrument.dimensions if dimension in wide]
    table = wide[columns].reset_index().rename_axis(columns=None)
    if axis == STEERING:
        table["group"] = [instrument.titles.get(group, group) for group in table["group"]]
    return table


def two_sided_tags(correlations: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """All pairs of item and dimension with |rho| > threshold, of either sign and whatever the p-value."""
    return select_items(correlations, threshold, None, "both")


def items_per_value(
    correlations: pd.DataFrame | None, key: pd.DataFrame, threshold: float, instrument: Instrument
) -> pd.DataFrame:
    """Tags per dimension of the main family, their shares, and the shares' SD and imbalance.

    Returns columns dimension, n_tags and share (of ``two_sided_tags``) and the same in the item key (``_in_key``);
    only the latter where there are no ``correlations``.
    """
    keyed = coverage.items_per_dimension(key, instrument.main)
    sides = {"_in_key": keyed}
    if correlations is not None:
        sides = {"": coverage.items_per_dimension(two_sided_tags(correlations, threshold), instrument.main)} | sides
    counts = pd.concat(
        [own.set_index("dimension").add_suffix(suffix) for suffix, own in sides.items()], axis=1
    ).reset_index()
    spreads = {f"share{suffix}": coverage.spread_of_shares(own["share"]) for suffix, own in sides.items()}
    foot = [
        {"dimension": name} | {column: spread[place] for column, spread in spreads.items()}
        for place, name in enumerate(("SD", "imbalance ratio"))
    ]
    types = {f"n_tags{suffix}": "Int64" for suffix in sides}
    return pd.concat([counts, pd.DataFrame(foot)], ignore_index=True).astype(types)


def questionnaire_scores(participants: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The raters' scores on their own questionnaire, another instrument than the items that they and models rated.

    ``participants`` is the table of that name; its scores are as the study has them, in the shipped one values centred
    within the person and traits uncentred. Returns columns family, dimension, n, mean, sd (sample SD) and the quantiles
    q10, q25, q50, q75 and q90.
    """
    main = participants[participants["sample"] == "main"]
    groups = main.groupby(["family", "dimension"], observed=True)["score"]
    quantiles = {f"q{level}": groups.quantile(level / 100) for level in (10, 25, 50, 75, 90)}
    table = groups.agg(n="count", mean="mean", sd="std").assign(**quantiles)
    names = pd.MultiIndex.from_tuples(instrument.dimensions, names=["family", "dimension"])
    return table.reindex(names).reset_index()
