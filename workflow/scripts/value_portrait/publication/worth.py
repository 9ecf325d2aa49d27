"""What the numbers are worth, in words: every claim with its verdict, and what stands behind the scores."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from value_portrait.config_tables import Claim
from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.verdicts import MOST_ANALYSES, Tables, claims_table, headline
from value_portrait.robustness.alphas import ALPHAS
from value_portrait.robustness.alternatives import ALTERNATIVES
from value_portrait.robustness.chance import TAGS_BY_CHANCE
from value_portrait.robustness.comparison_tables import MEAN_PROFILE, PAIRS, RANKS
from value_portrait.robustness.dilution import DILUTION
from value_portrait.robustness.groups import GROUPS, holm
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.on_circle import CIRCLE
from value_portrait.robustness.precision import PRECISION
from value_portrait.robustness.replication import REPLICATION
from value_portrait.robustness.shares import CLAIMS
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.robustness.validity import VALIDITY
from value_portrait.wording import bracketed, counted, extremes, in_percent, in_words, percent, signed

# The tables of the robustness stage that it is told from, where a study has them.
WORTH_TABLES = {
    "claims": CLAIMS,
    "groups": GROUPS,
    "alphas": ALPHAS,
    "dilution": DILUTION,
    "uncertainty": UNCERTAINTY,
    "pairs": PAIRS,
    "ranks": RANKS,
    "mean_profile": MEAN_PROFILE,
    "precision": PRECISION,
    "alternatives": ALTERNATIVES,
    "chance": TAGS_BY_CHANCE,
    "replication": REPLICATION,
    "validity": VALIDITY,
    "circle": CIRCLE,
}
CIRCLE_SUBJECTS = {
    "questionnaire": "the questionnaire",
    "items": "items",
    "raters": "raters scored on items",
    "models": "models' profiles",
}
# A correlation below this is called weak (Cohen 1988: medium from here on).
WEAK = 0.3
# Verdicts on several claims at once.
PLURALS = {
    "holds": "hold",
    "does not hold": "do not hold",
    "holds for the average model only": "hold for the average model only",
    "depends on a choice of the analysis": "depend on a choice of the analysis",
}
# Topics about the item key; the others are about profiles.
KEY = ("chance", "replication", "dilution", "validity")
_WHERE = {"these_items": "on these very items", "items_like_these": "on other items like these"}
RULES = f"""\
Verdicts follow from rules, the first that fits: a claim *does not hold* where this run's number is not above 0 (a
share of models: not above half); it *cannot be told from chance* where p is {LEVEL} or more, or where models
are compared with too few models or developers for a p; it *depends on* an option of the analysis where the
numbers go its way, whatever p, in less than {percent(MOST_ANALYSES)} of the defensible analyses; it *holds for the
average model only* where a model drawn at random is unlikely to have it.

Where models are compared, p takes those of one developer together; of families, models are independent draws. Where
open models are held against closed ones, models from 30 billion parameters against smaller ones, or reasoning models
against others, it is adjusted over dimensions. Of the mean profile p is by shuffled keys: how often keys made from
shuffled raters give as much; of several dimensions named, the least sure one counts. Models known by printed scores
alone count where this run holds large models against small ones and nowhere else: not in the share of analyses.
Brackets are 95 % intervals or ranges, not adjusted: one may leave out 0 although p is large.
"""
HEAD = f"# What the numbers are worth\n\n{RULES}"
SIMULATED = "**Simulated**: people, items or models are made up, and claims about real ones are put to these.\n"
PANEL = "**A panel**: models were asked {} of each dimension, and not the others. All errors are larger for it.\n"


def describe_worth(
    tables: Tables, claims: Sequence[Claim], simulated: bool, panel: int | None, instrument: Instrument
) -> str:
    """The page as Markdown; it says where anything is ``simulated``, or rests on a ``panel`` (items of each dimension).

    Parameters
    ----------
    tables : of the robustness stage, by name: claims, groups, alphas, uncertainty, pairs, ranks, mean_profile,
        precision and alternatives; chance, dilution, replication and validity where people rated; circle where the
        instrument has one.
    """
    notes = [*([SIMULATED] if simulated else []), *([PANEL.format(counted(panel, "item"))] if panel else [])]
    parts = [HEAD, *notes, *claims_table(tables, claims, instrument)]
    said = worth_lines(tables, instrument)
    key = [said[topic] for topic in KEY if topic in said]
    profiles = [line for topic, line in said.items() if topic not in KEY]
    if key:
        parts += ["## The item key\n", *_bullets(key)]
    return "\n".join([*parts, "## The profiles\n", *_bullets(profiles)]) + "\n"


def worth_lines(tables: Tables, instrument: Instrument) -> dict[str, str]:
    """What stands behind the scores: a sentence or two on each topic, those of ``KEY`` on the item key; some empty.

    ``tables`` are those of ``describe_worth``.
    """
    said, several = {}, tables["mean_profile"]["models"].max() > 1
    if "chance" in tables:
        said = {
            "chance": chance_line(tables["chance"], instrument),
            "replication": _replication_line(tables["replication"], instrument),
            "dilution": dilution_line(tables["dilution"], instrument),
            "validity": validity_line(tables["validity"], instrument),
        }
    said |= {
        "profile": profile_line(tables["alternatives"], instrument),
        "liking": _liking_line(tables["alternatives"], instrument),
        "intervals": _interval_line(tables["uncertainty"], instrument),
        "mean": _mean_line(tables["mean_profile"], instrument) if several else "",
        "pairs": _pairs_line(tables["pairs"], tables["ranks"], instrument),
        "precision": _precision_line(tables["precision"], instrument),
        "common": _common_line(tables["alternatives"], instrument) if several else "",
        "alphas": _alphas_line(tables["alphas"], instrument),
    }
    return said | ({"circle": _circle_line(tables["circle"])} if "circle" in tables else {})


def verdict_line(verdicts: Iterable[str]) -> str:
    """How many claims hold, and what becomes of the others; empty without claims that could be tested."""
    given = pd.Series(list(verdicts), dtype=str)
    given = given.str.replace("^depends on .*", "depends on a choice of the analysis", regex=True)
    counts = given[given != "cannot be tested here"].value_counts()
    if counts.empty:
        return ""
    said = [f"{n} {words if n == 1 else PLURALS.get(str(words), words)}" for words, n in counts.items()]
    if counts.sum() == 1:
        return f"The one claim about models that can be tested {counts.index[0]}."
    return f"Of {counts.sum()} claims about models that can be tested, {', '.join(said)}."


def chance_line(chance: pd.DataFrame, instrument: Instrument) -> str:
    """Positive tags of the main family against those that shuffled raters give."""
    own = chance[(chance["family"] == instrument.main.name) & (chance["direction"] == "positive")]
    whole, parts = own[own["dimension"].isna()].iloc[0], own[own["dimension"].notna()]
    if not whole["tests"]:
        return (
            f"No item can be correlated with any of the {mid_sentence(instrument.main)}: ratings or scores do not vary."
        )
    more = parts[holm(parts["p"]) < LEVEL]
    rest = parts.drop(more.index)
    found = (
        f"The key has {counted(whole['tags'], 'positive tag')} of the {mid_sentence(instrument.main)} in "
        f"{counted(whole['tests'], 'test')}; shuffled raters, in whom nothing correlates, give {by_chance(whole)}; "
        f"{whole['surviving']} {'survives' if whole['surviving'] == 1 else 'survive'} a correction for all tests"
    )
    if len(more):
        found += f". More than chance: {_names(more['dimension'], instrument)}"
    return found + (f"; not told from chance: {_names(rest['dimension'], instrument)}." if len(rest) else ".")


def by_chance(row: "pd.Series[Any]") -> str:
    """How many tags chance gives, and which share of those found are of pairs that do not correlate at all."""
    found = f"{row['expected']:.0f} [{row['low']:.0f}, {row['high']:.0f}]"
    false = row["false_discovery_rate"]
    if pd.isna(false):
        return found
    # In the numbers as they are said.
    if false < 1 and round(false * row["tags"]) < round(row["expected"]):
        return f"{found}. Some pairs do correlate, so fewer tags are false: about {percent(false)}"
    return f"{found}, so about {percent(false)} are of pairs that do not correlate"


def validity_line(validity: pd.DataFrame, instrument: Instrument) -> str:
    """How far items keyed by some people measure others."""
    own = validity[(validity["family"] == instrument.main.name) & validity["dimension"].isna()]
    found = {(row["key"], row["criterion"]): row for row in own.to_dict("records")}
    if pd.isna(found["raters", "convergent"]["low"]):
        return (
            "With so few raters, or tags, it cannot be told whether the key measures anything in people who did not "
            "make it."
        )
    said = {name: bracketed(row["r"], row["low"], row["high"]) for name, row in found.items()}
    convergent = found["raters", "convergent"]
    measures = "measures other people" if convergent["low"] > 0 else "cannot be shown to measure other people"
    if convergent["low"] > 0 and convergent["r"] < WEAK:
        measures += ", weakly"
    line = (
        f"The key {measures}: scores of raters who did not make it correlate {said['raters', 'convergent']} with their "
        "own questionnaire on the same dimension"
    )
    # A single dimension has no others, and keys from few shuffled raters hold no tag.
    others = {
        ("raters", "discriminant"): ", {} on others",
        ("shuffled", "convergent"): "; with a key from shuffled raters {}",
    }
    return line + "".join(words.format(said[own]) for own, words in others.items() if pd.notna(found[own]["r"])) + "."


def profile_line(alternatives: pd.DataFrame, instrument: Instrument) -> str:
    """Which means over models lie beyond those that keys from shuffled raters give."""
    own = headline(alternatives, "mean_profile", "nothing", instrument).dropna(subset=["p"])
    if own.empty:
        return ""
    clear = own[holm(own["p"]) < LEVEL]
    cells = [f"{instrument.titles[str(row['dimension'])]} {signed(row['value'])}" for row in clear.to_dict("records")]
    spread = headline(alternatives, "mean_profile_sd", "nothing", instrument)
    beyond = "".join(
        f" The SD of the mean profile is {row['value']:z.2f}, by such keys {row['expected']:z.2f} "
        f"[{row['expected_low']:z.2f}, {row['expected_high']:z.2f}]."
        for row in spread.to_dict("records")
    )
    return (
        f"Keys from shuffled raters with as many tags give profiles, too. Beyond these lie, in the mean over models: "
        f"{', '.join(cells) or 'none'}.{beyond}"
    )


def _replication_line(replication: pd.DataFrame, instrument: Instrument) -> str:
    own = replication[(replication["family"] == instrument.main.name) & replication["dimension"].isna()].iloc[0]
    if pd.isna(own["rho_other"]):
        return "With so few raters, or tags, it cannot be told whether tags come again in others."
    return (
        f"Pairs that half of the raters tag correlate {own['rho']:z.2f} there and {own['rho_other']:z.2f} "
        f"[{own['rho_other_low']:z.2f}, {own['rho_other_high']:z.2f}] in the other half, "
        f"which tags {percent(own['share_tagged_again'])} again."
    )


def dilution_line(dilution: pd.DataFrame, instrument: Instrument) -> str:
    """How many tags infinitely many raters would give, and what wrong ones leave of scores."""
    row = next(row for row in dilution.to_dict("records") if row["family"] == instrument.main.name)
    if pd.isna(row["strong"]):
        return ""
    pairs = counted(round(row["strong"]), "pair")
    found = f"Infinitely many raters would tag about {pairs} instead of {row['tags']:,.0f}"
    if pd.isna(row["low"]):
        return f"{found}; too few to tell how far wrong tags dilute scores."
    left, low, high = (percent(row[name]) for name in ("dilution", "low", "high"))
    return f"{found}; scores by the key at hand are {left} [{low}, {high}] as far from 0 as by theirs."


def _liking_line(alternatives: pd.DataFrame, instrument: Instrument) -> str:
    rating = alternatives[(alternatives["statistic"] == "rating_r") & (alternatives["subject"] == "all models")]
    if rating.empty or rating["value"].isna().all():
        return ""
    row = rating.iloc[0]
    before, after = (
        headline(alternatives, "mean_profile", without, instrument).set_index("dimension")["value"]
        for without in ("nothing", "liking")
    )
    moved = (after - before).dropna()
    moved = moved[moved.abs().sort_values(ascending=False).index].head(3)
    cells = [f"{instrument.titles[str(name)]} {signed(before[name])} to {signed(after[name])}" for name in moved.index]
    return (
        f"Models' ratings correlate {bracketed(row['value'], row['low'], row['high'])} with how much people like a "
        f"response. With that taken out, these move most: {', '.join(cells)}."
    )


def _interval_line(uncertainty: pd.DataFrame, instrument: Instrument) -> str:
    own = uncertainty[(uncertainty["family"] == instrument.main.name) & (uncertainty["condition"] == "baseline")]
    half = ((own["high"] - own["low"]) / 2).groupby(own["source"], observed=True).median().dropna()
    whole = own[own["source"] == "all"].dropna(subset=["low"])
    if whole.empty:
        return "No score has an interval: too few queries."
    known = [f"{half[name]:.2f} by {name}" for name in ("queries", "wordings", "raters") if name in half]
    sources = ", ".join(known) + (", which overlap" if len(known) > 1 else "")
    clear = ((whole["low"] > 0) | (whole["high"] < 0)).mean()
    diluted = ""
    if "undiluted" in half:
        diluted = " That wrong tags dilute scores is not in these intervals, but in those of undiluted scores."
    return (
        f"A score of a model is known to ± {half['all']:.2f} scale points (95 %, median; {sources}); {percent(clear)} "
        f"of the models' scores of the {mid_sentence(instrument.main)} can be told from 0, each by itself.{diluted}"
    )


def _mean_line(means: pd.DataFrame, instrument: Instrument) -> str:
    own = means[means["family"] == instrument.main.name].dropna(subset=["low"])
    parts = []
    for inference, words in _WHERE.items():
        rows = own[own["inference"] == inference]
        if len(rows):
            half = ((rows["high"] - rows["low"]) / 2).median()
            clear = ((rows["low"] > 0) | (rows["high"] < 0)).sum()
            parts.append(f"± {half:.2f} {words}, where {clear} of {len(rows)} can be told from 0")
    return f"The mean over these models is known to {'; to '.join(parts)} (95 %, medians)." if parts else ""


def _pairs_line(pairs: pd.DataFrame, ranks: pd.DataFrame, instrument: Instrument) -> str:
    parts = []
    for inference, words in _WHERE.items():
        own = pairs[(pairs["family"] == instrument.main.name) & (pairs["inference"] == inference)].dropna(
            subset=["p_max_t"]
        )
        places = ranks[(ranks["family"] == instrument.main.name) & (ranks["inference"] == inference)].dropna(
            subset=["low"]
        )
        if len(own) and len(places):
            width = (places["high"] - places["low"] + 1).median()
            parts.append(
                f"{in_percent((own['p_max_t'] < LEVEL).mean())} {words}, where a rank covers {width:.0f} of "
                f"{counted(ranks['model'].nunique(), 'place')}"
            )
    return (
        f"Of all differences between two models on a dimension, these hold after adjustment: {'; '.join(parts)}."
        if parts
        else ""
    )


def _precision_line(precision: pd.DataFrame, instrument: Instrument) -> str:
    own = precision[(precision["family"] == instrument.main.name) & (precision["this_study"] == 1)]
    own = own[own["inference"] == "items_like_these"].dropna(subset=["relative"])
    mean = own.groupby("scores", observed=True)["relative"].mean()
    if not {"centred", "raw"} <= set(mean.index):
        return ""
    centred = own[own["scores"] == "centred"].set_index("dimension")["relative"].rename(instrument.titles)
    reach = extremes(centred, "{:z.2f}".format, mid_sentence(instrument.main))
    return (
        "The generalizability coefficient of models' scores over other items like these is "
        f"{mean['centred']:z.2f} for centred scores (mean; {reach}), {mean['raw']:z.2f} for raw ones, which "
        "hold a model's general level."
    )


def _common_line(alternatives: pd.DataFrame, instrument: Instrument) -> str:
    own = alternatives[
        (alternatives["statistic"] == "one_profile_share") & (alternatives["family"] == instrument.main.name)
    ]
    own = own.dropna(subset=["value"])
    if own.empty:
        return ""
    row = own.iloc[0]
    chance = f" (with keys from shuffled raters {percent(row['expected'])})" if pd.notna(row["expected"]) else ""
    share = f"{percent(row['value'])} of the squares of models' scores"
    return f"One profile, more or less pronounced, makes up {share}{chance}."


def _alphas_line(alphas: pd.DataFrame, instrument: Instrument) -> str:
    own = alphas[(alphas["source"] == "raters") & (alphas["family"] == instrument.main.name)].dropna(subset=["p_equal"])
    if own.empty:
        return ""
    apart = f"{(own['p_equal'] < LEVEL).sum()} of {counted(len(own), 'dimension')}"
    return f"Raters' alphas differ between survey groups in {apart}, each by itself."


def _circle_line(circle: pd.DataFrame) -> str:
    own = circle[(circle["statistic"] == "cosine_r2") & circle["p"].notna()]
    rows = {(row["subject"], row["reference"]): row for row in own.to_dict("records")}
    parts = []
    for subject, words in CIRCLE_SUBJECTS.items():
        for reference, against in (("raters", "shuffled raters"), ("keys", "shuffled raters"), ("order", "any order")):
            if row := rows.get((subject, reference)):
                parts.append(f"{words} {row['value']:z.2f} ({against} {row['expected']:z.2f}, p {in_words(row['p'])})")
                break
    return f"Fit to the circle (R²): {'; '.join(parts)}." if parts else ""


def _names(dimensions: "pd.Series[str]", instrument: Instrument) -> str:
    return ", ".join(instrument.titles[str(name)] for name in dimensions)


def _bullets(lines: Sequence[str]) -> list[str]:
    return [*(f"- {line}" for line in lines if line), ""]
