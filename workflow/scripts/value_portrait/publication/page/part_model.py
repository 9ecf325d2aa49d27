"""What only a model's own page shows: its place, its uncertainty by source, its answers, people on the same items."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed, as_columns
from value_portrait.publication.page.part_pairs import ELSEWHERE, HERE, KEY, clear_where
from value_portrait.responses.conditions import BASELINE
from value_portrait.robustness.beside_people import over_groups
from value_portrait.robustness.comparison_tables import RANKS
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

_SHARE = Column(NUMBER, "share of items, or of pairs of answers, with different ratings", 0, 1, True, optional=True)
_MEAN = Column(NUMBER, "in scale points", nullable=True)
SENSITIVITIES = ("wording_sensitivity", "prompt_sensitivity", "order_sensitivity", "repeat_sensitivity")
PEOPLE = ("people_mean", "people_low", "people_high", "people_q10", "people_q90")
SOURCES = ("queries", "wordings", "raters")
ASKED_COLUMNS = ("model", "condition", "requests", "usd", "served", "by")

# As much of these tables as is shown.
MODEL_TABLES: dict[str, str | Schema] = {
    "ranks": RANKS,
    "answer_counts": "answer_counts",
    "profiles_as_seen": "profiles_as_seen",
    "sensitivity": Schema(
        ("model", "condition"),
        {
            "model": Column(REPEATED_TEXT, "model, by its name in the table of models"),
            "condition": Column(REPEATED_TEXT, "baseline, or a persona's id"),
            **dict.fromkeys(SENSITIVITIES, _SHARE),
        },
    ),
    "models_and_people": Schema(
        ("family", "dimension"),
        {
            "family": Column(REPEATED_TEXT, "family of the dimension"),
            "dimension": Column(REPEATED_TEXT, "what is measured"),
            "people_n": Column(COUNT, "raters with an item of the dimension", low=0, nullable=True),
            **dict.fromkeys(PEOPLE, _MEAN),
        },
    ),
}


def model_part(
    tables: Mapping[str, pd.DataFrame], asked: Sequence[Mapping[str, Any]], instrument: Instrument
) -> dict[str, Packed]:
    """The tables of the part, those that the study has.

    ``standing`` has places among models at baseline, and how many models are clearly lower and higher, on these items
    and also on items like these; ``sources`` standard errors by source; ``as_seen`` the models' scores as ``people``
    have theirs, within survey groups. ``asked`` are the summaries of live answers, each with its model's name.
    """
    parts = {"asked": as_columns([_asked(one) for one in asked], ASKED_COLUMNS)}
    if "ranks" in tables:
        parts["standing"] = Packed(_standing(tables["ranks"], tables.get("pairs")))
    parts["sources"] = Packed(_sources(tables["uncertainty"]))
    if "sensitivity" in tables:
        own = _at_baseline(tables["sensitivity"]).drop(columns="condition")
        parts["sensitivity"] = Packed(own)
    if "answer_counts" in tables:
        parts["answer_counts"] = Packed(tables["answer_counts"])
    if "profiles_as_seen" in tables and "models_and_people" in tables:
        seen = over_groups(_at_baseline(tables["profiles_as_seen"]))
        parts["as_seen"] = Packed(seen.rename(columns={"centred_mean": "score"}))
        parts["people"] = Packed(tables["models_and_people"])
    return parts


def _at_baseline(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["condition"] == BASELINE]


def _standing(ranks: pd.DataFrame, pairs: pd.DataFrame | None) -> pd.DataFrame:
    own = ranks[(ranks["inference"] == HERE) & ranks["dimension"].notna()]
    places = own[["model", "family", "dimension", "rank", "low", "high"]]
    if pairs is None:
        return places
    key = ["model", "family", "dimension"]
    return places.astype(dict.fromkeys(key, str)).merge(_clear_counts(pairs), on=key, how="left")


def _clear_counts(pairs: pd.DataFrame) -> pd.DataFrame:
    """How many models are clearly lower and higher than each: ``lower``, ``higher``, and beyond these items."""
    here, beyond = (pairs[pairs["inference"] == inference].set_index(KEY) for inference in (HERE, ELSEWHERE))
    clear = clear_where(here, beyond.reindex(here.index))
    ahead = np.sign(here["difference"].to_numpy())
    names = here.index.to_frame(index=False).astype(str)
    sides = [
        pd.DataFrame({"model": names[own], "family": names["family"], "dimension": names["dimension"]}).assign(
            lower=(clear > 0) & (ahead * sign > 0),
            higher=(clear > 0) & (ahead * sign < 0),
            lower_beyond=(clear > 1) & (ahead * sign > 0),
            higher_beyond=(clear > 1) & (ahead * sign < 0),
        )
        for own, sign in (("first", 1), ("second", -1))
    ]
    return pd.concat(sides).groupby(["model", "family", "dimension"], sort=False).sum().reset_index()


def _sources(uncertainty: pd.DataFrame) -> pd.DataFrame:
    """Standard errors at baseline, a column for each source."""
    own = _at_baseline(uncertainty[uncertainty["source"].isin(SOURCES)])
    own = own.astype(dict.fromkeys(("model", "family", "dimension", "source"), str))
    return own.pivot(index=["model", "family", "dimension"], columns="source", values="se").reset_index()


def _asked(one: Mapping[str, Any]) -> dict[str, Any]:
    served = {"served": ", ".join(one["served_models"]), "by": ", ".join(one["upstreams"])}
    return {name: one[name] for name in ("model", "condition", "requests", "usd")} | served
