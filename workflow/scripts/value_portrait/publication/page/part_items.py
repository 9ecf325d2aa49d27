"""Items: their texts, the ratings that people gave, and their correlations with all dimensions."""

from collections.abc import Mapping

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed, cut
from value_portrait.tables import Schema

ITEMS_TABLES: dict[str, str | Schema] = {
    **{name: name for name in ("item_key", "topics", "correlations", "item_statistics", "survey")},
    "item_table": "items",
}
UNIT = 0.0001  # of p-values and ends of intervals
LONGEST = 20_000  # characters of a text that the page carries ...
MOST_CHARACTERS = 4_000_000  # ... and of all texts of a kind together
MOST_CORRELATIONS = 100_000
TEXTS = ("title", "text", "response")


def items_part(tables: Mapping[str, pd.DataFrame], texts: str, instrument: Instrument) -> dict[str, Packed]:
    """The tables ``items``, ``topics``, ``key``, ``correlations`` and ``people``; those without data are empty.

    ``title_length``, ``text_length`` and ``response_length`` say how long a text is of which only the start is there.
    Of very many correlations, the strongest of each item are there.

    Parameters
    ----------
    tables : item_table and item_key; where the study has them topics, correlations, item_statistics and survey.
    texts : ``all``, or ``none`` for items without their texts.
    """
    items = tables["item_table"].drop(columns="template")
    items = _cut(items) if texts == "all" else items.drop(columns=list(TEXTS))
    known = items[["item_id"]]
    statistics = tables.get("item_statistics", pd.DataFrame({"item_id": []}, dtype="object"))
    statistics = statistics.reindex(columns=["item_id", "group", "n", "mean", "sd"])
    rated = tables.get("survey", pd.DataFrame(columns=["item_id", "rating"]))
    people = rated.groupby(["item_id", "rating"], sort=False).size().rename("people").reset_index()
    columns = ["item_id", "family", "dimension", "rho", "ci_low", "ci_high", "p"]
    correlations = tables.get("correlations", tables["item_key"].iloc[:0]).reindex(columns=columns)
    correlations = correlations.assign(p=cut(correlations["p"], UNIT))
    return {
        "items": Packed(items.merge(statistics, on="item_id", how="left")),
        "topics": Packed(tables.get("topics", pd.DataFrame(columns=["query_id", "topic"]))),
        "key": Packed(tables["item_key"]),
        "correlations": Packed(
            _strongest(known.merge(correlations, on="item_id")),
            dict.fromkeys(columns[4:], UNIT),
        ),
        "people": Packed(known.merge(people, on="item_id")),
    }


def _cut(items: pd.DataFrame) -> pd.DataFrame:
    """The items with texts no longer than there is room for, and how long those are that were cut."""
    items = items.copy()
    for column in TEXTS:
        longest = min(LONGEST, MOST_CHARACTERS // max(1, items[column].nunique()))
        lengths = items[column].str.len()
        items[f"{column}_length"] = lengths.where(lengths > longest)
        items[column] = items[column].str[:longest]
    return items


def _strongest(correlations: pd.DataFrame) -> pd.DataFrame:
    if len(correlations) <= MOST_CORRELATIONS:
        return correlations
    each = MOST_CORRELATIONS // correlations["item_id"].nunique()
    rank = correlations["rho"].abs().groupby(correlations["item_id"]).rank("first", ascending=False)
    return correlations[rank <= each]
