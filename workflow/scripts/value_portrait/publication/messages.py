"""What a figure shows, in a sentence over it: it follows from the figure's own table; empty where nothing does."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Family, Instrument, mid_sentence
from value_portrait.publication.drawing import signed
from value_portrait.publication.verdicts import MOST_ANALYSES
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL
from value_portrait.wording import MOST_NAMED, in_percent

# What is held against chance on the circle, within a sentence.
ON_CIRCLE = {
    "questionnaire": "the questionnaire",
    "items": "items' correlations",
    "raters": "raters by held-out items",
    "models": "models' profiles",
}


def beyond_chance(table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether each row's p is below the level after Holm, over the rows of its family; False without p."""
    return table.groupby("family", sort=False)["p"].transform(holm) < LEVEL


def profiles(wide: pd.DataFrame, instrument: Instrument) -> str:
    """The ends of the mean over models in the main family; ``wide`` has models by (family, dimension).

    Nothing where an end is shared, as far as the numbers that are shown tell.
    """
    main = instrument.main
    means = pd.Series({name: wide[main.name, name].mean() for name in main.names}).dropna().sort_values()
    said = means.map(signed)
    if len(wide) < 2 or len(means) < 2 or said.iloc[0] == said.iloc[1] or said.iloc[-1] == said.iloc[-2]:
        return ""
    lowest, highest = (instrument.titles[str(means.index[place])] for place in (0, -1))
    ends = f"{highest} stands highest ({said.iloc[-1]}), {lowest} lowest ({said.iloc[0]})"
    return f"Of the {mid_sentence(main)} {ends} on average"


def scores_told(told: int, scores: int) -> str:
    """How many of the scores that have an interval can be told from 0."""
    return f"Scores told from 0, each by itself: {_of(told, scores)}" if scores else ""


def tags(table: pd.DataFrame, instrument: Instrument) -> str:
    """In which dimensions of the main family there are more positive tags than by chance (``tags_by_chance``)."""
    rows = table[(table["direction"] == "positive") & table["dimension"].notna() & table["p"].notna()]
    found = _named(rows, beyond_chance(rows), instrument.main, instrument)
    return f"More positive tags than chance gives: {found}" if found else ""


def mean_profile(table: pd.DataFrame, instrument: Instrument) -> str:
    """Which means of the main family are beyond chance, as scored and without liking (``alternatives``)."""
    rows = table[(table["statistic"] == "mean_profile") & table["p"].notna()]
    said = []
    for without, words in (("nothing", "Beyond chance: {}"), ("liking", "once what people like is taken out: {}")):
        own = rows[rows["without"] == without]
        if found := _named(own, beyond_chance(own), instrument.main, instrument):
            said.append(words.format(found))
    return "; ".join(said)


def circle(table: pd.DataFrame) -> str:
    """What fits the circle better than by chance, by all that it is held against (``circle``)."""
    rows = table[(table["statistic"] == "cosine_r2") & table["p"].notna()]
    worst = rows.groupby("subject")["p"].max()
    known = {words: worst[name] for name, words in ON_CIRCLE.items() if name in worst}
    closer, others = (", ".join(words for words, p in known.items() if (p < LEVEL) == side) for side in (True, False))
    if not closer:
        return f"No closer to the circle than by chance: {others}" if others else ""
    return f"Closer to the circle than by chance: {closer}" + (f"; not {others}" if others else "")


def claims(table: pd.DataFrame) -> str:
    """How many claims go their way in most analyses, and how many of those with a test significantly (``claims``)."""
    tested = table[table["option"].isna() & table["share_holds"].notna()]
    if tested.empty:
        return ""
    if len(tested) == 1:
        return f"The claim goes this way in {in_percent(tested['share_holds'].iloc[0])} of the analyses"
    going = _of((tested["share_holds"] >= MOST_ANALYSES).sum(), len(tested))
    said = f"Claims that go this way in at least {in_percent(MOST_ANALYSES)} of the analyses: {going}"
    significant = tested["share_significant"].dropna()
    if len(significant):
        said += f"; significantly in as many: {_of((significant >= MOST_ANALYSES).sum(), len(significant))}"
    return said


def alphas(table: pd.DataFrame) -> str:
    """In how many dimensions models agree more than raters do (``reliability``)."""
    alpha = table[table["coefficient"] == "alpha"]
    wide = alpha.pivot(index=["family", "dimension"], columns="source", values="estimate")
    known = wide.dropna() if {"models", "raters"} <= set(wide) else wide.head(0)
    if len(known) < 2:
        return ""
    higher = _of((known["models"] > known["raters"]).sum(), len(known))
    return f"Alpha is higher among models than among raters in {higher} dimensions"


def variance(table: pd.DataFrame, instrument: Instrument) -> str:
    """How much of a rating's variance is between models (``variance``)."""
    models = table[(table["component"] == "model") & (table["scores"] == "centred")]
    shares = models["share"][models["family"] == instrument.main.name].dropna()
    if shares.empty:
        return ""
    of = f" (median of {len(shares)} {mid_sentence(instrument.main)})" if len(shares) > 1 else ""
    return f"{in_percent(shares.median())} of the variance of a centred rating is between models{of}"


def spread(by_size: pd.DataFrame) -> str:
    """That profiles go with size may be chance; p can say no more, see ``spread_by_size``, which gives ``by_size``."""
    told = len(by_size) and by_size["p"].min(skipna=False) >= LEVEL
    return "More pronounced profiles of larger models cannot be told from chance" if told else ""


def groups(table: pd.DataFrame, sides: Mapping[str, tuple[str, str]], instrument: Instrument) -> str:
    """In how many dimensions of the main family each two groups differ beyond chance (``groups``)."""
    main = (table["family"] == instrument.main.name) & table["dimension"].isin(instrument.main.names)
    said = []
    for comparison, p in table[main].dropna(subset="p_adjusted").groupby("comparison", sort=False)["p_adjusted"]:
        first, second = (side.partition(" (")[0] for side in sides[str(comparison)])
        said.append(f"{_of((p < LEVEL).sum(), len(p))} between {first} and {second}")
    return f"Differences beyond chance: {'; '.join(said)}" if said else ""


def people(table: pd.DataFrame) -> str:
    """In how many dimensions models differ from people (``models_and_people``)."""
    p = table["p_adjusted"].dropna()
    return f"Differences between models and people beyond chance: {_of((p < LEVEL).sum(), len(p))}" if len(p) else ""


def siblings(compared: Mapping[str, np.ndarray]) -> str:
    """How many differences are beyond chance, by what the models differ in: their adjusted p, NaN where unknown."""
    known = {name: p[~np.isnan(p)] for name, p in compared.items()}
    said = [name for name, p in known.items() if len(p)]
    if not said:
        return ""
    every = np.concatenate([known[name] for name in said])
    found = _of((every < LEVEL).sum(), len(every))
    return f"Single models of a family that differ in {' or '.join(said)}: {found} differences beyond chance"


def _of(count: int, total: int) -> str:
    return f"{count or 'none'} of {total:,}"


def _named(rows: pd.DataFrame, chosen: "pd.Series[bool]", family: Family, instrument: Instrument) -> str:
    """Which of a family's rows are chosen: by name if they are few, else their number; nothing without rows."""
    own = (rows["family"] == family.name).to_numpy()
    found: list[Any] = rows["dimension"][own & chosen.to_numpy()].tolist()
    if not own.any():
        return ""
    if 0 < len(found) <= MOST_NAMED:
        return ", ".join(instrument.titles[name] for name in found)
    return f"{_of(len(found), own.sum())} {mid_sentence(family)}" if own.sum() > 1 else "none"
