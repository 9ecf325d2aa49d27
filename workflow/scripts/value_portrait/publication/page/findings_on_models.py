"""Findings about models, one sentence each; None where the study lacks what a sentence needs.

No number stands without its interval, its chance level or what it is a share of.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.findings import highest_values
from value_portrait.publication.page.finding import (
    BAD,
    FEW,
    GOOD,
    OPEN,
    Finding,
    Mark,
    Tables,
    beyond_shuffled_keys,
    ends,
    leave_out_zero,
    listed,
    ranked_means,
    tone,
    with_minus,
)
from value_portrait.robustness.groups import PROFILE_VARIANCE
from value_portrait.robustness.level import LEVEL
from value_portrait.scores.model_groups import LARGE_B
from value_portrait.wording import bracketed, counted, in_percent, in_words, percent

# How many dimensions count as the first of a profile.
FIRST = 3
WHERE = {"these_items": "on these very items", "items_like_these": "on other items like these"}


def first_and_last(tables: Tables, instrument: Instrument) -> Finding | None:
    """What models put first and last."""
    main = instrument.main
    means = tables["mean_profile"]
    known = means[means["family"] == main.name].dropna(subset=["score"])
    own = ranked_means(means, instrument)
    # A single dimension is its family's mean, from which scores are counted.
    if len(own) < 2:
        return None
    models = int(own["models"].max())
    top, bottom = own.iloc[0], own.iloc[-1]
    clear = int(leave_out_zero(own).sum())
    who = f"On average over {models} models," if models > 1 else "For the one model scored here,"
    where = WHERE[own["inference"].iloc[0]]
    found = f"{who} {_named(top, instrument)} comes first and {_named(bottom, instrument)} last"
    found += f". {where[0].upper()}{where[1:]}, each by itself, {clear} of {len(own)} {mid_sentence(main)} can be told "
    found += "from 0, which is a model's own mean."
    if len(own) > FIRST and models > 1:
        highest = highest_values(tables["profiles"].dropna(subset=["centred_mean"]), FIRST, instrument)
        three = frozenset(own["dimension"].head(FIRST))
        same = sum(values == three for values in highest.values())
        names = [instrument.titles[str(name)] for name in own["dimension"].head(FIRST)]
        found += (
            f" {same} of {len(highest)} models {'has' if same == 1 else 'have'} exactly {listed(names)} as first three."
        )
    beyond = beyond_shuffled_keys(tables, instrument)
    if beyond is not None:
        names = [instrument.titles[name] for name in beyond]
        found += f" Beyond what keys from shuffled raters give, p adjusted: {listed(names) or 'none'}"
        kept = beyond_shuffled_keys(tables, instrument, without="liking")
        if kept is not None:
            names = [instrument.titles[name] for name in kept]
            found += f"; once how much people like a response is taken out: {listed(names) or 'none'}"
        found += "."
    # Chance need not give 0: where it is known what keys by chance give, that decides.
    held, words = (clear, "can be told from 0") if beyond is None else (len(beyond), "beyond chance")
    marks = [
        Mark(instrument.titles[row["dimension"]], row["score"], row["low"], row["high"], WHERE[row["inference"]])
        for name in ends(own)["dimension"]
        for row in known[known["dimension"] == name].to_dict("records")
    ]
    return Finding(
        finding="first_and_last",
        heading="What models put first and last" if models > 1 else "What the model puts first and last",
        sentence=found,
        verdict=f"{held} of {len(own)} {words}",
        tone=tone(held / len(own)),
        view="models",
        link="All models and dimensions",
        chart=f"{main.title}: mean over models, with 95 % intervals"
        if models > 1
        else f"{main.title}, with 95 % intervals",
        kind="dots",
        unit="scale points from a model's own mean",
        marks=tuple(marks),
    )


def single_scores(tables: Tables, instrument: Instrument) -> Finding | None:
    """How far single scores are known, and how many differences between models hold."""
    main = instrument.main
    scores = tables["uncertainty"].query("source == 'all' and condition == 'baseline'")
    scores = scores[scores["family"] == main.name].dropna(subset=["low"])
    if scores.empty:
        return None
    half = float(((scores["high"] - scores["low"]) / 2).median())
    clear = leave_out_zero(scores)
    found = (
        f"For items like these, a model's score is known to ± {half:.2f} points of a scale from {instrument.lowest} to "
        f"{instrument.highest} (95 %, median); each by itself, {percent(clear.mean())} of the "
        f"{counted(len(scores), 'score')} of the {mid_sentence(main)} can be told from 0."
    )
    marks = [Mark("Scores told from 0", float(clear.mean()))]
    pairs = tables["pairs"]
    pairs = pairs[pairs["family"] == main.name].dropna(subset=["p_max_t"])
    held = {
        name: float((own["p_max_t"] < LEVEL).mean()) for name in WHERE if len(own := pairs[pairs["inference"] == name])
    }
    marks += [Mark(f"Differences, {WHERE[name]}", share) for name, share in held.items()]
    if held:
        count = int(pairs["inference"].eq(next(iter(held))).sum())
        found += (
            f" Of {count:,} difference{'' if count == 1 else 's'} between two models on one of them, these hold, p "
            "adjusted for all: "
            f"{'; '.join(f'{_share(share)} {WHERE[name]}' for name, share in held.items())}."
        )
    least = min(held, key=held.__getitem__, default="")
    share = held.get(least, float(clear.mean()))
    where = f" {WHERE[least]}" if len(set(held.values())) > 1 else ""
    verdict = f"{_share(share)} of the differences hold{where}" if held else f"{_share(share)} told from 0"
    headings = {
        BAD: "One model can hardly be told from another",
        OPEN: "Some models can be told from each other",
        GOOD: "Most differences between models hold",
    }
    return Finding(
        finding="single_scores",
        heading=headings[tone(share)] if held else "How far a single score can be trusted",
        sentence=found,
        verdict=verdict,
        tone=tone(share),
        view="compare" if held else "certainty",
        name="" if held else "scores",
        choices=_most_different(pairs),
        link="Compare models" if held else "How sure the scores are",
        chart="Share that holds",
        kind="shares",
        marks=tuple(marks),
    )


def wording_and_order(tables: Tables, instrument: Instrument) -> Finding | None:
    """How much the wording and the order of the options move answers."""
    if "sensitivity" not in tables:
        return None
    own = tables["sensitivity"].query("condition == 'baseline'")
    words = {
        "wording_sensitivity": ("another wording", "between two wordings", "Asked in other words"),
        "order_sensitivity": ("another order", "between two orders of the options", "With the options turned round"),
        "repeat_sensitivity": ("asking again", "between two answers to the same question", "Asked again"),
    }
    known = [name for name in words if name in own and own[name].notna().any()]
    if not known:
        return None
    parts, marks = [], []
    for name in known:
        column = own.set_index("model")[name].dropna()
        reach = f" (from {percent(column.min())} to {percent(column.max())} by model)" if len(column) > 1 else ""
        parts.append(f"{percent(column.median())} {words[name][1]}{reach}")
        row = words[name][0].capitalize()
        marks += [Mark(row, 100 * share, series="a model", model=str(model)) for model, share in column.items()]
        marks += [Mark(row, 100 * column.median(), series="median")] if len(own) > 1 else []
    most = str(own[known].median().idxmax())
    moved = float(own[known].median().max())
    median, who = (", median over models", "models answer") if len(own) > 1 else ("", "the model answers")
    found = f"Share of items to which a model gives another rating{median}: {'; '.join(parts)}."
    if "repeat_sensitivity" not in known:
        found += " No question was asked twice, so part of this may be answers that vary by themselves."
    keeps = "Models mostly keep to their answers" if len(own) > 1 else "The model mostly keeps to its answers"
    return Finding(
        finding="wording_and_order",
        heading=f"{words[most][2]}, {who} otherwise" if moved >= FEW else keeps,
        sentence=found,
        view="model",
        name=str(own.set_index("model")[most].idxmax()),
        choices="section=sensitivity",
        link=f"The model that {words[most][0]} changes most" if len(own) > 1 else "The model",
        chart="Items rated otherwise, each model",
        kind="dots",
        unit="% of items",
        marks=tuple(marks),
    )


def groups_of_models(tables: Tables, instrument: Instrument) -> Finding | None:
    """Reasoning, large and open models against the others."""
    own = tables["groups"]
    own = own[own["family"] == instrument.main.name].dropna(subset=["cluster_low", "p_adjusted"])
    if own.empty:
        return None
    clear: dict[str, str] = {}
    rest: dict[str, str] = {}
    for comparison, rows in own.groupby("comparison", sort=False):
        first = rows.iloc[0]
        # A model may lack a score of some dimension.
        n, n_others = rows["n_first"].max(), rows["n_second"].max()
        other, others = first["second"], f"{first['second']} ones"
        if comparison == "reasoning":
            other, others = "other", "others"
        size = f" (from {LARGE_B} billion parameters)" if comparison == "size" else ""
        held = rows[rows["p_adjusted"] < LEVEL].to_dict("records")
        if held:
            cells = [_how(row, instrument) for row in held]
            clear[str(comparison)] = (
                f"The {n} {first['first']} models{size} differ from the {n_others} {others}: {listed(cells)}."
            )
        else:
            rest[str(comparison)] = f"between {n} {first['first']}{size} and {n_others} {other} models"
    found = " ".join(clear.values())
    if rest:
        found += f" No difference is beyond chance {listed(list(rest.values()))}."
    spreads = own[own["dimension"] == PROFILE_VARIANCE].to_dict("records")
    marks = [
        Mark(f"{row['first'].capitalize()} models", row["difference"], row["cluster_low"], row["cluster_high"])
        for row in spreads
    ]
    return Finding(
        finding="groups_of_models",
        heading=_heading_of_groups(list(clear), list(rest)),
        sentence=f"{found.strip()} Models of one developer are taken together; p of dimensions is adjusted over them, "
        "intervals are not.",
        verdict=f"{len(clear)} of {counted(len(clear) + len(rest), 'comparison')} beyond chance",
        tone=tone(len(clear) / (len(clear) + len(rest))),
        view="certainty",
        name="" if len(tables.get("claims", ())) else "scores",
        link="Every claim in other analyses" if len(tables.get("claims", ())) else "How sure the scores are",
        chart="How much more pronounced their profiles are than others', with 95 % intervals",
        kind="dots",
        unit="difference in variance of the profile",
        marks=tuple(marks),
    )


def _share(share: float) -> str:
    """A share in words."""
    return in_percent(share) if share else "none"


def _most_different(pairs: pd.DataFrame) -> str:
    """The two models that differ most surely on a dimension, as the address of their comparison has them."""
    own = pairs[pairs["inference"] == "these_items"]
    if own.empty:
        return ""
    first = own.sort_values(["p_max_t", "p"]).iloc[0]
    return urlencode([("models", first["first"]), ("models", first["second"])])


def _named(row: "pd.Series[Any]", instrument: Instrument) -> str:
    said = with_minus(bracketed(row["score"], row["low"], row["high"]))
    return f"{instrument.titles[str(row['dimension'])]} ({said})"


def _heading_of_groups(clear: list[str], rest: list[str]) -> str:
    """What goes with another profile and what does not, of the comparisons of ``GROUPS``."""
    words = {"weights": "openness", "size": "size", "reasoning": "reasoning"}
    named, others = (listed([words[name] for name in names]) for names in (clear, rest))
    does = f"{named} {'goes' if len(clear) == 1 else 'go'} with another profile" if clear else ""
    lacks = f"{others} cannot be shown to" if rest else ""
    said = f"{does}; {lacks}" if does and lacks else does or f"{lacks} go with another profile"
    return said[0].upper() + said[1:]


def _how(row: Mapping[Any, Any], instrument: Instrument) -> str:
    """A difference between groups of models, in words."""
    more = row["difference"] > 0
    said = with_minus(bracketed(row["difference"], row["cluster_low"], row["cluster_high"]))
    about = (
        f"{'more' if more else 'less'} pronounced profiles"
        if row["dimension"] == PROFILE_VARIANCE
        else f"{'more' if more else 'less'} {instrument.titles[row['dimension']]}"
    )
    return f"{about} ({said}, p {in_words(row['p_adjusted'])})"
