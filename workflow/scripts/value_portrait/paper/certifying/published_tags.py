"""The tags that the authors published with their items."""

from pathlib import Path

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
    InputError : a tag is no pair of a known dimension and a correlation, or stands there twice.
    """
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for query in open_json(path).elements("query"):
        for response in query["outputs"].elements("response"):
            item = item_id(query["portrait_id"].name(), response["id"].name())
            for family, field in FIELDS.items():
                names = VALUE_PORTRAIT.family(family).names
                tags = Found(response.value.get(field) or [], f"{path}, item {item}: {field}")
                for tag in tags.elements("tag", filled=False):
                    name, rho = tag.pair()
                    dimension = name.one_of(names)
                    if (item, dimension) in rows:
                        raise tag.refuse(f"repeats {dimension}.")
                    rows[item, dimension] = {
                        "item_id": item,
                        "family": family,
                        "dimension": dimension,
                        "rho": rho.number(-1, 1),
                    }
    return pa.Table.from_pylist(list(rows.values()))
