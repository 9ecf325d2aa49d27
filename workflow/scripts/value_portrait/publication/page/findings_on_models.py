"""Findings about models, one sentence each; None where the study lacks what a sentence needs.

No number stands without its interval, its chance level or what it is a share of.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.comparisons import highest_values
from value_portrait.publication.page.finding import (
    BAD,
    FEW,
    GOOD,
    OPEN,
    Finding,
    Mark,
    Tables,
    leave_out_zero,
    listed,
    minus,
    tone,
)
from value_portrait.publication.verdicts import bracketed, headline, in_words, percent
from value_portrait.robustness.groups import PROFILE_VARIANCE, holm
from value_portrait.robustness.level import LEVEL

# How many dimensions count as the first of a profile.
FIRST = 3


def first_and_last(tables: Tables, instrument: Instrument) -> Finding | None:
    """What models put first and last."""
    main = instrument.main
    means = tables["mean_profile"]
    known = means[means["family"] == main.name].dropna(subset=["score"])
    own = ranked_means(means, instrument)
    if own.empty:
        return None
    models = int(own["models"].max())
    top, bottom = own.iloc[0], own.iloc[-1]
    clear = int(leave_out_zero(own).sum())
    who = f"On average over {models} models," if models > 1 else "For the one model scored here,"
    found = f"{who} {_named(top, instrument)} comes first"
    found += f" and {_named(bottom, instrument)} last" if len(own) > 1 else ""
    found += f". On other items like these, {clear} of {len(own)} {mid_sentence(main)} can be told from 0, which is "
    found += "a model's own mean."
    if len(own) > FIRST and models > 1:
        highest = highest_values(tables["profiles"], FIRST, instrument)
        three = frozenset(own["dimension"].head(FIRST))
        same = sum(values == three for values in highest.values())
        names = [instrument.titles[str(name)] for name in own["dimension"].head(FIRST)]
        found += f" {same} of {len(highest)} models have exactly {listed(names)} as their own first three."
    beyond = beyond_shuffled_keys(tables, instrument)
    if beyond is not None:
        names = [instrument.titles[name] for name in beyond]
        found += f" Beyond what keys from shuffled raters give: {listed(names) or 'none'}."
    words = {"items_like_these": "on other items like these", "these_items": "on these very items"}
    marks = [
        Mark(instrument.titles[row["dimension"]], row["score"], row["low"], row["high"], words[row["inference"]])
        for name in own["dimension"]
        for row in known[known["dimension"] == name].to_dict("records")
        if row["inference"] in words
    ]
    return Finding(
        "first_and_last",
        "What models put first and last" if models > 1 else "What the model puts first and last",
        found,
        f"{clear} of {len(own)} can be told from 0",
        tone(clear / len(own)),
        "models",
        "",
        "All models and dimensions",
        f"{main.title}: mean over models, with 95 % intervals" if models > 1 else f"{main.title}, with 95 % intervals",
        "dots",
        "scale points from a model's own mean",
        tuple(marks),
    )


def single_scores(tables: Tables, instrument: Instrument) -> Finding | None:
    """How far single scores are known, and how many differences between models are real."""
    main = instrument.main
    scores = tables["uncertainty"].query("source == 'all' and condition == 'baseline'")
    scores = scores[scores["family"] == main.name].dropna(subset=["low"])
    if scores.empty:
        return None
    half = float(((scores["high"] - scores["low"]) / 2).median())
    clear = leave_out_zero(scores)
    found = (
        f"A model's score is known to ± {half:.2f} points of a scale from {instrument.lowest} to {instrument.highest} "
        f"(95 %, median); {percent(clear.mean())} of the {len(scores):,} scores of the {mid_sentence(main)} can be "
        "told from 0."
    )
    marks = [Mark("Scores told from 0", float(clear.mean()))]
    words = {"these_items": "on these very items", "items_like_these": "on other items like these"}
    pairs = tables["pairs"]
    pairs = pairs[pairs["family"] == main.name].dropna(subset=["p_max_t"])
    held = {
        name: float((own["p_max_t"] < LEVEL).mean()) for name in words if len(own := pairs[pairs["inference"] == name])
    }
    marks += [Mark(f"Differences, {words[name]}", share) for name, share in held.items()]
    if held:
        count = int(pairs["inference"].eq(next(iter(held))).sum())
        found += (
            f" Of {count:,} differences between two models on one of them, these hold after adjustment: "
            f"{'; '.join(f'{percent(share)} {words[name]}' for name, share in held.items())}."
        )
    share = min(held.values(), default=float(clear.mean()))
    verdict = f"{percent(share)} of differences hold" if held else f"{percent(share)} told from 0"
    headings = {
        BAD: "One model can hardly be told from another",
        OPEN: "Some models can be told from each other",
        GOOD: "Most differences between models are real",
    }
    return Finding(
        "single_scores",
        headings[tone(share)] if held else "How far a single score can be trusted",
        found,
        verdict,
        tone(share),
        "compare" if held else "certainty",
        "",
        "Compare models" if held else "How sure the scores are",
        "Share that holds",
        "shares",
        "",
        tuple(marks),
    )


def wording_and_order(tables: Tables, instrument: Instrument) -> Finding | None:
    """How much the wording and the order of the options move answers."""
    if "sensitivity" not in tables:
        return None
    own = tables["sensitivity"].query("condition == 'baseline'")
    words = {
        "wording_sensitivity": ("another wording", "between two wordings"),
        "prompt_sensitivity": ("another wording", "under any of the wordings"),
        "order_sensitivity": ("the options in reverse order", "between two orders of the options"),
        "repeat_sensitivity": ("asking again", "between two answers to the same question"),
    }
    known = [name for name in words if name in own and own[name].notna().any()]
    if "wording_sensitivity" in known:
        known.remove("prompt_sensitivity")
    if not known:
        return None
    parts, marks = [], []
    for name in known:
        column = own.set_index("model")[name].dropna()
        reach = f", from {percent(column.min())} to {percent(column.max())} of models' items" if len(column) > 1 else ""
        parts.append(f"{percent(column.median())} {words[name][1]}{reach}")
        row = words[name][0].capitalize()
        marks += [Mark(row, 100 * share, series="a model") for share in column]
        marks += [Mark(row, 100 * column.median(), series="median")]
    moved = max(own[name].median() for name in known)
    found = f"Share of items to which the same model gives another rating: {'; '.join(parts)}."
    return Finding(
        "wording_and_order",
        "Asked in other words, models answer otherwise" if moved >= FEW else "Models mostly keep to their answers",
        found,
        "",
        "",
        "models",
        "",
        "Each model",
        "Items rated otherwise, each model",
        "dots",
        "% of items",
        tuple(marks),
    )


def groups_of_models(tables: Tables, instrument: Instrument) -> Finding | None:
    """Reasoning, large and open models against the others."""
    own = tables["groups"]
    own = own[(own["family"] == instrument.main.name)].dropna(subset=["cluster_low", "p_adjusted"])
    spreads = own[own["dimension"] == PROFILE_VARIANCE]
    parts: list[str] = []
    held: dict[str, bool] = {}
    for comparison, rows in own[own["dimension"] != PROFILE_VARIANCE].groupby("comparison", sort=False):
        clear = rows[rows["p_adjusted"] < LEVEL].to_dict("records")
        row = rows.iloc[0]
        sides = f"{row['n_first']} {row['first']} models beside {row['n_second']} {_side(row['second'], comparison)}"
        cells = [f"{instrument.titles[one['dimension']]} {_clustered(one)}" for one in clear]
        spread = spreads[spreads["comparison"] == comparison].to_dict("records")
        cells += [f"more pronounced profiles, by {_clustered(one)}" for one in spread if _pronounced(one)]
        held[str(comparison)] = bool(cells)
        parts.append(f"{sides}: {', '.join(cells) or 'nothing that chance would not give, too'}")
    if not parts:
        return None
    marks = [
        Mark(
            f"{row['first'].capitalize()} – {row['second']}", row["difference"], row["cluster_low"], row["cluster_high"]
        )
        for row in spreads.to_dict("records")
    ]
    return Finding(
        "groups_of_models",
        _heading_of_groups(held),
        f"{'; '.join(parts)} (developers taken together, adjusted over dimensions).",
        f"{sum(held.values())} of {len(held)} comparisons hold",
        tone(sum(held.values()) / len(held)),
        "certainty",
        "",
        "Every claim in every analysis",
        "How much more pronounced profiles are, with 95 % intervals",
        "dots",
        "difference in variance of the profile",
        tuple(marks),
    )


def ranked_means(means: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The mean profile of the main family, highest first: on other items like these or, where unknown, on these."""
    own = means[means["family"] == instrument.main.name].dropna(subset=["score"])
    chosen = own[own["inference"] == "items_like_these"]
    chosen = chosen if len(chosen) else own[own["inference"] == "these_items"]
    return chosen.sort_values("score", ascending=False, kind="stable")


def beyond_shuffled_keys(tables: Tables, instrument: Instrument) -> list[str] | None:
    """Dimensions whose mean over models lies beyond what keys from shuffled raters give; None where there are none."""
    own = headline(tables["alternatives"], "mean_profile", "nothing", instrument).dropna(subset=["dimension", "p"])
    return None if own.empty else list(own.loc[holm(own["p"]) < LEVEL, "dimension"].astype(str))


def _named(row: "pd.Series[Any]", instrument: Instrument) -> str:
    said = minus(bracketed(row["score"], row["low"], row["high"]))
    return f"{instrument.titles[str(row['dimension'])]} ({said})"


def _heading_of_groups(held: Mapping[str, bool]) -> str:
    """What goes with another profile and what does not, of the comparisons of ``GROUPS``."""
    words = {"weights": "openness", "size": "size", "reasoning": "reasoning"}
    clear = [words[name] for name, holds in held.items() if holds]
    rest = [words[name] for name, holds in held.items() if not holds]
    verb = "goes" if len(clear) == 1 else "go"
    does = f"{listed(clear)} {verb} with another profile" if clear else ""
    lacks = f"{listed(rest)} cannot be shown to" if rest else ""
    said = f"{does}; {lacks}" if does and lacks else does or f"{lacks} go with another profile"
    return said[0].upper() + said[1:]


def _clustered(row: Mapping[Any, Any]) -> str:
    said = minus(bracketed(row["difference"], row["cluster_low"], row["cluster_high"]))
    return f"{said}, p {in_words(row['p_adjusted'])}"


def _pronounced(row: Mapping[Any, Any]) -> bool:
    return bool(row["p_adjusted"] < LEVEL and row["difference"] > 0)


def _side(name: str, comparison: Any) -> str:
    return "others" if comparison == "reasoning" else f"{name} ones"
