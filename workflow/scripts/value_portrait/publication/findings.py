"""The paper's tables, as frames and as LaTeX, and the ten lines that sum up a run."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.dimensions import DIMENSIONS, FAMILIES, FAMILY_TITLES, title
from value_portrait.items import coverage
from value_portrait.items.validation import correlation_p, select_items
from value_portrait.publication.comparisons import PAPER_HIGHEST, highest_values
from value_portrait.shipped import VALUE_PORTRAIT

# The paper prints traits times this factor, as if it took six points to five.
TRAIT_SCALE = 5 / 6

# What is written as LaTeX beside its CSV file: the paper's tables.
CAPTIONS: Mapping[str, str] = {
    "topics": "Topics of the queries; a query may have several.",
    "items_per_value": "Tags per value: by the paper's count (two-sided, no p-limit) and in the item key.",
    "value_scores": "Centred value scores of all models.",
    "trait_scores": "Trait scores of all models: uncentred means times 5/6.",
    "cross_loading": "Steps on the value circle between two values that one item measures.",
    "reliability": "Cronbach's alpha with 95 \\% interval, among models and among raters.",
}


def value_scores(profiles: pd.DataFrame) -> pd.DataFrame:
    """Table 8: centred value scores, one row per model; ``profiles`` holds one condition."""
    return _wide(profiles, "pvq", "centred_mean")


def trait_scores(profiles: pd.DataFrame) -> pd.DataFrame:
    """Table 9: uncentred trait means times 5/6, one row per model."""
    wide = _wide(profiles, "bfi", "mean")
    return wide.assign(**{trait: wide[trait] * TRAIT_SCALE for trait in FAMILIES["bfi"]})


def persona_table(effects: pd.DataFrame, people: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Tables 13 to 19: effects of the personas of one axis, or of value steering, and below them people's.

    Parameters
    ----------
    effects : table ``persona_effects``. people : table ``people``.

    Returns
    -------
    Columns who (the model with its framing, or people with their source and weighting), group, and one for each value
    and trait that has a number.
    """
    own = effects[(effects["axis"] == axis) & (effects["family"] != "higher_pvq")]
    who = own["model"].astype(str) + ", " + own["framing"].astype(str)
    parts = [own.assign(who=who)]
    human = people[people["axis"] == axis].rename(columns={"human_effect": "effect"})
    source = human["source"].astype(str).mask(human["source"] == "printed", "")
    who = "people, " + source.where(source == "", source + ", ") + human["weighting"].astype(str)
    parts.append(human.assign(who=who.str.replace("_", " ")))
    rows = pd.concat(parts)[["who", "group", "dimension", "effect"]].astype({"dimension": str, "group": str})
    order = list(dict.fromkeys(zip(rows["who"], rows["group"], strict=True)))
    wide = rows.pivot(index=["who", "group"], columns="dimension", values="effect").loc[order]
    columns = [dimension for _, dimension in DIMENSIONS if dimension in wide]
    return wide[columns].reset_index().rename_axis(columns=None)


def two_sided_tags(correlations: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The tags that the paper counts in Table 5 and appendix D.2: |rho| > threshold, whatever the p-value."""
    return select_items(correlations, threshold, None, "both")


def items_per_value(correlations: pd.DataFrame, key: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Table 5: tags per value by the paper's count and in the item key, their shares, SD of shares and imbalance."""
    counts = coverage.items_per_dimension(two_sided_tags(correlations, threshold), VALUE_PORTRAIT.main).merge(
        coverage.items_per_dimension(key, VALUE_PORTRAIT.main), on="dimension", suffixes=("", "_in_key")
    )
    sd, imbalance = coverage.spread_of_shares(counts["share"])
    sd_key, imbalance_key = coverage.spread_of_shares(counts["share_in_key"])
    foot = [
        {"dimension": "sd", "share": sd, "share_in_key": sd_key},
        {"dimension": "imbalance_ratio", "share": imbalance, "share_in_key": imbalance_key},
    ]
    return pd.concat([counts, pd.DataFrame(foot)], ignore_index=True).astype(
        {"n_tags": "Int64", "n_tags_in_key": "Int64"}
    )


def latex(frame: pd.DataFrame, caption: str, label: str) -> str:
    """The frame as a LaTeX table (booktabs), numbers with two decimals, everything else escaped."""
    known = {dimension: title(dimension) for _, dimension in DIMENSIONS}
    shown = frame.rename(columns=lambda name: known.get(name, name.replace("_", " ")))
    if "dimension" in shown:
        shown["dimension"] = shown["dimension"].map(lambda name: known.get(name, name.replace("_", " ")))
    if "family" in shown:
        shown["family"] = shown["family"].map(FAMILY_TITLES)
    return (
        shown.style.format(precision=2, na_rep="--", escape="latex")
        .format_index(escape="latex", axis=1)
        .hide(axis="index")
        .to_latex(hrules=True, caption=caption, label=f"tab:{label}")
    )


def summarise(
    study: str,
    survey: pd.DataFrame,
    key: pd.DataFrame,
    profiles: pd.DataFrame,
    reliability: pd.DataFrame,
    sensitivity: pd.DataFrame,
    counts: pd.DataFrame,
    groups: pd.DataFrame,
    spread: pd.DataFrame,
    people: pd.DataFrame,
) -> str:
    """The findings of a run in ten lines of Markdown, each made from the tables."""
    what = "the authors' raw data" if study == "paper" else "a simulated study, whose truth is known"
    lines = [
        f"Made from {what}: {survey['participant_id'].nunique():,} raters, {survey['item_id'].nunique():,} items, "
        f"{len(survey):,} ratings; {profiles['model'].nunique()} models, {counts['answers'].sum():,} answers.",
        _items_line(key),
        _answers_line(counts),
        _profile_line(profiles),
        _agreement_line(profiles),
        _reliability_line(reliability),
        _sensitivity_line(sensitivity),
        _groups_line(groups),
        _spread_line(spread),
        _people_line(people),
    ]
    return "# What this run found\n\n" + "".join(f"{n}. {line}\n" for n, line in enumerate(lines, 1))


def _wide(profiles: pd.DataFrame, family: str, column: str) -> pd.DataFrame:
    own = profiles[profiles["family"] == family]
    order = list(dict.fromkeys(own["model"]))
    return own.pivot(index="model", columns="dimension", values=column).loc[order, list(FAMILIES[family])].reset_index()


def _items_line(key: pd.DataFrame) -> str:
    tags = key[key["family"] == "pvq"]["dimension"].value_counts().reindex(list(FAMILIES["pvq"]), fill_value=0)
    traits = (key["family"] == "bfi").sum()
    return (
        f"The item key holds {tags.sum()} tags of the ten values, from {tags.min()} ({title(str(tags.idxmin()))}) to "
        f"{tags.max()} ({title(str(tags.idxmax()))}), and {traits} of the five traits."
    )


def _answers_line(counts: pd.DataFrame) -> str:
    plain = counts.loc[counts["answer_class"] == "plain", "answers"].sum()
    unread = counts.loc[~counts["answer_class"].isin(["plain", "decorated"]), "answers"].sum()
    differ = counts["disagreements"].sum()
    return (
        f"{100 * plain / counts['answers'].sum():.1f} % of the answers are plain options; {unread:,} name none or "
        f"cannot be taken at their word, and on {differ:,} the published and the strict parser differ."
    )


def _profile_line(profiles: pd.DataFrame) -> str:
    means = profiles[profiles["family"] == "pvq"].groupby("dimension")["centred_mean"].mean().sort_values()
    high, low = means[::-1].head(3), means.head(3)
    return f"Highest on average over models: {_listed(high)}; lowest: {_listed(low)} (centred means)."


def _agreement_line(profiles: pd.DataFrame) -> str:
    highest = highest_values(profiles)
    same = sum(values == PAPER_HIGHEST for values in highest.values())
    return (
        f"{same} of {len(highest)} models have exactly Benevolence, Security and Self-Direction as their three highest "
        "values."
    )


def _reliability_line(reliability: pd.DataFrame) -> str:
    parts = []
    for source, own in reliability[reliability["family"] == "pvq"].dropna(subset="alpha").groupby("source"):
        ranked = own.sort_values("alpha")
        low, high = ranked.iloc[0], ranked.iloc[-1]
        parts.append(
            f"{low['alpha']:.2f} ({title(low['dimension'])}) to {high['alpha']:.2f} ({title(high['dimension'])}) "
            f"among {source}"
        )
    return f"Cronbach's alpha of the values: {'; '.join(parts)}."


def _sensitivity_line(sensitivity: pd.DataFrame) -> str:
    parts = []
    for measure, words in (("prompt", "with the wording"), ("order", "with the order of the options")):
        column = sensitivity.set_index("model")[f"{measure}_sensitivity"].dropna()
        if len(column):
            parts.append(
                f"{100 * column.median():.0f} % {words} (from {100 * column.min():.0f} %, {column.idxmin()}, to "
                f"{100 * column.max():.0f} %, {column.idxmax()})"
            )
    return f"Share of items whose rating changes, median over models: {'; '.join(parts)}."


def _groups_line(groups: pd.DataFrame) -> str:
    parts = []
    for comparison, own in groups[groups["family"] == "pvq"].groupby("comparison", sort=False):
        clear = own[(own["ci_low"] > 0) | (own["ci_high"] < 0)]
        one, other = own.iloc[0]["first"], own.iloc[0]["second"]
        if own["ci_low"].isna().all():
            found = "too few models"
        else:
            found = _listed(clear.set_index("dimension")["difference"]) or "none"
        parts.append(f"{one} - {other} ({comparison}): {found}")
    return f"Differences between groups of models whose 95 % interval leaves out 0: {'; '.join(parts)}."


def _spread_line(spread: pd.DataFrame) -> str:
    sized = spread.dropna(subset=["size_b", "variance"])
    if len(sized) < 4:
        return "Too few models state their size to relate it to how pronounced their values are."
    rho = sized[["size_b", "variance"]].corr("spearman").to_numpy()[0, 1]
    p = float(correlation_p(np.array(rho), len(sized)))
    return (
        f"Larger models have more pronounced profiles: rho = {rho:.2f} (p = {p:.3f}) between size and variance of the "
        f"ten values over {len(sized)} models of public size."
        if rho > 0 and p < 0.05
        else f"Size and variance of the ten values go together with rho = {rho:.2f} (p = {p:.3f}) over {len(sized)} "
        "models of public size."
    )


def _people_line(people: pd.DataFrame) -> str:
    values = people[people["family"] == "pvq"].set_index("dimension")["difference"].dropna()
    largest = values.loc[values.abs().sort_values(ascending=False).index].head(3)
    return f"Models against people on the same items, largest differences: {_listed(largest)}."


def _listed(values: "pd.Series[Any]") -> str:
    return ", ".join(f"{title(str(name))} {value:+.2f}" for name, value in values.items())
