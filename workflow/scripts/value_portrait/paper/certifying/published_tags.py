"""The items as the authors published them with their tags."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.files import read_json
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import item_id

# The archive's name for the tags of each family.
FIELDS = {"pvq": "correlations", "higher_pvq": "higher_pvq_correlations", "bfi": "bfi_correlations"}


def read_published_tags(path: str | Path) -> pa.Table:
    """The tags that stand with the items in the file ``path``: columns item_id, family, dimension and rho.

    Raises
    ------
    InputError : a tag is no pair of a known dimension and a number, or stands there twice.
    """
    rho: dict[tuple[str, str, str], float] = {}
    for item, _, response in _responses(path):
        for family, field in FIELDS.items():
            for tag in response.get(field, ()):
                known = len(tag) == 2 and (family, tag[0]) in VALUE_PORTRAIT.dimensions and isinstance(tag[1], float)
                if not known or (item, family, tag[0]) in rho:
                    raise InputError(f"{path}, item {item}", f"has the tag {tag!r}, or twice.", "Restore the file.")
                rho[item, family, tag[0]] = tag[1]
    items, families, dimensions = zip(*rho, strict=True)
    return pa.table({"item_id": items, "family": families, "dimension": dimensions, "rho": list(rho.values())})


def read_tagged_items(path: str | Path) -> tuple[pa.Table, dict[str, dict[str, Any]]]:
    """The items' texts in the file ``path`` (item_id, title, text, response), and by item its fields of tags."""
    rows, tags = [], {}
    for item, query, response in _responses(path):
        content = query["content"]
        texts = {"title": content.get("title") or None, "text": content["text"], "response": response["content"]}
        rows.append({"item_id": item, **texts})
        tags[item] = {field: response[field] for field in FIELDS.values() if response.get(field)}
    return pa.Table.from_pylist(rows), tags


def _responses(path: str | Path) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for query in read_json(path):
        for response in query["outputs"]:
            yield item_id(query["portrait_id"], response["id"]), query, response
