"""The lines that sum up a run."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.printing import COEFFICIENTS
from value_portrait.robustness.clustering import ROUNDED
from value_portrait.robustness.groups import PROFILE_VARIANCE
from value_portrait.robustness.level import LEVEL
from value_portrait.wording import bracketed, counted, extremes, in_words, percent, signed


def highest_values(profiles: pd.DataFrame, count: int, instrument: Instrument) -> dict[str, frozenset[str]]:
    """Each model's ``count`` highest dimensions of the main family, by centred mean; none of a tie for the last."""
    values = profiles[profiles["family"] == instrument.main.name]
    # Equal means may differ in how their sums were rounded.
    means = values["centred_mean"].round(ROUNDED)
    among = means.groupby(values["model"], observed=True).rank(method="max", ascending=False) <= count
    return {
        str(model): frozenset(own["dimension"][among[own.index]])
        for model, own in values.groupby("model", sort=False, observed=True)
    }


def summarise(
    tables: Mapping[str, pd.DataFrame],
    study: str,
    claims: Sequence[str],
    worth: Sequence[str],
    left_out: Sequence[str],
    instrument: Instrument,
) -> str:
    """The findings of a run in a few lines of Markdown, each made from the tables.

    Parameters
    ----------
    tables : key (``item_key``), profiles, reliability, sensitivity, counts (``answer_counts``), groups
        (``robustness.groups.GROUPS``) and mean_profile (``MEAN_PROFILE``), of one condition; and where the study has
        them survey, ``spread_by_size`` and people (``compare_with_people``).
    claims : lines about what others claim. worth : lines about what the numbers are worth. left_out : what does not
        apply to this study, each with its reason.
    """
    profiles, counts = tables["profiles"], tables["counts"]
    lines = [
        f"Made from {_size(study, tables)}{counted(profiles['model'].nunique(), 'model')}, "
        f"{counted(int(counts['answers'].sum()), 'answer')}.",
        _items_line(tables["key"], instrument),
        _answers_line(counts),
        _profile_line(tables["mean_profile"], instrument),
        *claims,
        _reliability_line(tables["reliability"], instrument),
        _sensitivity_line(tables["sensitivity"]),
        _groups_line(tables["groups"], instrument),
        _spread_line(tables["spread_by_size"], instrument) if "spread_by_size" in tables else "",
        _people_line(tables["people"], instrument) if "people" in tables else "",
        *worth,
        f"Left out: {'; '.join(left_out)}." if left_out else "",
    ]
    return "# What this run found\n\n" + "".join(f"{n}. {line}\n" for n, line in enumerate(filter(None, lines), 1))


def _size(study: str, tables: Mapping[str, pd.DataFrame]) -> str:
    origins = {"paper": "the authors' raw data", "simulated": "a simulated study, whose truth is known"}
    origin = origins.get(study, "a folder of tables")
    if "survey" not in tables:
        return f"{origin}: {counted(tables['key']['item_id'].nunique(), 'item')} of a given key; "
    survey = tables["survey"]
    return (
        f"{origin}: {counted(survey['participant_id'].nunique(), 'rater')}, "
        f"{counted(survey['item_id'].nunique(), 'item')}, {counted(len(survey), 'rating')}; "
    )


def _items_line(key: pd.DataFrame, instrument: Instrument) -> str:
    main = instrument.main
    tags = key[key["family"] == main.name]["dimension"].value_counts().reindex(list(main.names), fill_value=0)
    others = [
        f"{(key['family'] == family.name).sum()} of the {mid_sentence(family)}"
        for family in instrument.families
        if not family.made_up and family is not main
    ]
    reach = ""
    if len(tags) > 1:
        reach = f", from {extremes(tags.rename(instrument.titles), str, mid_sentence(main))}"
        if tags.min() == tags.max():
            reach = f", {tags.min()} of each dimension"
    both = f"{', and ' if reach else ' and '}{', '.join(others)}" if others else ""
    return f"The item key holds {counted(tags.sum(), 'tag')} of the {mid_sentence(main)}{reach}{both}."


def _answers_line(counts: pd.DataFrame) -> str:
    plain = counts.loc[counts["answer_class"] == "plain", "answers"].sum()
    unread = counts.loc[~counts["answer_class"].isin(["plain", "decorated"]), "answers"].sum()
    differ = counts["disagreements"].sum()
    return (
        f"{100 * plain / counts['answers'].sum():.1f} % of the answers are plain options; of the others {unread:,} "
        f"{'names none or cannot be taken at its' if unread == 1 else 'name none or cannot be taken at their'} word, "
        f"and on {f'{differ:,}' if differ else 'none'} the published and the strict parser differ."
    )


def _profile_line(means: pd.DataFrame, instrument: Instrument) -> str:
    own = means[(means["family"] == instrument.main.name) & (means["inference"] == "items_like_these")]
    own = own.dropna(subset="score").sort_values("score", ascending=False)
    cells = [
        f"{instrument.titles[row['dimension']]} {bracketed(row['score'], row['low'], row['high'])}"
        for row in own.to_dict("records")
    ]
    if not cells:
        return "No model has a score."
    how = "centred means" + (", 95 % intervals over other items like these" if own["low"].notna().any() else "")
    if len(cells) < 6:
        return f"Average over models, from the highest: {', '.join(cells)} ({how})."
    return f"Highest on average over models: {', '.join(cells[:3])}; lowest: {', '.join(cells[:-4:-1])} ({how})."


def _reliability_line(reliability: pd.DataFrame, instrument: Instrument) -> str:
    known = reliability[reliability["family"] == instrument.main.name].dropna(subset="estimate")
    parts = []
    for coefficient, name in COEFFICIENTS.items():
        sides = []
        for source, own in known[known["coefficient"] == coefficient].groupby("source", observed=True):
            estimates = own.set_index("dimension")["estimate"].rename(instrument.titles)
            sides.append(f"{extremes(estimates, '{:z.2f}'.format, mid_sentence(instrument.main))} among {source}")
        if sides:
            parts.append(f"{name} of the {mid_sentence(instrument.main)}: {'; '.join(sides)}.")
    return " ".join(parts) or f"None of the {mid_sentence(instrument.main)} has enough items to be reliable."


def _sensitivity_line(sensitivity: pd.DataFrame) -> str:
    parts = []
    by = {"wording": "between two wordings", "order": "between two orders of the options"}
    if "repeat_sensitivity" in sensitivity:
        by["repeat"] = "between repeats of the same question"
    for measure, words in by.items():
        column = sensitivity.set_index("model")[f"{measure}_sensitivity"].dropna()
        if column.empty:
            parts.append(f"unknown {words}, which takes two that are answered")
        else:
            reach = f", {extremes(column, percent, 'models')}" if len(column) > 1 else f" ({column.index[0]})"
            parts.append(f"{percent(column.median())} {words}{reach}")
    known = sensitivity.dropna(subset=["wording_sensitivity", "order_sensitivity"])
    if len(known):
        more = (known["wording_sensitivity"] > known["order_sensitivity"]).sum()
        parts.append(f"more by wording than by order in {more} of {counted(len(known), 'model')}")
    median = ", median over models" if len(sensitivity) > 1 else ""
    return f"Share of items whose rating changes{median}: {'; '.join(parts)}."


def _groups_line(groups: pd.DataFrame, instrument: Instrument) -> str:
    parts = []
    for comparison, own in groups[groups["family"] == instrument.main.name].groupby("comparison", sort=False):
        own = own[own["dimension"] != PROFILE_VARIANCE]
        clear = own[own["p_adjusted"] < LEVEL]
        one, other = own.iloc[0]["first"], own.iloc[0]["second"]
        if own["p"].isna().all():
            found = "too few developers"
        else:
            found = _listed(clear.set_index("dimension")["difference"], instrument) or "none"
        parts.append(f"{one} - {other} ({comparison}): {found}")
    return (
        "Differences between groups of models that hold with the models of one developer taken together, adjusted over "
        f"dimensions: {'; '.join(parts)}."
    )


def _spread_line(by_size: pd.DataFrame, instrument: Instrument) -> str:
    parts = []
    for side, n, rho, p in zip(*(by_size[column] for column in ("side", "models", "rho", "p")), strict=True):
        parts.append(f"rho = {rho:z.2f} over {n} models {side} (p {'unknown' if isnan(p) else in_words(p)})")
    if not parts:
        return "Too few models state their size to relate it to how pronounced their profiles are."
    return (
        f"Rank correlation of size with the variance of the {mid_sentence(instrument.main)}: {' and '.join(parts)}; "
        "p takes models as independent, which those of one developer are not."
    )


def _people_line(people: pd.DataFrame, instrument: Instrument) -> str:
    own = people[people["family"] == instrument.main.name].dropna(subset="difference")
    largest = own.loc[own["difference"].abs().sort_values(ascending=False).index].head(3)
    cells = [
        f"{instrument.titles[row['dimension']]} "
        + bracketed(row["difference"], row["difference_low"], row["difference_high"])
        for row in largest.to_dict("records")
    ]
    if own.empty:
        return ""
    whose = mid_sentence(instrument.main)
    line = f"Models against people on the same items, largest differences of the {whose}: {', '.join(cells)}"
    if own["p"].isna().all():
        return f"{line}; how sure that is cannot be told."
    clear = own[own["p_adjusted"] < LEVEL].set_index("dimension")["difference"]
    return (
        f"{line}; beyond chance with the people and items of a survey group taken together, adjusted over dimensions: "
        f"{_listed(clear, instrument) or 'none'}."
    )


def _listed(values: "pd.Series[Any]", instrument: Instrument) -> str:
    return ", ".join(f"{instrument.titles[str(name)]} {signed(value)}" for name, value in values.items())
