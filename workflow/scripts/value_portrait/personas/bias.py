"""Personas held against people: both effects side by side, agreement, exaggeration and trends."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Family, Instrument, mid_sentence
from value_portrait.personas.chance import BY_CHANCE, agreement_by_chance
from value_portrait.personas.effects import LEVEL, SUBJECT, Effects, interval, subject_name
from value_portrait.responses.conditions import STEERING
from value_portrait.wording import in_words

PAIR = ["persona_effect", "human_effect"]


def hold_against_people(effects: Effects, people: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Persona and human effects on the main family side by side, for every persona with a human group.

    Parameters
    ----------
    people : table ``people``.

    Returns
    -------
    Columns of the subject, axis, group, order, dimension, people_source, weighting, persona_effect and human_effect
    with their intervals, difference (persona - human) with its interval, and same_sign (null where one of them is
    exactly zero). The difference's interval combines the two (MOVER: Zou and Donner 2008, Statistics in Medicine 27,
    1693); human means without an interval are taken as known. ``row`` is the place in ``effects.table``.
    """
    table = effects.table.assign(row=np.arange(len(effects.table)))
    table = table[(table["family"] == instrument.main.name) & table["people"].notna()]
    names = {"effect": "persona_effect", "ci_low": "persona_ci_low", "ci_high": "persona_ci_high"}
    human = people.rename(
        columns={"source": "people_source", "group": "people", "ci_low": "human_ci_low", "ci_high": "human_ci_high"}
    )
    both = table.rename(columns=names).merge(human, on=["axis", "people", "dimension"])
    persona, other = both["persona_effect"], both["human_effect"]
    below = _margin(persona - both["persona_ci_low"], both["human_ci_high"] - other)
    above = _margin(both["persona_ci_high"] - persona, other - both["human_ci_low"])
    difference = persona - other
    same = (np.sign(persona) == np.sign(other)).astype("boolean").mask((persona == 0) | (other == 0))
    both = both.assign(
        difference=difference,
        difference_ci_low=difference - below,
        difference_ci_high=difference + above,
        same_sign=same,
    )
    columns = [*SUBJECT, "axis", "group", "order", "dimension", "people_source", "weighting", "persona_effect"]
    columns += ["persona_ci_low", "persona_ci_high", "human_effect", "human_ci_low", "human_ci_high", "difference"]
    return both[[*columns, "difference_ci_low", "difference_ci_high", "same_sign", "row"]]


def _margin(one: pd.Series, other: pd.Series) -> pd.Series:
    return (one**2 + other.fillna(0) ** 2) ** 0.5


def assess_agreement(bias: pd.DataFrame, draws: np.ndarray | None, resamples: int, seed: int) -> pd.DataFrame:
    """How far a model's personas agree with people: each group over all values, and all groups of an axis together.

    Parameters
    ----------
    bias : from ``hold_against_people``. draws : those of the effects.
    resamples, seed : of the permutations behind ``agreement_by_chance``.

    Returns
    -------
    Columns of the subject, axis, people_source, weighting, against, group ("all" for the axis), n, n_signs (pairs of
    which neither is zero), same_sign (how many of them agree), same_sign_expected and same_sign_p (the same by chance:
    the values' labels permuted for the personas), rho (Spearman's, ties at mean ranks), rho_p (likewise), slope (least
    squares through the origin of persona on human effects, sum(ph) / sum(h²); on two instruments 1 is no
    yardstick) and its 95 % interval. ``interval`` says where that comes from: "queries", resampled, the
    human means and the item key held fixed; or, for printed numbers, "values". That is for one group the scatter about
    the line (t; one degree of freedom goes to the slope). The groups of an axis share what a persona as such does to a
    value, so for all of them together whole values are left out in turn: the jackknife (Efron and Tibshirani 1993,
    chapter 11), with t and one degree of freedom fewer than values.

    ``against`` is "baseline", as in the paper, or "axis_mean": there the mean over the axis's groups is taken off both
    sides first. What every persona does alike to a model (to be given any profile) is then gone, and what is left is
    the difference between the groups, which is all that people can have. Two groups are then mirror images, of
    which "all" counts one; an axis with one group has no such rows.
    """
    keys = [*SUBJECT, "axis", "people_source", "weighting"]
    rows = []
    for names, axis in bias.groupby(keys, sort=False, dropna=False):
        own_draws = None if draws is None else draws[:, axis["row"].to_numpy()]
        if own_draws is not None and not np.isfinite(own_draws).any():
            own_draws = None
        for against in ("baseline", "axis_mean") if axis["group"].nunique() > 1 else ("baseline",):
            pairs, sample = axis[PAIR].to_numpy(float), own_draws
            dimensions, groups = axis["dimension"].to_numpy(), axis["group"].to_numpy()
            if against == "axis_mean":
                pairs = _off_mean(pairs.T, dimensions).T
                sample = None if own_draws is None else _off_mean(own_draws, dimensions)
            for group in [*dict.fromkeys(groups), "all"]:
                mirrored = against == "axis_mean" and axis["group"].nunique() == 2
                counted = [group] if group != "all" else [groups[0]] if mirrored else groups
                chosen = np.flatnonzero(np.isin(groups, counted))
                p, h = pairs[chosen].T.round(12)  # 0.3 - 0.1 - 0.2 is no sign
                values = dimensions[chosen] if group == "all" else None
                slope, low, high, kind = _slope(p, h, values, None if sample is None else sample[:, chosen])
                signed = (p != 0) & (h != 0)
                chance = agreement_by_chance(p, h, groups[chosen], dimensions[chosen], resamples, seed)
                rows.append(
                    {
                        **dict(zip(keys, names, strict=True)),
                        **chance,
                        "against": against,
                        "group": group,
                        "n": len(chosen),
                        "n_signs": int(signed.sum()),
                        "same_sign": int((signed & (np.sign(p) == np.sign(h))).sum()),
                        "rho": spearman(p, h),
                        "slope": slope,
                        "slope_ci_low": low,
                        "slope_ci_high": high,
                        "interval": kind,
                    }
                )
    expected, same_sign_p, rho_p = BY_CHANCE
    columns = [*keys, "against", "group", "n", "n_signs", "same_sign", expected, same_sign_p, "rho", rho_p, "slope"]
    return pd.DataFrame(rows, columns=[*columns, "slope_ci_low", "slope_ci_high", "interval"])


def _off_mean(rows: np.ndarray, dimensions: np.ndarray) -> np.ndarray:
    """Each row less its mean over the columns of the same dimension."""
    result = np.empty_like(rows)
    for dimension in set(dimensions):
        own = dimensions == dimension
        result[:, own] = rows[:, own] - rows[:, own].mean(axis=1, keepdims=True)
    return result


def _slope(
    p: np.ndarray, h: np.ndarray, values: np.ndarray | None, draws: np.ndarray | None
) -> tuple[float, float, float, str | None]:
    """Slope, its interval and where that comes from; ``values`` are those of the cells if they count together."""
    squares = float(h @ h)
    if squares == 0:
        return np.nan, np.nan, np.nan, None
    slope = float(p @ h) / squares
    if draws is not None:
        low, high = interval(draws @ h / squares)
        return slope, float(low), float(high), "queries"
    n = len(p) if values is None else len(set(values))
    if n < 3:
        return slope, np.nan, np.nan, None
    if values is None:
        residuals = p - slope * h
        error = np.sqrt(float(residuals @ residuals) / (n - 1) / squares)
    else:
        kept = [values != value for value in dict.fromkeys(values)]
        left = np.array([p[own] @ h[own] / (h[own] @ h[own]) if h[own].any() else np.nan for own in kept])
        error = np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())
    from scipy.stats import t  # takes 0.6 s

    margin = t.ppf((1 + LEVEL) / 2, n - 1) * error
    return slope, slope - margin, slope + margin, "values"


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's correlation: Pearson's of the ranks, ties at their mean; NaN where one side is constant."""
    a, b = (pd.Series(side).rank().to_numpy() for side in (one, other))
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale else np.nan


def assess_trends(effects: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Whether effects rise or fall along the ordinal axes (those whose personas have an order), dimension by dimension.

    Returns
    -------
    Columns source, model, framing, weighting (null for personas), axis, dimension, n (steps), tau (Kendall's tau-b of
    order and effect), strict (every step goes the same way, none is level) and direction ("rises", "falls" or null
    where not strict). People are rows with their own source, model and framing null.
    """
    ordered = effects[effects["order"].notna()]
    places = ordered.drop_duplicates(["axis", "people"])[["axis", "people", "order"]].dropna()
    human = people.rename(columns={"human_effect": "effect"})
    human = human.merge(places.rename(columns={"people": "group"}), on=["axis", "group"])
    personas = ordered.assign(weighting=None)
    keys = [*SUBJECT, "weighting", "axis", "dimension"]
    rows = []
    for table in (personas, human.assign(model=None, framing=None)):
        for names, own in table.groupby(keys, sort=False, dropna=False):
            own = own.sort_values("order")
            steps = np.sign(np.diff(own["effect"].to_numpy(float)))
            strict = len(steps) > 1 and abs(steps.sum()) == len(steps)
            rows.append(
                {
                    **dict(zip(keys, names, strict=True)),
                    "n": len(own),
                    "tau": kendall(own["order"].to_numpy(float), own["effect"].to_numpy(float)),
                    "strict": strict,
                    "direction": ("rises" if steps[0] > 0 else "falls") if strict else None,
                }
            )
    return pd.DataFrame(rows, columns=[*keys, "n", "tau", "strict", "direction"])


def kendall(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-b (Kendall 1945), from all pairs; NaN where one side is constant."""
    a, b = (np.sign(side[:, None] - side) for side in (one, other))
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale else np.nan


def describe(
    agreement: pd.DataFrame, trends: pd.DataFrame, effects: pd.DataFrame, n_versions: int, instrument: Instrument
) -> str:
    """Agreement with people, trends, and the effects beside prompt versions, as Markdown for people.

    Parameters
    ----------
    agreement, trends : from ``assess_agreement`` and ``assess_trends``.
    effects : table ``persona_effects``. n_versions : prompt versions with which models were asked.
    """
    held = _describe_agreement(agreement[agreement["group"] == "all"])
    main = instrument.main
    lines = [*held, *_describe_trends(trends[trends["dimension"].isin(main.names)], main)]
    own = effects[(effects["family"] == main.name) & (effects["source"] == "answers")]
    return "\n".join([*lines, *_describe_versions(own, n_versions, main)]) + "\n"


def _describe_agreement(agreement: pd.DataFrame) -> list[str]:
    """One row for each subject, axis and yardstick; or why there is none."""
    heading = ["", "## Personas against people, all groups of an axis together", ""]
    if agreement.empty:
        return [*heading, "Left out: there are no groups of people, or no persona stands for one."]
    lines = [
        *heading,
        "Against the baseline, and against the mean of the axis's groups, which takes off what every "
        "persona does alike. People and personas stand on two instruments with different spread: signs, order and "
        "pattern compare, single sizes do not, and a slope of 1 is no yardstick. Intervals are conditional on the item "
        "key: they do not say how far it could have come out otherwise. By chance, and p (one-sided): if the personas' "
        "effects were dealt to the values in any other order, the same for all groups. Where related values go "
        "together on both sides, p is too small, and there are many rows: a p just below 0.05 is no finding.",
        "",
        "| model | people | axis | against | signs that agree | rho | slope [95 % interval] |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in agreement.to_dict("records"):
        p = p_text(row["same_sign_p"])
        by_chance = f", by chance {row['same_sign_expected']:.1f}{p}" if p else ""
        lines.append(
            f"| {subject_name(row)} | {people_name(row)} | {row['axis']} | {row['against'].replace('_', ' ')} | "
            f"{row['same_sign']} of {row['n_signs']}{by_chance} | {row['rho']:z.2f}{p_text(row['rho_p'])} | "
            f"{row['slope']:z.2f} [{row['slope_ci_low']:z.2f}, {row['slope_ci_high']:z.2f}] |"
        )
    return lines


def _describe_versions(effects: pd.DataFrame, n_versions: int, family: Family) -> list[str]:
    """How many effects exceed their spread over prompt versions, by subject; ``effects`` are those from answers."""
    heading = ["", "## Personas and steering against prompt versions", ""]
    if len(effects) and n_versions == 1:
        return [*heading, "Left out: there is one prompt version, and no spread over versions."]
    tested = effects[effects["version_sd"].notna()]
    if tested.empty:
        return []
    from scipy.special import stdtr  # a tenth of the time of scipy.stats

    # |mean| / SD above 1 is |t| above the root of the number of versions.
    chance = 2 * stdtr(n_versions - 1, -np.sqrt(n_versions))
    lines = [
        *heading,
        f"An effect exceeds its spread if its mean over the {n_versions} versions is larger than its standard "
        f"deviation over them. Without any effect, about {100 * chance:.0f} % would by chance.",
        "",
    ]
    kinds = tested["axis"].map(lambda axis: STEERING if axis == STEERING else "personas").astype(str)
    for (*names, kind), own in tested.groupby([*SUBJECT, kinds], sort=False, observed=True):
        # Rounded, for what is left of an effect of 0 is no effect.
        larger = int((own["version_mean"].abs().round(9) > own["version_sd"].round(9)).sum())
        subject = subject_name(dict(zip(SUBJECT, names, strict=True)))
        lines.append(
            f"- {subject}, {kind}: {larger} of {len(own)} effects on {mid_sentence(family)} exceed their spread over "
            "versions."
        )
    return lines


def _describe_trends(trends: pd.DataFrame, family: Family) -> list[str]:
    """One line for each subject and ordinal axis: how many dimensions only rise or only fall along it."""
    lines = []
    keys = [*SUBJECT, "weighting", "axis", "n"]
    for names, own in trends[trends["n"] > 2].groupby(keys, sort=False, dropna=False):
        about: dict[str, Any] = dict(zip(keys, names, strict=True))
        subject = f"people, {people_name(about)}" if pd.isna(about["model"]) else subject_name(about)
        chance = len(own) * 2 / math.factorial(about["n"])
        lines.append(
            f"- {subject}, {about['axis']}: {int(own['strict'].sum())} of {len(own)} {mid_sentence(family)} "
            f"({chance:.1f} by chance)."
        )
    heading = [
        "",
        "## Trends along ordered axes",
        "",
        f"{family.title} that only rise or only fall from group to group, in `trends.csv` one by one. By chance: if "
        f"every order of the groups were equally likely, number of {mid_sentence(family)} · 2 / (groups)!.",
        "",
    ]
    return [*heading, *lines] if lines else []


def p_text(p: float) -> str:
    """A p-value as it follows what it is about; nothing where there is none."""
    return "" if np.isnan(p) else f", p {in_words(p).removeprefix('= ')}"


def people_name(row: Mapping[Any, Any]) -> str:
    """How the people of a row were counted."""
    return {"anweight": "weighted", "none": "unweighted"}.get(row["weighting"], "as printed")
