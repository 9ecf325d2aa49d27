"""The items as the authors published them with their tags."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import item_id
from value_portrait.reading import Found, open_json

# The archive's name for the tags of each family.
FIELDS = {"pvq": "correlations", "higher_pvq": "higher_pvq_correlations", "bfi": "bfi_correlations"}


def read_published_tags(path: str | Path) -> pa.Table:
    """The tags that stand with the items in the file ``path``: columns item_id, family, dimension and rho.

    Raises
    ------
    InputError : a tag is no pair of a known dimension and a correlation, or stands there twice; or there is none.
    """
    rho: dict[tuple[str, str, str], float] = {}
    for item, _, response in _responses(path):
        for family, field in FIELDS.items():
            names = VALUE_PORTRAIT.family(family).names
            tags = response.get(field)
            for tag in tags.elements("tag", filled=False) if tags else ():
                name, correlation = tag.pair()
                if (item, family, name.one_of(names)) in rho:
                    raise tag.refuse(f"repeats {name.value}.")
                rho[item, family, name.value] = correlation.number(-1, 1)
    if not rho:
        raise Found(None, str(path)).refuse("has no tags.")
    items, families, dimensions = zip(*rho, strict=True)
    return pa.table({"item_id": items, "family": families, "dimension": dimensions, "rho": list(rho.values())})


def read_tagged_items(path: str | Path) -> tuple[pa.Table, dict[str, dict[str, Any]]]:
    """The items' texts in the file ``path`` (item_id, title, text, response), and by item its fields of tags."""
    rows, tags = [], {}
    for item, query, response in _responses(path):
        content = query["content"]
        title = content.get("title")
        texts = {"text": content["text"].text(), "response": response["content"].text()}
        rows.append({"item_id": item, "title": title.text() if title and title.value else None, **texts})
        tags[item] = {field: response.value[field] for field in FIELDS.values() if response.value.get(field)}
    return pa.Table.from_pylist(rows), tags


def _responses(path: str | Path) -> Iterator[tuple[str, Found, Found]]:
    for query in open_json(path).elements("query"):
        for response in query["outputs"].elements("response"):
            item = item_id(query["portrait_id"].name(), response["id"].name())
            yield item, query, Found(response.value, f"{path}, item {item}")
