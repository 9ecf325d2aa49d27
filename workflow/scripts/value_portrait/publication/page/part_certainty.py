"""What the numbers are worth: chance, validity, variance."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.finding import with_minus
from value_portrait.publication.page.packing import Packed, as_columns
from value_portrait.publication.worth import CIRCLE_SUBJECTS, RULES, WORTH_TABLES, validity_line, worth_lines
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.precision import VARIANCE as VARIANCE_TABLE
from value_portrait.tables import Schema

# What stands on the circle beside ``CIRCLE_SUBJECTS``.
TAGS_ON_CIRCLE = {
    "tags_same_sign": "two tags of an item, same sign",
    "tags_opposite_sign": "two tags of an item, opposite signs",
}
CERTAINTY_TABLES: dict[str, Schema] = {**WORTH_TABLES, "variance": VARIANCE_TABLE}
VARIANCE = ["family", "dimension", "scores", "component", "variance", "low", "high", "share"]
PRECISION = ["family", "dimension", "scores", "inference", "n_items", "n_wordings", "n_orders", "n_versions"]
PRECISION += ["this_study", "relative", "relative_low", "relative_high", "sem"]


def certainty_part(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, Packed]:
    """The tables of the part, as far as the study has them.

    Parameters
    ----------
    tables : ``CERTAINTY_TABLES``; chance, dilution, replication and validity where people rated; circle where the
        instrument has one.
    """
    said = worth_lines(tables, instrument) | {"rules": " ".join(RULES.replace("*", "").split())}
    said |= _of_other_keys(tables["validity"], instrument) if "validity" in tables else {}
    parts = {
        "intervals": _intervals(tables["uncertainty"]),
        "differences": _differences(tables["pairs"], tables["ranks"]),
        "variance": tables["variance"].reindex(columns=VARIANCE).dropna(subset="share"),
        "precision": tables["precision"].reindex(columns=PRECISION).dropna(subset="relative"),
        "designs": _designs(tables["precision"].dropna(subset="relative")),
        **{name: tables[name] for name in ("replication", "validity", "dilution") if name in tables},
    }
    if "chance" in tables:
        parts["tags"] = _tags(tables["chance"])
    if "circle" in tables:
        circle = tables["circle"]
        subjects = circle["subject"].astype(str)
        parts["circle"] = circle.assign(title=subjects.map(CIRCLE_SUBJECTS | TAGS_ON_CIRCLE).fillna(subjects))
    packed = {name: Packed(table) for name, table in parts.items()}
    lines = [{"topic": topic, "text": with_minus(text)} for topic, text in said.items() if text]
    return packed | {"said": as_columns(lines, ("topic", "text"))}


def _of_other_keys(validity: pd.DataFrame, instrument: Instrument) -> dict[str, str]:
    """Whether the keys of other families than the first measure other people: topics with the family's name behind."""
    own = validity[validity["dimension"].isna() & (validity["key"] == "raters")]
    return {
        f"validity {family.name}": validity_line(validity, replace(instrument, families=(family,)))
        for family in instrument.families[1:]
        if family.name in set(own["family"])
    }


def _designs(precision: pd.DataFrame) -> pd.DataFrame:
    """What coefficients other numbers of items and prompt versions would give: median and quartiles over dimensions."""
    once = precision["n_repeats"] == 1 if "n_repeats" in precision else True
    others = precision[(precision["this_study"] == 0) & once]
    keys = ["family", "scores", "inference", "n_items", "n_wordings", "n_orders"]
    groups = others.groupby(keys, observed=True)["relative"]
    quartiles = {name: groups.quantile(share) for name, share in (("low", 0.25), ("median", 0.5), ("high", 0.75))}
    found = pd.DataFrame(quartiles | {"dimensions": groups.size()}).reset_index()
    # Beside numbers of items that all dimensions are reckoned with, there is each one's own.
    most = found.groupby(["family", "scores", "inference"], observed=True)["dimensions"].transform("max")
    return found[found["dimensions"] > most / 2]


def _tags(chance: pd.DataFrame) -> pd.DataFrame:
    """Tags by chance, with p over the dimensions of a family in a direction after Holm."""
    alone = chance[chance["dimension"].notna()]
    adjusted = alone.groupby(["family", "direction"], sort=False)["p"].transform(lambda p: holm(p))
    return chance.assign(p_adjusted=adjusted, beyond=(adjusted < LEVEL).astype("boolean").mask(adjusted.isna()))


def _intervals(uncertainty: pd.DataFrame) -> pd.DataFrame:
    """Half the width of intervals by source (median over models), and the share of scores that leave out 0."""
    own = uncertainty[(uncertainty["condition"] == "baseline")].dropna(subset=["low", "high"])
    own = own.assign(half=(own["high"] - own["low"]) / 2, clear=(own["low"] > 0) | (own["high"] < 0))
    keys = ["family", "dimension", "source"]
    found = own.groupby(keys, sort=False, observed=True).agg(
        half=("half", "median"), clear=("clear", "mean"), n=("clear", "size")
    )
    return found.reset_index()


def _differences(pairs: pd.DataFrame, ranks: pd.DataFrame) -> pd.DataFrame:
    """Share of differences between two models that hold after adjustment; how many places a rank covers (median)."""
    keys = ["family", "dimension", "inference"]
    known = pairs.dropna(subset=["p_max_t"])
    real = known.assign(real=known["p_max_t"] < LEVEL).groupby(keys, sort=False, observed=True)
    placed = ranks.dropna(subset=["low", "high"])
    placed = placed.assign(places=placed["high"] - placed["low"] + 1)
    places = placed.groupby(keys, sort=False, observed=True)["places"]
    found = real.agg(share=("real", "mean"), n=("real", "size")).join(places.agg(["median", "size"]), how="left")
    return found.rename(columns={"median": "places", "size": "n_models"}).reset_index()
